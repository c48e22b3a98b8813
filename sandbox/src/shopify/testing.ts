import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { MAX_SPOILED_REQUESTS, MAX_WEBHOOK_DELIVERIES, SHOPIFY_BUCKET_POINTS } from "../limits.ts";
import { type Delivery, deliver } from "../local-delivery.ts";
import {
  type JsonObject,
  optionalFlag,
  optionalInteger,
  optionalObject,
  optionalText,
  readJson,
  refuse,
  requiredText,
} from "../requests.ts";
import type { Services } from "../services.ts";
import { type ShopifyDelivery, shopifyHeaders } from "./webhooks.ts";

/** Switches and the webhook sender. */
export function shopifyTesting(services: Services): Hono {
  const app = new Hono();

  app.post("/testing/shopify", async (c) => {
    const body = await readJson(c);
    const throttled = optionalInteger(body, "throttled_requests", 0, MAX_SPOILED_REQUESTS);
    const http = body.throttled_status === 429 ? 429 : 200;
    if (throttled !== undefined) services.shopify.force(throttled, http);
    const available = optionalInteger(body, "available_points", 0, SHOPIFY_BUCKET_POINTS);
    if (available !== undefined) services.shopify.setAvailable(available);
    return c.json({ throttle: services.shopify.status() });
  });

  app.post("/testing/shopify/webhooks", async (c) => {
    const body = await readJson(c);
    const to = requiredText(body, "to");
    const times = optionalInteger(body, "deliveries", 1, MAX_WEBHOOK_DELIVERIES) ?? 1;
    const secret = optionalFlag(body, "bad_signature")
      ? "another secret"
      : services.secrets.shopify_webhook_secret;
    const first = readDelivery(services, body);
    const deliveries: (Delivery & { webhook_id: string })[] = [];
    for (let n = 0; n < times; n += 1) {
      const delivery = n === 0 ? first : { ...first, webhookId: randomUUID() };
      const headers = shopifyHeaders(secret, delivery, optionalFlag(body, "plain_header_names"));
      deliveries.push({ webhook_id: delivery.webhookId, ...(await deliver(to, headers, delivery.body)) });
    }
    return c.json({ event_id: first.eventId, deliveries });
  });

  return app;
}

function readDelivery(services: Services, body: JsonObject): ShopifyDelivery {
  const payload = optionalObject(body, "payload");
  const raw = optionalText(body, "raw_body");
  if ((payload === undefined) === (raw === undefined)) {
    throw refuse(400, "give either payload (an object) or raw_body (the exact text)");
  }
  return {
    topic: requiredText(body, "topic"),
    // Ids beyond 2^53 only survive as text: raw_body is for those.
    body: raw ?? JSON.stringify(payload),
    eventId: optionalText(body, "event_id") ?? randomUUID(),
    webhookId: optionalText(body, "webhook_id") ?? randomUUID(),
    triggeredAt: optionalText(body, "triggered_at") ?? new Date(services.now()).toISOString(),
  };
}
