import type { Held } from "../live/live.ts";
import type { BasketLine, HeldBy } from "./model.ts";

/** A basket's tags are said to the other tills at most this often, in ms: a fast scanner makes one frame, not five. */
const SAY_HOLD_AFTER_MS = 120;
/** And again this often, in ms, so that the session's short memory does not forget them. */
const SAY_HOLD_EVERY_MS = 60_000;
/** A hold stands for this long on this till's own clock, in ms, whatever its clock says it is. */
const HOLD_MS = 150_000;

/** What lies in the baskets of other tills, as last heard. It warns; it decides nothing. */
export class Holds {
  #byTerminal = new Map<string, { name: string; tags: Set<string>; until: number }>();

  hear({ terminal, name, tags }: Held, now: number): void {
    if (tags.length === 0) this.#byTerminal.delete(terminal);
    else this.#byTerminal.set(terminal, { name, tags: new Set(tags), until: now + HOLD_MS });
  }

  /** Who has `tag` in the basket; what has run out is forgotten. */
  by(tag: string, now: number): HeldBy | undefined {
    for (const [terminal, { name, tags, until }] of this.#byTerminal) {
      if (until <= now) this.#byTerminal.delete(terminal);
      else if (tags.has(tag)) return { name, until };
    }
    return undefined;
  }
}

export type OwnHoldOptions = {
  basket: () => BasketLine[];
  /** Says to the other tills what lies in the basket; may be lost. */
  say: (tags: string[]) => void;
};

/** What lies in this till's basket, said to the others: soon after it changes, and again while nothing does. */
export class OwnHold {
  #options: OwnHoldOptions;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setInterval> | undefined;

  constructor(options: OwnHoldOptions) {
    this.#options = options;
  }

  start(): void {
    this.#again = setInterval(() => this.say(), SAY_HOLD_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#again);
    clearTimeout(this.#soon);
  }

  changed(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.say(), SAY_HOLD_AFTER_MS);
  }

  say(): void {
    this.#options.say(this.#options.basket().flatMap((line) => (line.kind === "item" ? [line.id] : [])));
  }
}
