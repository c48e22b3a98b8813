// The platform stops an organization, helps it, lets it go on: at once, and on record.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import {
  call,
  freshEvent,
  freshOrganization,
  hostOf,
  listen,
  openSession,
  type Paired,
  Person,
  type Problem,
  pair,
  stock,
  token,
  until,
} from "./support/edge.ts";

const sam = new Person("user_demo_super", "platform");
const PLATFORM = "/api/v1/platform/organizations";

type Own = Awaited<ReturnType<typeof freshOrganization>> & { event: string; session: string; till: Paired };
let own: Own;

before(async () => {
  const organization = await freshOrganization();
  const event = await freshEvent(organization.admin);
  await stock(organization.admin, event, [[101, "Kite", "4.50"]]);
  const session = await openSession(organization.admin, event);
  own = { ...organization, event, session, till: await pair(organization.admin, session) };
});

const live = (bearer: string) =>
  listen(hostOf(own.slug), `/api/v1/sessions/${own.session}/live`, {
    "sec-websocket-protocol": `bearer.${bearer}`,
  });

const kinds = async (reader: Person) => {
  const log = await reader.call<string>("GET", `/api/v1/log/${encodeURIComponent(`${own.id}/organization`)}`);
  return [...log.text.matchAll(/"kind":"(\w+)"/g)].map((match) => match[1]);
};

test("a suspension counts at once, for people, tills, sockets and strangers, and ends at once", async () => {
  const [office, till] = [await live(await own.admin.token()), await live(own.till.token)];
  assert.deepEqual([office.status, till.status], [101, 101]);
  const said = await sam.ok<{ suspended: boolean; acknowledged: { sessions: number; closed: number } }>(
    "PUT",
    `${PLATFORM}/${own.id}/suspension`,
    { body: { reason: "unpaid" } },
  );
  assert.deepEqual([said.suspended, said.acknowledged.sessions, said.acknowledged.closed], [true, 1, 2]);
  await until("both sockets to be closed", () => office.closed() === 4403 && till.closed() === 4403);
  const refused = async (answer: Promise<{ status: number; body: Problem }>) => {
    const { status, body } = await answer;
    assert.deepEqual([status, body.code], [403, "organization_suspended"]);
  };
  await refused(own.admin.call<Problem>("GET", "/api/v1/events"));
  await refused(own.admin.call<Problem>("POST", "/api/v1/events", { body: { name: "Autumn" } }));
  await refused(call<Problem>(hostOf(own.slug), "GET", "/api/v1/terminal", { token: own.till.token }));
  await refused(
    call<Problem>(hostOf(own.slug), "POST", "/api/v1/pairings/claim", {
      body: { code: "11111111", name: "x" },
    }),
  );
  assert.equal((await live(own.till.token)).status, 403);
  const resumed = await sam.ok<{ suspended: boolean }>("DELETE", `${PLATFORM}/${own.id}/suspension`);
  assert.equal(resumed.suspended, false);
  assert.equal((await own.admin.call("GET", "/api/v1/events")).status, 200);
  assert.equal(
    (await call(hostOf(own.slug), "GET", "/api/v1/terminal", { token: own.till.token })).status,
    200,
  );
  const back = await live(own.till.token);
  assert.equal(back.status, 101);
  back.close();
});

test("support goes on reading while an organization is suspended, and decides nothing", async () => {
  await own.admin.ok("PUT", "/api/v1/members/user_demo_sue/roles/support");
  await sam.ok("PUT", `${PLATFORM}/${own.id}/suspension`, { body: { reason: "security" } });
  const sue = new Person("user_demo_sue", own.slug);
  assert.equal((await sue.call("GET", `/api/v1/events/${own.event}`)).status, 200);
  assert.equal((await sue.call("POST", "/api/v1/events", { body: { name: "x" } })).status, 403);
  await sam.ok("DELETE", `${PLATFORM}/${own.id}/suspension`);
});

test("the platform's people read here only while their help is on record", async () => {
  const there = new Person("user_demo_super", own.slug);
  const reads = async () => (await there.call("GET", `/api/v1/events/${own.event}`)).status;
  assert.equal(await reads(), 403);
  const endless = await sam.call<Problem>("PUT", `${PLATFORM}/${own.id}/support-access`, {
    body: { reason: "asked", minutes: 481 },
  });
  assert.deepEqual([endless.status, endless.body.rule], [422, "RGT-7"]);
  await sam.ok("PUT", `${PLATFORM}/${own.id}/support-access`, { body: { reason: "asked", minutes: 5 } });
  assert.equal(await reads(), 200);
  assert.equal((await there.call("POST", "/api/v1/events", { body: { name: "x" } })).status, 403);
  const socket = await listen(hostOf(own.slug), `/api/v1/sessions/${own.session}/live`, {
    "sec-websocket-protocol": `bearer.${await there.token()}`,
  });
  assert.equal(socket.status, 101);
  // The organization itself can end it.
  await own.admin.ok("DELETE", "/api/v1/support-access/user_demo_super");
  await until("the helper's socket to be closed", () => socket.closed() === 4401);
  assert.equal(await reads(), 403);
  const happened = await kinds(own.admin);
  for (const kind of [
    "support_opened",
    "support_closed",
    "organization_suspended",
    "organization_reinstated",
  ]) {
    assert.ok(happened.includes(kind), `${kind} stands in the organization's log`);
  }
});

test("only the platform's people do any of that", async () => {
  const olivia = await token("user_demo_olivia", { origin: `http://${hostOf("platform")}` });
  for (const [method, path, body] of [
    ["GET", PLATFORM, undefined],
    ["GET", `${PLATFORM}/${own.id}`, undefined],
    ["PUT", `${PLATFORM}/${own.id}/suspension`, { reason: "unpaid" }],
    ["DELETE", `${PLATFORM}/${own.id}/suspension`, undefined],
    ["PUT", `${PLATFORM}/${own.id}/support-access`, { reason: "asked", minutes: 5 }],
    ["PUT", `${PLATFORM}/${own.id}/hosts/mine.example`, undefined],
    ["POST", "/api/v1/platform/vault/rotation", undefined],
    ["POST", `/api/v1/platform/log-imports/${own.id}%2Forganization`, undefined],
    ["GET", `/api/v1/platform/log-imports/${own.id}%2Forganization`, undefined],
    ["POST", `/api/v1/platform/log-imports/${own.id}%2Forganization/opening`, undefined],
  ] as const) {
    const answer = await call<Problem>(hostOf("platform"), method, path, { token: olivia, body });
    assert.deepEqual([answer.status, answer.body.code], [403, "forbidden"], `${method} ${path}`);
  }
});

test("a host name of one's own leads here, to nobody else, and nowhere once it is given up", async () => {
  const host = `sale-${randomBytes(5).toString("hex")}.example.org`;
  const me = async (at: string) => {
    const jwt = await token("user_demo_olivia", { origin: `http://${at}` });
    return call<{ organization: { id: string } }>(at, "GET", "/api/v1/me", { token: jwt });
  };
  assert.equal((await me(host)).status, 404);
  await sam.ok("PUT", `${PLATFORM}/${own.id}/hosts/${host}`);
  assert.equal((await me(host)).body.organization.id, own.id);
  // A token for the label is not one for the name.
  const elsewhere = await call<Problem>(host, "GET", "/api/v1/me", { token: await own.admin.token() });
  assert.deepEqual([elsewhere.status, elsewhere.body.code], [401, "token_wrong_origin"]);
  const other = await freshOrganization();
  const taken = await sam.call<Problem>("PUT", `${PLATFORM}/${other.id}/hosts/${host}`);
  assert.deepEqual([taken.status, taken.body.code], [409, "host_taken"]);
  const listed = await sam.ok<{ hosts: string[] }>("GET", `${PLATFORM}/${own.id}`);
  assert.deepEqual(listed.hosts, [host]);
  await sam.ok("DELETE", `${PLATFORM}/${own.id}/hosts/${host}`);
  assert.equal((await me(host)).status, 404);
  const soon = await sam.call<Problem>("PUT", `${PLATFORM}/${other.id}/hosts/${host}`);
  assert.deepEqual([soon.status, soon.body.code], [409, "host_taken"], "not into other hands at once");
  const ours = await sam.call<Problem>("PUT", `${PLATFORM}/${own.id}/hosts/${other.slug}.localhost`);
  assert.deepEqual([ours.status, ours.body.code], [422, "host_unusable"]);
});

test("a revoked terminal's socket is closed by the session itself", async () => {
  const till = await pair(own.admin, own.session, "Till 7");
  const socket = await live(till.token);
  assert.equal(socket.status, 101);
  await own.admin.ok("DELETE", `/api/v1/sessions/${own.session}/terminals/${till.terminal}`);
  await until("the till's socket to be closed", () => socket.closed() === 4401);
  assert.equal((await live(till.token)).status, 401);
});

test("somebody whose role is taken is hung up on", async () => {
  await own.admin.ok("PUT", "/api/v1/members/user_demo_ed/roles/event_admin");
  const ed = new Person("user_demo_ed", own.slug);
  const socket = await live(await ed.token());
  assert.equal(socket.status, 101);
  await own.admin.ok("DELETE", "/api/v1/members/user_demo_ed/roles/event_admin");
  await until("Ed's socket to be closed", () => socket.closed() === 4401);
  assert.equal((await live(await ed.token())).status, 403);
});

test("refusals are written down once an hour, with their number", async () => {
  const val = new Person("user_demo_val", own.slug);
  for (let n = 0; n < 5; n += 1) assert.equal((await val.call("GET", "/api/v1/members")).status, 403);
  type Denied = { items: { actor: string; route: string; needs: string; attempts: number }[] };
  const { items } = await own.admin.ok<Denied>("GET", "/api/v1/denied-access");
  const rows = items.filter((row) => row.actor === "person:user_demo_val" && row.route === "/api/v1/members");
  assert.equal(rows.length, 1);
  assert.equal(rows[0]?.needs, "the permission manage_organization");
  assert.ok((rows[0]?.attempts ?? 0) >= 1);
  assert.equal((await val.call("GET", "/api/v1/denied-access")).status, 403);
});
