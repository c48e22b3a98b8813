import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { OAUTH_LIFETIME_MS } from "../limits.ts";
import { parseLocalUrl } from "../local-origins.ts";
import type { Services } from "../services.ts";
import { magicLinkMail } from "./magic-link-mail.ts";
import type { Destination } from "./magic-links.ts";
import { isSlug, normalizeEmail, type Person } from "./people.ts";
import type { SignInMethod } from "./sessions.ts";
import { linkSentPage, problemPage, type SignInNotice, signedInPage, signInPage } from "./sign-in-pages.ts";

/** Ties the way back from the provider to the browser that left. */
const FLOW_COOKIE = "sandbox_social_state";

/** The sign-in page and the three ways through it. */
export function signIn(services: Services): Hono {
  const app = new Hono();

  app.get("/sign-in", (c) => {
    const wanted = readDestination(c.req.query("redirect_url"), c.req.query("org"));
    if (!wanted.ok) return refused(c, wanted.reason);
    return showSignIn(c, services, wanted.destination);
  });

  app.post("/sign-in/as", async (c) => {
    const form = await c.req.parseBody();
    const wanted = readDestination(form.redirect_url, form.org);
    if (!wanted.ok) return refused(c, wanted.reason);
    const person = typeof form.user === "string" ? services.directory.person(form.user) : undefined;
    // Only demo people sign in by a click; the others have a mailbox.
    if (person === undefined || person.demo === null) {
      return showSignIn(c, services, wanted.destination, {
        kind: "problem",
        text: "Choose one of the people below.",
      });
    }
    return finish(c, services, person, "demo_person", wanted.destination);
  });

  app.post("/sign-in/link", async (c) => {
    const form = await c.req.parseBody();
    const wanted = readDestination(form.redirect_url, form.org);
    if (!wanted.ok) return refused(c, wanted.reason);
    const email = typeof form.email === "string" ? normalizeEmail(form.email) : undefined;
    if (email === undefined) {
      return showSignIn(c, services, wanted.destination, {
        kind: "email",
        text: "That is not an e-mail address. Write it like name@example.org.",
      });
    }
    const secret = services.magicLinks.create(email, wanted.destination);
    const link = `${new URL(c.req.url).origin}/sign-in/link?token=${secret}`;
    services.mailbox.receive(magicLinkMail(email, link, organizationName(services, wanted.destination)));
    return c.html(linkSentPage(email));
  });

  app.get("/sign-in/link", (c) => {
    // Mail scanners look at links without following them; looking must not use one up.
    if (c.req.method === "HEAD") return c.body(null, 200);
    const redeemed = services.magicLinks.redeem(c.req.query("token") ?? "");
    if (redeemed === undefined) {
      return c.html(problemPage("This link no longer works", LINK_PROBLEM), 410);
    }
    return finish(
      c,
      services,
      services.directory.personForSignIn(redeemed.email),
      "magic_link",
      redeemed.destination,
    );
  });

  app.post("/sign-in/social", async (c) => {
    const form = await c.req.parseBody();
    const wanted = readDestination(form.redirect_url, form.org);
    if (!wanted.ok) return refused(c, wanted.reason);
    const state = services.socialFlows.begin(wanted.destination);
    setCookie(c, FLOW_COOKIE, state, {
      httpOnly: true,
      sameSite: "Lax",
      path: "/sign-in/social",
      maxAge: OAUTH_LIFETIME_MS / 1_000,
    });
    return c.redirect(
      `/social/authorize?${new URLSearchParams({ response_type: "code", client_id: "sandbox", state })}`,
      303,
    );
  });

  app.get("/sign-in/social/callback", (c) => {
    const state = c.req.query("state") ?? "";
    const ours = state !== "" && getCookie(c, FLOW_COOKIE) === state;
    deleteCookie(c, FLOW_COOKIE, { path: "/sign-in/social" });
    const destination = ours ? services.socialFlows.finish(state) : undefined;
    if (destination === undefined)
      return c.html(problemPage("That sign-in did not start here", FLOW_PROBLEM), 400);
    if (c.req.query("error") !== undefined) {
      return showSignIn(c, services, destination, {
        kind: "problem",
        text: "You did not allow the sign-in. Nothing happened.",
      });
    }
    const email = services.socialFlows.exchange(c.req.query("code") ?? "");
    if (email === undefined) return c.html(problemPage("That sign-in did not start here", FLOW_PROBLEM), 400);
    return finish(c, services, services.directory.personForSignIn(email), "social", destination);
  });

  return app;
}

const LINK_PROBLEM = "Each link works once, for ten minutes. Ask for a new one on the sign-in page.";
const FLOW_PROBLEM =
  "It was finished already, waited longer than ten minutes, or began in another browser. Start again on the sign-in page.";

type ReadDestination = { ok: true; destination: Destination } | { ok: false; reason: string };

function readDestination(redirectUrl: unknown, organization: unknown): ReadDestination {
  const slug = typeof organization === "string" && organization !== "" ? organization : null;
  if (slug !== null && !isSlug(slug)) return { ok: false, reason: "the organization’s name is not one" };
  if (typeof redirectUrl !== "string" || redirectUrl === "") {
    return { ok: true, destination: { redirectUrl: null, organization: slug } };
  }
  const parsed = parseLocalUrl(redirectUrl);
  if (!parsed.ok) return parsed;
  parsed.url.hash = "";
  return { ok: true, destination: { redirectUrl: parsed.url.href, organization: slug } };
}

function refused(c: Context, reason: string): Response | Promise<Response> {
  const text = `This sign-in only leads back to pages on this machine (http://localhost, http://*.localhost, http://127.0.0.1): ${reason}.`;
  return c.html(problemPage("That address is not allowed", text), 400);
}

function showSignIn(
  c: Context,
  services: Services,
  destination: Destination,
  notice: SignInNotice | null = null,
): Response | Promise<Response> {
  const people = services.directory.everybody().filter((person) => person.demo !== null);
  const name = organizationName(services, destination);
  return c.html(signInPage(destination, name, people, notice), notice === null ? 200 : 422);
}

function organizationName(services: Services, destination: Destination): string | null {
  if (destination.organization === null) return null;
  return services.directory.organization(destination.organization)?.name ?? destination.organization;
}

function finish(
  c: Context,
  services: Services,
  person: Person,
  method: SignInMethod,
  destination: Destination,
): Response | Promise<Response> {
  const session = services.sessions.start(person.id, method);
  services.log.info("signed in", { method, person: person.id });
  c.header("cache-control", "no-store");
  if (destination.redirectUrl === null)
    return c.html(signedInPage(person, session.id, new URL(c.req.url).origin));
  return c.redirect(`${destination.redirectUrl}#session=${session.id}`, 303);
}
