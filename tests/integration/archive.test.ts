// Closed runs of a log in the archive: written by the object's timer, read instead of the object, never believed
// without their digest.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  archived,
  d1,
  grant,
  log,
  organization,
  post,
  project,
  projected,
  sql,
  submit,
  until,
} from "./support/doors.ts";
import { call, freshEvent, freshOrganization, hostOf, move, type Person } from "./support/edge.ts";

interface Segment {
  first: number;
  last: number;
  key: string;
  digest: string;
}

async function segments(stream: string): Promise<Segment[]> {
  const rows = await sql(
    stream,
    "SELECT json_object('first', first_seq, 'last', last_seq, 'key', key, 'digest', digest) FROM segments ORDER BY 1",
  );
  return rows
    .map((row) => JSON.parse(JSON.parse(row.slice("[String(".length, -")]".length))) as Segment)
    .sort((one, other) => one.first - other.first);
}

/** A moment that has passed stands for the hour that a test cannot wait. */
async function archiveNow(stream: string, nudge: () => Promise<unknown>): Promise<Segment[]> {
  const before = (await segments(stream)).length;
  await until("the timer", async () => {
    const [count] = await sql(stream, "SELECT count(*) FROM timers WHERE name = 'archive'");
    return count === "[Integer(1)]";
  });
  await sql(stream, "UPDATE timers SET due_at = 1 WHERE name = 'archive'");
  await nudge();
  await until("a segment", async () => (await segments(stream)).length > before);
  return segments(stream);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** An event whose first entries lie in the archive, and whose last ones do not. */
async function half(): Promise<{
  slug: string;
  admin: Person;
  event: string;
  stream: string;
  segment: Segment;
}> {
  const { slug, id, admin } = await freshOrganization();
  const event = await freshEvent(admin);
  const stream = `${id}/event/${event}`;
  const [segment] = await archiveNow(stream, () => move(admin, event, "intake"));
  assert.ok(segment);
  await move(admin, event, "selling");
  return { slug, admin, event, stream, segment };
}

const exported = async (slug: string, admin: Person, stream: string) => {
  const path = `/api/v1/log/${encodeURIComponent(stream)}`;
  const answer = await call(hostOf(slug), "GET", path, { token: await admin.token() });
  assert.equal(answer.status, 200, answer.text);
  // When it was exported is the only difference between two exports.
  return answer.text.split("\n").slice(1, -2);
};

test("a closed run lies in the archive under its organization, whole, with its digest in its name", async () => {
  const { stream, segment } = await half();
  assert.ok(segment.key.startsWith(`${stream.split("/")[0]}/log/event/`), segment.key);
  const { status, text } = await archived(segment.key);
  assert.equal(status, 200);
  assert.equal(sha256(text), segment.digest);
  assert.ok(segment.key.includes(segment.digest));
  const [header, ...rest] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const footer = rest.pop();
  assert.deepEqual([header.stream, header.from, footer.head_seq], [stream, segment.first, segment.last]);
  assert.deepEqual(rest, (await log(stream)).slice(segment.first - 1, segment.last));
});

test("segments tile the log, and a run of a thousand entries closes without waiting", async () => {
  const { stream } = await organization();
  for (let round = 0; round < 26; round++) {
    await Promise.all(Array.from({ length: 40 }, (_, at) => submit(stream, grant(`user_${round}_${at}`))));
  }
  await until("the first segment", async () => (await segments(stream)).length === 1);
  const [first] = await segments(stream);
  assert.deepEqual([first?.first, first?.last], [1, 1000]);
  const [, second] = await archiveNow(stream, () => submit(stream, grant("user_last")));
  assert.deepEqual([second?.first, second?.last], [1001, (await log(stream)).length]);
});

test("a rebuild reads closed entries from the archive and asks the object for the tail alone", async () => {
  const { id, stream } = await organization();
  // Enough for a snapshot, and for some closed segments on the way.
  const rounds = 76;
  for (let round = 0; round < rounds; round++) {
    await Promise.all(Array.from({ length: 40 }, (_, at) => submit(stream, grant(`user_${round}_${at}`))));
  }
  const members = () => d1(`SELECT * FROM membership WHERE organization = '${id}' ORDER BY person, role`);
  await until("the segments", async () => (await segments(stream)).length === 3);
  await until("the snapshot", async () => (await sql(stream, "SELECT part FROM snapshot")).length > 0);
  await projected(stream);
  const before = await members();
  assert.equal(before.length, rounds * 40 + 1);
  // With its snapshot the object wakes without its first entry, which it can no longer read out.
  await sql(stream, "UPDATE log SET payload = '{}' WHERE seq = 1");
  assert.equal((await post(stream, "forget", "")).status, 200);
  await d1(`UPDATE checkpoint SET hash = '${"0".repeat(64)}' WHERE stream = '${stream}' RETURNING seq`);
  const { body } = await project(stream);
  assert.ok((body as { complete?: unknown }).complete, JSON.stringify(body));
  assert.deepEqual(await members(), before);
});

test("an export reads the archive and ends with the object's tail", async () => {
  const { slug, admin, stream, segment } = await half();
  const whole = await exported(slug, admin, stream);
  assert.ok(whole.length > segment.last);
  assert.deepEqual(
    whole.map((line) => JSON.parse(line)),
    await log(stream),
  );
});

test("a segment that was tampered with is not believed: the object answers, and writes it anew", async () => {
  const { slug, admin, stream, segment } = await half();
  const good = await exported(slug, admin, stream);
  const { text } = await archived(segment.key);
  for (const damage of [text.replace("intake", "closed"), text.slice(0, -40), ""]) {
    await archived(segment.key, "POST", damage);
    assert.deepEqual(await exported(slug, admin, stream), good);
    await until("the segment", async () => sha256((await archived(segment.key)).text) === segment.digest);
  }
  await archived(segment.key, "DELETE");
  assert.deepEqual(await exported(slug, admin, stream), good);
  await until("the segment", async () => (await archived(segment.key)).status === 200);
  assert.deepEqual(await segments(stream), [segment]);
});

test("an archive that is out of reach delays nothing but itself", async () => {
  const { slug, admin, event, stream, segment } = await half();
  await sql(stream, `UPDATE segments SET key = 'nowhere', digest = '${"ab".repeat(32)}'`);
  const entries = (await exported(slug, admin, stream)).length;
  await until("the segment", async () => (await segments(stream))[0]?.key === segment.key);
  await admin.ok("GET", `/api/v1/events/${event}`);
  assert.equal((await exported(slug, admin, stream)).length, entries);
});
