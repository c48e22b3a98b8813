import { createHmac } from "node:crypto";
import type { Mail } from "../mailbox/mailbox.ts";
import type { JsonObject } from "../requests.ts";

/** Mailchimp Transactional's webhooks: one form field with a JSON list, signed with HMAC-SHA1. */

export const MESSAGE_EVENTS = [
  "send",
  "deferral",
  "hard_bounce",
  "soft_bounce",
  "open",
  "click",
  "spam",
  "unsub",
  "reject",
  "delivered",
] as const;
export type MessageEvent = (typeof MESSAGE_EVENTS)[number];

/** `X-Mandrill-Signature`: over the exact address, then each field's key and value in order of the keys. */
export function mandrillSignature(key: string, url: string, fields: Record<string, string>): string {
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => `${text}${name}${fields[name]}`, url);
  return createHmac("sha1", key).update(signed, "utf8").digest("base64");
}

/** One event about a mail in the mailbox, as Mailchimp words it. */
export function messageEvent(event: MessageEvent, mail: Mail, nowMs: number): JsonObject {
  const ts = Math.floor(nowMs / 1_000);
  return {
    event,
    ts,
    _id: mail.id,
    msg: {
      ts: Math.floor(Date.parse(mail.received_at) / 1_000),
      _id: mail.id,
      _version: "sandbox",
      email: mail.to,
      sender: mail.from.replace(/^.*<|>$/g, ""),
      subject: mail.subject,
      template: mail.template,
      tags: mail.tags,
      metadata: mail.metadata,
      ...details(event),
    },
  };
}

function details(event: MessageEvent): JsonObject {
  switch (event) {
    case "hard_bounce":
      return {
        state: "bounced",
        bounce_description: "bad_mailbox",
        bgtools_code: 10,
        diag: "smtp;550 5.1.1 no such mailbox",
      };
    case "soft_bounce":
      return {
        state: "soft-bounced",
        bounce_description: "mailbox_full",
        bgtools_code: 22,
        diag: "smtp;552 5.2.2 mailbox full",
      };
    case "deferral":
      return { state: "deferred" };
    case "spam":
      return { state: "spam" };
    case "unsub":
      return { state: "unsub" };
    case "reject":
      return { state: "rejected", reject: { reason: "hard-bounce" } };
    case "send":
    case "delivered":
    case "open":
    case "click":
      return { state: "sent" };
  }
}

/** The form as it is sent, and the headers that belong to it. */
export function webhookForm(
  key: string,
  url: string,
  events: JsonObject[],
): { body: string; headers: Record<string, string> } {
  const fields = { mandrill_events: JSON.stringify(events) };
  return {
    body: new URLSearchParams(fields).toString(),
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": "Mandrill-Webhook/1.0 (local stand-in)",
      "x-mandrill-signature": mandrillSignature(key, url, fields),
    },
  };
}
