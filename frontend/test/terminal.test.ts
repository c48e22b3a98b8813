import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { cashSuggestions } from "../src/terminal/cash.ts";
import { catalogueFrom, read } from "../src/terminal/catalogue.ts";
import { TillDb } from "../src/terminal/db.ts";
import type { QueuedReceipt } from "../src/terminal/model.ts";
import { hearKey, silence } from "../src/terminal/scanner.ts";

const item = { tag: "0010000017", title: "Rain boots", size: "9", price_cents: 850, consignor: 17, flags: 0 };
const settings = { currency: "USD", tax: {}, markdown: {}, plan_version: 1, time_zone: "America/Chicago" };
const line = { item, keyed: true };
const priced = {
  lines: [],
  gross_cents: 850,
  tax_cents: 62,
  total_cents: 912,
  due_cents: 0,
  change_cents: 0,
  settled: true,
};
const sale = (id: string): QueuedReceipt => ({
  id,
  queued_at: 0,
  attempts: 0,
  state: "waiting",
  body: {
    session: "s",
    basket: [line],
    priced,
    command: {
      receipt: id,
      lines: [],
      tenders: [],
      change_cents: 0,
      occurred_at: "2026-11-23T12:00:00.000Z",
    },
  },
});

describe("the scanner's ear", () => {
  const type = (text: string, gapMs: number) => {
    let state = silence;
    let now = 1_000;
    for (const key of text) {
      state = hearKey(state, key, now).state;
      now += gapMs;
    }
    return hearKey(state, "Enter", now);
  };

  it.each([1, 5, 30])("takes a text typed with %i ms between keys for a scan", (gap) => {
    expect(type("0010000017", gap).scanned).toBe("0010000017");
  });

  it.each([80, 150])("takes a text typed with %i ms between keys for fingers", (gap) => {
    expect(type("0010000017", gap).scanned).toBeUndefined();
  });

  it("drops what fingers left before the scan began", () => {
    const begun = hearKey(silence, "7", 1_000).state;
    let state = begun;
    let now = 2_000;
    for (const key of "0010000017") {
      state = hearKey(state, key, now).state;
      now += 3;
    }
    expect(hearKey(state, "Enter", now).scanned).toBe("0010000017");
  });

  it("ignores keys that are no characters, and never grows without end", () => {
    const shifted = hearKey(hearKey(silence, "Shift", 1).state, "1", 2).state;
    expect(shifted.text).toBe("1");
    let state = silence;
    for (let key = 0; key < 1_000; key += 1) state = hearKey(state, "1", key).state;
    expect(state.text.length).toBeLessThanOrEqual(32);
  });
});

describe("the till's storage", () => {
  it("puts a sale into the queue and empties the basket in one go, and gives both back after a reload", async () => {
    const before = await TillDb.open();
    await before.set("draft", [line]);
    await before.complete(sale("r1"));
    before.close();
    const after = await TillDb.open();
    expect(await after.get("draft")).toBeUndefined();
    expect(await after.get("showing")).toBe("r1");
    expect((await after.waiting()).map(({ id }) => id)).toEqual(["r1"]);
    await expect(after.complete(sale("r1")), "the same receipt twice").rejects.toBeDefined();
    expect(await after.waiting()).toHaveLength(1);
    after.close();
  });

  it("takes a refused sale back as the basket it was", async () => {
    const db = await TillDb.open();
    await db.save({ ...sale("r2"), state: "refused" });
    const [refused] = await db.refused();
    expect(refused?.id).toBe("r2");
    if (refused !== undefined) await db.reopen(refused);
    expect(await db.refused()).toEqual([]);
    expect(await db.get("draft")).toEqual([line]);
    db.close();
  });

  it("keeps a catalogue of several chunks with what was sold and where the log stood", async () => {
    const rows = Array.from(
      { length: 4_500 },
      (_, index): [string, string, string, number, number, number] => [
        String(index).padStart(10, "0"),
        `Item ${index}`,
        "",
        100,
        1,
        index === 3 ? 16 : 0,
      ],
    );
    const db = await TillDb.open();
    await db.replaceCatalogue({ position: 7, items: rows, settings }, new Map());
    await db.advance(9, [["0000000005", 2]]);
    const stored = await db.catalogue();
    expect(stored?.items).toEqual(rows);
    expect(stored?.position).toBe(9);
    const catalogue = catalogueFrom(stored ?? { position: 0, items: [], settings }, stored?.sold);
    expect([...catalogue.sold]).toEqual([
      ["0000000003", 0],
      ["0000000005", 2],
    ]);
    await db.unpair();
    expect(await db.catalogue()).toBeUndefined();
    expect(await db.waiting(), "what waits survives unpairing").toHaveLength(1);
    db.close();
  });
});

describe("what a till reads from the log", () => {
  it("knows sales, the session's steps and its own end; new kinds change nothing", () => {
    const entry = (kind: string, payload: Record<string, unknown>) => ({
      seq: 1,
      recorded_at: 0,
      kind,
      payload,
    });
    const sold = { receipt: "r", number: 3, terminal: "t", lines: [{ tag: "0010000017" }] };
    expect(read(entry("receipt_completed", sold))).toEqual({
      kind: "sold",
      tags: ["0010000017"],
      number: 3,
      terminal: "t",
      receipt: "r",
    });
    expect(read(entry("session_paused", {}))).toEqual({ kind: "session", status: "paused" });
    expect(read(entry("terminal_revoked", { terminal: "t" }))).toEqual({ kind: "revoked", terminal: "t" });
    expect(read(entry("something_new", {}))).toEqual({ kind: "other" });
  });
});

describe("cash suggestions", () => {
  it.each([
    [2_313, [2_500, 3_000, 4_000]],
    [2_000, [5_000, 10_000]],
    [1, [500, 1_000, 2_000]],
  ])("for %i cents", (due, expected) => {
    expect(cashSuggestions(due)).toEqual(expected);
  });
});
