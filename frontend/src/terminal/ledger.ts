import type { KnownReceipt, TillDb } from "./db.ts";
import type { CatalogueRow } from "./model.ts";

/** What the log said is written to disk in bundles, at most this long after it was said, in ms. */
const WRITE_BEHIND_MS = 400;

/** Where the log stood when something was true, with the hash of the entry there. */
type LogPlace = { position: number; hash: string | undefined };

/** Writes down what the log said, in bundles, each with the position it was true at. */
export class Ledger {
  #db: TillDb;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sold = new Map<string, number>();
  #unsold = new Set<string>();
  #receipts = new Map<number, KnownReceipt>();
  #arrived: CatalogueRow[] = [];
  #lookedUp: Promise<void>[] = [];

  constructor(db: TillDb) {
    this.#db = db;
  }

  sold(receipt: KnownReceipt): void {
    for (const { tag } of receipt.lines) {
      if (tag === undefined) continue;
      this.#sold.set(tag, receipt.number);
      this.#unsold.delete(tag);
    }
    this.#receipts.set(receipt.number, receipt);
  }

  /** Lines came back: the receipt says so from now on. */
  takenBack(number: number, lines: number[], restocked: string[], whole: boolean): void {
    for (const tag of restocked) {
      this.#sold.delete(tag);
      this.#unsold.add(tag);
    }
    this.#lookedUp.push(this.#markGone(number, lines, whole));
  }

  async #markGone(number: number, lines: number[], whole: boolean): Promise<void> {
    const known = this.#receipts.get(number) ?? (await this.#db.receiptByNumber(number));
    if (known === undefined) return;
    const gone = [...new Set([...known.gone, ...lines])];
    this.#receipts.set(number, { ...known, gone, voided: known.voided || whole });
  }

  arrived(rows: CatalogueRow[]): void {
    this.#arrived.push(...rows);
  }

  /** Writes within a moment; where the log stood is asked when it does. */
  soon(place: () => LogPlace | undefined): void {
    this.#timer ??= setTimeout(() => void this.#write(place()), WRITE_BEHIND_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #write(place: LogPlace | undefined): Promise<void> {
    this.#timer = undefined;
    if (place === undefined) return;
    // Read now: the shelf goes on while receipts are looked up.
    const { position, hash } = place;
    await Promise.all(this.#lookedUp.splice(0));
    const heard = {
      position,
      hash,
      sold: [...this.#sold],
      unsold: [...this.#unsold],
      receipts: [...this.#receipts.values()],
      arrived: this.#arrived,
    };
    this.#sold.clear();
    this.#unsold.clear();
    this.#receipts.clear();
    this.#arrived = [];
    await this.#db.advance(heard);
  }
}
