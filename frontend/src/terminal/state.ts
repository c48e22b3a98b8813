import type { TerminalSelf } from "../api/types.ts";
import type { LiveState } from "../live/live.ts";
import type {
  BasketLine,
  HeldBy,
  Notice,
  ParkedBasket,
  PricedBasket,
  QueuedCommand,
  Standing,
  Step,
  Tender,
  UnlistedReason,
} from "./model.ts";

/** What the screens show. A new object for every change. */
export type TillState = {
  phase: "loading" | "ready" | "failed";
  error?: unknown;
  info?: TerminalSelf;
  /** Why the platform does not talk to this till any more; selling has ended, handing in has not. */
  dismissed?: "revoked" | "suspended";
  items: number;
  currency: string;
  basket: BasketLine[];
  priced: PricedBasket;
  /** The line that came in last, to be shown large. */
  latest?: string;
  notice?: Notice;
  /** A tag that the session does not know, which a person may sell all the same. */
  unknown?: { tag: string; why: UnlistedReason };
  step: Step;
  live: LiveState;
  /** Commands without an answer. */
  waiting: number;
  /** What was refused after the till had let it pass, oldest first. */
  refused: QueuedCommand[];
  standing: Standing;
  parked: ParkedBasket[];
  /** Parts of the payment that were taken for this basket. */
  taken: Tender[];
  /** tag → the till that has it in the basket, for the lines of this basket. */
  held: Map<string, HeldBy>;
};

export const nothing: PricedBasket = {
  lines: [],
  gross_cents: 0,
  tax_cents: 0,
  total_cents: 0,
  due_cents: 0,
  change_cents: 0,
  settled: true,
};

export const beginning = (): TillState => ({
  phase: "loading",
  items: 0,
  currency: "USD",
  basket: [],
  priced: nothing,
  step: { name: "basket" },
  live: { phase: "connecting", since: Date.now() },
  waiting: 0,
  refused: [],
  standing: { rights: [], rights_version: 0, drawer_open: false },
  parked: [],
  taken: [],
  held: new Map(),
});

/** A small store: one state, listeners that React subscribes. */
export class Store {
  #state = beginning();
  #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): TillState => this.#state;

  set(change: Partial<TillState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Takes optional words off the state, without a word to the listeners: a `set` follows. */
  drop(...keys: ("notice" | "latest" | "unknown" | "dismissed" | "error")[]): this {
    const next = { ...this.#state };
    for (const key of keys) delete next[key];
    this.#state = next;
    return this;
  }
}
