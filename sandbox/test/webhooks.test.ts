import assert from "node:assert/strict";
import { createHmac, timingSafeEqual } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { svixSignature } from "../src/clerk/svix.ts";
import { mandrillSignature } from "../src/mailchimp/webhooks.ts";
import { shopifySignature } from "../src/shopify/webhooks.ts";
import { type Received, receiverFor, sandboxFor, type TestSandbox } from "./support.ts";

interface Sent {
  id: string;
  timestamp: number;
  body: string;
  deliveries: { status: number | null; error: string | null }[];
}

/** Checks a delivery as Svix's documentation tells receivers to, written apart from the sender's code. */
function assertSvixSigned({ headers, body }: Received, secret: string): void {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = [headers["svix-id"], headers["svix-timestamp"], body].join(".");
  const expected = createHmac("sha256", key).update(signed).digest();
  const given = String(headers["svix-signature"])
    .split(" ")
    .map((part) => part.split(",", 2));
  assert.ok(
    given.some(
      ([version, mac]) => version === "v1" && timingSafeEqual(Buffer.from(mac ?? "", "base64"), expected),
    ),
  );
}

const secretsOf = (sandbox: TestSandbox) => sandbox.getJson<Record<string, string>>("/testing/secrets");

test("Svix's published example signature comes out", () => {
  const signature = svixSignature(
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1_614_265_330,
    '{"test": 2432232314}',
  );
  assert.equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("Mailchimp's signature covers the address and the sorted fields", () => {
  // Worked out by hand from Mailchimp's five steps: address, then key and value in order of the keys.
  const expected = createHmac("sha1", "k").update("http://demo.localhost/hook?a=1b2z9").digest("base64");
  assert.equal(mandrillSignature("k", "http://demo.localhost/hook?a=1", { z: "9", b: "2" }), expected);
  assert.equal(
    mandrillSignature("key", "The quick brown fox jumps over the lazy dog", {}),
    "3nybhbi3iqa8ino29wqQcBydtNk=",
  );
});

test("Shopify's signature is HMAC-SHA256 of the raw body", () => {
  const expected = "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=";
  assert.equal(shopifySignature("key", "The quick brown fox jumps over the lazy dog"), expected);
});

test("a Clerk webhook arrives signed, made from a known person", async (t) => {
  const sandbox = await sandboxFor(t);
  const receiver = await receiverFor(t);
  const to = `${receiver.url}/api/v1/webhooks/clerk`;
  const sent = await sandbox.postJson<Sent>("/testing/webhooks", {
    type: "user.created",
    user: "user_demo_cora",
    to,
  });
  assert.deepEqual(
    sent.deliveries.map(({ status, error }) => ({ status, error })),
    [{ status: 200, error: null }],
  );

  const [delivery] = receiver.received;
  assert.ok(delivery !== undefined);
  assertSvixSigned(delivery, (await secretsOf(sandbox)).clerk_webhook_secret ?? "");
  assert.equal(delivery.headers["svix-id"], sent.id);
  assert.match(delivery.headers.host ?? "", /^demo\.localhost:/);
  const body = JSON.parse(delivery.body) as { type: string; timestamp: number; data: { id: string } };
  assert.equal(body.type, "user.created");
  assert.equal(body.data.id, "user_demo_cora");
  assert.ok(body.timestamp > 1e12, "milliseconds by default");
});

test("memberships, deletions and seconds instead of milliseconds", async (t) => {
  const sandbox = await sandboxFor(t);
  const { url: to, received } = await receiverFor(t);
  const send = (body: Record<string, unknown>) => sandbox.post("/testing/webhooks", { to, ...body });
  await send({
    type: "organizationMembership.created",
    user: "user_demo_ed",
    organization: "demo",
    timestamp_unit: "s",
  });
  await send({ type: "user.deleted", user: "user_demo_ed" });
  await send({ type: "organization.updated", organization: "demo" });
  const bodies = received.map(
    ({ body }) => JSON.parse(body) as { timestamp: number; data: Record<string, unknown> },
  );
  assert.equal(bodies[0]?.data.role, "org:event_admin");
  assert.ok((bodies[0]?.timestamp ?? 1e12) < 1e11, "seconds");
  assert.deepEqual(bodies[1]?.data, { object: "user", id: "user_demo_ed", deleted: true });
  assert.equal(bodies[2]?.data.slug, "demo");
  assert.equal((await send({ type: "user.created", user: "user_nobody" })).status, 400);
});

test("duplicates, stale clocks and wrong signatures on request", async (t) => {
  const sandbox = await sandboxFor(t);
  const { url: to, received } = await receiverFor(t, 500);
  const secret = (await secretsOf(sandbox)).clerk_webhook_secret ?? "";
  const twice = await sandbox.postJson<Sent>("/testing/webhooks", {
    type: "x.y",
    data: {},
    to,
    deliveries: 2,
  });
  assert.deepEqual(
    twice.deliveries.map(({ status }) => status),
    [500, 500],
  );
  assert.equal(received[0]?.headers["svix-id"], received[1]?.headers["svix-id"]);

  const stale = await sandbox.postJson<Sent>("/testing/webhooks", {
    type: "x.y",
    data: {},
    to,
    age_seconds: 600,
  });
  assert.ok(Math.abs(Date.now() / 1_000 - 600 - stale.timestamp) < 5);

  await sandbox.post("/testing/webhooks", { type: "x.y", data: {}, to, bad_signature: true });
  const forged = received.at(-1);
  assert.ok(forged !== undefined);
  assert.throws(() => assertSvixSigned(forged, secret));
});

test("webhooks only go to this machine, and a silent receiver is reported", async (t) => {
  const sandbox = await sandboxFor(t);
  const away = await sandbox.post("/testing/webhooks", { type: "x.y", data: {}, to: "http://evil.example/" });
  assert.equal(away.status, 400);
  const sent = await sandbox.postJson<Sent>("/testing/webhooks", {
    type: "x.y",
    data: {},
    to: "http://127.0.0.1:1/",
  });
  assert.equal(sent.deliveries[0]?.status, null);
  assert.match(sent.deliveries[0]?.error ?? "", /ECONNREFUSED/);
});

test("a Shopify webhook carries its identifiers, under both kinds of names", async (t) => {
  const sandbox = await sandboxFor(t);
  const { url: to, received } = await receiverFor(t);
  const raw_body = '{"id": 9007199254740993}';
  const secret = (await secretsOf(sandbox)).shopify_webhook_secret ?? "";
  await sandbox.post("/testing/shopify/webhooks", { topic: "orders/create", raw_body, to, deliveries: 2 });
  await sandbox.post("/testing/shopify/webhooks", {
    topic: "orders/paid",
    payload: { id: 1 },
    to,
    plain_header_names: true,
  });
  const [first, second, plain] = received;
  assert.equal(first?.body, raw_body, "ids beyond 2^53 survive");
  assert.equal(first?.headers["x-shopify-hmac-sha256"], shopifySignature(secret, raw_body));
  assert.equal(first?.headers["x-shopify-event-id"], second?.headers["x-shopify-event-id"]);
  assert.notEqual(first?.headers["x-shopify-webhook-id"], second?.headers["x-shopify-webhook-id"]);
  assert.equal(plain?.headers["shopify-topic"], "orders/paid");
});

/** Payloads that other people published are not ours to ship; a folder beside the checkout may hold them. */
const SAMPLES =
  process.env.HANGTAG_SAMPLE_DATA ?? join(import.meta.dirname, "..", "..", "..", "shared", "data");
const EXAMPLES = join(SAMPLES, "clerk-webhooks");

test("Clerk's own example bodies pass through the sender", { skip: !existsSync(EXAMPLES) }, async (t) => {
  const sandbox = await sandboxFor(t);
  const { url: to, received } = await receiverFor(t);
  const secret = (await secretsOf(sandbox)).clerk_webhook_secret ?? "";
  let sent = 0;
  for (const name of readdirSync(EXAMPLES).filter((file) => file.endsWith(".json"))) {
    const envelope = JSON.parse(readFileSync(join(EXAMPLES, name), "utf8")) as { type?: string };
    // Some files only refer to an example kept elsewhere.
    if (envelope.type === undefined) continue;
    await sandbox.post("/testing/webhooks", { envelope, to });
    sent += 1;
    const delivery = received.at(-1);
    assert.ok(delivery !== undefined);
    assertSvixSigned(delivery, secret);
    assert.deepEqual(JSON.parse(delivery.body), envelope, name);
  }
  assert.ok(sent >= 20, `${sent} bodies sent`);
  assert.equal(received.length, sent);
});
