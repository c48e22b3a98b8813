// The log host on the real runtime: what is acknowledged is in the log once, what is not is not there at all.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { grant, listen, log, organization, page, post, send, sql, submit, until } from "./support/doors.ts";

test("a repeated command gets its first reply; the same id for something else is refused", async () => {
  const { stream } = await organization();
  const id = randomUUID();
  const first = await submit(stream, grant("user_b"), { id });
  const again = await submit(stream, grant("user_b"), { id });
  assert.deepEqual(again, { ...first, repeated: true });
  assert.deepEqual(await send(stream, grant("user_c"), { id }), { status: 409, body: "command_id_reused" });
  const other = await send(stream, grant("user_b"), { id, actor: "person:user_other" });
  assert.equal(other.status, 409);
  assert.equal((await page(stream)).head.seq, 2);
});

test("twenty copies of one command at once are one entry", async () => {
  const { stream } = await organization();
  const id = randomUUID();
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => submit(stream, grant("user_b"), { id })),
  );
  assert.deepEqual(new Set(replies.map((reply) => reply.seq)), new Set([2]));
  assert.equal(replies.filter((reply) => !reply.repeated).length, 1);
  assert.equal((await page(stream)).head.seq, 2);
});

test("commands racing for one head: one is taken, the others learn the head", async () => {
  const { stream } = await organization();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, racer) => send(stream, grant(`user_${racer}`), { ifMatch: 1 })),
  );
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    assert.deepEqual(answer, { status: 412, body: { head_moved: { head: 2 } } });
  }
});

test("an append that fails half way leaves nothing behind, and the object goes on", async () => {
  const { stream } = await organization();
  await sql(
    stream,
    `CREATE TRIGGER broken BEFORE INSERT ON commands WHEN NEW.command_id = 'doomed'
		 BEGIN SELECT RAISE(ABORT, 'injected'); END`,
  );
  const doomed = await send(stream, grant("user_b"), { id: "doomed" });
  assert.equal(doomed.status, 503);
  assert.match(JSON.stringify(doomed.body), /injected/);
  assert.deepEqual(await sql(stream, "SELECT count(*), max(seq) FROM log"), ["[Integer(1), Integer(1)]"]);
  assert.equal((await submit(stream, grant("user_c"))).seq, 2);
  await sql(stream, "DROP TRIGGER broken");
  assert.equal((await submit(stream, grant("user_b"), { id: "doomed" })).seq, 3);
});

test("a panic behind a command answers at once and takes the command's writes with it", async () => {
  const { stream } = await organization();
  const id = randomUUID();
  const begun = Date.now();
  const panicked = await send(stream, grant("user_b"), { id }, "panic");
  assert.equal(panicked.status, 500);
  assert.ok(Date.now() - begun < 5_000, `answered after ${Date.now() - begun} ms`);
  assert.equal((await page(stream)).head.seq, 1);
  const retried = await submit(stream, grant("user_b"), { id });
  assert.deepEqual([retried.seq, retried.repeated], [2, false]);
});

test("a byte changed in storage is noticed: the object refuses to decide and to show it as good", async () => {
  const { stream } = await organization();
  for (const person of ["user_b", "user_c", "user_d"]) await submit(stream, grant(person));
  await sql(stream, "UPDATE log SET payload = replace(payload, 'user_c', 'user_x') WHERE seq = 3");
  const refused = await send(stream, grant("user_e"));
  assert.equal(refused.status, 503);
  assert.match(JSON.stringify(refused.body), /entry 3/);
  await sql(stream, "UPDATE log SET payload = replace(payload, 'user_x', 'user_c') WHERE seq = 3");
  assert.equal((await submit(stream, grant("user_e"))).seq, 5);
});

test("the log is gapless, chained and dated forwards, whatever order commands come in", async () => {
  const { stream } = await organization();
  await Promise.all(Array.from({ length: 60 }, (_, number) => submit(stream, grant(`user_${number}`))));
  const entries = await log(stream);
  assert.deepEqual(
    entries.map((entry) => entry.seq),
    Array.from({ length: 61 }, (_, index) => index + 1),
  );
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    assert.ok(before === undefined || before.recorded_at <= entry.recorded_at);
  }
  const tail = await page(stream, 31);
  assert.equal(tail.previous, entries[29]?.hash);
});

const seqs = (frames: { type: string; seq?: number }[]) =>
  frames.filter((frame) => frame.type === "entry").map((frame) => frame.seq);

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("a listener gets everything behind its place once and in order, while commands go on", async () => {
  const { stream } = await organization();
  await Promise.all(Array.from({ length: 30 }, (_, number) => submit(stream, grant(`user_${number}`))));
  const writing = Promise.all(
    Array.from({ length: 60 }, (_, number) => submit(stream, grant(`user_more_${number}`))),
  );
  const listeners = await Promise.all([0, 10, 31].map((since) => listen(stream, since)));
  await writing;
  await submit(stream, grant("user_last"));
  for (const [index, { frames, socket }] of listeners.entries()) {
    const since = [0, 10, 31][index] ?? 0;
    await until("the last entry", async () => frames.some((frame) => frame.seq === 92));
    assert.deepEqual(seqs(frames), numbers(since + 1, 92), `since ${since}`);
    const live = frames.flatMap((frame, at) => (frame.type === "live" ? [{ at, head: frame.head }] : []));
    assert.equal(live.length, 1);
    assert.equal(
      frames[(live[0]?.at ?? 0) - 1]?.seq ?? since,
      live[0]?.head,
      "live comes right behind its head",
    );
    socket.close();
  }
});

test("a listener far behind catches up in pages while commands go on", async () => {
  const { stream } = await organization();
  for (let round = 0; round < 6; round += 1) {
    await Promise.all(
      Array.from({ length: 100 }, (_, number) => submit(stream, grant(`user_${round}_${number}`))),
    );
  }
  const { frames, socket } = await listen(stream, 1);
  await Promise.all(Array.from({ length: 40 }, (_, number) => submit(stream, grant(`user_late_${number}`))));
  await until("all entries", async () => seqs(frames).length >= 640);
  assert.deepEqual(seqs(frames), numbers(2, 641));
  assert.equal(frames.filter((frame) => frame.type === "live").length, 1);
  socket.close();
});

test("a listener ahead of the log is told the head that there is", async () => {
  const { stream } = await organization();
  const { frames, socket } = await listen(stream, 50);
  await until("the answer", async () => frames.length > 0);
  const { head } = await page(stream);
  assert.deepEqual(frames, [{ type: "live", head: head.seq, hash: head.hash }]);
  socket.close();
});

test("a listener of another history is told so by the hash, though the log is long enough", async () => {
  const { stream } = await organization();
  for (const person of ["user_a", "user_b"]) await submit(stream, grant(person));
  const [, , lost] = await log(stream);
  const known = async (since: number, hash: string) => {
    const { frames, socket } = await listen(stream, since, "test", hash);
    await until("the head", async () => frames.some((frame) => frame.type === "live"));
    socket.close();
    return frames.map(({ type, seq }) => (type === "entry" ? `${type} ${seq}` : type));
  };
  assert.deepEqual(await known(3, lost?.hash ?? ""), ["live"], "the same history");
  await sql(stream, "DELETE FROM log WHERE seq > 2");
  await sql(stream, "DELETE FROM commands WHERE first_seq > 2");
  for (const person of ["user_y", "user_z"]) await submit(stream, grant(person));
  const [first, second, third] = await log(stream);
  assert.deepEqual(await known(3, lost?.hash ?? ""), ["restored", "live"]);
  assert.deepEqual(await known(9, third?.hash ?? ""), ["restored", "live"], "the log ends before");
  assert.deepEqual(await known(3, third?.hash ?? ""), ["entry 4", "live"]);
  assert.deepEqual(await known(2, second?.hash ?? ""), ["entry 3", "entry 4", "live"], "what was not lost");
  assert.deepEqual(await known(2, first?.hash ?? ""), ["restored", "live"]);
  assert.deepEqual(await known(3, ""), ["entry 4", "live"], "who names no hash is believed");
});

test("an object that forgot everything replays to the same answers", async () => {
  const { stream } = await organization();
  await submit(stream, grant("user_b"));
  const ask = () => post(stream, "ask", JSON.stringify({ type: "roles", person: "user_b" }));
  const before = await ask();
  await post(stream, "forget", "");
  assert.deepEqual(await ask(), before);
  assert.deepEqual(before.body, { type: "roles", roles: ["support"] });
});

test("a listener sleeps with its object and is woken by the next entry", async () => {
  const { stream } = await organization();
  const { frames, socket } = await listen(stream, 0);
  await until("live", async () => frames.some((frame) => frame.type === "live"));
  // The runtime evicts an object that was idle for ten seconds; its sockets stay.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  await submit(stream, grant("user_b"));
  await until("the entry", async () => frames.length > 2);
  assert.deepEqual(seqs(frames), [1, 2]);
  socket.close();
});

test("an object with a long log wakes from its snapshot to the same state", async () => {
  const { stream } = await organization();
  const enrol = (from: number) => ({
    type: "enrol_consignors",
    consignors: Array.from({ length: 1000 }, (_, index) => ({ number: from + index, tier: "regular" })),
  });
  for (let batch = 0; batch < 70; batch += 1) await submit(stream, enrol(1 + batch * 1000));
  await until(
    "a snapshot",
    async () => (await sql(stream, "SELECT count(*) FROM snapshot"))[0] !== "[Integer(0)]",
  );
  const numbersAsked = [1, 500, 69_999, 70_000, 70_001];
  const ask = () => post(stream, "ask", JSON.stringify({ type: "enrolled", numbers: numbersAsked }));
  const woken = await ask();
  assert.equal((woken.body as { enrolled: unknown[] }).enrolled.length, 4);
  await sql(stream, "DELETE FROM snapshot");
  assert.deepEqual(await ask(), woken);
});

test("an object that an older build made gets this build's tables with its next command", async () => {
  const { stream } = await organization();
  await sql(stream, "DROP TABLE entry_keys");
  await sql(stream, "DROP VIEW effect");
  await sql(stream, "CREATE TABLE facts (key TEXT PRIMARY KEY, json TEXT NOT NULL)");
  await sql(stream, "UPDATE meta SET value = '6' WHERE key = 'schema'");
  await submit(stream, grant("user_b"));
  assert.deepEqual(await sql(stream, "SELECT count(*) FROM entry_keys"), ["[Integer(0)]"]);
  assert.deepEqual(await sql(stream, "SELECT count(*) FROM sqlite_master WHERE name = 'facts'"), [
    "[Integer(0)]",
  ]);
});
