import { createHmac, randomBytes, sign } from "node:crypto";
import { TOKEN_SKEW_SECONDS } from "../limits.ts";
import type { JsonObject } from "../requests.ts";
import { foreignKey, type SigningKey } from "./keys.ts";
import type { Organization } from "./people.ts";

/**
 * Clerk's session token, version 2: how its claims are put together and
 * signed, and how a test gets one that is wrong in exactly one way.
 */

export interface TokenSubject {
  issuer: string;
  user: string;
  session: string;
  /** The active organization and the person's role in it; null for none. */
  organization: { organization: Organization; role: string } | null;
  /** The page that asked, from its Origin header; null where the request had none. */
  origin: string | null;
}

/** Bytes that make each token one of its kind. */
const JTI_BYTES = 10;

/** Organization features and permissions that the instance is set up with. */
const FEATURES = ["organization", "events", "sales"] as const;
const PERMISSIONS = ["read", "manage"] as const;
const READ = 1;
const READ_AND_MANAGE = 3;

/** Per role: for each feature a mask over PERMISSIONS, the first permission in the lowest bit. */
const MASKS: Record<string, readonly number[]> = {
  admin: [READ_AND_MANAGE, READ_AND_MANAGE, READ_AND_MANAGE],
  event_admin: [READ, READ_AND_MANAGE, READ_AND_MANAGE],
  support: [READ, READ, READ],
  member: [0, READ, 0],
};

/** The claims of a token made at `nowMs`; instants in whole seconds, as JWT wants them. */
export function sessionClaims(subject: TokenSubject, nowMs: number, lifetimeSeconds: number): JsonObject {
  const issuedAt = Math.floor(nowMs / 1_000);
  const claims: JsonObject = {
    v: 2,
    iss: subject.issuer,
    sub: subject.user,
    sid: subject.session,
    sts: "active",
    // Minutes since the first factor was proved; no second factor was.
    fva: [0, -1],
    iat: issuedAt,
    nbf: issuedAt - TOKEN_SKEW_SECONDS,
    exp: issuedAt + lifetimeSeconds,
    jti: randomBytes(JTI_BYTES).toString("hex"),
  };
  if (subject.origin !== null) claims.azp = subject.origin;
  if (subject.organization !== null) {
    const { organization, role } = subject.organization;
    const masks = MASKS[role] ?? MASKS.member ?? [];
    claims.fea = FEATURES.map((feature) => `o:${feature}`).join(",");
    claims.o = {
      id: organization.id,
      slg: organization.slug,
      rol: role,
      per: PERMISSIONS.join(","),
      fpm: masks.join(","),
    };
  }
  return claims;
}

/** What a test may bend; everything left out stays as it should be. */
export interface Forgery {
  /** Laid over the claims; null removes one. */
  claims?: JsonObject | undefined;
  /** `RS256` (default), another RSA family, `none`, or `HS256` keyed with the public key's PEM. */
  alg?: TokenAlgorithm | undefined;
  /** Named in the header instead of the signing key's own id. */
  kid?: string | undefined;
  /** Signs with a key that was never published, under the current key's id. */
  foreignKey?: boolean | undefined;
  /** Changes the payload after signing. */
  tamper?: boolean | undefined;
}

export const TOKEN_ALGORITHMS = ["RS256", "RS384", "RS512", "none", "HS256"] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** A signed token in compact form, bent where `forgery` says so. */
export function signToken(claims: JsonObject, key: SigningKey, forgery: Forgery = {}): string {
  const alg = forgery.alg ?? "RS256";
  const signer = forgery.foreignKey === true ? foreignKey(key.kid) : key;
  const header = { alg, kid: forgery.kid ?? key.kid, typ: "JWT" };
  const payload = override(claims, forgery.claims);
  const signed = `${encode(header)}.${encode(payload)}`;
  const signature = signatureOf(signed, alg, signer);
  if (forgery.tamper !== true) return `${signed}.${signature}`;
  return `${encode(header)}.${encode({ ...payload, sub: "user_somebody_else" })}.${signature}`;
}

function override(claims: JsonObject, changes: JsonObject = {}): JsonObject {
  return Object.fromEntries(Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== null));
}

function encode(part: JsonObject): string {
  return Buffer.from(JSON.stringify(part), "utf8").toString("base64url");
}

function signatureOf(signed: string, alg: TokenAlgorithm, key: SigningKey): string {
  switch (alg) {
    case "none":
      return "";
    case "HS256": {
      // The classic mix-up: a verifier that lets the token choose takes the public key for a shared secret.
      const pem = key.publicKey.export({ format: "pem", type: "spki" });
      return createHmac("sha256", pem).update(signed).digest("base64url");
    }
    case "RS256":
    case "RS384":
    case "RS512":
      return sign(`sha${alg.slice(2)}`, Buffer.from(signed), key.privateKey).toString("base64url");
  }
}
