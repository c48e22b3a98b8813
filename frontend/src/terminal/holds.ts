import type { Held } from "../live/live.ts";
import type { HeldBy } from "./model.ts";

/** A basket's tags are said to the other tills at most this often, in ms: a fast scanner makes one frame, not five. */
export const SAY_HOLD_AFTER_MS = 120;
/** And again this often, in ms, so that the session's short memory does not forget them. */
export const SAY_HOLD_EVERY_MS = 60_000;
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
