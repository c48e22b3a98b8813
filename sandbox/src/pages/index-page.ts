import { html } from "hono/html";
import { type Html, page } from "./layout.ts";

interface Door {
  href: string | null;
  name: string;
  what: string;
}

const PAGES: Door[] = [
  {
    href: "/sign-in",
    name: "Sign in",
    what: "Plays Clerk’s sign-in: made-up people, links by e-mail, a social provider.",
  },
  { href: "/mailbox", name: "Mailbox", what: "Every mail that would have gone out." },
];

const CONTRACTS: Door[] = [
  {
    href: "/.well-known/jwks.json",
    name: "Clerk",
    what: "GET /.well-known/jwks.json · POST /v1/client/sessions/{sid}/tokens · DELETE /v1/client/sessions/{sid}",
  },
  {
    href: null,
    name: "Mailchimp Transactional",
    what: "POST /api/1.0/messages/send-template (or /api/1.4/…) · templates/add, info, list · users/ping2",
  },
  {
    href: null,
    name: "Shopify",
    what: "POST /admin/api/2026-10/graphql.json (shop and throttle status only, for now)",
  },
];

const TESTING: Door[] = [
  {
    href: "/testing/secrets",
    name: "Secrets",
    what: "GET /testing/secrets: keys and signing secrets that the platform must know",
  },
  {
    href: "/testing/users",
    name: "People",
    what: "GET, POST /testing/users · POST /testing/sessions · POST /testing/tokens · POST /testing/keys/rotate",
  },
  { href: "/mailbox.json", name: "Mails as JSON", what: "GET /mailbox.json?to=… · DELETE /testing/mailbox" },
  {
    href: null,
    name: "Webhooks",
    what: "POST /testing/webhooks (Clerk) · /testing/mailchimp/webhooks · /testing/shopify/webhooks",
  },
  { href: null, name: "Switches", what: "POST /testing/mailchimp · POST /testing/shopify" },
];

/** All doors. */
export function indexPage(): Html {
  return page({
    title: "Stand-ins for the outside world",
    wide: true,
    body: html`<p>Hangtag talks to Clerk, Mailchimp and Shopify. On this machine, this process plays all three.</p>
      ${group("Pages", PAGES)} ${group("Contracts", CONTRACTS)} ${group("For tests and seeds", TESTING)}`,
  });
}

function group(title: string, doors: Door[]): Html {
  return html`<section><h2>${title}</h2><ul class="doors">${doors.map(door)}</ul></section>`;
}

function door({ href, name, what }: Door): Html {
  const inside = html`<strong>${name}</strong> <span class="may">${what}</span>`;
  return href === null
    ? html`<li><div class="door">${inside}</div></li>`
    : html`<li><a class="door" href="${href}">${inside}</a></li>`;
}
