import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { cashSuggestions } from "../src/terminal/cash.ts";
import { read, Shelf } from "../src/terminal/catalogue.ts";
import { type KnownReceipt, TillDb } from "../src/terminal/db.ts";
import { type CatalogueRow, itemLine, type QueuedCommand } from "../src/terminal/model.ts";
import { hearKey, silence, wholeScan } from "../src/terminal/scanner.ts";

const item = { tag: "0010000017", title: "Rain boots", size: "9", price_cents: 850, consignor: 17, flags: 0 };
const settings = { currency: "USD", tax: {}, markdown: {}, plan_version: 1, time_zone: "America/Chicago" };
const line = itemLine(item, true);
const priced = {
  lines: [],
  gross_cents: 850,
  tax_cents: 62,
  total_cents: 912,
  due_cents: 0,
  change_cents: 0,
  settled: true,
};
const sale = (key: string): QueuedCommand => ({
  key,
  id: key,
  session: "s",
  terminal: "t",
  about: "sale",
  command: { type: "complete_receipt" },
  asked_at: 0,
  attempts: 0,
  state: "waiting",
  sale: { receipt: key, basket: [line], priced, tenders: [], occurred_at: 0, fact: false },
});
const fact = { type: "record_offline_receipt" };
const pairing = { token: "hgt_x", terminal: "t", session: "s", organization: "o", name: "Till 1" };

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

  it("takes what a scanner typed before it paused together with the rest, when that makes a tag", () => {
    const isTag = (text: string) => text === "0010000017" || text === "17";
    expect(wholeScan("0017", "0010000017", isTag)).toBe("0010000017");
    expect(wholeScan("17", "0010000017", isTag), "a rest that is one, too").toBe("0010000017");
    expect(wholeScan("0010000017", "70010000017", isTag), "fingers before a scan").toBe("0010000017");
    expect(wholeScan("0017", "990017", isTag), "no tag either way").toBe("0017");
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
    expect((await after.waiting()).map(({ key }) => key)).toEqual(["r1"]);
    await expect(after.complete(sale("r1")), "the same receipt twice").rejects.toBeDefined();
    expect(await after.waiting()).toHaveLength(1);
    after.close();
  });

  it("turns a sale into a fact before the goods are handed over, unless the answer came first", async () => {
    const db = await TillDb.open();
    const promoted = await db.promote("r1", "r1.offline.1", fact);
    expect(promoted).toMatchObject({ id: "r1.offline.1", command: fact, sale: { fact: true } });
    const refusal = { ...sale("r1"), state: "refused" as const };
    expect(await db.settle(refusal), "what was refused is not asked any more").toBeUndefined();
    expect((await db.waiting()).map(({ id }) => id)).toEqual(["r1.offline.1"]);
    const taken = await db.settle({ ...sale("r1"), state: "done", number: 4 });
    expect(taken, "taken is taken, under whichever id").toMatchObject({
      id: "r1.offline.1",
      state: "done",
      number: 4,
    });
    expect(await db.promote("r1", "r1.offline.2", fact)).toBeUndefined();
    db.close();
  });

  it("takes a refused sale back as the basket it was", async () => {
    const db = await TillDb.open();
    await db.complete(sale("r2"));
    await db.settle({ ...sale("r2"), state: "refused" });
    const [refused] = await db.refused();
    expect(refused?.key).toBe("r2");
    if (refused !== undefined) await db.reopen(refused);
    expect(await db.refused()).toEqual([]);
    expect(await db.get("draft")).toEqual([line]);
    expect(
      await db.settle({ ...sale("r2"), state: "done" }),
      "a late word about it changes nothing",
    ).toBeUndefined();
    db.close();
  });

  it("learns a receipt's number from the log when the answer was empty", async () => {
    const db = await TillDb.open();
    await db.complete(sale("r3"));
    expect(await db.number("r3", 9)).toMatchObject({ number: 9, state: "waiting" });
    expect(await db.number("r3", 10), "once").toBeUndefined();
    expect(await db.number("unknown", 1)).toBeUndefined();
    db.close();
  });

  it("keeps a catalogue of several chunks with late arrivals, what was sold and where the log stood", async () => {
    const rows = Array.from(
      { length: 4_500 },
      (_, index): CatalogueRow => [
        String(index).padStart(10, "0"),
        `Item ${index}`,
        "",
        100,
        1,
        index === 3 ? 64 : 0,
      ],
    );
    const late: CatalogueRow = ["0000009999", "Late boots", "9", 500, 2, 1];
    const db = await TillDb.open();
    await db.replaceCatalogue({ position: 7, items: rows, settings }, new Map());
    const nothing = { hash: undefined, sold: [], unsold: [], receipts: [], arrived: [] };
    await db.advance({ ...nothing, position: 9, sold: [["0000000005", 2]], arrived: [late] });
    await db.advance({ ...nothing, position: 10, sold: [["0000000006", 3]] });
    await db.advance({ ...nothing, position: 11, hash: "hash-11", unsold: ["0000000006"] });
    const stored = await db.catalogue();
    expect(stored?.items).toEqual([...rows, late]);
    expect([stored?.position, stored?.hash]).toEqual([11, "hash-11"]);
    const shelf = new Shelf(stored ?? { position: 0, items: [], settings }, stored?.sold);
    expect([...shelf.sold].toSorted()).toEqual([
      ["0000000003", 0],
      ["0000000005", 2],
    ]);
    expect(shelf.item("0000009999")).toMatchObject({ title: "Late boots", price_cents: 500 });
    expect(shelf.item("0000000003")?.flags, "sold is not a flag of the item").toBe(0);
    db.close();
  });

  it("finds a receipt by its number and by a tag, for goods that come back while the network is away", async () => {
    const receipt = (number: number, voided: boolean): KnownReceipt => ({
      number,
      receipt: `r${number}`,
      terminal: "t",
      occurred_at: 0,
      total_cents: 912,
      tenders: [],
      lines: [{ line: 0, tag: item.tag, price_cents: 850, tax_cents: 62 }],
      gone: [],
      voided,
    });
    const db = await TillDb.open();
    const nothing = { hash: undefined, sold: [], unsold: [], arrived: [] };
    await db.advance({ ...nothing, position: 12, receipts: [receipt(4, false), receipt(5, true)] });
    expect((await db.receiptByNumber(5))?.receipt).toBe("r5");
    expect((await db.receiptByTag(item.tag))?.number, "the one that stands").toBe(4);
    expect(await db.receiptByTag("0000000001")).toBeUndefined();
    db.close();
  });

  it("forgets its session when unpaired, but neither what waits nor the token to send it with", async () => {
    const db = await TillDb.open();
    await db.set("pairing", pairing);
    await db.unpair();
    expect(await db.catalogue()).toBeUndefined();
    expect(await db.waiting()).toHaveLength(1);
    expect(await db.get("former")).toEqual([pairing]);
    expect(await db.get("pairing")).toBeUndefined();
    db.close();
  });
});

describe("what a till reads from the log", () => {
  const entry = (kind: string, payload: Record<string, unknown>) => ({
    seq: 1,
    recorded_at: 0,
    kind,
    payload,
    hash: "",
  });

  it("knows sales with what they had no tag for, and what came back", () => {
    const sold = {
      receipt: "r",
      number: 3,
      terminal: "t",
      occurred_at: 5,
      total_cents: 1_500,
      tenders: [],
      lines: [{ tag: "0010000017", price_cents: 1_000, tax_cents: 0 }],
      unlisted: [{ why: "no_tag", price_cents: 500, tax_cents: 0 }],
    };
    const heard = read(entry("receipt_completed", sold));
    expect(heard).toMatchObject({ kind: "sold", receipt: { number: 3, receipt: "r", gone: [] } });
    expect(heard.kind === "sold" && heard.receipt.lines).toEqual([
      { line: 0, tag: "0010000017", price_cents: 1_000, tax_cents: 0 },
      { line: 1, price_cents: 500, tax_cents: 0 },
    ]);
    const back = { receipt: "r", number: 3, lines: [{ line: 0, tag: "0010000017", restock: false }] };
    expect(read(entry("return_recorded", back))).toMatchObject({ kind: "taken_back", restocked: [] });
    expect(read(entry("receipt_voided", back))).toMatchObject({ restocked: ["0010000017"], whole: true });
  });

  it("knows late arrivals, the session's steps and its own rights and end; new kinds change nothing", () => {
    const items = [{ tag: "0010000017", consignor: 17, price: 850, flags: 4 }];
    expect(read(entry("custody_taken", { items }))).toEqual({
      kind: "items_arrived",
      rows: [["0010000017", "", "", 850, 17, 4]],
    });
    expect(read(entry("session_paused", {}))).toEqual({ kind: "session", status: "paused" });
    expect(read(entry("terminal_revoked", { terminal: "t" }))).toEqual({ kind: "revoked", terminal: "t" });
    expect(
      read(entry("terminal_rights_set", { terminal: "t", version: 2, rights: ["take_returns"] })),
    ).toMatchObject({ kind: "rights", version: 2, rights: ["take_returns"] });
    expect(read(entry("something_new", {}))).toEqual({ kind: "other" });
  });

  it("keeps an item's title when custody names it again without one", () => {
    const shelf = new Shelf({
      position: 1,
      items: [["0010000017", "Rain boots", "9", 850, 17, 0]],
      settings,
    });
    shelf.add([["0010000017", "", "", 850, 17, 0]]);
    expect(shelf.item("0010000017")?.title).toBe("Rain boots");
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
