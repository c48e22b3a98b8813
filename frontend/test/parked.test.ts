import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TillDb } from "../src/terminal/db.ts";
import type { BasketLine, CatalogueRow, ParkedBasket, SessionCommand } from "../src/terminal/model.ts";
import type { Rules } from "../src/terminal/rules.ts";
import { Till } from "../src/terminal/till.ts";
import { texts } from "../src/texts/en.ts";

const words = texts.terminal.parked;
const [boots, scarf] = ["0010000017", "0010000025"];
const items: CatalogueRow[] = [
  [boots, "Rain boots", "9", 850, 17, 0],
  [scarf, "Scarf", "", 300, 17, 0],
];
const settings = { currency: "USD", tax: {}, markdown: {}, plan_version: 1, time_zone: "America/Chicago" };
const pairing = { token: "hgt_x", terminal: "t", session: "s", organization: "o", name: "Till 1" };
const override = { reason: "damaged", asked_cents: 100 } as const;

const centsOf = (line: BasketLine) => {
  if (line.kind === "unlisted") return line.price_cents;
  const { item, override } = line;
  return override !== undefined && "asked_cents" in override ? override.asked_cents : item.price_cents;
};
const rules: Rules = {
  checkTag: (tag) => ({ tag, grouped: tag }),
  price(lines) {
    const priced = lines.map((line) => {
      const price_cents = centsOf(line);
      return { price_cents, reduction_bp: 0, tax_cents: 0, payable_cents: price_cents };
    });
    const total_cents = priced.reduce((sum, { price_cents }) => sum + price_cents, 0);
    const sums = { gross_cents: total_cents, tax_cents: 0, total_cents, due_cents: total_cents };
    return { lines: priced, ...sums, change_cents: 0, settled: false };
  },
  receipt: () => ({ type: "complete_receipt" }),
  payBack: () => ({ gross_cents: 0, tax_cents: 0, total_cents: 0 }),
};

/** A session that keeps the baskets it is told of, or refuses them, or cannot be reached. */
const session = {
  parked: [] as ParkedBasket[],
  told: [] as SessionCommand[],
  takes: "all" as "all" | "none" | "unreachable",
};

async function answer(request: Request): Promise<Response> {
  if (request.method === "GET") {
    const info = { rights: [], rights_version: 0, acknowledged: 0, drawer_open: false, now: Date.now() };
    return Response.json({ ...info, waiting: 0, parked: session.parked, session: { status: "open" } });
  }
  const { command } = (await request.json()) as { command: SessionCommand };
  const ofBasket = command.type === "park_basket" || command.type === "recall_basket";
  if (ofBasket && session.takes === "unreachable") throw new TypeError("no network");
  if (ofBasket) session.told.push(command);
  if (ofBasket && session.takes === "none")
    return Response.json({ title: "Refused", status: 422, code: "x", detail: "Sold." }, { status: 422 });
  const basket = String(command.basket);
  if (command.type === "park_basket") {
    const tags = (command.lines as { tag: string }[]).map(({ tag }) => tag);
    session.parked = [...session.parked, { basket, by: "Till 1", tags }];
  }
  if (command.type === "recall_basket")
    session.parked = session.parked.filter((other) => other.basket !== basket);
  return Response.json({ stream: "s", seq: 1, entries: [] });
}

/** A socket over which the log says nothing, and which takes no commands. */
class Socket {
  static readonly OPEN = 1;
  readyState = Socket.OPEN;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    setTimeout(() => {
      this.onopen?.();
      this.#hear({ type: "live", head: 1, hash: "hash-1" });
    });
  }

  send(text: string): void {
    const { type, id } = JSON.parse(text) as { type: string; id: string };
    if (type === "command") this.#hear({ type: "unavailable", id });
  }

  close(): void {
    this.readyState = 3;
  }

  #hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

let db: TillDb;
let running: Till | undefined;

/** The till as it is after a reload, once it has heard what the session knows. */
async function reloaded(): Promise<Till> {
  running?.stop();
  await db.delete("info");
  const till = new Till(db, rules, pairing);
  running = till;
  await till.start();
  await vi.waitFor(async () => expect(await db.get("info")).toBeDefined());
  return till;
}

/** Puts the basket aside, goes through a reload, and gives what is on hold then. */
async function parkedAfterReload(till: Till): Promise<{ till: Till; aside: ParkedBasket }> {
  await till.basket.park();
  expect(till.snapshot().basket).toEqual([]);
  const after = await reloaded();
  const [aside, ...more] = after.snapshot().parked;
  expect(more).toEqual([]);
  if (aside === undefined) throw new Error("the basket is gone");
  return { till: after, aside };
}

beforeEach(async () => {
  Object.assign(session, { parked: [], told: [], takes: "all" });
  const nowhere = { addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.stubGlobal("window", nowhere);
  vi.stubGlobal("document", { ...nowhere, visibilityState: "visible" });
  vi.stubGlobal("location", { origin: "http://till.test", host: "till.test", protocol: "http:" });
  vi.stubGlobal("localStorage", { getItem: () => "off" });
  vi.stubGlobal("requestAnimationFrame", (act: () => void) => setTimeout(act));
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", (input: Request, init?: RequestInit) => answer(new Request(input, init)));
  db = await TillDb.open(new IDBFactory());
  await db.replaceCatalogue({ position: 1, hash: "hash-1", items, settings }, new Map());
});

afterEach(() => {
  running?.stop();
  running = undefined;
  db.close();
  vi.unstubAllGlobals();
});

describe("a basket on hold that its tags do not say all of", () => {
  it.each([
    ["a thing without a tag", (till: Till) => addUnlisted(till)],
    ["a changed price", (till: Till) => till.basket.setPrice(boots, override)],
  ])("stays on this till with %s, and is taken up as it was", async (_, change) => {
    const before = await reloaded();
    before.basket.scan(boots, true);
    before.basket.scan(scarf, false);
    change(before);
    const { basket, priced } = before.snapshot();
    const { till, aside } = await parkedAfterReload(before);
    expect(before.snapshot().notice).toMatchObject({ tone: "look", help: words.hereOnlyHelp });
    expect(aside).toMatchObject({ hereOnly: true, tags: [boots, scarf] });
    await till.basket.recall(aside);
    expect(till.snapshot()).toMatchObject({ basket, priced, parked: [] });
    expect(till.snapshot().notice?.title).toBe(words.recalled);
    expect(await db.get("draft")).toEqual(basket);
    expect(session.told).toEqual([]);
    expect((await reloaded()).snapshot()).toMatchObject({ basket, parked: [] });
  });

  it("stays on this till when nothing in it has a tag", async () => {
    const before = await reloaded();
    addUnlisted(before);
    const { aside } = await parkedAfterReload(before);
    expect(aside).toMatchObject({ hereOnly: true, tags: [] });
    expect(session.told).toEqual([]);
  });
});

describe("a basket on hold that its tags say all of", () => {
  it("is kept for every till", async () => {
    const before = await reloaded();
    before.basket.scan(boots, true);
    before.basket.scan(scarf, false);
    const { basket, priced } = before.snapshot();
    const { till, aside } = await parkedAfterReload(before);
    expect(before.snapshot().notice).toMatchObject({ tone: "done", title: words.done });
    expect(before.snapshot().notice?.help).toBeUndefined();
    expect(session.told).toEqual([
      {
        type: "park_basket",
        basket: aside.basket,
        lines: [
          { tag: boots, price_cents: 850, keyed: true },
          { tag: scarf, price_cents: 300, keyed: false },
        ],
      },
    ]);
    expect(aside.hereOnly).toBeUndefined();
    await till.basket.recall(aside);
    expect(till.snapshot()).toMatchObject({ basket, priced, parked: [] });
    expect(session.told.at(-1)).toEqual({ type: "recall_basket", basket: aside.basket });
    session.parked = [aside];
    expect((await reloaded()).snapshot().parked).toHaveLength(1);
    session.parked = [];
    expect((await reloaded()).snapshot().parked, "another till has taken it up").toEqual([]);
  });

  it("stays on this till when the session refuses it", async () => {
    session.takes = "none";
    const before = await reloaded();
    before.basket.scan(boots, false);
    const { basket } = before.snapshot();
    const { till, aside } = await parkedAfterReload(before);
    expect(before.snapshot().notice).toMatchObject({ tone: "look", title: words.onlyHere });
    expect(aside.hereOnly).toBe(true);
    await till.basket.recall(aside);
    expect(till.snapshot()).toMatchObject({ basket, parked: [] });
    expect(session.told.map(({ type }) => type)).toEqual(["park_basket"]);
  });

  it("is not forgotten before the session has heard of it", async () => {
    session.takes = "unreachable";
    const before = await reloaded();
    before.basket.scan(boots, false);
    const { aside } = await parkedAfterReload(before);
    expect(aside).toMatchObject({ tags: [boots] });
    expect(await db.waiting()).toHaveLength(1);
  });
});

function addUnlisted(till: Till): void {
  till.basket.addUnlisted({ why: "no_tag", price_cents: 450, keyed: true });
}
