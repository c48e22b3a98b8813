import { type ApiClient, createApi } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { TerminalSelf } from "../api/types.ts";
import { Live, type LiveState, liveAddress } from "../live/live.ts";
import { uuid7 } from "../queue/uuid7.ts";
import { texts } from "../texts/en.ts";
import { Basket } from "./basket.ts";
import type { HeardEntry } from "./catalogue.ts";
import { Checkout, isSale, PATIENCE_MS } from "./checkout.ts";
import type { TillDb } from "./db.ts";
import { Follower } from "./follow.ts";
import { Holds, OwnHold } from "./holds.ts";
import {
  type About,
  type BasketLine,
  type Pairing,
  type ParkedBasket,
  type PricedBasket,
  parkedHere,
  type QueuedCommand,
  type Right,
  type SessionCommand,
  type Tender,
} from "./model.ts";
import { Outbox, queued } from "./outbox.ts";
import type { Rules } from "./rules.ts";
import { SelfReport } from "./self-report.ts";
import { nothing, Store, type TillState } from "./state.ts";

const words = texts.terminal;

/** One paired till: its basket, its shelf, its outbox. The screens read its state and tell it what was done. */
export class Till {
  readonly pairing: Pairing;
  readonly basket: Basket;
  readonly checkout: Checkout;
  readonly api: ApiClient;
  readonly db: TillDb;
  readonly rules: Rules;
  #store = new Store();
  #outbox: Outbox;
  #follower: Follower;
  #live: Live | undefined;
  #holds = new Holds();
  #ownHold: OwnHold;
  #names = new Map<string, string>();
  #report: SelfReport;
  /** Tags of sales that are facts here and not yet on record. */
  #ownFacts = new Set<string>();
  /** The socket that is open takes commands; asked anew for every one. */
  #speaks = false;
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
      terminal: pairing.terminal,
      bySocket: async (id, command) => (this.#speaks ? this.#live?.ask(id, command) : undefined),
      pairings: async () => [pairing, ...((await db.get("former")) ?? [])],
      onChange: (changed, waiting) => this.#answered(changed, waiting),
      onUnreachable: () => this.#live?.doubt(),
      onRevoked: (terminal) => {
        if (terminal === pairing.terminal) this.set({ dismissed: "revoked" });
      },
    });
    this.#report = new SelfReport({
      db,
      terminal: pairing.terminal,
      online: () => this.online,
      send: (command) => {
        const body = { id: uuid7(), command: command as unknown as Record<string, never> };
        return this.api.command(pairing.session, body);
      },
    });
    this.#ownHold = new OwnHold({
      basket: () => this.snapshot().basket,
      say: (tags) => this.#live?.say({ type: "hold", name: pairing.name, tags }),
    });
    this.basket = new Basket(this, this.#store, {
      shelf: () => this.#follower.shelf,
      heldBy: (tag) => this.#holds.by(tag, Date.now()),
      onChange: () => this.#ownHold.changed(),
    });
    this.checkout = new Checkout(this, this.#store, {
      send: () => {
        void this.#countFacts();
        void this.#outbox.pump();
      },
      basketChanged: () => this.#ownHold.changed(),
    });
  }

  // --- what the screens read

  readonly subscribe = this.#store.subscribe;
  readonly snapshot = (): TillState => this.#store.snapshot();

  /** Whether sales are taken. What a till without a connection heard last may be over: there, its seller decides. */
  get sells(): boolean {
    return !this.online || (this.snapshot().info?.session.status ?? "open") === "open";
  }

  /** True when this till has sold `tag` and nobody else knows yet. */
  soldHere(tag: string): boolean {
    return this.#ownFacts.has(tag);
  }

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
    this.#ownHold.start();
    await this.#outbox.pump();
  }

  stop(): void {
    window.removeEventListener("online", this.#online);
    this.#ownHold.stop();
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
    const [basket, taken] = [(await db.get("draft")) ?? [], (await db.get("taken")) ?? []];
    const showing = await db.get("showing");
    const shown = showing === undefined ? undefined : await db.command(showing);
    this.set({
      phase: "ready",
      basket,
      taken,
      priced: this.price(basket),
      waiting: (await db.waiting()).length,
      refused: (await db.refused()).filter(({ key }) => key !== showing),
    });
    await this.#countFacts();
    if (isSale(shown)) this.checkout.resume(shown);
    this.#follow();
  }

  async #refreshInfo(): Promise<void> {
    try {
      const waiting = await this.db.waiting();
      const parks = new Set(
        waiting.flatMap(({ about, command }) => (about === "park" ? command.basket : [])),
      );
      const onRecord = this.snapshot().parked.flatMap(({ basket }) => (parks.has(basket) ? [] : basket));
      const sent = Date.now();
      const info = await this.api.terminal();
      await this.#learn(info, (sent + Date.now()) / 2, new Set(onRecord));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.set({ dismissed: "revoked" });
    }
  }

  /**
   * Takes in what the session says of this till; `at` is this device's clock when it said so, `onRecord` the baskets
   * on hold that it had heard of when it was asked.
   */
  async #learn(info: TerminalSelf, at: number, onRecord: Set<string>): Promise<void> {
    const standing = {
      rights: info.rights as Right[],
      rights_version: info.rights_version,
      drawer_open: info.drawer_open,
      clock_offset_ms: Math.round(at - info.now),
    };
    const parked = parkedHere(info.parked, this.snapshot().parked, onRecord);
    this.#report.learn(info);
    this.set({ info, standing, parked });
    this.basket.reprice();
    await Promise.all([
      this.db.set("info", info),
      this.db.set("standing", standing),
      this.db.set("parked", parked),
    ]);
    if (info.acknowledged < info.rights_version) void this.#report.rightsKnown(info.rights_version);
    void this.#report.salesHeld();
  }

  /** Tries the socket: only one that answers is trusted with sales. */
  async #learnToSpeak(): Promise<void> {
    const speaks = await this.#report.tryOver(async (command) => this.#live?.ask(uuid7(), command));
    if (speaks) this.#speaks = true;
  }

  async #countFacts(): Promise<void> {
    const facts = (await this.db.waiting()).flatMap(({ sale }) => (sale?.fact === true ? sale.basket : []));
    this.#ownFacts = new Set(facts.flatMap((line) => (line.kind === "item" ? [line.id] : (line.tag ?? []))));
  }

  #follow(): void {
    this.#live?.stop();
    const { session, token } = this.pairing;
    this.#live = new Live({
      since: { seq: this.#follower.shelf?.position ?? 0, hash: this.#follower.shelf?.hash },
      address: async (since) => liveAddress(session, token, since),
      onEntry: (entry) => this.#follower.hear(entry),
      onState: (live) => this.#connected(live),
      onHeld: (held) => {
        this.#holds.hear(held, Date.now());
        this.#names.set(held.terminal.replace(/^terminal:/, ""), held.name);
        this.basket.showHolds();
      },
      onDismissed: (code) => this.set({ dismissed: code === 4403 ? "suspended" : "revoked" }),
      onRestored: () => void this.#startAnew(),
    }).start();
  }

  #connected(live: LiveState): void {
    this.set({ live });
    if (live.phase !== "live") {
      this.#speaks = false;
      return;
    }
    void this.#learnToSpeak();
    this.#store.drop("dismissed").set({});
    void this.#outbox.pump();
    void this.#refreshInfo();
    void this.#follower.catchUp().catch(() => undefined);
    this.#ownHold.say();
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
          // What was said of the state before holds no longer.
          this.#store.drop("notice");
          this.set({ info: { ...info, session: { ...info.session, status: heard.status } } });
        }
        return;
      case "rights":
        if (!own) return;
        this.#keepStanding({ ...standing, rights: heard.rights, rights_version: heard.version });
        void this.#report.rightsKnown(heard.version);
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

  /** The session has not taken a basket: it is still here. */
  #keepHere(basket: unknown): void {
    const { parked } = this.snapshot();
    if (!parked.some((aside) => aside.basket === basket)) return;
    this.keepParked(parked.map((aside) => (aside.basket === basket ? { ...aside, hereOnly: true } : aside)));
  }

  #ours(receipt: string): boolean {
    const { step } = this.snapshot();
    return step.name === "recording" && step.key === receipt;
  }

  /** The log names the number of a receipt whose answer was empty or is still on its way. */
  async #tellNumber(receipt: string, number: number): Promise<void> {
    const changed = await this.db.number(receipt, number);
    const { step } = this.snapshot();
    if (isSale(changed) && step.name === "result" && step.sale.key === receipt) this.checkout.show(changed);
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

  /** A refused command was seen by a person. */
  async dismiss(command: QueuedCommand): Promise<void> {
    await this.db.dismiss(command.key);
    this.set({ refused: this.snapshot().refused.filter(({ key }) => key !== command.key) });
  }

  #answered(changed: QueuedCommand | undefined, waiting: number): void {
    this.set({ waiting });
    if (changed === undefined) return;
    void this.#countFacts();
    if (waiting === 0) void this.#report.salesHeld();
    if (changed.about === "park" && changed.state === "refused") this.#keepHere(changed.command.basket);
    const { refused } = this.snapshot();
    if (isSale(changed) && this.checkout.isShown(changed.key)) this.checkout.answered(changed);
    else if (changed.state === "refused" && !this.#attended.has(changed.key))
      this.set({ refused: [...refused, changed] });
  }
}
