import { type ApiClient, createApi } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { NewReceipt, Receipt, Tender, TerminalSelf } from "../api/types.ts";
import { Live, type LiveEntry, type LiveState, liveAddress } from "../live/live.ts";
import { Queue } from "../queue/queue.ts";
import { uuid7 } from "../queue/uuid7.ts";
import { texts } from "../texts/en.ts";
import { catalogueFrom, read } from "./catalogue.ts";
import type { CatalogueAsSent, TillDb } from "./db.ts";
import {
  type BasketLine,
  type CatalogueState,
  MAX_BASKET_LINES,
  type Notice,
  type Pairing,
  type PricedBasket,
  type QueuedReceipt,
  type QueuedSale,
  type Step,
} from "./model.ts";
import type { Rules } from "./rules.ts";
import { play } from "./sound.ts";

const words = texts.terminal;
/** How long the screen waits for the platform's word before it says that the sale is kept here, in ms. */
const PATIENCE_MS = 2_500;
/** What the log said is written to disk in bundles, at most this long after it was said, in ms. */
const WRITE_BEHIND_MS = 400;

export type TillState = {
  phase: "loading" | "ready" | "failed" | "revoked";
  error?: unknown;
  info?: TerminalSelf;
  items: number;
  currency: string;
  basket: BasketLine[];
  priced: PricedBasket;
  /** The line that came in last, to be shown large. */
  latest?: string;
  notice?: Notice;
  step: Step;
  live: LiveState;
  waiting: number;
  refused: QueuedReceipt[];
};

const nothing: PricedBasket = {
  lines: [],
  gross_cents: 0,
  tax_cents: 0,
  total_cents: 0,
  due_cents: 0,
  change_cents: 0,
  settled: true,
};

/** One paired till: its basket, its catalogue, its queue. The screens read its state and tell it what was done. */
export class Till {
  readonly pairing: Pairing;
  #db: TillDb;
  #rules: Rules;
  readonly #api: ApiClient;
  #queue: Queue<QueuedSale, Receipt>;
  #catalogue: CatalogueState | undefined;
  #live: Live | undefined;
  #listeners = new Set<() => void>();
  #unwritten: [string, number][] = [];
  #writing: ReturnType<typeof setTimeout> | undefined;
  #notices = 0;
  #state: TillState = {
    phase: "loading",
    items: 0,
    currency: "USD",
    basket: [],
    priced: nothing,
    step: { name: "basket" },
    live: { phase: "connecting", since: Date.now() },
    waiting: 0,
    refused: [],
  };

  constructor(db: TillDb, rules: Rules, pairing: Pairing) {
    this.pairing = pairing;
    this.#db = db;
    this.#rules = rules;
    this.#api = createApi(async () => pairing.token);
    this.#queue = new Queue({
      store: db,
      send: (sale) => this.#api.sendReceipt(sale.session, sale.command),
      onChange: (changed, waiting) => this.#answered(changed, waiting),
      onUnreachable: () => this.#live?.doubt(),
      onUnknownSender: () => this.#set({ phase: "revoked" }),
    });
  }

  // --- what the screens read

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): TillState => this.#state;

  /** The receipt that `tag` was sold on, as far as this till has heard (0: some receipt); undefined while unsold. */
  soldOn(tag: string): number | undefined {
    return this.#catalogue?.sold.get(tag);
  }

  /** What a payment by `tenders` comes to. */
  payment(tenders: Tender[]): PricedBasket {
    return this.#price(this.#state.basket, tenders);
  }

  // --- coming and going

  /** Takes up where this till was: basket, unanswered receipts, catalogue; then follows the session. */
  async start(): Promise<void> {
    try {
      await this.#restore();
      await this.#queue.pump();
    } catch (error) {
      this.#set({ phase: "failed", error });
      return;
    }
    window.addEventListener("online", this.#online);
    void this.#refreshInfo();
  }

  stop(): void {
    window.removeEventListener("online", this.#online);
    this.#live?.stop();
    this.#queue.stop();
    clearTimeout(this.#writing);
  }

  #online = () => void this.#queue.pump();

  async #restore(): Promise<void> {
    const stored = await this.#db.catalogue();
    if (stored === undefined) await this.#fetchCatalogue();
    else this.#take(catalogueFrom(stored, stored.sold));
    const basket = (await this.#db.get("draft")) ?? [];
    const showing = await this.#db.get("showing");
    const sale = showing === undefined ? undefined : await this.#db.command(showing);
    this.#set({
      phase: "ready",
      basket,
      priced: this.#price(basket),
      step: sale === undefined ? { name: "basket" } : { name: "result", sale },
      refused: await this.#db.refused(),
    });
    this.#follow();
  }

  async #fetchCatalogue(): Promise<void> {
    const catalogue = (await this.#api.catalogue(this.pairing.session)) as unknown as CatalogueAsSent;
    // What was sold before stays sold: the new catalogue may have been made before the log's newest words.
    const sold = this.#catalogue?.sold ?? new Map<string, number>();
    await this.#db.replaceCatalogue(catalogue, sold);
    this.#take(catalogueFrom(catalogue, [...sold]));
  }

  #take(catalogue: CatalogueState): void {
    this.#catalogue = catalogue;
    this.#set({ items: catalogue.items.size, currency: catalogue.settings.currency });
  }

  async #refreshInfo(): Promise<void> {
    try {
      this.#set({ info: await this.#api.terminal() });
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.#set({ phase: "revoked" });
    }
  }

  #follow(): void {
    this.#live?.stop();
    const { session, token } = this.pairing;
    this.#live = new Live({
      since: this.#catalogue?.position ?? 0,
      address: async (since) => liveAddress(session, token, since),
      onEntry: (entry) => this.#hear(entry),
      onState: (live) => {
        this.#set({ live });
        if (live.phase === "live") {
          void this.#queue.pump();
          void this.#refreshInfo();
        }
      },
      onRestored: () => void this.#startAnew(),
    }).start();
  }

  /** The session's log was restored to an earlier state: what this till learnt from the lost part is void. */
  async #startAnew(): Promise<void> {
    this.#catalogue = undefined;
    await this.#fetchCatalogue().catch((error: unknown) => this.#set({ phase: "failed", error }));
    this.#follow();
  }

  // --- what the log says

  #hear(entry: LiveEntry): void {
    const catalogue = this.#catalogue;
    if (catalogue === undefined) return;
    catalogue.position = entry.seq;
    const heard = read(entry);
    if (heard.kind === "sold") this.#heardSold(catalogue, heard.tags, heard.number, heard.receipt);
    if (heard.kind === "items_arrived") void this.#fetchCatalogue().catch(() => undefined);
    if (heard.kind === "revoked" && heard.terminal === this.pairing.terminal) this.#set({ phase: "revoked" });
    const { info } = this.#state;
    if (heard.kind === "session" && info !== undefined) {
      this.#set({ info: { ...info, session: { ...info.session, status: heard.status } } });
    }
    this.#writing ??= setTimeout(() => void this.#writeBehind(), WRITE_BEHIND_MS);
  }

  #heardSold(catalogue: CatalogueState, tags: string[], number: number, receipt: string): void {
    for (const tag of tags) {
      catalogue.sold.set(tag, number);
      this.#unwritten.push([tag, number]);
    }
    const { basket, step } = this.#state;
    const ours = step.name === "recording" && step.id === receipt;
    const gone = ours ? undefined : basket.find(({ item }) => tags.includes(item.tag));
    if (gone !== undefined) {
      this.#say("refused", `${words.sold}: ${gone.item.title}`, words.soldHelp(String(number)));
    }
  }

  async #writeBehind(): Promise<void> {
    this.#writing = undefined;
    const sold = this.#unwritten.splice(0);
    if (this.#catalogue !== undefined) await this.#db.advance(this.#catalogue.position, sold);
  }

  // --- what the cashier does

  /** A tag came in: from the scanner, or keyed by hand. */
  scan(text: string, keyed: boolean): void {
    if (this.#state.step.name !== "basket" || text.trim() === "") return;
    const checked = this.#rules.checkTag(text);
    if ("error" in checked) this.#say("refused", words.notATag, words.notATagHelp);
    else this.#ring(checked.tag, checked.grouped, keyed);
  }

  #ring(tag: string, grouped: string, keyed: boolean): void {
    const { basket } = this.#state;
    const item = this.#catalogue?.items.get(tag);
    const soldOn = this.#catalogue?.sold.get(tag);
    if (item === undefined) {
      this.#say("refused", `${words.unknown}: ${grouped}`, words.unknownHelp);
    } else if (soldOn !== undefined) {
      this.#say(
        "refused",
        `${words.sold}: ${item.title}`,
        soldOn === 0 ? words.soldSomewhere : words.soldHelp(String(soldOn)),
      );
    } else if (basket.some((line) => line.item.tag === tag)) {
      this.#say("look", words.already, item.title);
    } else if (basket.length >= MAX_BASKET_LINES) {
      this.#say("refused", words.tooMany(MAX_BASKET_LINES));
    } else {
      this.#putBasket([...basket, { item, keyed }], tag);
      this.#say("done", item.title, grouped);
    }
  }

  remove(tag: string): void {
    const line = this.#state.basket.find(({ item }) => item.tag === tag);
    if (line === undefined) return;
    this.#putBasket(this.#state.basket.filter((other) => other !== line));
    this.#say("look", words.removed(line.item.title));
  }

  clear(): void {
    this.#putBasket([]);
    this.#forgetNotice();
  }

  pay(): void {
    if (this.#state.basket.length === 0 || this.#state.step.name !== "basket") return;
    this.#forgetNotice();
    // Prices are taken at this moment: a markdown step may have begun since the first scan.
    this.#set({ priced: this.#price(this.#state.basket), step: { name: "paying" } });
  }

  back(): void {
    if (this.#state.step.name === "paying") this.#set({ step: { name: "basket" } });
  }

  /** The basket is paid: on disk first, then on its way. */
  async complete(tenders: Tender[]): Promise<void> {
    const { basket, step } = this.#state;
    const priced = this.payment(tenders);
    if (step.name !== "paying" || !priced.settled) return;
    const now = Date.now();
    const id = uuid7(now);
    const command: NewReceipt = {
      receipt: id,
      lines: basket.map(({ item, keyed }, index) => ({
        tag: item.tag,
        price_cents: priced.lines[index]?.price_cents ?? item.price_cents,
        keyed,
      })),
      tenders,
      change_cents: priced.change_cents,
      occurred_at: new Date(now).toISOString(),
    };
    const body: QueuedSale = { session: this.pairing.session, command, basket, priced };
    const sale: QueuedReceipt = { id, body, queued_at: now, attempts: 0, state: "waiting" };
    this.#set({ step: { name: "recording", id } });
    try {
      await this.#db.complete(sale);
    } catch (error) {
      this.#set({ step: { name: "paying" } });
      this.#say("refused", texts.errors.title, String(error));
      return;
    }
    setTimeout(() => this.#stopWaitingFor(sale), PATIENCE_MS);
    void this.#queue.pump();
  }

  #stopWaitingFor(sale: QueuedReceipt): void {
    const { step } = this.#state;
    if (step.name !== "recording" || step.id !== sale.id) return;
    this.#show(sale);
    play("look");
  }

  #answered(changed: QueuedReceipt | undefined, waiting: number): void {
    this.#set({ waiting });
    if (changed === undefined) return;
    const { step, refused } = this.#state;
    if (changed.state === "refused") this.#set({ refused: [...refused, changed] });
    const shown =
      (step.name === "recording" && step.id === changed.id) ||
      (step.name === "result" && step.sale.id === changed.id);
    if (!shown) return;
    this.#show(changed);
    play(changed.state === "done" ? "sold" : "refused");
  }

  #show(sale: QueuedReceipt): void {
    this.#set({ step: { name: "result", sale }, basket: [], priced: nothing });
  }

  /** The receipt screen is done with. */
  async next(): Promise<void> {
    if (this.#state.step.name !== "result") return;
    this.#set({ step: { name: "basket" } });
    this.#forgetNotice();
    await this.#db.delete("showing");
    await this.#db.prune();
  }

  /** A refused sale comes back as the basket it was, to be put right. */
  async reopen(sale: QueuedReceipt): Promise<void> {
    await this.#db.reopen(sale);
    this.#set({
      refused: this.#state.refused.filter(({ id }) => id !== sale.id),
      basket: sale.body.basket,
      priced: this.#price(sale.body.basket),
      step: { name: "basket" },
    });
  }

  // --- inside

  #price(basket: BasketLine[], tenders: Tender[] = []): PricedBasket {
    if (basket.length === 0 || this.#catalogue === undefined) return nothing;
    return this.#rules.price(basket, tenders, this.#catalogue.settings, Date.now());
  }

  #putBasket(basket: BasketLine[], latest?: string): void {
    const { latest: _, ...rest } = this.#state;
    this.#state = { ...rest, ...(latest === undefined ? {} : { latest }) };
    this.#set({ basket, priced: this.#price(basket) });
    void this.#db.set("draft", basket);
  }

  #say(tone: Notice["tone"], title: string, help?: string): void {
    this.#notices += 1;
    this.#set({ notice: { tone, title, id: this.#notices, ...(help === undefined ? {} : { help }) } });
    play(tone);
  }

  #forgetNotice(): void {
    const { notice: _, latest: __, ...rest } = this.#state;
    this.#state = rest;
    this.#set({});
  }

  #set(change: Partial<TillState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
