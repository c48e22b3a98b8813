// Choices that repeat with their seed.

export class Chance {
  #state: number;
  constructor(seed: number, lane: number) {
    this.#state = (seed * 1_000_003 + lane * 7_919 + 1) >>> 0;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  once(inSoMany: number): boolean {
    return this.below(inSoMany) === 0;
  }
}
