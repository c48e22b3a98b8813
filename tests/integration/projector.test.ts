// From log to rows on the real runtime: queue, object, D1.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  d1,
  grant,
  log,
  organization,
  page,
  project,
  projected,
  sql,
  submit,
  until,
} from "./support/doors.ts";

interface Member {
  person: string;
  role: string;
  granted_at: number;
}

const members = (organization: string) =>
  d1<Member>(
    `SELECT person, role, granted_at FROM membership WHERE organization = '${organization}' ORDER BY person, role`,
  );

/** The same rows, folded from the log by other means. */
async function expected(stream: string): Promise<Member[]> {
  const rows = new Map<string, Member>();
  for (const entry of await log(stream)) {
    const payload = JSON.parse(entry.payload) as { person?: string; role?: string; first_admin?: string };
    const person = payload.person ?? payload.first_admin ?? "";
    const role = payload.role ?? "organization_admin";
    const key = `${person} ${role}`;
    if (entry.kind === "role_revoked") rows.delete(key);
    if (entry.kind === "role_granted" || entry.kind === "organization_created") {
      if (!rows.has(key)) rows.set(key, { person, role, granted_at: entry.recorded_at });
    }
  }
  return [...rows.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

test("the queue brings the rows, and they are those of the log", async () => {
  const { id, stream } = await organization();
  await Promise.all(Array.from({ length: 40 }, (_, number) => submit(stream, grant(`user_${number}`))));
  await submit(stream, { type: "revoke_role", person: "user_7", role: "support" });
  await projected(stream);
  const rows = await members(id);
  assert.equal(rows.length, 40);
  assert.deepEqual(rows, await expected(stream));
});

test("the object learns that its rows are written, and stops nudging", async () => {
  const { stream } = await organization();
  await projected(stream);
  await until("the confirmation", async () => {
    const [note] = await sql(stream, "SELECT value FROM meta WHERE key = 'outbox'");
    return note?.includes('projected_seq\\":1') === true;
  });
});

test("projectors running at once write every row once", async () => {
  const { id, stream } = await organization();
  await Promise.all(Array.from({ length: 300 }, (_, number) => submit(stream, grant(`user_${number}`))));
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => project(stream)));
  assert.ok(
    outcomes.some((outcome) => outcome.status === 200),
    JSON.stringify(outcomes),
  );
  await projected(stream);
  assert.deepEqual(await members(id), await expected(stream));
});

test("a restored log is noticed by its hash and its rows are made anew", async () => {
  const { id, stream } = await organization();
  for (const person of ["user_a", "user_b", "user_c"]) await submit(stream, grant(person));
  await projected(stream);
  await sql(stream, "DELETE FROM log WHERE seq > 2");
  await sql(stream, "DELETE FROM commands WHERE first_seq > 2");
  await submit(stream, grant("user_z"));
  await project(stream);
  await projected(stream);
  assert.equal((await page(stream)).head.seq, 3);
  const rows = await members(id);
  assert.deepEqual(
    rows.map((row) => row.person),
    ["user_a", "user_test", "user_z"],
  );
  assert.deepEqual(rows, await expected(stream));
});

test("a checkpoint that says nothing readable is not believed, and the rows are made anew", async () => {
  const { id, stream } = await organization();
  for (const person of ["user_a", "user_b"]) await submit(stream, grant(person));
  await projected(stream);
  await d1(`DELETE FROM membership WHERE organization = '${id}' AND person = 'user_a'`);
  await d1(`UPDATE checkpoint SET hash = 'nobody knows' WHERE stream = '${stream}'`);
  const { body } = await project(stream);
  assert.ok((body as { complete?: unknown }).complete, JSON.stringify(body));
  assert.deepEqual(await members(id), await expected(stream));
});

test("an entry that cannot be projected parks its stream alone; repaired and resumed, it goes on", async () => {
  const { id, stream } = await organization();
  await projected(stream);
  const event = "0190aaaa-0000-7000-8000-000000000001";
  // Somebody else's row stands in the way: ordinals are unique within an organization.
  await d1(
    `INSERT INTO founded_event (organization, event, ordinal, name, founded_at) VALUES ('${id}', 'x', 1, 'in the way', 0)`,
  );
  await submit(stream, grant("user_before"));
  await submit(stream, { type: "found_event", event, name: "Spring", starts_on: null, ends_on: null });
  await submit(stream, grant("user_behind"));
  const parked = () =>
    d1<{ seq: number; kind: string }>(`SELECT seq, kind FROM parked_stream WHERE stream = '${stream}'`);
  await until("the parking", async () => (await parked()).length === 1);
  assert.deepEqual(await parked(), [{ seq: 3, kind: "event_founded" }]);
  assert.deepEqual(
    (await members(id)).map((row) => row.person),
    ["user_before", "user_test"],
  );
  const other = await organization();
  await projected(other.stream);

  await d1(`DELETE FROM founded_event WHERE organization = '${id}' AND event = 'x'`);
  const resumed = await project(stream, "resume");
  assert.equal(resumed.status, 200, JSON.stringify(resumed.body));
  await projected(stream);
  assert.deepEqual(await parked(), []);
  assert.deepEqual(await members(id), await expected(stream));
});
