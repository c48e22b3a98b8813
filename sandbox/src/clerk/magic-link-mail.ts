import { html } from "hono/html";
import type { NewMail } from "../mailbox/mailbox.ts";

/** The mail that carries a magic link. */
export function magicLinkMail(to: string, link: string, organizationName: string | null): NewMail {
  const place = organizationName ?? "Hangtag";
  const body = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to ${place}</title></head>
<body style="margin:0;padding:32px 16px;background:#f6f3ee;color:#22252b;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#fff;border-radius:12px">
<h1 style="margin:0 0 16px;font-size:22px">Sign in to ${place}</h1>
<p>Here is your link. It works once, for ten minutes.</p>
<p style="margin:24px 0"><a href="${link}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#0f5c53;color:#fff;text-decoration:none;font-weight:600">Sign in</a></p>
<p style="color:#5c5f66">If you did not ask for it, leave it be; nothing happens without it.</p>
</div></body></html>`;
  return {
    source: "clerk",
    from: `${place} <sign-in@accounts.example.org>`,
    to,
    subject: `Your link to sign in to ${place}`,
    text: `Sign in to ${place} with this link. It works once, for ten minutes.\n\n${link}\n\nIf you did not ask for it, leave it be.\n`,
    html: String(body),
    template: null,
    status: "delivered",
    tags: ["magic-link"],
    metadata: {},
    attachments: [],
    scheduled_for: null,
  };
}
