import { type Random, seededRandom } from "../../demo/random.ts";

/** Choices that repeat with their seed; each lane makes its own. */
export class Chance {
  readonly #random: Random;

  constructor(seed: number, lane: number) {
    this.#random = seededRandom(seed * 1_000_003 + lane * 7_919 + 1);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  once(inSoMany: number): boolean {
    return this.below(inSoMany) === 0;
  }
}
