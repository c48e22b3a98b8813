import { type ApiClient, createApi } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { TerminalSelf } from "../api/types.ts";
import { Live, type LiveState, liveAddress } from "../live/live.ts";
import { uuid7 } from "../queue/uuid7.ts";
import { texts } from "../texts/en.ts";
import { Basket } from "./basket.ts";
import type { HeardEntry } from "./catalogue.ts";
import type { TillDb } from "./db.ts";
import { Follower } from "./follow.ts";
import { Holds, SAY_HOLD_AFTER_MS, SAY_HOLD_EVERY_MS } from "./holds.ts";
import type {
  About,
  BasketLine,
  Pairing,
  ParkedBasket,
  PricedBasket,
  QueuedCommand,
  QueuedSale,
  Right,
  Sale,
  SessionCommand,
  Tender,
} from "./model.ts";
import { asked, factId, Outbox, queued } from "./outbox.ts";
import type { Rules } from "./rules.ts";
import { play } from "./sound.ts";
import { nothing, Store, type TillState } from "./state.ts";

const words = texts.terminal;
/** How long the screen waits for the session's word before the goods are handed over without it, in ms. */
const PATIENCE_MS = 2_500;

/** One paired till: its basket, its shelf, its outbox. The screens read its state and tell it what was done. */
export class Till {
  readonly pairing: Pairing;
  readonly basket: Basket;
  readonly api: ApiClient;
  readonly db: TillDb;
  readonly rules: Rules;
  #store = new Store();
  #outbox: Outbox;
  #follower: Follower;
  #live: Live | undefined;
  #holds = new Holds();
  #holding: ReturnType<typeof setTimeout> | undefined;
  #renewing: ReturnType<typeof setInterval> | undefined;
  #names = new Map<string, string>();
  #reported: number | undefined;
  /** Commands whose answer a screen waits for: it says itself what was refused. */
  #attended = new Set<string>();

  constructor(db: TillDb, rules: Rules, pairing: Pairing) {
    this.pairing = pairing;
    this.db = db;
    this.rules = rules;
    this.api = createApi(async () => pairing.token);
    this.#names.set(pairing.terminal, pairing.name);
    this.#follower = new Follower({
      db,
      api: this.api,
      session: pairing.session,
      onShelf: (shelf) => {
        this.set({ items: shelf.size, currency: shelf.settings.currency });
        this.basket.reprice();
      },
      onHeard: (heard) => this.#hear(heard),
      onSold: (receipt) => {
        this.basket.soldElsewhere(receipt, this.#ours(receipt.receipt));
        void this.#tellNumber(receipt.receipt, receipt.number);
      },
    });
    this.#outbox = new Outbox({
      db,
      pairings: async () => [pairing, ...((await db.get("former")) ?? [])],
      onChange: (changed, waiting) => this.#answered(changed, waiting),
      onUnreachable: () => this.#live?.doubt(),
      onRevoked: (terminal) => {
        if (terminal === pairing.terminal) this.set({ dismissed: "revoked" });
      },
    });
    this.basket = new Basket(this, this.#store, {
      shelf: () => this.#follower.shelf,
      heldBy: (tag) => this.#holds.by(tag, Date.now()),
      onChange: () => this.#sayHoldSoon(),
    });
  }

  // --- what the screens read

  readonly subscribe = this.#store.subscribe;
  readonly snapshot = (): TillState => this.#store.snapshot();

  /** The receipt that `tag` was sold on, as far as this till has heard (0: some receipt); undefined while unsold. */
  soldOn(tag: string): number | undefined {
    return this.#follower.shelf?.sold.get(tag);
  }

  titleOf(tag: string): string | undefined {
    const title = this.#follower.shelf?.item(tag)?.title;
    return title === "" ? undefined : title;
  }

  /** What a payment by `tenders` comes to. */
  payment(tenders: Tender[]): PricedBasket {
    return this.price(this.snapshot().basket, tenders);
  }

  price(basket: BasketLine[], tenders: Tender[] = []): PricedBasket {
    const shelf = this.#follower.shelf;
    if (basket.length === 0 || shelf === undefined) return nothing;
    return this.rules.price(basket, tenders, shelf.settings, this.now());
  }

  get settings() {
    return this.#follower.shelf?.settings;
  }

  may(right: Right): boolean {
    return this.snapshot().standing.rights.includes(right);
  }

  get online(): boolean {
    return this.snapshot().live.phase === "live";
  }

  /** The log's time, as well as this till knows it. */
  now(): number {
    return Date.now() - (this.snapshot().standing.clock_offset_ms ?? 0);
  }

  set(change: Partial<TillState>): void {
    this.#store.set(change);
  }

  // --- coming and going

  /** Takes up where this till was: basket, unanswered commands, catalogue; then follows the session. */
  async start(): Promise<void> {
    try {
      await this.#restore();
    } catch (error) {
      this.set({ phase: "failed", error });
      return;
    }
    window.addEventListener("online", this.#online);
    this.#renewing = setInterval(() => this.#sayHold(), SAY_HOLD_EVERY_MS);
    await this.#outbox.pump();
  }

  stop(): void {
    window.removeEventListener("online", this.#online);
    clearInterval(this.#renewing);
    clearTimeout(this.#holding);
    this.#live?.stop();
    this.#outbox.stop();
    this.#follower.stop();
  }

  #online = () => void this.#outbox.pump();

  async #restore(): Promise<void> {
    const { db } = this;
    const [standing, parked, info] = [await db.get("standing"), await db.get("parked"), await db.get("info")];
    if (standing !== undefined) this.set({ standing });
    if (parked !== undefined) this.set({ parked });
    if (info !== undefined) this.set({ info });
    await this.#follower.restore();
    const basket = (await db.get("draft")) ?? [];
    const showing = await db.get("showing");
    const shown = showing === undefined ? undefined : await db.command(showing);
    this.set({
      phase: "ready",
      basket,
      priced: this.price(basket),
      waiting: (await db.waiting()).length,
      refused: (await db.refused()).filter(({ key }) => key !== showing),
    });
    if (isSale(shown)) this.#resume(shown);
    this.#follow();
  }

  /** A sale that was on the screen when the tab went away. */
  #resume(sale: QueuedSale): void {
    if (sale.state === "waiting" && !sale.sale.fact) this.#await(sale.key);
    else this.set({ step: { name: "result", sale } });
  }

  async #refreshInfo(): Promise<void> {
    const sent = Date.now();
    try {
      const info = await this.api.terminal();
      await this.#learn(info, (sent + Date.now()) / 2);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.set({ dismissed: "revoked" });
    }
  }

  /** Takes in what the session says of this till; `at` is this device's clock when it said so. */
  async #learn(info: TerminalSelf, at: number): Promise<void> {
    const standing = {
      rights: info.rights as Right[],
      rights_version: info.rights_version,
      drawer_open: info.drawer_open,
      clock_offset_ms: Math.round(at - info.now),
    };
    const known = new Map(this.snapshot().parked.map((basket) => [basket.basket, basket]));
    const parked = info.parked.map((basket) => ({ ...basket, ...linesOf(known.get(basket.basket)) }));
    this.#reported = info.waiting ?? undefined;
    this.set({ info, standing, parked });
    this.basket.reprice();
    await Promise.all([
      this.db.set("info", info),
      this.db.set("standing", standing),
      this.db.set("parked", parked),
    ]);
    if (info.acknowledged < info.rights_version) this.#acknowledge(info.rights_version);
    await this.#report();
  }

  /** A session must not be closed over the heads of tills that hold sales: says how many this one holds. */
  async #report(): Promise<void> {
    const waiting = (await this.db.waiting()).filter(
      ({ about, terminal }) => about === "sale" && terminal === this.pairing.terminal,
    ).length;
    if (!this.online || waiting === this.#reported) return;
    this.#reported = waiting;
    this.#tell({ type: "report_waiting", waiting });
  }

  #acknowledge(version: number): void {
    this.#tell({ type: "acknowledge", version });
  }

  /** Says something that is said again with the next connection if it does not arrive. */
  #tell(command: SessionCommand): void {
    const body = { id: uuid7(), command: command as unknown as Record<string, never> };
    this.api.command(this.pairing.session, body).catch(() => {
      this.#reported = undefined;
    });
  }

  #follow(): void {
    this.#live?.stop();
    const { session, token } = this.pairing;
    this.#live = new Live({
      since: this.#follower.shelf?.position ?? 0,
      address: async (since) => liveAddress(session, token, since),
      onEntry: (entry) => this.#follower.hear(entry),
      onState: (live) => this.#connected(live),
      onHeld: (held) => {
        this.#holds.hear(held, Date.now());
        this.basket.showHolds();
      },
      onDismissed: (code) => this.set({ dismissed: code === 4403 ? "suspended" : "revoked" }),
      onRestored: () => void this.#startAnew(),
    }).start();
  }

  #connected(live: LiveState): void {
    this.set({ live });
    if (live.phase !== "live") return;
    this.#store.drop("dismissed").set({});
    void this.#outbox.pump();
    void this.#refreshInfo();
    void this.#follower.catchUp().catch(() => undefined);
    this.#sayHold();
  }

  async #startAnew(): Promise<void> {
    await this.#follower.forget().catch((error: unknown) => this.set({ phase: "failed", error }));
    this.#follow();
  }

  // --- what the log says

  #hear(heard: HeardEntry): void {
    const { info, standing, parked } = this.snapshot();
    const own = "terminal" in heard && heard.terminal === this.pairing.terminal;
    switch (heard.kind) {
      case "named":
        this.#names.set(heard.terminal, heard.name);
        return;
      case "revoked":
        if (own) this.set({ dismissed: "revoked" });
        return;
      case "session":
        if (info !== undefined) {
          this.set({ info: { ...info, session: { ...info.session, status: heard.status } } });
        }
        return;
      case "rights":
        if (!own) return;
        this.#keepStanding({ ...standing, rights: heard.rights, rights_version: heard.version });
        this.#acknowledge(heard.version);
        return;
      case "drawer":
        if (own) this.#keepStanding({ ...standing, drawer_open: heard.open });
        return;
      case "parked": {
        if (parked.some(({ basket }) => basket === heard.basket)) return;
        const by = this.#names.get(heard.terminal) ?? words.anotherTill;
        this.keepParked([...parked, { basket: heard.basket, by, tags: heard.tags }]);
        return;
      }
      case "recalled":
        this.keepParked(parked.filter(({ basket }) => basket !== heard.basket));
        return;
      case "taken_back":
        this.basket.reprice();
        return;
      default:
        return;
    }
  }

  #keepStanding(standing: TillState["standing"]): void {
    this.set({ standing });
    void this.db.set("standing", standing);
  }

  keepParked(parked: ParkedBasket[]): void {
    this.set({ parked });
    void this.db.set("parked", parked);
  }

  #ours(receipt: string): boolean {
    const { step } = this.snapshot();
    return step.name === "recording" && step.key === receipt;
  }

  /** The log names the number of a receipt whose answer was empty or is still on its way. */
  async #tellNumber(receipt: string, number: number): Promise<void> {
    const changed = await this.db.number(receipt, number);
    const { step } = this.snapshot();
    if (isSale(changed) && step.name === "result" && step.sale.key === receipt) this.#show(changed);
  }

  #sayHoldSoon(): void {
    clearTimeout(this.#holding);
    this.#holding = setTimeout(() => this.#sayHold(), SAY_HOLD_AFTER_MS);
  }

  #sayHold(): void {
    const tags = this.snapshot().basket.flatMap((line) => (line.kind === "item" ? [line.id] : []));
    this.#live?.say({ type: "hold", name: this.pairing.name, tags });
  }

  // --- selling

  pay(): void {
    const { basket, step, priced } = this.snapshot();
    if (basket.length === 0 || step.name !== "basket") return;
    if (priced.lines.some(({ fault }) => fault !== undefined)) {
      this.basket.say("refused", words.priceChanged, words.priceChangedHelp);
      return;
    }
    this.#store.drop("notice", "latest", "unknown");
    // Prices are taken at this moment: a markdown step may have begun since the first scan.
    this.set({ priced: this.price(basket), step: { name: "paying" } });
  }

  back(): void {
    if (this.snapshot().step.name === "paying") this.set({ step: { name: "basket" } });
  }

  /**
   * The basket is paid: on disk first, then on its way. Connected, it is asked of the session and the screen waits
   * for its word; otherwise it is a fact at once.
   */
  async complete(tenders: Tender[]): Promise<void> {
    const { basket, step } = this.snapshot();
    const priced = this.payment(tenders);
    if (step.name !== "paying" || !priced.settled) return;
    const occurred_at = Date.now();
    const fact = !this.online;
    const sale: Sale = { receipt: uuid7(occurred_at), basket, priced, tenders, occurred_at, fact };
    this.set({ step: { name: "recording", key: sale.receipt } });
    try {
      const command = asked(this.pairing, sale, this.#command(sale, fact));
      if (fact) command.id = await factId(sale.receipt, command.command);
      await this.db.complete(command);
      if (fact) this.#finish(command as QueuedSale, "look");
      else this.#await(sale.receipt);
    } catch (error) {
      this.set({ step: { name: "paying" } });
      this.basket.say("refused", texts.errors.title, String(error));
      return;
    }
    void this.#outbox.pump();
  }

  #command(sale: Sale, fact: boolean): SessionCommand {
    const settings = this.settings;
    if (settings === undefined) throw new Error(words.loadingCatalogue);
    return this.rules.receipt(
      {
        receipt: sale.receipt,
        lines: sale.basket,
        tenders: sale.tenders,
        settings,
        now: sale.occurred_at,
        clock_offset_ms: this.snapshot().standing.clock_offset_ms,
        may_override: this.may("override_prices"),
      },
      fact ? this.pairing.terminal : undefined,
    );
  }

  #await(key: string): void {
    this.set({ step: { name: "recording", key } });
    setTimeout(() => void this.#handOver(key), PATIENCE_MS);
  }

  /** The session has not answered and a shopper is waiting: from here on the sale is a fact. */
  async #handOver(key: string): Promise<void> {
    const { step } = this.snapshot();
    if (step.name !== "recording" || step.key !== key) return;
    const stored = await this.db.command(key);
    if (!isSale(stored)) return;
    const command = this.#command(stored.sale, true);
    const promoted = await this.db.promote(key, await factId(key, command), command);
    if (isSale(promoted)) this.#finish(promoted, "look");
    void this.#outbox.pump();
  }

  #finish(sale: QueuedSale, sound: "look" | "sold" | "refused"): void {
    this.#show(sale);
    this.#sayHoldSoon();
    play(sound);
  }

  #show(sale: QueuedSale): void {
    this.set({ step: { name: "result", sale }, basket: [], priced: nothing });
  }

  /** The receipt screen is done with. */
  async next(): Promise<void> {
    if (this.snapshot().step.name !== "result") return;
    this.#store.drop("notice", "latest", "unknown");
    this.set({ step: { name: "basket" } });
    await this.db.delete("showing");
    await this.db.prune();
  }

  /** A refused sale comes back as the basket it was, to be put right. */
  async reopen(sale: QueuedSale): Promise<void> {
    await this.db.reopen(sale);
    const { refused } = this.snapshot();
    const { basket } = sale.sale;
    this.set({
      refused: refused.filter(({ key }) => key !== sale.key),
      basket,
      priced: this.price(basket),
      step: { name: "basket" },
    });
    this.#sayHoldSoon();
  }

  async dismiss(command: QueuedCommand): Promise<void> {
    await this.db.dismiss(command.key);
    this.set({ refused: this.snapshot().refused.filter(({ key }) => key !== command.key) });
  }

  // --- everything else that the session is told

  /** Puts a command on its way and gives its answer, or the command as it waits when none came in time. */
  async ask(
    about: About,
    command: SessionCommand,
    change: Parameters<TillDb["enqueue"]>[1] = {},
  ): Promise<QueuedCommand> {
    const entered = queued(this.pairing, about, command);
    this.#attended.add(entered.key);
    await this.db.enqueue(entered, change);
    const sent = this.#outbox.pump();
    if (this.online) await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    this.#attended.delete(entered.key);
    const answer = (await this.db.command(entered.key)) ?? entered;
    if (answer.state === "refused") await this.db.dismiss(answer.key);
    return answer;
  }

  #answered(changed: QueuedCommand | undefined, waiting: number): void {
    this.set({ waiting });
    if (changed === undefined) return;
    if (waiting === 0) void this.#report();
    const { step, refused } = this.snapshot();
    const shown =
      (step.name === "recording" && step.key === changed.key) ||
      (step.name === "result" && step.sale.key === changed.key);
    if (shown && isSale(changed)) this.#finish(changed, changed.state === "done" ? "sold" : "refused");
    else if (changed.state === "refused" && !this.#attended.has(changed.key))
      this.set({ refused: [...refused, changed] });
  }
}

export const isSale = (command: QueuedCommand | undefined): command is QueuedSale =>
  command?.sale !== undefined;

const linesOf = (basket: ParkedBasket | undefined) =>
  basket?.lines === undefined ? {} : { lines: basket.lines };
