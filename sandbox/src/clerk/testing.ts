import { Hono } from "hono";
import { freshId } from "../ids.ts";
import { MAX_TOKEN_LIFETIME_SECONDS, TOKEN_LIFETIME_SECONDS } from "../limits.ts";
import {
  isObject,
  type JsonObject,
  optionalChoice,
  optionalFlag,
  optionalInteger,
  optionalObject,
  optionalText,
  readJson,
  refuse,
  requiredText,
} from "../requests.ts";
import type { Services } from "../services.ts";
import { tokenSubject } from "./frontend-api.ts";
import type { Person } from "./people.ts";
import { sessionClaims, signToken, TOKEN_ALGORITHMS } from "./tokens.ts";

/** Doors for tests and seeds: people, sessions, tokens good and bad, keys. */
export function clerkTesting(services: Services): Hono {
  const app = new Hono();

  app.get("/testing/users", (c) => c.json({ items: services.directory.everybody() }));

  app.post("/testing/users", async (c) => {
    const body = await readJson(c);
    try {
      const person = services.directory.save({
        id: optionalText(body, "id"),
        email: optionalText(body, "email"),
        first_name: optionalText(body, "first_name"),
        last_name: optionalText(body, "last_name"),
        memberships: readMemberships(body.memberships),
      });
      return c.json(person, 201);
    } catch (error) {
      if (error instanceof RangeError) throw refuse(400, error.message);
      throw error;
    }
  });

  app.post("/testing/sessions", async (c) => {
    const person = readPerson(services, await readJson(c));
    const session = services.sessions.start(person.id, "testing");
    return c.json(
      { sid: session.id, user: person.id, expires_at: new Date(session.expires_at_ms).toISOString() },
      201,
    );
  });

  app.post("/testing/tokens", async (c) => {
    const body = await readJson(c);
    const person = readPerson(services, body);
    const lifetime =
      optionalInteger(body, "lifetime_seconds", -MAX_TOKEN_LIFETIME_SECONDS, MAX_TOKEN_LIFETIME_SECONDS) ??
      TOKEN_LIFETIME_SECONDS;
    const session = optionalText(body, "sid") ?? freshId("sess");
    const organization = optionalText(body, "organization") ?? null;
    const subject = tokenSubject(
      services,
      person,
      session,
      organization,
      optionalText(body, "origin") ?? null,
    );
    const claims = sessionClaims(subject, services.now(), lifetime);
    const jwt = signToken(claims, services.keys.current(), {
      claims: optionalObject(body, "claims"),
      alg: optionalChoice(body, "alg", TOKEN_ALGORITHMS),
      kid: optionalText(body, "kid"),
      foreignKey: optionalFlag(body, "foreign_key"),
      tamper: optionalFlag(body, "tamper"),
    });
    return c.json({ jwt });
  });

  app.post("/testing/keys/rotate", async (c) => {
    const hasBody = (c.req.header("content-type") ?? "") !== "";
    const body: JsonObject = hasBody ? await readJson(c) : {};
    const key = services.keys.rotate(optionalFlag(body, "drop_old"));
    return c.json({
      kid: key.kid,
      published: services.keys.publicKeys().keys.map((published) => published.kid),
    });
  });

  return app;
}

function readPerson(services: Services, body: JsonObject): Person {
  const id = requiredText(body, "user");
  const person = services.directory.person(id);
  if (person === undefined) throw refuse(404, `no person ${id}; make one with POST /testing/users`);
  return person;
}

function readMemberships(value: unknown): { organization: string; role: string }[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw refuse(400, "memberships must be a list");
  return value.map((entry: unknown) => {
    if (!isObject(entry)) throw refuse(400, "each membership must be an object");
    return {
      organization: requiredText(entry, "organization"),
      role: optionalText(entry, "role") ?? "member",
    };
  });
}
