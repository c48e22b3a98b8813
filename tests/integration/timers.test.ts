// Timers on the real runtime: what is due is served by the object's alarm, without anybody asking.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { grant, listen, log, organization, page, sql, submit, until } from "./support/doors.ts";

/** A moment that has passed stands for the hours that a test cannot wait. */
const makeDue = async (stream: string, name: string, at = 1) => {
  await until(`timer ${name}`, async () => {
    const [count] = await sql(stream, `SELECT count(*) FROM timers WHERE name = '${name}'`);
    return count === "[Integer(1)]";
  });
  await sql(stream, `UPDATE timers SET due_at = ${at} WHERE name = '${name}'`);
};

async function founded() {
  const { id, stream: tenant } = await organization();
  const event = randomUUID();
  const stream = `${id}/event/${event}`;
  const consignors = [1, 2, 3].map((number) => ({ number, tier: "regular" }));
  await submit(tenant, { type: "enrol_consignors", consignors });
  await submit(tenant, { type: "found_event", event, name: "Spring", starts_on: null, ends_on: null });
  await until("the event", async () => (await log(stream)).length === 1);
  const { seq } = await submit(stream, { type: "change_status", to: "registration", reason: null });
  return { id, tenant, event, stream, seq };
}

test("a log that grew is witnessed in the organization's log, at the head it had", async () => {
  const { tenant, stream, seq: before } = await founded();
  await makeDue(stream, "witness");
  const { seq: after } = await submit(stream, {
    type: "join_consignors",
    consignors: [{ number: 1, tier: "regular" }],
  });
  const witnessed = async () => (await log(tenant)).filter((entry) => entry.kind === "head_witnessed");
  await until("the witness", async () => (await witnessed()).length === 1);
  const [entry] = await witnessed();
  assert.ok(entry);
  const seen = JSON.parse(entry.payload) as { stream: string; seq: number; hash: string };
  assert.deepEqual([seen.stream, entry.actor], [stream, `stream:${stream}`]);
  // The alarm may serve it before the command or behind it: a head is witnessed either way.
  assert.ok(seen.seq >= before && seen.seq <= after, `${seen.seq} is no head from ${before} to ${after}`);
  assert.equal(seen.hash, (await page(stream, seen.seq)).entries[0]?.hash);
});

test("a rewritten log is contradicted by its witness", async () => {
  const { tenant, stream } = await founded();
  const plan = (capacity: number) => ({
    type: "plan_registration",
    opens_at: null,
    closes_at: null,
    capacity,
    terms: 0,
  });
  // The command first: a witness of the head before it would not know the entry that is rewritten.
  const { seq } = await submit(stream, plan(5));
  await makeDue(stream, "witness");
  await listen(stream, 0).then(({ socket }) => socket.close());
  await until("the witness", async () => (await log(tenant)).some(({ kind }) => kind === "head_witnessed"));
  // The object is restored to an earlier state and goes on differently, its hashes as good as ever.
  await sql(stream, `DELETE FROM log WHERE seq >= ${seq}`);
  await sql(stream, "DELETE FROM meta WHERE key IN ('witness', 'snapshot')");
  assert.equal((await submit(stream, plan(6))).seq, seq);
  await makeDue(stream, "witness", 2);
  await listen(stream, 0).then(({ socket }) => socket.close());
  const contradicted = async () => (await log(tenant)).find(({ kind }) => kind === "head_contradicted");
  await until("the contradiction", async () => (await contradicted()) !== undefined);
  const said = JSON.parse((await contradicted())?.payload ?? "{}") as { seq: number; found: string };
  assert.deepEqual([said.seq, said.found], [seq, (await page(stream, seq)).entries[0]?.hash]);
});

test("the waiting list's timer is a command of its own, sent once", async () => {
  const { stream } = await founded();
  await submit(stream, { type: "join_consignors", consignors: [{ number: 1, tier: "regular" }] });
  await submit(stream, { type: "plan_registration", opens_at: null, closes_at: null, capacity: 1, terms: 0 });
  await submit(stream, { type: "register", consignor: 2, tier: "regular", method: "payout" });
  await submit(stream, { type: "cancel_participation", consignor: 1, reason: "own_wish" });
  await makeDue(stream, "schedule");
  await submit(stream, { type: "register", consignor: 3, tier: "regular", method: "payout" });
  const sent = () => sql(stream, "SELECT command_id FROM commands WHERE command_id LIKE 'timer/schedule/%'");
  await until("the timer", async () => (await sent()).length > 0);
  assert.deepEqual(await sent(), ['[String("timer/schedule/1")]']);
  // Served too early, it found nothing to do; the offer's own instant is set again.
  const [due] = await sql(stream, "SELECT due_at > 1 FROM timers WHERE name = 'schedule'");
  assert.equal(due, "[Integer(1)]");
});

test("an alarm that cannot write comes again by itself until it can", async () => {
  const { id, tenant } = await founded();
  await sql(
    tenant,
    `CREATE TRIGGER broken BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'injected'); END`,
  );
  const event = randomUUID();
  await submit(tenant, { type: "found_event", event, name: "Autumn", starts_on: null, ends_on: null });
  await until("the second event", async () => (await log(`${id}/event/${event}`)).length === 1);
  const open = async () => (await sql(tenant, "SELECT count(*) FROM deliveries WHERE state = 'pending'"))[0];
  assert.equal(await open(), "[Integer(1)]", "delivered, but not noted");
  await sql(tenant, "DROP TRIGGER broken");
  await until("the note", async () => (await open()) === "[Integer(0)]", 30_000);
  assert.equal((await log(`${id}/event/${event}`)).length, 1, "delivered twice, taken once");
});

test("a terminal whose socket is gone is reported as out of reach", async () => {
  const { id, stream } = await founded();
  const session = randomUUID();
  const floor = `${id}/session/${session}`;
  await submit(stream, { type: "join_consignors", consignors: [{ number: 1, tier: "regular" }] });
  const item = { row: 1, consignor: 1, category: "toys", title: "Thing", size: "", condition: "good" };
  const draft = { ...item, price: 500, reduce: false, donate: false, reference: "r1" };
  await submit(stream, { type: "list_items", import: null, items: [draft] });
  for (const to of ["intake", "selling"]) await submit(stream, { type: "change_status", to, reason: null });
  await submit(stream, { type: "schedule_session", session, name: "Friday", channels: ["floor"] });
  await submit(stream, { type: "open_session", session });
  await until("the session", async () => (await log(floor)).some(({ kind }) => kind === "session_opened"));
  const [terminal, code] = [randomUUID(), "01".repeat(32)];
  await submit(floor, { type: "offer_pairing", code_digest: code });
  await submit(floor, {
    type: "pair",
    code_digest: code,
    terminal,
    name: "Till 1",
    token_digest: "02".repeat(32),
  });
  const { socket } = await listen(floor, 0, `terminal:${terminal}`);
  await until(
    "the timer",
    async () =>
      (await sql(floor, "SELECT count(*) FROM timers WHERE name LIKE 'listener/%'"))[0] === "[Integer(1)]",
  );
  socket.close();
  await makeDue(floor, `listener/terminal:${terminal}`);
  await listen(floor, 0).then((someone) => someone.socket.close());
  await until("the report", async () => (await log(floor)).some(({ kind }) => kind === "terminal_reported"));
});

test("an organization's own log has no timers but the archive's", async () => {
  const { stream } = await organization();
  await submit(stream, grant("user_b"));
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(await sql(stream, "SELECT name FROM timers WHERE name <> 'archive'"), []);
});
