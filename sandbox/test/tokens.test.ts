import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  jwtVerify,
} from "jose";
import { sandboxFor, type TestSandbox } from "./support.ts";

const ORIGIN = "http://demo.localhost:8787";

async function tokenFor(sandbox: TestSandbox, body: Record<string, unknown> = {}): Promise<string> {
  const wanted = { user: "user_demo_olivia", organization: "demo", origin: ORIGIN, ...body };
  return (await sandbox.postJson<{ jwt: string }>("/testing/tokens", wanted)).jwt;
}

/** What a careful verifier does: keys by id from the key set, RS256 only, issuer and times. */
async function verify(sandbox: TestSandbox, jwt: string) {
  const keys = createLocalJWKSet(await sandbox.getJson<JSONWebKeySet>("/.well-known/jwks.json"));
  return jwtVerify(jwt, keys, { algorithms: ["RS256"], issuer: sandbox.url, clockTolerance: 5 });
}

test("a session's token carries Clerk's version 2 claims and verifies against the key set", async (t) => {
  const sandbox = await sandboxFor(t);
  const { sid } = await sandbox.postJson<{ sid: string }>("/testing/sessions", { user: "user_demo_olivia" });
  const response = await fetch(`${sandbox.url}/v1/client/sessions/${sid}/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: ORIGIN },
    body: JSON.stringify({ organization: "demo" }),
  });
  assert.equal(response.headers.get("access-control-allow-origin"), ORIGIN);
  const { jwt } = (await response.json()) as { jwt: string };
  const { payload, protectedHeader } = await verify(sandbox, jwt);

  assert.equal(protectedHeader.alg, "RS256");
  assert.equal(payload.v, 2);
  assert.equal(payload.iss, sandbox.url);
  assert.equal(payload.sub, "user_demo_olivia");
  assert.equal(payload.sid, sid);
  assert.equal(payload.azp, ORIGIN);
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 60);
  assert.ok((payload.nbf ?? Number.POSITIVE_INFINITY) <= (payload.iat ?? 0));
  assert.equal(payload.fea, "o:organization,o:events,o:sales");
  const { id, ...organization } = payload.o as Record<string, string>;
  assert.match(id ?? "", /^org_/);
  assert.deepEqual(organization, { slg: "demo", rol: "admin", per: "read,manage", fpm: "3,3,3" });
});

test("whoever does not belong gets a token without an organization, or Clerk's refusal when asking by id", async (t) => {
  const sandbox = await sandboxFor(t);
  const { sid } = await sandbox.postJson<{ sid: string }>("/testing/sessions", { user: "user_other_otto" });
  const path = `/v1/client/sessions/${sid}/tokens`;
  const { jwt } = await sandbox.postJson<{ jwt: string }>(path, { organization: "demo" });
  assert.equal(decodeJwt(jwt).o, undefined);

  const olivia = decodeJwt(await tokenFor(sandbox)).o as { id: string };
  const refused = await sandbox.post(path, { organization_id: olivia.id });
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /not_a_member_in_organization/);
});

test("an ended session makes no more tokens", async (t) => {
  const sandbox = await sandboxFor(t);
  const { sid } = await sandbox.postJson<{ sid: string }>("/testing/sessions", { user: "user_demo_ed" });
  const session = `${sandbox.url}/v1/client/sessions/${sid}`;
  const preflight = await fetch(session, {
    method: "OPTIONS",
    headers: { origin: ORIGIN, "access-control-request-method": "DELETE" },
  });
  assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /DELETE/);
  assert.equal((await fetch(session, { method: "DELETE" })).status, 200);
  assert.equal((await fetch(session, { method: "DELETE" })).status, 404);
  const late = await sandbox.post(`/v1/client/sessions/${sid}/tokens`, {});
  assert.equal(late.status, 404);
  assert.match(await late.text(), /resource_not_found/);
});

test("a page from elsewhere gets no CORS leave", async (t) => {
  const sandbox = await sandboxFor(t);
  for (const origin of [
    "https://evil.example",
    "http://demo.localhost.evil.example",
    "https://demo.localhost",
  ]) {
    const response = await fetch(`${sandbox.url}/v1/client/sessions/sess_x/tokens`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    assert.equal(response.headers.get("access-control-allow-origin"), null, origin);
  }
});

test("forged tokens are wrong in the way that was asked for", async (t) => {
  const sandbox = await sandboxFor(t);

  const expired = await tokenFor(sandbox, { lifetime_seconds: -30 });
  await assert.rejects(verify(sandbox, expired), errors.JWTExpired);

  const wrongParty = await verify(
    sandbox,
    await tokenFor(sandbox, { claims: { azp: "https://evil.example" } }),
  );
  assert.equal(wrongParty.payload.azp, "https://evil.example");

  const noParty = await verify(sandbox, await tokenFor(sandbox, { claims: { azp: null } }));
  assert.equal("azp" in noParty.payload, false);

  const unsigned = await tokenFor(sandbox, { alg: "none" });
  assert.equal(decodeProtectedHeader(unsigned).alg, "none");
  assert.equal(unsigned.split(".")[2], "");
  await assert.rejects(verify(sandbox, unsigned));

  await assert.rejects(
    verify(sandbox, await tokenFor(sandbox, { kid: "ins_unknown" })),
    errors.JWKSNoMatchingKey,
  );
  await assert.rejects(
    verify(sandbox, await tokenFor(sandbox, { foreign_key: true })),
    errors.JWSSignatureVerificationFailed,
  );
  await assert.rejects(
    verify(sandbox, await tokenFor(sandbox, { tamper: true })),
    errors.JWSSignatureVerificationFailed,
  );
  await assert.rejects(verify(sandbox, await tokenFor(sandbox, { alg: "RS512" })), errors.JOSEAlgNotAllowed);
});

test("the HS256 forgery verifies for whoever takes the public key for a shared secret", async (t) => {
  const sandbox = await sandboxFor(t);
  const jwt = await tokenFor(sandbox, { alg: "HS256" });
  await assert.rejects(verify(sandbox, jwt), errors.JOSEAlgNotAllowed);
  const pem = sandbox.services.keys.current().publicKey.export({ format: "pem", type: "spki" });
  const fooled = await jwtVerify(jwt, new TextEncoder().encode(String(pem)), { algorithms: ["HS256"] });
  assert.equal(fooled.payload.sub, "user_demo_olivia");
});

test("rotation keeps the old keys published for a while, or drops them at once", async (t) => {
  const sandbox = await sandboxFor(t);
  const before = await tokenFor(sandbox);
  const first = await sandbox.postJson<{ kid: string; published: string[] }>("/testing/keys/rotate", {});
  assert.equal(first.published.length, 2);
  assert.notEqual(decodeProtectedHeader(before).kid, first.kid);
  await verify(sandbox, before);
  await verify(sandbox, await tokenFor(sandbox));

  const second = await sandbox.postJson<{ published: string[] }>("/testing/keys/rotate", { drop_old: true });
  assert.equal(second.published.length, 1);
  await assert.rejects(verify(sandbox, before), errors.JWKSNoMatchingKey);

  for (let n = 0; n < 4; n += 1) await sandbox.post("/testing/keys/rotate", {});
  assert.equal((await sandbox.getJson<JSONWebKeySet>("/.well-known/jwks.json")).keys.length, 3);
});

test("the key set shows no private part", async (t) => {
  const sandbox = await sandboxFor(t);
  for (const key of (await sandbox.getJson<JSONWebKeySet>("/.well-known/jwks.json")).keys) {
    assert.deepEqual(Object.keys(key).sort(), ["alg", "e", "kid", "kty", "n", "use"]);
  }
});

test("people and memberships can be made, and wrong input is refused by field", async (t) => {
  const sandbox = await sandboxFor(t);
  const made = await sandbox.post("/testing/users", {
    id: "user_test_new",
    email: "New.Person@Example.org",
    memberships: [{ organization: "third", role: "org:admin" }],
  });
  assert.equal(made.status, 201);
  assert.equal(((await made.json()) as { email: string }).email, "new.person@example.org");
  const claims = decodeJwt(await tokenFor(sandbox, { user: "user_test_new", organization: "third" }));
  assert.equal((claims.o as { slg: string; rol: string }).slg, "third");
  assert.equal((claims.o as { slg: string; rol: string }).rol, "admin");

  for (const body of [
    { id: "olivia" },
    { email: "nobody" },
    { email: "olivia@example.org" },
    { memberships: [{}] },
  ]) {
    assert.equal((await sandbox.post("/testing/users", body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await sandbox.post("/testing/tokens", { user: "user_unknown" })).status, 404);
  assert.equal((await sandbox.post("/testing/tokens", { user: "user_demo_ed", alg: "ES256" })).status, 400);
});
