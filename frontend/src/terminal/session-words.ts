import { texts } from "../texts/en.ts";

const words = texts.terminal.sessionState;

/** It sells later, or again; otherwise it has ended. */
const sellsLater = (status: string) => ["paused", "scheduled", "opening"].includes(status);

/** What a session that does not sell is called, and what to do meanwhile. */
export const stateHelp = (status: string): string => (sellsLater(status) ? words.help : words.helpClosed);

export function stateName(status: string): string {
  if (!sellsLater(status)) return words.closed;
  return status === "paused" ? words.paused : words.scheduled;
}
