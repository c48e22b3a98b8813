import { Problem, Unreachable } from "../api/problem.ts";
import type { FoundReceipt, Tender } from "../api/types.ts";
import { uuid7 } from "../queue/uuid7.ts";
import type { KnownReceipt } from "./db.ts";
import type { QueuedCommand } from "./model.ts";
import type { Till } from "./till.ts";

/** A tag has ten digits, and this many at least are no receipt's number. */
const TAG_DIGITS_MIN = 8;

export type Found = { receipt: FoundReceipt } | "none" | "not_known_offline" | "no_number";

export const returnReasons = ["faulty", "not_as_described", "mistake", "goodwill"] as const;
export type ReturnReason = (typeof returnReasons)[number];
export const voidReasons = ["mistake", "payment_failed", "shopper_left", "training"] as const;
export type VoidReason = (typeof voidReasons)[number];

/** Finds the receipt that a shopper comes back with: asked of the session, or of this till's own memory. */
export async function findReceipt(till: Till, text: string): Promise<Found> {
  const digits = text.replace(/\D/g, "");
  if (digits === "") return "no_number";
  const checked = digits.length < TAG_DIGITS_MIN ? undefined : till.rules.checkTag(digits);
  if (checked !== undefined && "error" in checked) return "no_number";
  const query = checked === undefined ? { number: Number(digits) } : { tag: checked.tag };
  try {
    return { receipt: await till.api.lookUpReceipt(till.pairing.session, query) };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return "none";
    if (!(error instanceof Unreachable) && !(error instanceof Problem && error.status >= 500)) throw error;
    const known =
      "number" in query ? await till.db.receiptByNumber(query.number) : await till.db.receiptByTag(query.tag);
    return known === undefined ? "not_known_offline" : { receipt: asFound(till, known) };
  }
}

function asFound(till: Till, known: KnownReceipt): FoundReceipt {
  return {
    receipt: known.receipt,
    number: known.number,
    terminal_name: null,
    occurred_at: new Date(known.occurred_at).toISOString(),
    standing: known.voided ? "voided" : "stands",
    online: false,
    total_cents: known.total_cents,
    change_cents: 0,
    tenders: known.tenders,
    lines: known.lines.map(({ line, tag, price_cents, tax_cents }) => ({
      line,
      tag: tag ?? null,
      title: tag === undefined ? null : (till.titleOf(tag) ?? null),
      price_cents,
      tax_cents,
      standing: known.gone.includes(line) ? "gone" : "credited",
    })),
  };
}

/** Lines of `receipt` come back and are paid back by `tender`. */
export function takeBack(
  till: Till,
  receipt: FoundReceipt,
  lines: { line: number; restock: boolean }[],
  reason: ReturnReason,
  tender: Tender,
): Promise<QueuedCommand> {
  const command = {
    type: "return_lines",
    return: uuid7(),
    receipt: receipt.receipt,
    lines,
    reason,
    tenders: tender.amount_cents === 0 ? [] : [tender],
    occurred_at: Date.now(),
  };
  return till.ask("return", command);
}

export function voidReceipt(till: Till, receipt: FoundReceipt, reason: VoidReason): Promise<QueuedCommand> {
  return till.ask("void", { type: "void_receipt", receipt: receipt.receipt, reason });
}

/** How a receipt was paid for the most part decides what is offered first for paying it back. */
export function usualTender({ tenders }: FoundReceipt): string {
  const largest = tenders.toSorted((a, b) => b.amount_cents - a.amount_cents)[0];
  return largest?.kind ?? "cash";
}

/** A void gives back by every tender of the receipt; to a card that takes a connection. */
export const paidByCard = ({ tenders }: FoundReceipt): boolean => tenders.some(({ kind }) => kind === "card");
