import type { SellingRules, Tender } from "../api/types.ts";
import init, { check_tag, price_basket } from "../wasm/hangtag_terminal.js";
import wasmUrl from "../wasm/hangtag_terminal_bg.wasm?url";
import type { BasketLine, PricedBasket } from "./model.ts";

/** A tag as checked by the domain, or what is wrong with it. */
export type TagCheck = { tag: string; grouped: string } | { error: string; message: string };

/**
 * The domain's own rules, as the session decides by them, compiled to wasm. All sums of money on a till come from
 * here: prices, markdown, tax, what is due and what goes back.
 */
export type Rules = {
  checkTag: (text: string) => TagCheck;
  price: (lines: BasketLine[], tenders: Tender[], settings: SellingRules, now: number) => PricedBasket;
};

/** Fetches and starts the wasm. Rejects when it can't be fetched. */
export async function loadRules(): Promise<Rules> {
  await init({ module_or_path: wasmUrl });
  return {
    checkTag: (text) => JSON.parse(check_tag(text)) as TagCheck,
    price(lines, tenders, settings, now) {
      const basket = {
        rules: { tax: settings.tax, markdown: settings.markdown },
        now,
        lines: lines.map(({ item }) => ({ printed_cents: item.price_cents, flags: item.flags })),
        tendered: tenders.map(({ kind, amount_cents }) => ({ cash: kind === "cash", amount_cents })),
      };
      const priced = JSON.parse(price_basket(JSON.stringify(basket))) as PricedBasket | { error: string };
      if ("error" in priced) throw new Error(priced.error);
      return priced;
    },
  };
}
