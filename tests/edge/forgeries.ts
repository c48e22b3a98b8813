// Tokens that must not be believed, at every kind of door; and a flood of keys that nobody has.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listen, type TokenOptions, token } from "../integration/support/edge.ts";
import { once, patiently } from "./client.ts";
import type { World } from "./world.ts";

export interface Refusals {
  refused: number;
  believed: string[];
  server_errors: string[];
}

const now = () => Math.floor(Date.now() / 1_000);

/** What is wrong with the token, how it is made, and the code of its refusal. */
const FORGERIES: [string, () => TokenOptions, string][] = [
  ["alg none", () => ({ alg: "none" }), "token_wrong_algorithm"],
  ["HS256 keyed with the public key", () => ({ alg: "HS256" }), "token_wrong_algorithm"],
  ["RS384", () => ({ alg: "RS384" }), "token_wrong_algorithm"],
  ["RS512", () => ({ alg: "RS512" }), "token_wrong_algorithm"],
  ["a key of their own under our key's id", () => ({ foreign_key: true }), "token_wrong_signature"],
  ["tampered payload", () => ({ tamper: true }), "token_wrong_signature"],
  ["unknown key", () => ({ kid: "ins_nobody" }), "token_unknown_key"],
  ["expired", () => ({ lifetime_seconds: -10 }), "token_expired"],
  ["not yet valid", () => ({ claims: { nbf: now() + 60 } }), "token_not_yet_valid"],
  ["issued in the future", () => ({ claims: { iat: now() + 60 } }), "token_not_yet_valid"],
  ["another issuer", () => ({ claims: { iss: "https://clerk.example" } }), "token_wrong_issuer"],
  ["another site", () => ({ origin: "http://evil.example" }), "token_wrong_origin"],
  [
    "another organization",
    () => ({ claims: { o: { id: "org_x", slg: "elsewhere", rol: "admin" } } }),
    "token_wrong_organization",
  ],
  ["version 1", () => ({ claims: { v: 1 } }), "token_wrong_version"],
  ["no version", () => ({ claims: { v: null } }), "token_wrong_version"],
  ["no subject", () => ({ claims: { sub: "" } }), "token_malformed"],
  ["no expiry", () => ({ claims: { exp: null } }), "token_malformed"],
  ["no start", () => ({ claims: { nbf: null } }), "token_malformed"],
  ["a subject that is no text", () => ({ claims: { sub: { toString: "user" } } }), "token_malformed"],
];

/** Invented keys in the flood. */
const FLOOD = 150;

/** Fetches of the key document that a flood may cause. */
const FETCHES_MAX = 2;

export async function forgeries(of: World): Promise<Refusals> {
  const outcome: Refusals = { refused: 0, believed: [], server_errors: [] };
  const origin = `http://${of.host}`;
  const doors: [string, string, string | undefined][] = [
    ["GET", "/api/v1/me", undefined],
    ["GET", `/api/v1/events/${of.ids.event}`, undefined],
    ["POST", "/api/v1/events", JSON.stringify({ name: "Forged" })],
  ];
  const judge = (what: string, status: number, text: string, code: string) => {
    if (status >= 500) outcome.server_errors.push(`${what}: ${status} ${text}`);
    if (status === 401 && text.includes(`"${code}"`)) outcome.refused += 1;
    else outcome.believed.push(`${what}: ${status} ${text}, not 401 ${code}`);
  };
  for (const [what, options, code] of FORGERIES) {
    const jwt = await token("user_demo_olivia", { origin, ...options() });
    for (const [method, path, body] of doors) {
      const headers = {
        authorization: `Bearer ${jwt}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const said = await patiently({ host: of.host, method, path, headers, body });
      judge(`${what} at ${method} ${path}`, said.status, said.text, code);
    }
    const socket = await listenPatiently(of.host, `/api/v1/sessions/${of.ids.session}/live`, {
      "sec-websocket-protocol": `bearer.${jwt}`,
    });
    socket.close();
    if (socket.status === 401) outcome.refused += 1;
    else outcome.believed.push(`${what} at a socket: ${socket.status}`);
  }
  for (const [what, jwt] of await mangled(origin)) {
    const said = await patiently({
      host: of.host,
      method: "GET",
      path: "/api/v1/me",
      headers: { authorization: `Bearer ${jwt}` },
    });
    if (said.status === 401) outcome.refused += 1;
    else outcome.believed.push(`${what}: ${said.status} ${said.text}`);
  }
  await flood(of, outcome);
  return outcome;
}

/** As a caller should, waits where it is told to. */
async function listenPatiently(host: string, path: string, headers: Record<string, string>) {
  for (;;) {
    const socket = await listen(host, path, headers);
    if (socket.status !== 429) return socket;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** A good token, broken by hand. */
async function mangled(origin: string): Promise<[string, string][]> {
  const good = await token("user_demo_olivia", { origin });
  const [header = "", payload = "", signature = ""] = good.split(".");
  const spelled = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return [
    ["without its signature", `${header}.${payload}.`],
    ["with half its signature", `${header}.${payload}.${signature.slice(0, 200)}`],
    ["with two payloads", `${header}.${payload}.${payload}.${signature}`],
    [
      "its own key in the header",
      `${spelled({ alg: "RS256", jwk: { kty: "RSA", n: "x", e: "AQAB" } })}.${payload}.${signature}`,
    ],
    [
      "a key's address in the header",
      `${spelled({ alg: "RS256", kid: "x", jku: "http://evil.example" })}.${payload}.${signature}`,
    ],
    ["an array of algorithms", `${spelled({ alg: ["RS256"], kid: "x" })}.${payload}.${signature}`],
    ["a path as key", `${spelled({ alg: "RS256", kid: "../../jwks" })}.${payload}.${signature}`],
    ["nothing but dots", ".."],
    ["a terminal's prefix before it", `hgt_${good}`],
    ["padding", `${header}=.${payload}=.${signature}=`],
  ];
}

const fetches = () => {
  const log = join(process.env.HANGTAG_STATE ?? ".hangtag/state", "log", "sandbox.log");
  return readFileSync(log, "utf8").split("jwks.json").length - 1;
};

/** Invented keys must not become a flood on the identity provider, and good tokens are believed meanwhile. */
async function flood(of: World, outcome: Refusals): Promise<void> {
  const origin = `http://${of.host}`;
  const good = await token("user_demo_olivia", { origin });
  const [, payload = "", signature = ""] = good.split(".");
  const before = fetches();
  for (let n = 0; n < FLOOD; n += 1) {
    const header = Buffer.from(JSON.stringify({ alg: "RS256", kid: `ins_flood_${n}`, typ: "JWT" })).toString(
      "base64url",
    );
    const jwt = `${header}.${payload}.${signature}`;
    const said = await once({
      host: of.host,
      method: "GET",
      path: "/api/v1/me",
      headers: { authorization: `Bearer ${jwt}` },
    });
    if (said.status === 401 || said.status === 429) outcome.refused += 1;
    else outcome.believed.push(`key ${n} of a flood: ${said.status}`);
  }
  const caused = fetches() - before;
  if (caused > FETCHES_MAX)
    outcome.believed.push(`a flood of ${FLOOD} unknown keys caused ${caused} fetches`);
  const still = await once({
    host: of.host,
    method: "GET",
    path: "/api/v1/me",
    headers: { authorization: `Bearer ${good}` },
  });
  if (still.status !== 200) outcome.believed.push(`a good token after the flood: ${still.status}`);
}
