import { Hono } from "hono";
import { freshId } from "../ids.ts";
import { MAX_WEBHOOK_DELIVERIES } from "../limits.ts";
import { type Delivery, deliver } from "../local-delivery.ts";
import {
  type JsonObject,
  optionalChoice,
  optionalFlag,
  optionalInteger,
  optionalObject,
  optionalText,
  readJson,
  refuse,
  requiredText,
} from "../requests.ts";
import type { Services } from "../services.ts";
import { freshSvixSecret, svixHeaders } from "./svix.ts";
import { dataFor } from "./webhook-data.ts";

/** Seconds by which a delivery's clock may be set back or ahead, for tests of stale signatures. */
const MAX_AGE_SECONDS = 7 * 24 * 60 * 60;

/** Sends Clerk's webhooks, signed as Svix signs them. */
export function clerkWebhookTesting(services: Services): Hono {
  const app = new Hono();
  app.post("/testing/webhooks", async (c) => {
    const body = await readJson(c);
    const to = requiredText(body, "to");
    const payload = JSON.stringify(readEnvelope(services, body));
    const id = optionalText(body, "id") ?? freshId("msg");
    const age = optionalInteger(body, "age_seconds", -MAX_AGE_SECONDS, MAX_AGE_SECONDS) ?? 0;
    const timestamp = Math.floor(services.now() / 1_000) - age;
    const secret = optionalFlag(body, "bad_signature")
      ? freshSvixSecret()
      : services.secrets.clerk_webhook_secret;
    const headers = svixHeaders(secret, id, timestamp, payload);
    const times = optionalInteger(body, "deliveries", 1, MAX_WEBHOOK_DELIVERIES) ?? 1;
    const deliveries: Delivery[] = [];
    for (let n = 0; n < times; n += 1) deliveries.push(await deliver(to, headers, payload));
    return c.json({ id, timestamp, signature: headers["svix-signature"], body: payload, deliveries });
  });
  return app;
}

/** The whole body: as given in `envelope`, or made from `type` and `data` (or `user` and `organization`). */
function readEnvelope(services: Services, body: JsonObject): JsonObject {
  const whole = optionalObject(body, "envelope");
  if (whole !== undefined) return whole;
  const type = requiredText(body, "type");
  const data = optionalObject(body, "data") ?? dataFromDirectory(services, body, type);
  // Clerk writes milliseconds in some events and seconds in others.
  const unit = optionalChoice(body, "timestamp_unit", ["ms", "s"] as const) ?? "ms";
  const now = services.now();
  return {
    data,
    event_attributes: { http_request: { client_ip: "127.0.0.1", user_agent: "sandbox" } },
    instance_id: "ins_sandbox",
    object: "event",
    timestamp: unit === "ms" ? now : Math.floor(now / 1_000),
    type,
  };
}

function dataFromDirectory(services: Services, body: JsonObject, type: string): JsonObject {
  const user = optionalText(body, "user");
  const slug = optionalText(body, "organization");
  const person = user === undefined ? undefined : services.directory.person(user);
  const organization = slug === undefined ? undefined : services.directory.organization(slug);
  const data = dataFor(services, type, person, organization);
  if (data === undefined) {
    throw refuse(
      400,
      `give data, or a known user and organization from which the data of ${type} can be made`,
    );
  }
  return data;
}
