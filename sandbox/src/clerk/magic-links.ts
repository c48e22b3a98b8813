import { fingerprint, freshSecret } from "../ids.ts";
import { MAGIC_LINK_LIFETIME_MS, MAX_MAGIC_LINKS } from "../limits.ts";
import type { Collection, Store } from "../store.ts";

/** Where a sign-in came from and goes back to. */
export interface Destination {
  /** An address on this machine, checked; null where none was given. */
  redirectUrl: string | null;
  /** The slug of the organization that sent the person here; null where none was given. */
  organization: string | null;
}

interface PendingLink {
  email: string;
  destination: Destination;
  expires_at_ms: number;
}

/** Links that sign somebody in, once, for ten minutes. Only their fingerprints are kept. */
export class MagicLinks {
  readonly #links: Collection<PendingLink>;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#links = store.collection("clerk.magic_link", MAX_MAGIC_LINKS);
    this.#now = now;
  }

  /** The secret part of a new link. */
  create(email: string, destination: Destination): string {
    const secret = freshSecret();
    this.#links.put(fingerprint(secret), {
      email,
      destination,
      expires_at_ms: this.#now() + MAGIC_LINK_LIFETIME_MS,
    });
    return secret;
  }

  /** Uses a link up. Undefined when it is unknown, used or too old. */
  redeem(secret: string): { email: string; destination: Destination } | undefined {
    const link = this.#links.take(fingerprint(secret));
    return link !== undefined && link.expires_at_ms > this.#now() ? link : undefined;
  }
}
