import type { NewReceipt, ProblemBody, Receipt, SellingRules } from "../api/types.ts";
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

/** Bit of a row's flags: it was sold already when the catalogue was made. */
export const SOLD_FLAG = 16;

/** One line of the basket: the item, and how its tag came in. */
export type BasketLine = { item: Item; keyed: boolean };

/** A basket as the domain prices it; `lines` in the basket's order. */
export type PricedBasket = {
  lines: { price_cents: number; reduction_bp: number; tax_cents: number; payable_cents: number }[];
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

export type QueuedReceipt = Queued<QueuedSale, Receipt>;

/** A sale as queued: the command, and what the receipt's print needs when the network is away. */
export type QueuedSale = {
  session: string;
  command: NewReceipt;
  basket: BasketLine[];
  priced: PricedBasket;
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
  | { name: "recording"; id: string }
  | { name: "result"; sale: QueuedReceipt };

/** The catalogue as fetched, with what the log said since. */
export type CatalogueState = {
  items: Map<string, Item>;
  /** tag → number of the receipt it was sold on; 0 where only the catalogue says that it is sold */
  sold: Map<string, number>;
  /** The log position up to which this is true. */
  position: number;
  settings: SellingRules;
};

export type Refusal = { problem: ProblemBody; sale: QueuedReceipt };

/** Lines in one basket: the largest baskets of real sales, and the platform's own limit. */
export const MAX_BASKET_LINES = 300;
