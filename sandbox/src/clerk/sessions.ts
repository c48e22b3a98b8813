import { freshId } from "../ids.ts";
import { MAX_SESSIONS, SESSION_LIFETIME_MS } from "../limits.ts";
import type { Collection, Store } from "../store.ts";

/** How somebody signed in. */
export type SignInMethod = "demo_person" | "magic_link" | "social" | "testing";

export interface Session {
  id: string;
  user: string;
  method: SignInMethod;
  created_at_ms: number;
  expires_at_ms: number;
}

/** The sign-ins that are valid now. */
export class Sessions {
  readonly #sessions: Collection<Session>;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#sessions = store.collection("clerk.session", MAX_SESSIONS);
    this.#now = now;
  }

  start(user: string, method: SignInMethod): Session {
    const now = this.#now();
    const session = {
      id: freshId("sess"),
      user,
      method,
      created_at_ms: now,
      expires_at_ms: now + SESSION_LIFETIME_MS,
    };
    this.#sessions.put(session.id, session);
    return session;
  }

  /** The session while it lasts; undefined when it is unknown, over or ended. */
  active(id: string): Session | undefined {
    const session = this.#sessions.get(id);
    return session !== undefined && session.expires_at_ms > this.#now() ? session : undefined;
  }

  /** Ends a session; whether there was one. */
  end(id: string): boolean {
    return this.#sessions.delete(id);
  }
}
