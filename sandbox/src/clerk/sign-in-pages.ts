import { html } from "hono/html";
import { type Html, page } from "../pages/layout.ts";
import type { Destination } from "./magic-links.ts";
import { fullName, type Person } from "./people.ts";

/** Something to tell at the top of the sign-in page, or beside its e-mail field. */
export interface SignInNotice {
  kind: "problem" | "email";
  text: string;
}

export function signInPage(
  destination: Destination,
  organizationName: string | null,
  people: Person[],
  notice: SignInNotice | null,
): Html {
  const belongs = (person: Person): boolean =>
    destination.organization === null ||
    person.memberships.length === 0 ||
    person.memberships.some((membership) => membership.organization === destination.organization);
  const others = people.filter((person) => !belongs(person));
  return page({
    title: organizationName === null ? "Sign in" : `Sign in to ${organizationName}`,
    wide: true,
    body: html`
      ${notice?.kind === "problem" ? html`<p class="notice" role="alert">${notice.text}</p>` : ""}
      <div class="columns">
        <section aria-labelledby="people-heading">
          <h2 id="people-heading">Come in as somebody</h2>
          <p class="quiet">These people are made up. A click signs you in.</p>
          <form method="post" action="/sign-in/as">
            ${hidden(destination)}
            <ul class="people">${people.filter(belongs).map(personChoice)}</ul>
            ${others.length === 0 ? "" : html`<details><summary>People from elsewhere</summary><ul class="people">${others.map(personChoice)}</ul></details>`}
          </form>
        </section>
        <div class="stack">
          ${linkSection(destination, notice)}
          ${socialSection(destination)}
        </div>
      </div>
      ${destination.redirectUrl === null ? "" : html`<p class="quiet">Afterwards you go back to <code>${new URL(destination.redirectUrl).host}</code>.</p>`}`,
  });
}

function linkSection(destination: Destination, notice: SignInNotice | null): Html {
  const problem = notice?.kind === "email" ? notice.text : null;
  return html`<section class="panel" aria-labelledby="link-heading">
    <h2 id="link-heading">Get a link by e-mail</h2>
    <form method="post" action="/sign-in/link">
      ${hidden(destination)}
      <label for="email">E-mail address</label>
      <input id="email" name="email" type="email" autocomplete="email" required placeholder="name@example.org"
        aria-describedby="${problem === null ? "email-hint" : "email-problem"}"${problem === null ? "" : html` aria-invalid="true"`}>
      ${
        problem === null
          ? html`<p class="quiet" id="email-hint">It lands in the <a href="/mailbox">local mailbox</a>; nothing leaves this machine. A new address makes a new account.</p>`
          : html`<p class="problem" id="email-problem" role="alert">${problem}</p>`
      }
      <button class="button" type="submit">Send me a link</button>
    </form>
  </section>`;
}

function socialSection(destination: Destination): Html {
  return html`<section class="panel" aria-labelledby="social-heading">
    <h2 id="social-heading">Use another account</h2>
    <form method="post" action="/sign-in/social">
      ${hidden(destination)}
      <button class="button second" type="submit"><span class="provider" aria-hidden="true">P</span>Continue with Pretend ID</button>
    </form>
    <p class="quiet">A made-up provider that asks for consent, as the real ones do.</p>
  </section>`;
}

function personChoice(person: Person): Html {
  return html`<li><button class="person" name="user" value="${person.id}">
    <span class="avatar" aria-hidden="true">${initials(person)}</span>
    <span class="who"><strong>${fullName(person)}</strong> <span class="role">${person.demo?.title ?? ""}</span>
    <span class="may">${person.demo?.may ?? ""}</span></span>
  </button></li>`;
}

function initials(person: Person): string {
  return `${person.first_name.slice(0, 1)}${person.last_name.slice(0, 1)}`.toUpperCase();
}

function hidden(destination: Destination): Html {
  return html`<input type="hidden" name="redirect_url" value="${destination.redirectUrl ?? ""}"><input type="hidden" name="org" value="${destination.organization ?? ""}">`;
}

export function linkSentPage(email: string): Html {
  return page({
    title: "Look in the mailbox",
    body: html`<p>A link for <strong>${email}</strong> is in the local mailbox. It works once, for ten minutes.</p>
      <p><a class="button" href="/mailbox?${new URLSearchParams({ to: email })}">Open the mailbox</a></p>`,
  });
}

/** For a sign-in that nobody sent here: what can be done with it by hand. */
export function signedInPage(person: Person, session: string, sandboxOrigin: string): Html {
  return page({
    title: `Signed in as ${fullName(person)}`,
    body: html`<p>No page asked for this sign-in, so here it is to be used by hand. The session is</p>
      <pre tabindex="0"><code>${session}</code></pre>
      <p>and this makes a token from it, good for a minute:</p>
      <pre tabindex="0"><code>curl -X POST -H 'Content-Type: application/json' -d '{"organization":"demo"}' \\
  ${sandboxOrigin}/v1/client/sessions/${session}/tokens</code></pre>
      <p><a href="/">All doors of the sandbox</a></p>`,
  });
}

export function problemPage(title: string, text: string): Html {
  return page({
    title,
    body: html`<p class="notice" role="alert">${text}</p><p><a href="/sign-in">To the sign-in page</a></p>`,
  });
}
