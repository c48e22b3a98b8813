import { type Context, Hono } from "hono";
import { MAILBOX_PAGE_MAILS } from "../limits.ts";
import type { Services } from "../services.ts";
import { mailboxPage, mailPage, unknownMailPage } from "./pages.ts";

/** The mail's own page: no scripts, nothing from elsewhere, links open beside it. */
const MAIL_BODY_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** The mailbox as pages and as JSON. */
export function mailbox({ mailbox }: Services): Hono {
  const app = new Hono();

  app.get("/mailbox", (c) => {
    const to = c.req.query("to") ?? "";
    return c.html(mailboxPage(mailbox.newest(MAILBOX_PAGE_MAILS, to), to));
  });

  app.get("/mailbox.json", (c) => {
    c.header("cache-control", "no-store");
    return c.json({ items: mailbox.newest(limitOf(c), c.req.query("to") ?? null) });
  });

  app.get("/mailbox/:id", (c) => {
    const id = c.req.param("id");
    const asJson = id.endsWith(".json");
    const mail = mailbox.mail(asJson ? id.slice(0, -".json".length) : id);
    if (asJson) return mail === undefined ? c.json({ error: "no such mail" }, 404) : c.json(mail);
    return mail === undefined ? c.html(unknownMailPage(), 404) : c.html(mailPage(mail));
  });

  app.get("/mailbox/:id/body", (c) => {
    const mail = mailbox.mail(c.req.param("id"));
    if (mail === undefined) return c.text("no such mail", 404);
    c.header("content-security-policy", MAIL_BODY_POLICY);
    return c.html(`<base target="_blank">${mail.html}`);
  });

  app.delete("/testing/mailbox", (c) => {
    mailbox.clear();
    return c.body(null, 204);
  });

  return app;
}

function limitOf(c: Context): number {
  const wanted = Number(c.req.query("limit") ?? MAILBOX_PAGE_MAILS);
  return Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, MAILBOX_PAGE_MAILS) : MAILBOX_PAGE_MAILS;
}
