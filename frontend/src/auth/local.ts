import { type Auth, SignedOut } from "./auth.ts";

/** A token is renewed when less than this is left of it: enough for a slow request to arrive in time. */
const RENEW_BEFORE_END_MS = 15_000;
const SESSION_KEY = "hangtag.session";

type Held = { jwt: string; endsAt: number };

/** Auth through the local stand-in for Clerk: a page to choose a person, then 60-second tokens. */
export function localAuth(signInUrl: string, organization: string | undefined): Auth {
  takeSessionFromAddress();
  const origin = new URL(signInUrl).origin;
  let held: Held | undefined;
  let renewing: Promise<Held> | undefined;

  const sessionUrl = (sid: string) => `${origin}/v1/client/sessions/${encodeURIComponent(sid)}`;

  async function renew(): Promise<Held> {
    const sid = localStorage.getItem(SESSION_KEY);
    if (sid === null) throw new SignedOut();
    const response = await fetch(`${sessionUrl(sid)}/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(organization === undefined ? {} : { organization }),
    });
    if (response.status === 401 || response.status === 404) {
      localStorage.removeItem(SESSION_KEY);
      throw new SignedOut();
    }
    if (!response.ok) throw new Error(`no token: ${response.status}`);
    const { jwt } = (await response.json()) as { jwt: string };
    return { jwt, endsAt: endOf(jwt) };
  }

  return {
    signedIn: () => localStorage.getItem(SESSION_KEY) !== null,
    async token() {
      if (held !== undefined && held.endsAt - Date.now() > RENEW_BEFORE_END_MS) return held.jwt;
      renewing ??= renew().finally(() => {
        renewing = undefined;
      });
      held = await renewing;
      return held.jwt;
    },
    signIn(returnTo) {
      const url = new URL(signInUrl);
      url.searchParams.set("redirect_url", returnTo);
      if (organization !== undefined) url.searchParams.set("org", organization);
      location.assign(url);
    },
    async signOut() {
      const sid = localStorage.getItem(SESSION_KEY);
      localStorage.removeItem(SESSION_KEY);
      held = undefined;
      if (sid !== null) await fetch(sessionUrl(sid), { method: "DELETE" }).catch(() => undefined);
    },
  };
}

/** Coming back from the sign-in page, the session's id stands behind the `#`; it leaves the address at once. */
function takeSessionFromAddress(): void {
  const sid = new URLSearchParams(location.hash.slice(1)).get("session");
  if (sid === null) return;
  localStorage.setItem(SESSION_KEY, sid);
  history.replaceState(history.state, "", location.pathname + location.search);
}

/** When a token ends, on this browser's clock: its lifetime counted from now, so that a wrong clock does no harm. */
export function endOf(jwt: string, now = Date.now()): number {
  const payload = jwt.split(".")[1] ?? "";
  const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as {
    iat: number;
    exp: number;
  };
  return now + (claims.exp - claims.iat) * 1000;
}
