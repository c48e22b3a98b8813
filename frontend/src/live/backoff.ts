/** Waits between tries, doubling from here. */
const FIRST_WAIT_MS = 500;
/** No wait is longer: a person is looking at the connection lamp. */
const LONGEST_WAIT_MS = 20_000;
/** 500 ms doubled this often is past the longest wait; more would only overflow. */
const MAX_DOUBLINGS = 10;

/**
 * How long to wait before try number `attempt` (from 0), in ms. Full jitter over the upper half, so that the
 * terminals of a hall whose network comes back do not all knock at once.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, MAX_DOUBLINGS));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
