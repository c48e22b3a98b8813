// Commands over a terminal's own socket, on the real runtime.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { opening, sale, streamOf, terminal } from "../bench/commands.ts";
import { log, post, sql, until } from "./support/doors.ts";

const ORIGIN = `ws://127.0.0.1:${process.env.HANGTAG_PORT ?? "8787"}`;

interface Frame {
  type: string;
  id?: string;
  seq?: number;
  first_seq?: number;
  repeated?: boolean;
  code?: string;
  rule?: string;
  entries?: unknown[];
  head?: number;
}

interface Line {
  frames: Frame[];
  closed: number[];
  say: (text: string) => void;
  answer: (id: string, nth?: number) => Promise<Frame>;
  close: () => void;
}

/** A session that sells, of its own for each test. */
async function session(): Promise<string> {
  const number = Number.parseInt(randomUUID().slice(0, 8), 16);
  const stream = streamOf(number);
  for (const envelope of opening(number, 20)) {
    const answer = await post(stream, "command", JSON.stringify(envelope));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  return stream;
}

async function line(stream: string, listener: string): Promise<Line> {
  const path = `/api/testing/objects/${encodeURIComponent(stream)}/live?since=0&listener=${encodeURIComponent(listener)}`;
  const socket = new WebSocket(ORIGIN + path);
  const frames: Frame[] = [];
  const closed: number[] = [];
  socket.addEventListener("message", ({ data }) => {
    for (const line of String(data).split("\n")) frames.push(JSON.parse(line) as Frame);
  });
  socket.addEventListener("close", ({ code }) => closed.push(code));
  await until("the socket", async () => frames.some(({ type }) => type === "live"));
  const answers = (id: string) =>
    frames.filter((frame) => frame.id === id && ["accepted", "refused", "unavailable"].includes(frame.type));
  return {
    frames,
    closed,
    say: (text) => socket.send(text),
    answer: async (id, nth = 1) => {
      await until(`answer ${nth} to ${id}`, async () => answers(id).length >= nth);
      return answers(id)[nth - 1] as Frame;
    },
    close: () => socket.close(),
  };
}

const frame = (id: string, command: unknown, more = {}) =>
  JSON.stringify({ type: "command", id, command, ...more });

test("a command over a socket is taken as its terminal's, answered with its entry, and told to everybody", async () => {
  const stream = await session();
  const [till, other] = await Promise.all([line(stream, terminal), line(stream, "person:user_b")]);
  const { command } = sale(1);
  till.say(frame("first", command));
  const accepted = await till.answer("first");
  assert.equal(accepted.type, "accepted");
  assert.equal(accepted.repeated, false);
  const entry = (await log(stream)).at(-1);
  assert.deepEqual(accepted.entries, [entry]);
  for (const listener of [till, other]) {
    const heard = () => listener.frames.filter(({ type, seq }) => type === "entry" && seq === accepted.seq);
    await until("the entry", async () => heard().length > 0);
    assert.equal(heard().length, 1, "each entry once");
  }
  assert.deepEqual([entry?.actor, entry?.seq], [terminal, accepted.seq]);
  assert.equal(entry?.command_id, `${terminal.replace(":", "/")}/first`);
  till.close();
  other.close();
});

test("said again, by socket or over HTTP, it gets its first answer", async () => {
  const stream = await session();
  const till = await line(stream, terminal);
  const { command_id, command } = sale(1);
  const id = command_id.split("/").at(-1) ?? "";
  till.say(frame(id, command));
  till.say(frame(id, command));
  const [first, again] = [await till.answer(id, 1), await till.answer(id, 2)];
  assert.deepEqual([again.first_seq, again.seq, again.repeated], [first.first_seq, first.seq, true]);
  assert.equal(again.entries?.length, 1);
  const before = (await log(stream)).length;
  till.say(frame(id, sale(2).command));
  assert.equal((await till.answer(id, 3)).code, "command_id_reused");
  assert.equal((await log(stream)).length, before);
  till.close();
});

test("what a terminal may not ask, and what is no frame, is answered and changes nothing", async () => {
  const stream = await session();
  const [till, person] = await Promise.all([line(stream, terminal), line(stream, "person:user_b")]);
  const before = (await log(stream)).length;
  for (const type of ["pause", "close", "cancel"]) {
    till.say(frame(type, { type }));
    assert.deepEqual(
      [(await till.answer(type)).type, (await till.answer(type)).code],
      ["refused", "malformed"],
    );
  }
  till.say(frame("stale", sale(1).command, { if_match: 1 }));
  assert.equal((await till.answer("stale")).code, "head_moved");
  till.say(frame("no-command", undefined));
  assert.equal((await till.answer("no-command")).code, "malformed");
  for (const [nth, text] of [
    "{",
    "7",
    '{"type":7}',
    `{"type":"command","id":"x${"x".repeat(140_000)}`,
  ].entries()) {
    till.say(text);
    assert.equal((await till.answer("", nth + 1)).type, "refused", text.slice(0, 20));
  }
  till.say('{"type":"something_else"}');
  till.say(frame("again", sale(1).command, { actor: "person:user_admin" }));
  assert.equal((await till.answer("again")).type, "accepted");
  person.say(frame("mine", sale(2).command));
  assert.equal((await person.answer("mine")).code, "malformed");
  const entries = await log(stream);
  assert.equal(entries.length, before + 1);
  assert.equal(entries.at(-1)?.actor, terminal, "what a frame says of its sender counts for nothing");
  till.close();
  person.close();
});

test("two sockets sell one item: one is accepted, the other is told the rule", async () => {
  const stream = await session();
  const [one, two] = await Promise.all([line(stream, terminal), line(stream, terminal)]);
  const { command } = sale(3);
  one.say(frame("one", command));
  two.say(frame("two", { ...(command as object), receipt: randomUUID() }));
  const answers = [await one.answer("one"), await two.answer("two")];
  assert.deepEqual(answers.map(({ type }) => type).sort(), ["accepted", "refused"]);
  assert.ok(answers.find(({ type }) => type === "refused")?.rule);
  one.close();
  two.close();
});

test("what the object cannot store is unavailable, and taken when said again", async () => {
  const stream = await session();
  const till = await line(stream, terminal);
  await sql(
    stream,
    "CREATE TRIGGER broken BEFORE INSERT ON commands BEGIN SELECT RAISE(ABORT, 'injected'); END",
  );
  till.say(frame("doomed", sale(4).command));
  assert.equal((await till.answer("doomed")).type, "unavailable");
  await sql(stream, "DROP TRIGGER broken");
  till.say(frame("doomed", sale(4).command));
  assert.deepEqual(
    [(await till.answer("doomed", 2)).type, (await till.answer("doomed", 2)).repeated],
    ["accepted", false],
  );
  till.close();
});

test("a revoked terminal's socket is closed by the object", async () => {
  const stream = await session();
  const till = await line(stream, terminal);
  const revoke = { type: "revoke_terminal", terminal: terminal.replace("terminal:", "") };
  const answer = await post(
    stream,
    "command",
    JSON.stringify({ command_id: randomUUID(), actor: "person:user_bench", if_match: null, command: revoke }),
  );
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await until("the end of the socket", async () => till.closed.length > 0);
  assert.equal(till.closed[0], 4401);
});
