import { uuid7 } from "../queue/uuid7.ts";
import { texts } from "../texts/en.ts";
import { money } from "../texts/format.ts";
import { nameOf } from "./basket.ts";
import type { QueuedCommand, QueuedSale, Sale, SessionCommand, Tender } from "./model.ts";
import { asked, factId } from "./outbox.ts";
import { play } from "./sound.ts";
import { nothing, type Store } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal;
/** How long the screen waits for the session's word before the goods are handed over without it, in ms. */
export const PATIENCE_MS = 2_500;

/** Whom the checkout tells what it did. */
type Told = { send: () => void; basketChanged: () => void };

/** From a full basket to a receipt: asked of the session while it answers, a fact when it does not. */
export class Checkout {
  #till: Till;
  #store: Store;
  #told: Told;

  constructor(till: Till, store: Store, told: Told) {
    this.#till = till;
    this.#store = store;
    this.#told = told;
  }

  /** A sale that was on the screen when the tab went away. */
  resume(sale: QueuedSale): void {
    if (sale.state === "waiting" && !sale.sale.fact) this.#await(sale.key);
    else this.#store.set({ step: { name: "result", sale } });
  }

  /** True for the sale that the screen is about. */
  isShown(key: string): boolean {
    const { step } = this.#store.snapshot();
    return (
      (step.name === "recording" && step.key === key) || (step.name === "result" && step.sale.key === key)
    );
  }

  /** The sale on the screen got its answer. */
  answered(sale: QueuedSale): void {
    this.#finish(sale, sale.state === "done" ? "sold" : "refused");
  }

  pay(): void {
    const { basket, step } = this.#store.snapshot();
    if (basket.length === 0 || step.name !== "basket") return;
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) {
      this.#till.basket.say("refused", ...obstacle);
      return;
    }
    this.#store.drop("notice", "latest", "unknown");
    // Prices are taken at this moment: a markdown step may have begun since the first scan.
    this.#store.set({ priced: this.#till.price(basket), step: { name: "paying" } });
  }

  /** Why nobody should be asked for money now, and what to do about it. */
  #obstacle(): [title: string, help: string] | undefined {
    const { basket, priced, parked } = this.#store.snapshot();
    const gone = basket.find(({ id }) => this.#till.soldOn(id) !== undefined);
    if (gone !== undefined) return [`${words.sold}: ${nameOf(gone)}`, words.soldTakeOut];
    for (const { tags, by } of parked) {
      const kept = basket.find(({ id }) => tags.includes(id));
      if (kept !== undefined) return [words.parkedFirst(nameOf(kept)), words.parkedFirstHelp(by)];
    }
    if (priced.lines.some(({ fault }) => fault !== undefined))
      return [words.priceChanged, words.priceChangedHelp];
    return this.#till.sells ? undefined : [words.sessionState.notNow, words.sessionState.keepBasket];
  }

  /** What was taken of the payment so far. It stays with the basket, on this device too, until the sale is complete. */
  take(taken: Tender[]): void {
    this.#store.set({ taken });
    void this.#till.db.set("taken", taken);
  }

  back(): void {
    const { step, taken, currency } = this.#store.snapshot();
    if (step.name !== "paying") return;
    this.#store.set({ step: { name: "basket" } });
    if (taken.length > 0) this.#till.basket.say("look", words.tender.stays, partsOf(taken, currency));
  }

  /**
   * The basket is paid: on disk first, then on its way. Connected, it is asked of the session and the screen waits
   * for its word; otherwise it is a fact at once.
   */
  async complete(tenders: Tender[]): Promise<void> {
    const { basket, step } = this.#store.snapshot();
    const priced = this.#till.payment(tenders);
    if (step.name !== "paying" || !priced.settled) return;
    const occurred_at = Date.now();
    const fact = !this.#till.online;
    const sale: Sale = { receipt: uuid7(occurred_at), basket, priced, tenders, occurred_at, fact };
    this.#store.set({ step: { name: "recording", key: sale.receipt } });
    try {
      const command = asked(this.#till.pairing, sale, this.#command(sale, fact));
      if (fact) command.id = await factId(sale.receipt, command.command);
      await this.#till.db.complete(command);
      if (fact) this.#finish(command as QueuedSale, "look");
      else this.#await(sale.receipt);
    } catch (error) {
      this.#store.set({ step: { name: "paying" } });
      this.#till.basket.say("refused", texts.errors.title, String(error));
      return;
    }
    this.#told.send();
  }

  #command(sale: Sale, fact: boolean): SessionCommand {
    const settings = this.#till.settings;
    if (settings === undefined) throw new Error(words.loadingCatalogue);
    return this.#till.rules.receipt(
      {
        receipt: sale.receipt,
        lines: sale.basket,
        tenders: sale.tenders,
        settings,
        now: sale.occurred_at,
        clock_offset_ms: this.#store.snapshot().standing.clock_offset_ms,
        may_override: this.#till.may("override_prices"),
      },
      fact ? this.#till.pairing.terminal : undefined,
    );
  }

  /** Waits for the session's word about a sale, and not for long. */
  #await(key: string): void {
    this.#store.set({ step: { name: "recording", key } });
    setTimeout(() => void this.#handOver(key), PATIENCE_MS);
  }

  /** The session has not answered and a shopper is waiting: from here on the sale is a fact. */
  async #handOver(key: string): Promise<void> {
    const { step } = this.#store.snapshot();
    if (step.name !== "recording" || step.key !== key) return;
    const stored = await this.#till.db.command(key);
    if (!isSale(stored)) return;
    const command = this.#command(stored.sale, true);
    const promoted = await this.#till.db.promote(key, await factId(key, command), command);
    if (isSale(promoted)) this.#finish(promoted, "look");
    this.#told.send();
  }

  #finish(sale: QueuedSale, sound: "look" | "sold" | "refused"): void {
    this.show(sale);
    this.#told.basketChanged();
    play(sound);
  }

  /** What is known of a shown sale has changed. */
  show(sale: QueuedSale): void {
    this.#store.set({ step: { name: "result", sale }, basket: [], priced: nothing, taken: [] });
  }

  /** The receipt screen is done with. */
  async next(): Promise<void> {
    if (this.#store.snapshot().step.name !== "result") return;
    this.#store.drop("notice", "latest", "unknown");
    this.#store.set({ step: { name: "basket" } });
    await this.#till.db.delete("showing");
    await this.#till.db.prune();
  }

  /** A refused sale comes back as the basket it was, to be put right. */
  async reopen(sale: QueuedSale): Promise<void> {
    await this.#till.db.reopen(sale);
    const { refused } = this.#store.snapshot();
    const { basket } = sale.sale;
    this.#store.set({
      refused: refused.filter(({ key }) => key !== sale.key),
      basket,
      priced: this.#till.price(basket),
      step: { name: "basket" },
    });
    this.#told.basketChanged();
  }
}

/** "Card $10.00, Cash $5.00". */
export const partsOf = (tenders: Tender[], currency: string): string =>
  tenders
    .map(({ kind, amount_cents }) => `${texts.tenders[kind] ?? kind} ${money(amount_cents, currency)}`)
    .join(", ");

export const isSale = (command: QueuedCommand | undefined): command is QueuedSale =>
  command?.sale !== undefined;
