// The sweep over quiet streams: what a lost alarm left behind is made up for without any command.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { d1, grant, organization, page, projected, send, submit, sweep, until } from "./support/doors.ts";

const PORT = process.env.HANGTAG_PORT ?? "8787";

/** Long enough for a nudge that has been sent to have done its work, ms. */
const QUIET_MS = 2_500;

const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

/**
 * A round that found what the one before it had found: nothing is on its way any more. Logs that other tests have
 * damaged never catch up, and are found in each round.
 */
async function settled() {
  let before = await sweep();
  for (let round = 0; round < 10; round += 1) {
    await quiet();
    const now = await sweep();
    if (now.armed === before.armed && now.nudged === before.nudged) return now;
    before = now;
  }
  throw new Error("the sweep finds something else each time");
}

const reached = async (stream: string) =>
  (await d1<{ seq: number }>(`SELECT seq FROM checkpoint WHERE stream = '${stream}'`))[0]?.seq ?? 0;

/** A stream whose alarm went before it could tell anybody of the last entry. */
async function abandoned(command: unknown): Promise<string> {
  const { stream } = await organization();
  await projected(stream);
  const taken = await send(stream, command, {}, "take_and_lose_alarm");
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  await quiet();
  assert.ok((await reached(stream)) < (await page(stream, 1, 1)).head.seq, "nobody has told the projector");
  return stream;
}

test("rows behind a lost alarm stay behind, until the sweep comes by", async () => {
  const stream = await abandoned(grant("user_a"));
  const swept = await sweep();
  assert.ok(swept.armed >= 1 && swept.nudged >= 1, JSON.stringify(swept));
  assert.equal(swept.unreached, 0);
  await projected(stream);
});

test("what a lost alarm owed to another log is handed over after the sweep", async () => {
  const event = randomUUID();
  const found = { type: "found_event", event, name: "Spring", starts_on: null, ends_on: null };
  const stream = await abandoned(found);
  const founded = `${stream.split("/")[0]}/event/${event}`;
  assert.equal((await page(founded, 1, 1)).head.seq, 0, "nobody has told the event");
  await sweep();
  await until("the event", async () => (await page(founded, 1, 1)).head.seq > 0);
});

test("rows of another history are found though nothing waits for an alarm", async () => {
  const { stream } = await organization();
  await projected(stream);
  await quiet();
  await d1(`UPDATE checkpoint SET hash = '${"0".repeat(64)}' WHERE stream = '${stream}'`);
  await quiet();
  assert.equal((await d1(`SELECT 1 FROM checkpoint WHERE hash = '${"0".repeat(64)}'`)).length, 1);
  await sweep();
  await projected(stream);
});

test("streams that are well or parked are left alone", async () => {
  const others = await settled();
  const { stream } = await organization();
  await projected(stream);
  const parked = await organization();
  await projected(parked.stream);
  await d1(
    `INSERT INTO parked_stream VALUES ('1', '${parked.stream}', 2, 'role_granted', 'for the test', 0)`,
  );
  await submit(parked.stream, grant("user_behind"));
  await quiet();
  const swept = await settled();
  assert.deepEqual([swept.armed, swept.nudged, swept.unreached], [others.armed, others.nudged, 0]);
  assert.equal(swept.asked, others.asked + 2);
  assert.equal(await reached(parked.stream), 1);
  await d1(`DELETE FROM parked_stream WHERE stream = '${parked.stream}'`);
  await sweep();
  await projected(parked.stream);
});

test("the deployment's own trigger runs it", async () => {
  const place = () => d1<{ swept_at: number }>("SELECT swept_at FROM edge_sweep");
  const [before] = await place();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const answer = await fetch(`http://127.0.0.1:${PORT}/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*`);
  assert.ok(answer.ok, await answer.text());
  await until("the sweep", async () => ((await place())[0]?.swept_at ?? 0) > (before?.swept_at ?? 0));
});
