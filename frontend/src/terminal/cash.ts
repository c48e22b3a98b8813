/** What people hand over: the next multiples of common notes, in cents. */
const NOTES_CENTS = [500, 1_000, 2_000, 5_000, 10_000];
const MAX_SUGGESTIONS = 3;

/** Likely amounts of cash for what is due; a convenience for the thumb, nothing is computed from it. */
export function cashSuggestions(dueCents: number): number[] {
  const amounts = NOTES_CENTS.map((note) => Math.ceil(dueCents / note) * note).filter(
    (amount) => amount > dueCents,
  );
  return [...new Set(amounts)].toSorted((a, b) => a - b).slice(0, MAX_SUGGESTIONS);
}
