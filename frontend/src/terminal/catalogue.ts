import type { LiveEntry } from "../live/live.ts";
import type { CatalogueAsSent, KnownReceipt } from "./db.ts";
import { type CatalogueRow, type Item, type Right, type SellingRules, SOLD_FLAG } from "./model.ts";

/** The session's items as this till knows them: rows as they came, read when one is asked for. */
export class Shelf {
  /** The log position up to which this is true. */
  position: number;
  /** The hash of the entry there, where the log has said it: a restored log has another one. */
  hash: string | undefined;
  readonly settings: SellingRules;
  #rows: Map<string, CatalogueRow>;
  /** tag → number of the receipt it was sold on; 0 where only the catalogue says that it is sold */
  readonly sold: Map<string, number>;

  constructor(catalogue: CatalogueAsSent, heard: [string, number][] = []) {
    this.position = catalogue.position;
    this.hash = catalogue.hash;
    this.settings = catalogue.settings;
    this.#rows = new Map(catalogue.items.map((row) => [row[0], row]));
    this.sold = new Map(heard);
    for (const row of catalogue.items) {
      if ((row[5] & SOLD_FLAG) !== 0 && !this.sold.has(row[0])) this.sold.set(row[0], 0);
    }
  }

  get size(): number {
    return this.#rows.size;
  }

  item(tag: string): Item | undefined {
    const row = this.#rows.get(tag);
    if (row === undefined) return undefined;
    const [, title, size, price_cents, consignor, flags] = row;
    return { tag, title, size, price_cents, consignor, flags: flags & ~SOLD_FLAG };
  }

  /** Rows that came in late. A row without its title takes no title away. */
  add(rows: CatalogueRow[]): void {
    for (const row of rows) {
      if (row[1] === "" && this.#rows.has(row[0])) continue;
      this.#rows.set(row[0], row);
    }
  }
}

/** What an entry of the session's log means to a till. */
export type HeardEntry =
  | { kind: "sold"; receipt: KnownReceipt }
  | {
      kind: "taken_back";
      receipt: string;
      number: number;
      lines: number[];
      restocked: string[];
      whole: boolean;
    }
  | { kind: "items_arrived"; rows: CatalogueRow[] }
  | { kind: "session"; status: "open" | "paused" | "closing" | "closed" }
  | { kind: "revoked"; terminal: string }
  | { kind: "rights"; terminal: string; version: number; rights: Right[] }
  | { kind: "drawer"; terminal: string; open: boolean }
  | { kind: "parked"; basket: string; terminal: string; tags: string[] }
  | { kind: "recalled"; basket: string }
  | { kind: "named"; terminal: string; name: string }
  /** What is sold cannot be told from the entry alone: the catalogue is to be asked again. */
  | { kind: "recount" }
  | { kind: "other" };

type SoldLine = { tag?: string; price_cents: number; tax_cents: number };
type BackLine = { line: number; tag?: string; restock?: boolean };
type Arrived = { tag: string; consignor: number; price: number; flags: number };

/** Reads an entry. Kinds that this till does not know yet change nothing for it. */
export function read(entry: LiveEntry): HeardEntry {
  const { payload } = entry;
  const terminal = String(payload.terminal);
  switch (entry.kind) {
    case "receipt_completed":
      return { kind: "sold", receipt: receiptOf(payload) };
    case "conflict_resolved":
    case "online_order_cancelled":
    case "online_refunded":
      return { kind: "recount" };
    case "receipt_voided":
      return takenBack(payload, true);
    case "return_recorded":
      return takenBack(payload, false);
    case "custody_taken":
      return { kind: "items_arrived", rows: (payload.items as Arrived[]).map(rowOf) };
    case "session_opened":
    case "session_resumed":
      return { kind: "session", status: "open" };
    case "session_paused":
      return { kind: "session", status: "paused" };
    case "session_closing":
      return { kind: "session", status: "closing" };
    case "session_closed":
      return { kind: "session", status: "closed" };
    case "terminal_paired":
      return { kind: "named", terminal, name: String(payload.name) };
    case "terminal_revoked":
      return { kind: "revoked", terminal };
    case "terminal_rights_set":
      return {
        kind: "rights",
        terminal,
        version: Number(payload.version),
        rights: payload.rights as Right[],
      };
    case "drawer_opened":
    case "drawer_closed":
      return { kind: "drawer", terminal, open: entry.kind === "drawer_opened" };
    case "basket_parked":
      return {
        kind: "parked",
        basket: String(payload.basket),
        terminal,
        tags: (payload.lines as { tag: string }[]).map(({ tag }) => tag),
      };
    case "basket_recalled":
      return { kind: "recalled", basket: String(payload.basket) };
    default:
      return { kind: "other" };
  }
}

function receiptOf(payload: Record<string, unknown>): KnownReceipt {
  const lines = [...(payload.lines as SoldLine[]), ...((payload.unlisted as SoldLine[] | undefined) ?? [])];
  return {
    number: Number(payload.number),
    receipt: String(payload.receipt),
    terminal: String(payload.terminal),
    occurred_at: Number(payload.occurred_at),
    total_cents: Number(payload.total_cents),
    tenders: payload.tenders as KnownReceipt["tenders"],
    lines: lines.map(({ tag, price_cents, tax_cents }, line) => ({
      line,
      price_cents,
      tax_cents,
      ...(tag === undefined ? {} : { tag }),
    })),
    gone: [],
    voided: false,
  };
}

function takenBack(payload: Record<string, unknown>, whole: boolean): HeardEntry {
  const lines = payload.lines as BackLine[];
  const back = lines.filter(({ restock }) => whole || restock === true);
  return {
    kind: "taken_back",
    receipt: String(payload.receipt),
    number: Number(payload.number),
    lines: lines.map(({ line }) => line),
    restocked: back.flatMap(({ tag }) => (tag === undefined ? [] : [tag])),
    whole,
  };
}

/** An item as custody names it: sellable at once; what it is called comes with the next look at the catalogue. */
const rowOf = ({ tag, consignor, price, flags }: Arrived): CatalogueRow => [
  tag,
  "",
  "",
  price,
  consignor,
  flags,
];
