import { html } from "hono/html";
import { MAILBOX_PAGE_MAILS } from "../limits.ts";
import { type Html, page } from "../pages/layout.ts";
import type { Mail } from "./mailbox.ts";

export function mailboxPage(mails: Mail[], to: string): Html {
  return page({
    title: "Mailbox",
    service: "mailbox",
    wide: true,
    body: html`<p>Every mail that would have gone out lands here, newest first.</p>
      <form method="get" action="/mailbox" role="search" class="row">
        <div class="grow"><label for="to">Only mails to</label><input id="to" name="to" type="search" value="${to}" placeholder="everybody" autocapitalize="none"></div>
        <button class="button second">Show</button>
      </form>
      <p class="quiet">${count(mails.length)}${mails.length === MAILBOX_PAGE_MAILS ? " (the newest)" : ""} · <a href="/mailbox${to === "" ? "" : `?${new URLSearchParams({ to })}`}">Look again</a></p>
      ${mails.length === 0 ? html`<p class="panel">Nothing here yet. Ask for a magic link on the <a href="/sign-in">sign-in page</a>, say.</p>` : html`<ul class="mails">${mails.map(line)}</ul>`}`,
  });
}

function count(mails: number): string {
  return mails === 1 ? "1 mail" : `${mails} mails`;
}

function line(mail: Mail): Html {
  return html`<li><a class="mail" href="/mailbox/${mail.id}">
    <span class="mail-line"><strong>${mail.subject}</strong><time class="quiet" datetime="${mail.received_at}">${moment(mail)}</time></span>
    <span class="mail-line"><span>to ${mail.to}</span><span class="quiet">${describe(mail)}</span></span>
  </a></li>`;
}

function moment(mail: Mail): string {
  return `${mail.received_at.slice(0, 19).replace("T", " ")} UTC`;
}

function describe(mail: Mail): string {
  const by = mail.source === "clerk" ? "sign-in" : (mail.template ?? "mail");
  return mail.status === "delivered" ? by : `${by}, ${mail.status}`;
}

export function mailPage(mail: Mail): Html {
  return page({
    title: mail.subject === "" ? "(no subject)" : mail.subject,
    service: "mailbox",
    wide: true,
    body: html`<p><a href="/mailbox">Mailbox</a></p>
      <dl class="head">
        <dt>From</dt><dd>${mail.from}</dd>
        <dt>To</dt><dd>${mail.to}</dd>
        <dt>Received</dt><dd><time datetime="${mail.received_at}">${moment(mail)}</time></dd>
        <dt>Status</dt><dd>${mail.status}${mail.scheduled_for === null ? "" : ` for ${mail.scheduled_for}`}</dd>
        ${mail.template === null ? "" : html`<dt>Template</dt><dd>${mail.template}</dd>`}
        ${mail.tags.length === 0 ? "" : html`<dt>Tags</dt><dd>${mail.tags.join(", ")}</dd>`}
        ${mail.attachments.length === 0 ? "" : html`<dt>Attached</dt><dd>${mail.attachments.map((one) => one.name).join(", ")}</dd>`}
      </dl>
      ${links(mail)}
      <h2>As shown</h2>
      <iframe class="body" title="The mail as shown" src="/mailbox/${mail.id}/body" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
      <details><summary>As plain text</summary><pre tabindex="0">${mail.text}</pre></details>
      <p><a href="/mailbox/${mail.id}.json">As JSON</a></p>`,
  });
}

/** Links stand outside the frame too, where a keyboard and a test reach them at once. */
function links(mail: Mail): Html {
  if (mail.links.length === 0) return html``;
  return html`<section class="panel" aria-labelledby="links-heading"><h2 id="links-heading">Links in this mail</h2>
    <ul class="links">${mail.links.map((link) => html`<li><a href="${link}">${link}</a></li>`)}</ul></section>`;
}

export function unknownMailPage(): Html {
  return page({
    title: "No such mail",
    service: "mailbox",
    body: html`<p>It was never here, or older mails had to make room. <a href="/mailbox">To the mailbox</a></p>`,
  });
}
