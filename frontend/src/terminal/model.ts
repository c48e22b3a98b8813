import type { ProblemBody, SellingRules, Tender } from "../api/types.ts";
import type { Queued } from "../queue/queue.ts";

/** An item as a till knows it; `price_cents` is the price printed on its tag. */
export type Item = {
  tag: string;
  title: string;
  size: string;
  price_cents: number;
  consignor: number;
  flags: number;
};

/** A row of the catalogue: tag, title, size, price in cents, consignor number, flags. */
export type CatalogueRow = [string, string, string, number, number, number];

/** Bits of a row's flags: what stands against selling the item, and that the catalogue knew it as sold. */
export const MISSING_FLAG = 16;
export const REJECTED_FLAG = 32;
export const SOLD_FLAG = 64;

export type Right = "override_prices" | "sell_exceptions" | "take_returns" | "void_receipts";

export const overrideReasons = ["printed_tag", "damaged", "bundle", "goodwill", "other"] as const;
/** Another price than the rules give. With `printed_tag` the tag's price is named and the rules apply to it. */
export type Override =
  | { reason: "printed_tag"; tag_says_cents: number }
  | { reason: Exclude<(typeof overrideReasons)[number], "printed_tag">; asked_cents: number };

export const unlistedReasons = ["no_tag", "damaged_tag", "unknown_tag"] as const;
export type UnlistedReason = (typeof unlistedReasons)[number];

/** One line of the basket: an item and how its tag came in, or something that the session does not know. */
export type ItemLine = { kind: "item"; id: string; item: Item; keyed: boolean; override?: Override };
export type UnlistedLine = {
  kind: "unlisted";
  id: string;
  why: UnlistedReason;
  tag?: string;
  price_cents: number;
  keyed: boolean;
};
export type BasketLine = ItemLine | UnlistedLine;

export const itemLine = (item: Item, keyed: boolean): ItemLine => ({
  kind: "item",
  id: item.tag,
  item,
  keyed,
});

export type PricedLine = {
  price_cents: number;
  reduction_bp: number;
  tax_cents: number;
  payable_cents: number;
  /** The rules' price, where the line has another one. */
  expected_cents?: number;
  /** The session would refuse the price. */
  fault?: "price_differs" | "reason_does_not_cover";
};

/** A basket as the domain prices it; `lines` in the basket's order. */
export type PricedBasket = {
  lines: PricedLine[];
  gross_cents: number;
  tax_cents: number;
  total_cents: number;
  /** Still to be paid. */
  due_cents: number;
  /** Goes back; from cash only. */
  change_cents: number;
  /** The tenders less the change are exactly the total. */
  settled: boolean;
};

/** What a till keeps of its pairing; the token lives nowhere else. */
export type Pairing = {
  token: string;
  terminal: string;
  session: string;
  organization: string;
  name: string;
};

/** A command in the session's own words. */
export type SessionCommand = { type: string } & Record<string, unknown>;

/** A paid basket, with what its receipt's print needs when the network is away. */
export type Sale = {
  receipt: string;
  basket: BasketLine[];
  priced: PricedBasket;
  tenders: Tender[];
  occurred_at: number;
  /**
   * The goods are handed over without the session's word: from here on it is a fact to be recorded, no longer a
   * request that could be refused.
   */
  fact: boolean;
};

/** What a command was about, for the words on the screen. */
export type About = "sale" | "return" | "void" | "park" | "recall" | "drawer";

/** A command on its way. Its token is that of the pairing that made it, also after the till was paired anew. */
export type QueuedCommand = Queued & {
  session: string;
  terminal: string;
  about: About;
  command: SessionCommand;
  asked_at: number;
  sale?: Sale;
  /** The receipt's number, once the session has given it one. */
  number?: number;
  /** What a drawer's count came to. */
  difference_cents?: number;
};

export type QueuedSale = QueuedCommand & { sale: Sale };

/** A basket put aside, here or at another till. `lines` only where this till knows more than the tags. */
export type ParkedBasket = {
  basket: string;
  by: string;
  tags: string[];
  lines?: BasketLine[];
  /** The session does not know of it: it would not have taken it, or could not tell other tills all that is in it. */
  hereOnly?: true;
};

/** The session is told a basket's tags: with them alone another till would take up other goods or other prices. */
export const saidByTags = (lines: BasketLine[]): boolean =>
  lines.every((line) => line.kind === "item" && line.override === undefined);

/**
 * Baskets on hold as the session tells them, with what only this till knows: their lines, and the baskets that are kept
 * here only or were not `onRecord` yet when the session was asked.
 */
export function parkedHere(
  told: ParkedBasket[],
  known: ParkedBasket[],
  onRecord: Set<string>,
): ParkedBasket[] {
  const knownBy = new Map(known.map((aside) => [aside.basket, aside]));
  const toldOf = new Set(told.map(({ basket }) => basket));
  const shared = told.map((aside) => {
    const lines = knownBy.get(aside.basket)?.lines;
    return lines === undefined ? aside : { ...aside, lines };
  });
  const untold = known.filter(
    ({ basket, hereOnly }) => !toldOf.has(basket) && (hereOnly || !onRecord.has(basket)),
  );
  return [...shared, ...untold];
}

/** What this till knows of itself from the session. */
export type Standing = {
  rights: Right[];
  rights_version: number;
  drawer_open: boolean;
  /** By how much this device's clock is ahead of the log's, ms; none before it was measured. */
  clock_offset_ms?: number;
};

/** What the till has to say about the last thing that was done. */
export type Notice = {
  tone: "done" | "look" | "refused";
  title: string;
  help?: string;
  /** Counts up, so that the same words twice are still two notices. */
  id: number;
};

export type Step =
  | { name: "basket" }
  | { name: "paying" }
  | { name: "recording"; key: string }
  | { name: "result"; sale: QueuedSale }
  | { name: "returns" };

/** A basket at another till: shown, never in the way of a sale. */
export type HeldBy = { name: string; until: number };

export type Refusal = { problem: ProblemBody; sale: QueuedSale };
export type { SellingRules, Tender };

/** Lines in one basket: the largest baskets of real sales, and the platform's own limit. */
export const MAX_BASKET_LINES = 300;
