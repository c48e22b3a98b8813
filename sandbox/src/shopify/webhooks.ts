import { createHmac } from "node:crypto";
import { SHOP, SHOPIFY_API_VERSION } from "./admin-api.ts";

/** One delivery of a Shopify webhook. */
export interface ShopifyDelivery {
  topic: string;
  /** Exactly the bytes that are sent and signed. */
  body: string;
  /** Identifies what happened; the same for every delivery of it. */
  eventId: string;
  /** Identifies this delivery. */
  webhookId: string;
  /** RFC 3339, UTC. */
  triggeredAt: string;
}

/** `X-Shopify-Hmac-Sha256`: base64 of HMAC-SHA256 over the raw body. */
export function shopifySignature(secret: string, body: string): string {
  return createHmac("sha256", secret).update(body, "utf8").digest("base64");
}

/** The headers of a delivery. `plainNames` leaves out the `X-`, as newer deliveries do. */
export function shopifyHeaders(
  secret: string,
  delivery: ShopifyDelivery,
  plainNames: boolean,
): Record<string, string> {
  const prefix = plainNames ? "shopify-" : "x-shopify-";
  return {
    "content-type": "application/json",
    "user-agent": "Shopify-Captain-Hook (local stand-in)",
    [`${prefix}hmac-sha256`]: shopifySignature(secret, delivery.body),
    [`${prefix}topic`]: delivery.topic,
    [`${prefix}shop-domain`]: SHOP.myshopifyDomain,
    [`${prefix}api-version`]: SHOPIFY_API_VERSION,
    [`${prefix}event-id`]: delivery.eventId,
    [`${prefix}webhook-id`]: delivery.webhookId,
    [`${prefix}triggered-at`]: delivery.triggeredAt,
  };
}
