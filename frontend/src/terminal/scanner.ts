/**
 * Tells a scanner from fingers. A wedge scanner is a keyboard that types a whole tag within a few milliseconds a
 * key and ends with Enter; nobody keys that fast. Pure: keys and their moments go in, what they mean comes out.
 */
export type ScannerState = { text: string; startedAt: number; lastAt: number };

export type Heard = { state: ScannerState; scanned?: string };

/** Scanners leave a few ms between keys, slow Bluetooth ones up to 30; quick fingers take 80 and more. */
const MAX_MEAN_GAP_MS = 45;
/** A pause this long begins a new text, whatever came before. */
const MAX_PAUSE_MS = 250;
/** Shorter texts are too few keys to tell by their pace. */
const MIN_SCAN_KEYS = 4;
/** Longer than any tag with separators; more is a stuck key. */
const MAX_KEYS = 32;

export const silence: ScannerState = { text: "", startedAt: 0, lastAt: 0 };

/** Takes one key at `now` (ms). `scanned` is set when an Enter closes what only a scanner could have typed. */
export function hearKey(state: ScannerState, key: string, now: number): Heard {
  if (key === "Enter") {
    const fast = state.text.length >= MIN_SCAN_KEYS && meanGap(state, now) <= MAX_MEAN_GAP_MS;
    return fast ? { state: silence, scanned: state.text } : { state: silence };
  }
  if (key.length !== 1) return { state };
  if (state.text === "" || now - state.lastAt > MAX_PAUSE_MS || state.text.length >= MAX_KEYS) {
    return { state: { text: key, startedAt: now, lastAt: now } };
  }
  return { state: { text: state.text + key, startedAt: state.startedAt, lastAt: now } };
}

/**
 * What a scan stands for: a scanner that paused half-way (a wireless one, a busy device) is heard from there on only, but
 * has typed all of it into the field.
 */
export function wholeScan(scanned: string, typed: string, isTag: (text: string) => boolean): string {
  // Fingers before a whole scan make no tag: that would be too long.
  const half = typed.length > scanned.length && typed.endsWith(scanned);
  return half && isTag(typed) ? typed : scanned;
}

const meanGap = (state: ScannerState, now: number) => (now - state.startedAt) / state.text.length;
