import type { SellingRules, Tender } from "../api/types.ts";
import init, { build_receipt, check_tag, price_basket, price_return } from "../wasm/hangtag_terminal.js";
import wasmUrl from "../wasm/hangtag_terminal_bg.wasm?url";
import type {
  BasketLine,
  ItemLine,
  PricedBasket,
  PricedLine,
  SessionCommand,
  UnlistedLine,
} from "./model.ts";

/** A tag as checked by the domain, or what is wrong with it. */
export type TagCheck = { tag: string; grouped: string } | { error: string; message: string };

/** A paid basket, to be made into what the session is sent. */
export type Paid = {
  receipt: string;
  lines: BasketLine[];
  tenders: Tender[];
  settings: SellingRules;
  /** This device's clock, and by how much it is ahead of the log's. */
  now: number;
  clock_offset_ms: number | undefined;
  may_override: boolean;
};

/** What a shopper gets back for lines as they were charged. */
export type PaidBack = { gross_cents: number; tax_cents: number; total_cents: number };

/**
 * The domain's own rules, as the session decides by them, compiled to wasm. All sums of money on a till come from
 * here: prices, markdown, tax, what is due, what goes back.
 */
export type Rules = {
  checkTag: (text: string) => TagCheck;
  /** `now` by the log's clock, as well as it is known. */
  price: (lines: BasketLine[], tenders: Tender[], settings: SellingRules, now: number) => PricedBasket;
  /** The session's command for a paid basket: asked of it, or (with `terminal`) made without a connection. */
  receipt: (paid: Paid, terminal?: string) => SessionCommand;
  payBack: (lines: { price_cents: number; tax_cents: number }[], settings: SellingRules) => PaidBack;
};

type PricedApart = Omit<PricedBasket, "lines"> & { lines: PricedLine[]; unlisted: PricedLine[] };

/** Fetches and starts the wasm. Rejects when it can't be fetched. */
export async function loadRules(): Promise<Rules> {
  await init({ module_or_path: wasmUrl });
  return {
    checkTag: (text) => JSON.parse(check_tag(text)) as TagCheck,
    price(lines, tenders, settings, now) {
      const basket = {
        rules: rulesOf(settings),
        now,
        lines: itemsOf(lines).map(priceAsked),
        unlisted: unlistedOf(lines).map(({ price_cents }) => ({ price_cents })),
        tendered: tenders.map(({ kind, amount_cents }) => ({ cash: kind === "cash", amount_cents })),
      };
      const { unlisted, ...priced } = read<PricedApart>(price_basket(JSON.stringify(basket)));
      return { ...priced, lines: inOrder(lines, priced.lines, unlisted) };
    },
    receipt(paid, terminal) {
      const { receipt, lines, tenders, settings, now, clock_offset_ms, may_override } = paid;
      const basket = {
        receipt,
        rules: rulesOf(settings),
        now,
        clock_offset_ms,
        lines: itemsOf(lines).map((line) => ({ ...priceAsked(line), tag: line.item.tag, keyed: line.keyed })),
        unlisted: unlistedOf(lines).map(({ why, tag, price_cents, keyed }) => ({
          why,
          tag,
          price_cents,
          keyed,
        })),
        tenders,
        may_override,
        offline: terminal === undefined ? undefined : { terminal },
      };
      return read<SessionCommand>(build_receipt(JSON.stringify(basket)));
    },
    payBack: (lines, settings) =>
      read<PaidBack>(price_return(JSON.stringify({ tax: settings.tax, lines: lines.map(asCharged) }))),
  };
}

const rulesOf = ({ tax, markdown }: SellingRules) => ({ tax, markdown });
const itemsOf = (lines: BasketLine[]) => lines.filter((line): line is ItemLine => line.kind === "item");
const unlistedOf = (lines: BasketLine[]) =>
  lines.filter((line): line is UnlistedLine => line.kind === "unlisted");
const asCharged = ({ price_cents, tax_cents }: { price_cents: number; tax_cents: number }) => ({
  price_cents,
  tax_cents,
});

function priceAsked({ item, override }: ItemLine) {
  const plain = { printed_cents: item.price_cents, flags: item.flags };
  if (override === undefined) return plain;
  return override.reason === "printed_tag"
    ? { ...plain, override: override.reason, tag_says_cents: override.tag_says_cents }
    : { ...plain, override: override.reason, asked_cents: override.asked_cents };
}

/** The domain prices items and the rest apart; the screen shows them as they were rung up. */
function inOrder(lines: BasketLine[], items: PricedLine[], unlisted: PricedLine[]): PricedLine[] {
  const [nextItem, nextUnlisted] = [items.values(), unlisted.values()];
  return lines.map(({ kind }) => {
    const priced = (kind === "item" ? nextItem : nextUnlisted).next().value;
    if (priced === undefined) throw new Error("the rules have priced fewer lines than they were given");
    return priced;
  });
}

function read<T extends object>(json: string): T {
  const answer = JSON.parse(json) as T | { error: string };
  if ("error" in answer) throw new Error(answer.error);
  return answer;
}
