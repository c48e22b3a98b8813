import { type Auth, SignedOut } from "./auth.ts";

/** The part of clerk-js that we use; the script is served from the tenant's own Clerk address. */
type ClerkClient = {
  load(options: object): Promise<void>;
  session?: { getToken(): Promise<string | null> } | null;
  redirectToSignIn(options: { signInForceRedirectUrl: string }): void;
  signOut(): Promise<void>;
  setActive(options: { organization: string }): Promise<void>;
};

declare global {
  interface Window {
    Clerk?: ClerkClient;
  }
}

/** Clerk's browser script, major version pinned. */
const CLERK_SCRIPT_PATH = "/npm/@clerk/clerk-js@6/dist/clerk.browser.js";

/** Auth through Clerk itself: its script is loaded once, from the address inside the publishable key. */
export function clerkAuth(publishableKey: string, organization: string | undefined): Auth {
  const known = "hangtag.clerk";
  let loading: Promise<ClerkClient> | undefined;
  const client = () => {
    loading ??= loadClerk(publishableKey, organization);
    return loading;
  };
  return {
    signedIn: () => localStorage.getItem(known) !== null,
    async token() {
      const token = await (await client()).session?.getToken();
      if (token == null) {
        localStorage.removeItem(known);
        throw new SignedOut();
      }
      return token;
    },
    signIn(returnTo) {
      localStorage.setItem(known, "yes");
      void client().then((clerk) => clerk.redirectToSignIn({ signInForceRedirectUrl: returnTo }));
    },
    async signOut() {
      localStorage.removeItem(known);
      await (await client()).signOut();
    },
  };
}

async function loadClerk(publishableKey: string, organization: string | undefined): Promise<ClerkClient> {
  // A publishable key is "pk_test_" or "pk_live_" and the frontend API's host in base64, ended by "$".
  const host = atob(publishableKey.split("_")[2] ?? "").replace(/\$$/, "");
  const script = document.createElement("script");
  script.src = `https://${host}${CLERK_SCRIPT_PATH}`;
  script.crossOrigin = "anonymous";
  script.dataset.clerkPublishableKey = publishableKey;
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error("Clerk's script could not be loaded"));
    document.head.append(script);
  });
  const clerk = window.Clerk;
  if (clerk === undefined) throw new Error("Clerk's script brought no client");
  await clerk.load({});
  if (organization !== undefined && clerk.session) await clerk.setActive({ organization });
  return clerk;
}
