import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { TOKEN_LIFETIME_SECONDS } from "../limits.ts";
import { isLocalOrigin } from "../local-origins.ts";
import type { JsonObject } from "../requests.ts";
import { isObject } from "../requests.ts";
import type { Services } from "../services.ts";
import type { Organization, Person } from "./people.ts";
import type { Session } from "./sessions.ts";
import { sessionClaims, signToken, type TokenSubject } from "./tokens.ts";

/** Seconds that a verifier may keep the key set. */
const JWKS_MAX_AGE_SECONDS = 60;

/** The part of Clerk's frontend API that a browser needs: keys, tokens, sign-out. */
export function frontendApi(services: Services): Hono {
  const app = new Hono();

  app.get("/.well-known/jwks.json", (c) => {
    c.header("cache-control", `public, max-age=${JWKS_MAX_AGE_SECONDS}`);
    c.header("access-control-allow-origin", "*");
    return c.json(services.keys.publicKeys());
  });

  app.use(
    "/v1/*",
    cors({
      origin: (origin) => (isLocalOrigin(origin) ? origin : null),
      allowMethods: ["POST", "DELETE"],
      allowHeaders: ["content-type"],
      maxAge: 600,
    }),
  );

  app.post("/v1/client/sessions/:sid/tokens", async (c) => {
    const session = services.sessions.active(c.req.param("sid"));
    const person = session === undefined ? undefined : services.directory.person(session.user);
    if (session === undefined || person === undefined) return sessionNotFound(c);
    const wanted = await wantedOrganization(c, services);
    if (wanted.strict && membershipOf(services, person, wanted.slug) === null) return notAMember(c);

    const origin = c.req.header("origin") ?? null;
    const subject = tokenSubject(services, person, session.id, wanted.slug, origin);
    const claims = sessionClaims(subject, services.now(), TOKEN_LIFETIME_SECONDS);
    c.header("cache-control", "no-store");
    return c.json({ object: "token", jwt: signToken(claims, services.keys.current()) });
  });

  app.delete("/v1/client/sessions/:sid", (c) => {
    const ended: Session | undefined = services.sessions.active(c.req.param("sid"));
    if (ended === undefined || !services.sessions.end(ended.id)) return sessionNotFound(c);
    return c.json({ response: { object: "session", id: ended.id, status: "removed", user_id: ended.user } });
  });

  return app;
}

/** Who the token is about; without the organization where the person does not belong to it. */
export function tokenSubject(
  services: Services,
  person: Person,
  session: string,
  organizationSlug: string | null,
  origin: string | null,
): TokenSubject {
  return {
    issuer: services.issuer(),
    user: person.id,
    session,
    organization: membershipOf(services, person, organizationSlug),
    origin: origin === "null" || origin === "" ? null : origin,
  };
}

function membershipOf(
  services: Services,
  person: Person,
  slug: string | null,
): { organization: Organization; role: string } | null {
  const organization = slug === null ? undefined : services.directory.organization(slug);
  const membership =
    organization === undefined ? undefined : services.directory.membership(person, organization.slug);
  return organization === undefined || membership === undefined
    ? null
    : { organization, role: membership.role };
}

/**
 * Clerk names the organization by id (`organization_id`, form or JSON) and
 * refuses strangers. Our own pages know only the slug of their host
 * (`organization`); whoever does not belong gets a token without one.
 */
async function wantedOrganization(
  c: Context,
  services: Services,
): Promise<{ slug: string | null; strict: boolean }> {
  const body = await readLoosely(c);
  const { organization, organization_id: id } = body;
  if (typeof id === "string" && id !== "") {
    return { slug: services.directory.organizationById(id)?.slug ?? null, strict: true };
  }
  return {
    slug: typeof organization === "string" && organization !== "" ? organization : null,
    strict: false,
  };
}

async function readLoosely(c: Context): Promise<JsonObject> {
  const type = c.req.header("content-type") ?? "";
  if (/^application\/json\b/i.test(type)) {
    const body: unknown = await c.req.json().catch(() => ({}));
    return isObject(body) ? body : {};
  }
  return await c.req.parseBody();
}

function sessionNotFound(c: Context): Response {
  const message = "Session not found";
  const error = {
    code: "resource_not_found",
    message,
    long_message: "No session was found with this id: it is unknown, over or signed out.",
  };
  return c.json({ errors: [error] }, 404);
}

function notAMember(c: Context): Response {
  const message = "Not a member of the organization";
  return c.json({ errors: [{ code: "not_a_member_in_organization", message, long_message: message }] }, 403);
}
