import { Hono } from "hono";
import { MAX_SPOILED_REQUESTS, MAX_WEBHOOK_EVENTS } from "../limits.ts";
import { deliver } from "../local-delivery.ts";
import {
  isObject,
  type JsonObject,
  optionalFlag,
  optionalInteger,
  readJson,
  refuse,
  requiredText,
} from "../requests.ts";
import type { Services } from "../services.ts";
import { MESSAGE_EVENTS, messageEvent, webhookForm } from "./webhooks.ts";

/** Switches and the webhook sender. */
export function mailchimpTesting(services: Services): Hono {
  const app = new Hono();

  app.post("/testing/mailchimp", async (c) => {
    const body = await readJson(c);
    services.mailchimp.set({
      limited: optionalInteger(body, "rate_limited_requests", 0, MAX_SPOILED_REQUESTS),
      unavailable: optionalInteger(body, "unavailable_requests", 0, MAX_SPOILED_REQUESTS),
      lostReplies: optionalInteger(body, "lost_replies", 0, MAX_SPOILED_REQUESTS),
    });
    return c.json(services.mailchimp.pending());
  });

  app.post("/testing/mailchimp/webhooks", async (c) => {
    const body = await readJson(c);
    const to = requiredText(body, "to");
    const events = readEvents(services, body);
    const key = optionalFlag(body, "bad_signature") ? "another key" : services.secrets.mailchimp_webhook_key;
    const form = webhookForm(key, to, events);
    const delivery = await deliver(to, form.headers, form.body);
    return c.json({ ...delivery, signature: form.headers["x-mandrill-signature"], events });
  });

  return app;
}

/** Each event is either given whole, or as `{event, mail}` about a mail in the mailbox. */
function readEvents(services: Services, body: JsonObject): JsonObject[] {
  const events = body.events;
  if (!Array.isArray(events) || events.length > MAX_WEBHOOK_EVENTS) {
    throw refuse(400, `events must be a list of at most ${MAX_WEBHOOK_EVENTS}`);
  }
  return events.map((entry: unknown) => {
    if (!isObject(entry)) throw refuse(400, "each event must be an object");
    if (typeof entry.mail !== "string") return entry;
    const event = MESSAGE_EVENTS.find((candidate) => candidate === entry.event);
    if (event === undefined) throw refuse(400, `event must be one of ${MESSAGE_EVENTS.join(", ")}`);
    const mail = services.mailbox.mail(entry.mail);
    if (mail === undefined) throw refuse(404, `no mail ${entry.mail} in the mailbox`);
    return messageEvent(event, mail, services.now());
  });
}
