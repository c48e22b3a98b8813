// Who gets in, and what everybody else learns: nothing.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import {
  call,
  freshEvent,
  freshOrganization,
  hostOf,
  openSession,
  type Paired,
  Person,
  type Problem,
  pair,
  stock,
  type TokenOptions,
  token,
} from "./support/edge.ts";

type Own = Awaited<ReturnType<typeof freshOrganization>> & { event: string; session: string; till: Paired };

let own: Own;
let stranger: Awaited<ReturnType<typeof freshOrganization>>;

before(async () => {
  const organization = await freshOrganization();
  const event = await freshEvent(organization.admin);
  await stock(organization.admin, event, [[101, "Kite", "4.50"]]);
  const session = await openSession(organization.admin, event);
  own = { ...organization, event, session, till: await pair(organization.admin, session) };
  stranger = await freshOrganization();
});

test("healthz and the description need nobody, and say what they are", async () => {
  const health = await call<{ status: string; version: string; schema: string }>(
    "127.0.0.1",
    "GET",
    "/healthz",
  );
  assert.equal(health.status, 200);
  assert.equal(health.headers["content-type"], "application/json");
  assert.equal(health.body.status, "ok");
  const described = await call<{ openapi: string; paths: object }>(
    "127.0.0.1",
    "GET",
    "/api/v1/openapi.json",
  );
  assert.match(described.body.openapi, /^3\.1/);
  assert.ok(Object.keys(described.body.paths).length > 20);
});

test("every answer carries a request id and headers that keep browsers careful", async () => {
  const path = "/api/v1/configuration";
  const given = await call(hostOf(own.slug), "GET", path, { headers: { "x-request-id": "support-call-17" } });
  assert.equal(given.headers["x-request-id"], "support-call-17");
  assert.equal(given.headers["x-content-type-options"], "nosniff");
  assert.match(String(given.headers["content-security-policy"]), /default-src 'none'/);
  assert.equal(given.headers["access-control-allow-origin"], undefined);
  const origin = `http://${hostOf(own.slug)}`;
  const ours = await call(hostOf(own.slug), "GET", path, { headers: { origin } });
  assert.equal(ours.headers["access-control-allow-origin"], origin);
  const theirs = await call(hostOf(own.slug), "GET", path, { headers: { origin: "http://evil.example" } });
  assert.equal(theirs.headers["access-control-allow-origin"], undefined);
});

test("a host that is nobody's is a 404 that says so", async () => {
  const answer = await call<Problem>(hostOf("nobody-at-all"), "GET", "/api/v1/events", { token: "x" });
  assert.deepEqual([answer.status, answer.body.code], [404, "unknown_host"]);
  assert.equal(answer.headers["content-type"], "application/problem+json");
  assert.equal(answer.body.request_id, answer.headers["x-request-id"]);
});

test("a good token is believed, for what the organization's own log says", async () => {
  const me = await own.admin.ok<{ person: string; roles: string[] }>("GET", "/api/v1/me");
  assert.deepEqual([me.person, me.roles], ["user_demo_olivia", ["organization_admin"]]);
  const val = new Person("user_demo_val", own.slug);
  assert.deepEqual((await val.ok<{ roles: string[] }>("GET", "/api/v1/me")).roles, []);
  const refused = await val.call<Problem>("GET", "/api/v1/events");
  assert.deepEqual([refused.status, refused.body.code], [403, "forbidden"]);
});

const FORGERIES: [string, TokenOptions, string][] = [
  ["expired", { lifetime_seconds: -30 }, "token_expired"],
  ["without a signature", { alg: "none" }, "token_wrong_algorithm"],
  ["signed with the public key as a secret", { alg: "HS256" }, "token_wrong_algorithm"],
  ["signed by somebody else under our key's name", { foreign_key: true }, "token_wrong_signature"],
  ["tampered with", { tamper: true }, "token_wrong_signature"],
  ["of an unknown key", { kid: "ins_nobody" }, "token_unknown_key"],
  ["of another issuer", { claims: { iss: "http://issuer.example" } }, "token_wrong_issuer"],
  ["of another site", { origin: "http://evil.example" }, "token_wrong_origin"],
  ["of another version", { claims: { v: 1 } }, "token_wrong_version"],
  ["from the future", { claims: { nbf: Math.floor(Date.now() / 1000) + 600 } }, "token_not_yet_valid"],
  [
    "of another organization",
    { claims: { o: { id: "org_x", slg: "other", rol: "admin" } } },
    "token_wrong_organization",
  ],
];

for (const [what, options, code] of FORGERIES) {
  test(`a token ${what} is refused`, async () => {
    const jwt = await token("user_demo_olivia", { origin: `http://${hostOf(own.slug)}`, ...options });
    const answer = await call<Problem>(hostOf(own.slug), "GET", "/api/v1/me", { token: jwt });
    assert.deepEqual([answer.status, answer.body.code], [401, code]);
    assert.equal(answer.headers["www-authenticate"], "Bearer");
  });
}

test("no token, garbage and a terminal's token from nowhere are refused", async () => {
  for (const [jwt, code] of [
    [undefined, "token_missing"],
    ["x", "token_malformed"],
    ["a.b.c", "token_malformed"],
    ["hgt_", "token_malformed"],
    [`hgt_${Buffer.alloc(48, 7).toString("base64url")}`, "token_revoked"],
  ] as const) {
    const answer = await call<Problem>(hostOf(own.slug), "GET", "/api/v1/terminal", { token: jwt });
    assert.deepEqual([answer.status, answer.body.code], [401, code], String(jwt));
  }
});

test("another organization's admin finds nothing of ours, by any of our ids", async () => {
  const { event, session, till } = own;
  const stream = encodeURIComponent(till.stream);
  const probes: [string, string, unknown?][] = [
    ["GET", `/api/v1/events/${event}`],
    ["POST", `/api/v1/events/${event}/transitions`, { to: "closed" }],
    ...["streams", "items", "consignors", "sessions"].map((list): [string, string] => [
      "GET",
      `/api/v1/events/${event}/${list}`,
    ]),
    ["POST", `/api/v1/events/${event}/sessions`, { name: "x" }],
    ["GET", `/api/v1/sessions/${session}`],
    ...["open", "pause", "resume", "close", "pairings"].map((step): [string, string] => [
      "POST",
      `/api/v1/sessions/${session}/${step}`,
    ]),
    ["GET", `/api/v1/sessions/${session}/catalogue`],
    ["GET", `/api/v1/sessions/${session}/receipts`],
    ["GET", `/api/v1/sessions/${session}/summary`],
    ["GET", `/api/v1/sessions/${session}/terminals`],
    ["DELETE", `/api/v1/sessions/${session}/terminals/${till.terminal}`],
    ["GET", `/api/v1/log/${stream}`],
  ];
  for (const [method, path, body] of probes) {
    const answer = await stranger.admin.call<Problem>(method, path, body === undefined ? {} : { body });
    assert.equal(answer.status, 404, `${method} ${path}: ${answer.text}`);
    assert.ok(!answer.text.includes(own.id), "the answer hints at the other organization");
  }
  const csv = "consignor_number,category,title,condition,price\n1,toys,Kite,good,4.50";
  const answer = await stranger.admin.call("POST", `/api/v1/events/${event}/imports`, {
    headers: { "content-type": "text/csv" },
    body: csv,
  });
  assert.equal(answer.status, 404);
  const elsewhere = await call<Problem>(hostOf(stranger.slug), "GET", "/api/v1/terminal", {
    token: till.token,
  });
  assert.deepEqual([elsewhere.status, elsewhere.body.code], [401, "token_revoked"]);
});

test("a terminal moves in its own session and nowhere else", async () => {
  const get = (path: string) => call<Problem>(hostOf(own.slug), "GET", path, { token: own.till.token });
  assert.equal((await get("/api/v1/terminal")).status, 200);
  assert.equal((await get(`/api/v1/sessions/${own.session}/summary`)).status, 200);
  assert.equal((await get(`/api/v1/sessions/${randomUUID()}/summary`)).status, 404);
  assert.equal((await get("/api/v1/events")).status, 403);
  assert.equal((await get("/api/v1/me")).status, 403);
  assert.equal((await get(`/api/v1/log/${encodeURIComponent(own.till.stream)}`)).status, 403);
});

test("a revoked terminal is out with its next request", async () => {
  const till = await pair(own.admin, own.session, "Till 9");
  const terminal = () => call<Problem>(hostOf(own.slug), "GET", "/api/v1/terminal", { token: till.token });
  assert.equal((await terminal()).status, 200);
  await own.admin.ok("DELETE", `/api/v1/sessions/${own.session}/terminals/${till.terminal}`);
  const refused = await terminal();
  assert.deepEqual([refused.status, refused.body.code], [401, "token_revoked"]);
});

test("a role counts from the next request on, and so does its end", async () => {
  const sue = new Person("user_demo_sue", own.slug);
  const events = async () => (await sue.call("GET", "/api/v1/events")).status;
  assert.equal(await events(), 403);
  const granted = await own.admin.ok<{ roles: string[] }>(
    "PUT",
    "/api/v1/members/user_demo_sue/roles/support",
  );
  assert.deepEqual(granted.roles, ["support"]);
  assert.equal(await events(), 200);
  assert.equal((await sue.call("GET", `/api/v1/log/${encodeURIComponent(own.till.stream)}`)).status, 200);
  const consignors = await sue.ok<{ items: { name: string | null }[] }>(
    "GET",
    `/api/v1/events/${own.event}/consignors`,
  );
  assert.deepEqual(
    consignors.items.map((consignor) => consignor.name),
    [null],
    "support sees no names",
  );
  assert.equal((await sue.call("POST", "/api/v1/events", { body: { name: "Mine" } })).status, 403);
  assert.equal((await sue.call("PUT", "/api/v1/members/user_demo_sue/roles/organization_admin")).status, 403);
  type Members = { items: { person: string; roles: string[] }[] };
  const members = await own.admin.ok<Members>("GET", "/api/v1/members");
  assert.deepEqual(
    members.items.map(({ person, roles }) => [person, roles]),
    [
      ["user_demo_olivia", ["organization_admin"]],
      ["user_demo_sue", ["support"]],
    ],
  );
  await own.admin.ok("DELETE", "/api/v1/members/user_demo_sue/roles/support");
  assert.equal(await events(), 403);
  const last = await own.admin.call<Problem>(
    "DELETE",
    "/api/v1/members/user_demo_olivia/roles/organization_admin",
  );
  assert.deepEqual([last.status, last.body.code], [422, "last_admin"]);
});

test("platform routes are the platform's", async () => {
  const body = {
    slug: "mine",
    name: "Mine",
    currency: "USD",
    time_zone: "UTC",
    first_admin: "user_demo_olivia",
  };
  const host = hostOf("platform");
  const olivia = await token("user_demo_olivia", { origin: `http://${host}` });
  const refused = await call<Problem>(host, "POST", "/api/v1/platform/organizations", {
    token: olivia,
    body,
  });
  assert.deepEqual([refused.status, refused.body.code], [403, "forbidden"]);
  const sam = await token("user_demo_super", { origin: `http://${host}` });
  const taken = await call<Problem>(host, "POST", "/api/v1/platform/organizations", {
    token: sam,
    body: { ...body, slug: own.slug },
  });
  assert.deepEqual([taken.status, taken.body.code], [409, "organization_exists"]);
});
