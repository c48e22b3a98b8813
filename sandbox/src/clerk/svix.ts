import { createHmac, randomBytes } from "node:crypto";

/**
 * Svix's signatures, by which Clerk signs its webhooks: HMAC-SHA256 over
 * `id.timestamp.body`, keyed with the base64 part of a `whsec_` secret.
 */

const SECRET_PREFIX = "whsec_";

/** Bytes of a fresh secret, as Svix makes them. */
const SECRET_BYTES = 24;

export function freshSvixSecret(): string {
  return `${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`;
}

/** The `svix-signature` header. `timestampSeconds` is Unix time; `body` exactly the bytes that are sent. */
export function svixSignature(secret: string, id: string, timestampSeconds: number, body: string): string {
  if (!secret.startsWith(SECRET_PREFIX)) throw new TypeError(`a Svix secret begins with ${SECRET_PREFIX}`);
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${timestampSeconds}.${body}`).digest("base64");
  return `v1,${mac}`;
}

/** The three headers of one delivery. */
export function svixHeaders(
  secret: string,
  id: string,
  timestampSeconds: number,
  body: string,
): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "Svix-Webhooks/1.0 (local stand-in)",
    "svix-id": id,
    "svix-timestamp": String(timestampSeconds),
    "svix-signature": svixSignature(secret, id, timestampSeconds, body),
  };
}
