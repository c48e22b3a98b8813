import { fingerprint, freshSecret } from "../ids.ts";
import { MAX_OAUTH_FLOWS, OAUTH_LIFETIME_MS } from "../limits.ts";
import type { Collection, Store } from "../store.ts";
import type { Destination } from "./magic-links.ts";

interface Flow {
  destination: Destination;
  expires_at_ms: number;
}

interface Grant {
  email: string;
  expires_at_ms: number;
}

/** Both ends of an OAuth authorization-code hop: our `state`, the provider's `code`; each works once. */
export class SocialFlows {
  readonly #flows: Collection<Flow>;
  readonly #grants: Collection<Grant>;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#flows = store.collection("clerk.social_flow", MAX_OAUTH_FLOWS);
    this.#grants = store.collection("clerk.social_grant", MAX_OAUTH_FLOWS);
    this.#now = now;
  }

  /** Leaves for the provider; the `state` to come back with. */
  begin(destination: Destination): string {
    const state = freshSecret();
    this.#flows.put(fingerprint(state), { destination, expires_at_ms: this.#now() + OAUTH_LIFETIME_MS });
    return state;
  }

  /** Where an open flow wants to go, without using it up; for the provider's page. */
  peek(state: string): Destination | undefined {
    return this.#alive(this.#flows.get(fingerprint(state)))?.destination;
  }

  /** Back from the provider: uses the flow up. */
  finish(state: string): Destination | undefined {
    return this.#alive(this.#flows.take(fingerprint(state)))?.destination;
  }

  /** The provider's consent: a `code` that stands for this address. */
  grant(email: string): string {
    const code = freshSecret();
    this.#grants.put(fingerprint(code), { email, expires_at_ms: this.#now() + OAUTH_LIFETIME_MS });
    return code;
  }

  /** Exchanges a code for the address it stands for, once. */
  exchange(code: string): string | undefined {
    return this.#alive(this.#grants.take(fingerprint(code)))?.email;
  }

  #alive<T extends { expires_at_ms: number }>(entry: T | undefined): T | undefined {
    return entry !== undefined && entry.expires_at_ms > this.#now() ? entry : undefined;
  }
}
