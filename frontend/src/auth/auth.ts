import type { Configuration } from "../api/types.ts";
import { clerkAuth } from "./clerk.ts";
import { localAuth } from "./local.ts";

/** All that the screens need from whoever knows the people: Clerk, or its local stand-in. */
export interface Auth {
  /** Whether someone is signed in, as far as this browser knows. */
  signedIn(): boolean;
  /** A short-lived token, renewed before it ends. Rejects with {@link SignedOut} when nobody is signed in. */
  token(): Promise<string>;
  /** Leaves for the sign-in page, to come back to `returnTo` (an absolute address of ours). */
  signIn(returnTo: string): void;
  signOut(): Promise<void>;
}

/** Nobody is signed in, or the session has ended. */
export class SignedOut extends Error {
  constructor() {
    super("signed out");
    this.name = "SignedOut";
  }
}

/** The auth that the platform's configuration names. */
export function authFrom(configuration: Configuration): Auth {
  const organization = configuration.organization?.slug;
  return configuration.sign_in.kind === "local"
    ? localAuth(configuration.sign_in.url, organization)
    : clerkAuth(configuration.sign_in.publishable_key, organization);
}
