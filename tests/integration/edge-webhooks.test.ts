// The identity provider's signed webhooks: believed only when signed, done once, able to take rights and not to give.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { before, test } from "node:test";
import { call, freshOrganization, hostOf, Person, type Problem } from "./support/edge.ts";

const SANDBOX = process.env.HANGTAG_SANDBOX_URL ?? "http://127.0.0.1:8788";
const TO = `http://${hostOf("platform")}/api/v1/webhooks/clerk`;
const EXAMPLES = new URL("../../../shared/data/clerk-webhooks/", import.meta.url);

interface Delivery {
  status: number;
  reply: string;
}

async function deliver(body: Record<string, unknown>): Promise<Delivery[]> {
  const response = await fetch(`${SANDBOX}/testing/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ to: TO, ...body }),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return (JSON.parse(text) as { deliveries: Delivery[] }).deliveries;
}

let own: Awaited<ReturnType<typeof freshOrganization>>;
const user = `user_hook${randomUUID().slice(0, 8)}`;

before(async () => {
  own = await freshOrganization();
  const made = await fetch(`${SANDBOX}/testing/users`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: user, email: `${user}@mail.example`, first_name: "Hanna", last_name: "Hook" }),
  });
  assert.equal(made.status, 201, await made.text());
});

const member = (kind: string) => ({
  type: `organizationMembership.${kind}`,
  data: {
    organization: { slug: own.slug },
    public_user_data: {
      user_id: user,
      first_name: "Hanna",
      last_name: "Hook",
      identifier: `${user}@mail.example`,
    },
  },
});

const known = async () =>
  (
    await own.admin.call<{ name?: string; email?: string }>(
      "GET",
      `/api/v1/people/person:${user}/personal-data`,
    )
  ).body;

test("a member's name is kept, and a membership gives no rights", async () => {
  const [taken] = await deliver(member("created"));
  assert.equal(taken?.status, 200, taken?.reply);
  assert.deepEqual(await known(), { name: "Hanna Hook", email: `${user}@mail.example` });
  const hanna = new Person(user, own.slug);
  assert.equal((await hanna.call("GET", "/api/v1/events")).status, 403);
});

test("the same delivery again is answered and changes nothing", async () => {
  const deliveries = await deliver({
    type: "user.updated",
    data: { id: user, first_name: "Hannah", last_name: "Hook", email_addresses: [] },
    deliveries: 3,
    id: `msg_${randomUUID()}`,
  });
  assert.deepEqual(
    deliveries.map(({ status, reply }) => [status, JSON.parse(reply)]),
    [
      [200, { repeated: false, organizations: 1 }],
      [200, { repeated: true, organizations: 0 }],
      [200, { repeated: true, organizations: 0 }],
    ],
  );
  assert.equal((await known()).name, "Hannah Hook");
});

test("unsigned, wrongly signed, old and future deliveries are refused and do nothing", async () => {
  const gone = { type: "user.deleted", data: { id: user, deleted: true } };
  for (const wrong of [{ bad_signature: true }, { age_seconds: 301 }, { age_seconds: -320 }]) {
    const [refused] = await deliver({ ...gone, ...wrong });
    assert.equal(refused?.status, 401, JSON.stringify(wrong));
    assert.match(refused?.reply ?? "", /webhook_not_believed/);
  }
  const bare = await call<Problem>(hostOf("platform"), "POST", "/api/v1/webhooks/clerk", { body: gone });
  assert.deepEqual([bare.status, bare.body.code], [401, "webhook_not_believed"]);
  const huge = await call<Problem>(hostOf("platform"), "POST", "/api/v1/webhooks/clerk", {
    body: { padding: "x".repeat(300_000) },
  });
  assert.equal(huge.status, 413);
  assert.equal((await known()).name, "Hannah Hook");
});

test("who leaves loses their roles here, and who is gone loses their name as well", async () => {
  const hanna = new Person(user, own.slug);
  const roles = async () => (await hanna.ok<{ roles: string[] }>("GET", "/api/v1/me")).roles;
  await own.admin.ok("PUT", `/api/v1/members/${user}/roles/support`);
  await own.admin.ok("PUT", `/api/v1/members/${user}/roles/volunteer`);
  assert.deepEqual(await roles(), ["support", "volunteer"]);
  const [left] = await deliver(member("deleted"));
  assert.equal(left?.status, 200, left?.reply);
  assert.deepEqual(await roles(), []);
  const [gone] = await deliver({ type: "user.deleted", data: { id: user, deleted: true } });
  assert.equal(gone?.status, 200, gone?.reply);
  const unknown = await own.admin.call<Problem>("GET", `/api/v1/people/person:${user}/personal-data`);
  assert.equal(unknown.status, 404);
});

test("the last organization admin stays, whatever the provider says", async () => {
  const [taken] = await deliver({
    type: "organizationMembership.deleted",
    data: { organization: { slug: own.slug }, public_user_data: { user_id: "user_demo_olivia" } },
  });
  assert.equal(taken?.status, 200, taken?.reply);
  assert.equal((await own.admin.call("GET", "/api/v1/events")).status, 200);
});

test("every published example is taken", { skip: !existsSync(EXAMPLES) }, async () => {
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith(".json"))) {
    const envelope = JSON.parse(readFileSync(new URL(file, EXAMPLES), "utf8"));
    // Some files only point to an example elsewhere.
    if (envelope.type === undefined) continue;
    const [taken] = await deliver({ envelope });
    assert.equal(taken?.status, 200, `${file}: ${taken?.reply}`);
  }
});
