import type { LiveEntry } from "../live/live.ts";
import type { CatalogueAsSent } from "./db.ts";
import { type CatalogueRow, type CatalogueState, type Item, SOLD_FLAG } from "./model.ts";

const itemOf = ([tag, title, size, price_cents, consignor, flags]: CatalogueRow): Item => ({
  tag,
  title,
  size,
  price_cents,
  consignor,
  flags,
});

export function catalogueFrom(catalogue: CatalogueAsSent, heard: [string, number][] = []): CatalogueState {
  const sold = catalogue.items
    .filter((row) => (row[5] & SOLD_FLAG) !== 0)
    .map((row): [string, number] => [row[0], 0]);
  const items = new Map(catalogue.items.map((row) => [row[0], itemOf(row)]));
  return {
    items,
    sold: new Map([...sold, ...heard]),
    position: catalogue.position,
    settings: catalogue.settings,
  };
}

/** What an entry of the session's log means to a till. */
export type Heard =
  | { kind: "sold"; tags: string[]; number: number; terminal: string; receipt: string }
  | { kind: "items_arrived" }
  | { kind: "session"; status: "open" | "paused" | "closing" | "closed" }
  | { kind: "revoked"; terminal: string }
  | { kind: "other" };

/** Reads an entry. Kinds that this till does not know yet change nothing for it. */
export function read(entry: LiveEntry): Heard {
  const { payload } = entry;
  switch (entry.kind) {
    case "receipt_completed":
      return {
        kind: "sold",
        tags: (payload.lines as { tag: string }[]).map((line) => line.tag),
        number: Number(payload.number),
        terminal: String(payload.terminal),
        receipt: String(payload.receipt),
      };
    case "custody_taken":
      return { kind: "items_arrived" };
    case "session_opened":
    case "session_resumed":
      return { kind: "session", status: "open" };
    case "session_paused":
      return { kind: "session", status: "paused" };
    case "session_closing":
      return { kind: "session", status: "closing" };
    case "session_closed":
      return { kind: "session", status: "closed" };
    case "terminal_revoked":
      return { kind: "revoked", terminal: String(payload.terminal) };
    default:
      return { kind: "other" };
  }
}
