import type { LiveEntry } from "./live.ts";

/** The floor board's own memory of what it has heard: pure, so that tests can feed it entry by entry. */
export type Floor = {
  /** Seq of the last entry taken in. */
  seq: number;
  /** Receipts that came by since the page opened, newest first. */
  fresh: FreshReceipt[];
  /** Raised by every entry that moves totals, so that the page knows to ask for them again. */
  totalsVersion: number;
  /** Raised by every entry that moves the session itself (opened, paused, custody taken, closed). */
  sessionVersion: number;
};

export type FreshReceipt = { receipt: string; seq: number; at: number };

/** Receipts a minute are counted over this window, in ms. */
export const PACE_WINDOW_MS = 10 * 60_000;
/** As many as a busy hall makes in ten minutes: 600 baskets an hour and some room. */
const MAX_FRESH = 150;

/** Entries that move totals or the list of terminals; all others move the session itself. */
const TOTALS_KINDS = new Set([
  "receipt_completed",
  "receipt_voided",
  "return_recorded",
  "conflict_opened",
  "conflict_resolved",
  "terminal_paired",
  "terminal_revoked",
  "terminal_reported",
]);

export const emptyFloor = (seq: number): Floor => ({
  seq,
  fresh: [],
  totalsVersion: 0,
  sessionVersion: 0,
});

/** Takes one entry in; entries that were already heard change nothing. */
export function hear(floor: Floor, entry: LiveEntry): Floor {
  if (entry.seq <= floor.seq) return floor;
  const next = { ...floor, seq: entry.seq };
  if (TOTALS_KINDS.has(entry.kind)) next.totalsVersion += 1;
  else next.sessionVersion += 1;
  const receipt = entry.payload.receipt;
  if (entry.kind === "receipt_completed" && typeof receipt === "string") {
    next.fresh = [{ receipt, seq: entry.seq, at: entry.recorded_at }, ...floor.fresh].slice(0, MAX_FRESH);
  }
  return next;
}

/** Receipts in each of the last ten minutes, oldest first. */
export function paceByMinute(moments: number[], now: number): number[] {
  const minutes = new Array<number>(PACE_WINDOW_MS / 60_000).fill(0);
  for (const moment of moments) {
    const minute = minutes.length - 1 - Math.floor(Math.max(0, now - moment) / 60_000);
    if (minute >= 0) minutes[minute] = (minutes[minute] ?? 0) + 1;
  }
  return minutes;
}
