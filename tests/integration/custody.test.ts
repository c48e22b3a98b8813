// What one log hands over, another takes: once, in order, and both agree at the end.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { type Entry, log, organization, post, sql, submit, until } from "./support/doors.ts";

/** How long an object waits for more entries before it tells the projector of them, ms. */
const OUTBOX_DELAY_MS = 200;

const kinds = (entries: Entry[], kind: string) =>
  entries
    .filter((entry) => entry.kind === kind)
    .map((entry) => JSON.parse(entry.payload) as Record<string, unknown>);

const draft = (row: number) => ({
  row,
  consignor: (row % 7) + 1,
  category: "toys",
  title: `Thing ${row}`,
  size: "",
  condition: "good",
  price: 100 + (row % 20) * 25,
  reduce: row % 2 === 0,
  donate: false,
  reference: `r${row}`,
});

async function stocked(items: number) {
  const { id, stream: tenant } = await organization();
  const [event, session] = [randomUUID(), randomUUID()];
  const streams = { tenant, event: `${id}/event/${event}`, session: `${id}/session/${session}` };
  await submit(tenant, { type: "found_event", event, name: "Spring", starts_on: null, ends_on: null });
  await until("the event", async () => (await log(streams.event)).length === 1);
  const consignors = Array.from({ length: 7 }, (_, index) => ({ number: index + 1, tier: "regular" }));
  await submit(streams.event, { type: "change_status", to: "registration", reason: null });
  await submit(streams.event, { type: "join_consignors", consignors });
  for (let from = 1; from <= items; from += 200) {
    const drafts = Array.from({ length: Math.min(200, items - from + 1) }, (_, index) => draft(from + index));
    await submit(streams.event, { type: "list_items", import: null, items: drafts });
  }
  await submit(streams.event, { type: "change_status", to: "intake", reason: null });
  await submit(streams.event, { type: "change_status", to: "selling", reason: null });
  await submit(streams.event, { type: "schedule_session", session, name: "Friday", channels: ["floor"] });
  return { streams, session };
}

const overview = async (stream: string) => {
  const answer = await post(stream, "ask", JSON.stringify({ type: "overview" }));
  return (answer.body as { overview: { status: string; items: number } | null }).overview;
};

const tags = (entries: Entry[], kind: string) =>
  kinds(entries, kind).flatMap((page) => (page.items as { tag: string }[]).map((item) => item.tag));

test("opening a session moves its items in pages, and both logs agree", async () => {
  const { streams, session } = await stocked(1_300);
  await submit(streams.event, { type: "open_session", session });
  await until("the session to open", async () => (await overview(streams.session))?.status === "open");
  assert.equal((await overview(streams.session))?.items, 1_300);
  await until(
    "the last confirmation",
    async () => kinds(await log(streams.event), "custody_confirmed").length === 3,
  );
  const [given, taken] = [await log(streams.event), await log(streams.session)];
  assert.deepEqual(tags(taken, "custody_taken"), tags(given, "custody_handed_over"));
  assert.equal(new Set(tags(taken, "custody_taken")).size, 1_300);
  const pages = taken.filter(({ kind }) => kind === "custody_taken").map(({ recorded_at }) => recorded_at);
  const paused = 2 * (pages.length - 1) * OUTBOX_DELAY_MS;
  assert.ok((pages.at(-1) ?? 0) - (pages[0] ?? 0) < paused, "a page does not wait as the queue's nudges do");

  await submit(streams.session, { type: "close" });
  await until("the session to close", async () => (await overview(streams.session))?.status === "closed");
  const [back, released] = [await log(streams.event), await log(streams.session)];
  assert.deepEqual(tags(back, "items_taken_back"), tags(released, "custody_released"));
  assert.equal(new Set(tags(back, "items_taken_back")).size, 1_300);
  for (const entry of back.filter(({ kind }) => kind === "items_taken_back")) {
    assert.equal(entry.actor, `stream:${streams.session}`);
  }
  for (const stream of Object.values(streams)) {
    assert.deepEqual(await sql(stream, "SELECT count(*) FROM deliveries WHERE state <> 'taken'"), [
      "[Integer(0)]",
    ]);
  }
});

test("a delivery made twice is taken once", async () => {
  const { streams, session } = await stocked(20);
  await submit(streams.event, { type: "open_session", session });
  await until("the session to open", async () => (await overview(streams.session))?.status === "open");
  const before = await log(streams.session);
  // The sender forgets that it delivered, as after a crash between the receiver's reply and its own note.
  await sql(streams.event, "UPDATE deliveries SET state = 'pending'");
  await submit(streams.event, {
    type: "schedule_session",
    session: randomUUID(),
    name: "Later",
    channels: ["floor"],
  });
  await until("the deliveries", async () => {
    return (
      (await sql(streams.event, "SELECT count(*) FROM deliveries WHERE state = 'pending'"))[0] ===
      "[Integer(0)]"
    );
  });
  assert.deepEqual(await log(streams.session), before);
  assert.deepEqual(await sql(streams.event, "SELECT count(*) FROM deliveries WHERE state = 'refused'"), [
    "[Integer(0)]",
  ]);
});

test("a receiver that fails is asked again, and keeps the order of what comes behind", async () => {
  const { streams, session } = await stocked(1_200);
  await until("the plan", async () => (await log(streams.session)).length === 1);
  await sql(
    streams.session,
    `CREATE TRIGGER broken BEFORE INSERT ON log WHEN NEW.kind = 'custody_taken'
		 BEGIN SELECT RAISE(ABORT, 'injected'); END`,
  );
  await submit(streams.event, { type: "open_session", session });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.deepEqual(kinds(await log(streams.session), "custody_taken"), []);
  await sql(streams.session, "DROP TRIGGER broken");
  await until(
    "the session to open",
    async () => (await overview(streams.session))?.status === "open",
    30_000,
  );
  assert.deepEqual(
    kinds(await log(streams.session), "custody_taken").map((page) => page.page),
    [1, 2, 3],
  );
});
