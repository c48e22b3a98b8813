import { SHOPIFY_BUCKET_POINTS, SHOPIFY_RESTORE_POINTS_PER_SECOND } from "../limits.ts";

/** Shopify's leaky bucket of cost points, and a switch that makes it refuse. */
export class Throttle {
  readonly #now: () => number;
  #available = SHOPIFY_BUCKET_POINTS;
  #measuredAtMs: number;
  #forced = 0;
  #forcedStatus: 200 | 429 = 200;

  constructor(now: () => number) {
    this.#now = now;
    this.#measuredAtMs = now();
  }

  /** Takes `points` where they are there and no switch says otherwise. */
  admit(points: number): { admitted: true } | { admitted: false; http: 200 | 429 } {
    this.#restore();
    if (this.#forced > 0) {
      this.#forced -= 1;
      return { admitted: false, http: this.#forcedStatus };
    }
    if (this.#available < points) return { admitted: false, http: 200 };
    this.#available -= points;
    return { admitted: true };
  }

  /** Refuses the next `requests`, with this HTTP status; Shopify uses both. */
  force(requests: number, http: 200 | 429): void {
    this.#forced = requests;
    this.#forcedStatus = http;
  }

  /** Empties or fills the bucket. */
  setAvailable(points: number): void {
    this.#available = Math.min(points, SHOPIFY_BUCKET_POINTS);
    this.#measuredAtMs = this.#now();
  }

  status(): { maximumAvailable: number; currentlyAvailable: number; restoreRate: number } {
    this.#restore();
    return {
      maximumAvailable: SHOPIFY_BUCKET_POINTS,
      currentlyAvailable: Math.floor(this.#available),
      restoreRate: SHOPIFY_RESTORE_POINTS_PER_SECOND,
    };
  }

  #restore(): void {
    const now = this.#now();
    const gained = ((now - this.#measuredAtMs) / 1_000) * SHOPIFY_RESTORE_POINTS_PER_SECOND;
    this.#available = Math.min(SHOPIFY_BUCKET_POINTS, this.#available + Math.max(0, gained));
    this.#measuredAtMs = now;
  }
}
