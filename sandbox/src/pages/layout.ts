import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface PageOptions {
  title: string;
  body: Html;
  /** Room for two columns or a table. */
  wide?: boolean;
  /** Whose page it plays; only colours the tag in the corner. */
  service?: "hangtag" | "pretend" | "mailbox";
}

/** The frame around every page. `title` is the heading, too. */
export function page({ title, body, wide = false, service = "hangtag" }: PageOptions): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Hangtag sandbox</title>
<link rel="icon" href="/assets/tag.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/sandbox.css">
</head>
<body>
<header class="top"><a class="brand ${service}" href="/">${tag()}<span>Hangtag <span class="quiet">sandbox</span></span></a>
<nav aria-label="Sandbox"><a href="/sign-in">Sign in</a><a href="/mailbox">Mailbox</a></nav></header>
<main class="${wide ? "wide" : "narrow"}">
<h1>${title}</h1>
${body}
</main>
<footer class="quiet">A local stand-in. People, mails and shops here are made up, and nothing leaves this machine.</footer>
</body>
</html>`;
}

/** The price tag in the corner. */
function tag(): Html {
  return html`<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><path d="M4 16 16 4h10a2 2 0 0 1 2 2v10L16 28a3 3 0 0 1-4.2 0L4 20.2a3 3 0 0 1 0-4.2z" fill="currentColor"/><circle cx="22.5" cy="9.5" r="2.5" class="hole"/></svg>`;
}

export const TAG_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M4 16 16 4h10a2 2 0 0 1 2 2v10L16 28a3 3 0 0 1-4.2 0L4 20.2a3 3 0 0 1 0-4.2z" fill="#0f766a"/><circle cx="22.5" cy="9.5" r="2.5" fill="#fff"/></svg>`;
