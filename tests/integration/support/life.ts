// The life of an event up to where a test begins.
import assert from "node:assert/strict";
import { basket, call, move, openSession, pair, until } from "./edge.ts";
import type { Scene } from "./scene.ts";
import { first, type Recorded } from "./steps.ts";

/** When a slot begins that is still to come. */
export const inTwoWeeks = new Date(Date.now() + 14 * 86_400_000).toISOString();

/** An item of consignor 101, as it is listed. */
export const toy = (title: string, price_cents = 500) => ({
  consignor: 101,
  category: "toys",
  title,
  condition: "good",
  price_cents,
});

export const listedTags = (recorded: Recorded) =>
  first<{ items: { tag: string }[] }>(recorded).items.map((item) => item.tag);

/** Opens accounts, regular ones. */
export const enrol = ({ admin }: Scene, numbers: number[]) =>
  admin.ok("POST", "/api/v1/consignors", {
    body: { consignors: numbers.map((number) => ({ number, tier: "regular" })) },
  });

/** Opens accounts that take part in the event. */
export async function takePart(scene: Scene, numbers: number[]): Promise<void> {
  await enrol(scene, numbers);
  for (const consignor of numbers)
    await scene.admin.ok("POST", `/api/v1/events/${scene.event}/participations`, { body: { consignor } });
}

/** Lists toys of consignor 101, who takes part, and gives their tags. */
export async function listToys({ admin, event }: Scene, titles: string[]): Promise<string[]> {
  const body = { items: titles.map((title) => toy(title)) };
  return listedTags(await admin.ok<Recorded>("POST", `/api/v1/events/${event}/items`, { body }));
}

/** Begins the intake and checks `tags` in. */
export async function takeIn({ admin, event }: Scene, tags: string[]): Promise<void> {
  await move(admin, event, "intake");
  await admin.ok("POST", `/api/v1/events/${event}/items/check-in`, { body: { tags } });
}

/** What the life of an event has left behind: its tags, the first of which was sold, its stock count, its session. */
export interface Remains {
  tags: string[];
  count: string;
  session: string;
}

/** One of everything that happens before the money is settled, so that every list has something to show. */
export async function liveToReconciliation(scene: Scene): Promise<Remains> {
  const { admin, event } = scene;
  const path = (rest: string) => `/api/v1/events/${event}${rest}`;
  const post = (rest: string, body: unknown) => admin.ok<Recorded>("POST", path(rest), { body });

  await enrol(scene, [101, 102, 103]);
  await post("/participations", { consignor: 101, tier: "super", method: "door" });
  await post("/participations", { consignor: 102, referral_source: "consignor", referred_by: 101 });
  await post("/participations", { consignor: 103, tier: "super" });
  await admin.ok("PUT", "/api/v1/referral-codes/KITE27", { body: { consignor: 101 } });
  await admin.ok("POST", "/api/v1/ledger", {
    body: { consignor: 101, amount_cents: 250, reason: "goodwill", note: "for the rain" },
  });
  await post("/participations/102/cancel", { reason: "own_wish", note: "moved away" });
  await post("/fees/charges", { consignor: 101, kind: "sort" });
  await post("/fees/payments", {
    consignor: 101,
    kind: "participation",
    amount_cents: 1500,
    method: "door",
    reference: "d-1",
  });
  await post("/fees/waivers", { consignor: 101, kind: "sort", reason: "goodwill" });
  await post("/adjustments", { consignor: 103, amount_cents: 300, reason: "item_damaged" });

  const tags = await listToys(scene, ["Kite", "Ball", "Puzzle"]);
  await admin.ok("PATCH", path(`/items/${tags[0]}`), { body: { price_cents: 450, reduce: true } });
  await takeIn(scene, tags);

  const shift = { kind: "shift", shift: "general_help", starts_at: inTwoWeeks, capacity: 1 };
  const opened = first<{ slots: { slot: string }[] }>(await post("/slots", { slots: [shift] }));
  const { id: booking } = await post("/bookings", { slot: opened.slots[0]?.slot, consignor: 103 });
  for (const step of ["check-in", "complete"]) await admin.ok("POST", path(`/bookings/${booking}/${step}`));

  const { id: count = "" } = await admin.ok<Recorded>("POST", path("/counts"));
  await post(`/counts/${count}/tags`, { tags: tags.slice(0, 2) });
  await admin.ok("POST", path(`/counts/${count}/compare`));

  const session = await sellOne(scene, tags[0] ?? "", 450);
  for (const to of ["closed", "returns", "reconciliation"]) await move(admin, event, to);
  return { tags, count, session };
}

/** Opens a session, sells one item for cash, and closes the session. */
async function sellOne({ admin, event }: Scene, tag: string, cents: number): Promise<string> {
  const session = await openSession(admin, event, ["selling"]);
  const till = await pair(admin, session);
  const sold = await call(admin.host, "POST", `/api/v1/sessions/${session}/receipts`, {
    token: till.token,
    body: basket([[tag, cents]]),
  });
  assert.equal(sold.status, 201, sold.text);
  await admin.ok("POST", `/api/v1/sessions/${session}/close`, { body: {} });
  await until("the session to close", async () => {
    const { status } = await admin.ok<{ status: string }>("GET", `/api/v1/sessions/${session}`);
    return status === "closed";
  });
  return session;
}
