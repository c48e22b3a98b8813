// The platform as its callers meet it: over HTTP, at an organization's own host name.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";

const PORT = Number(process.env.HANGTAG_PORT ?? new URL(process.env.HANGTAG_URL ?? "http://x:8787").port);
const SANDBOX = process.env.HANGTAG_SANDBOX_URL ?? `http://127.0.0.1:${PORT + 1}`;

/** Host name and port of an organization. */
export const hostOf = (slug: string) => `${slug}.localhost:${PORT}`;

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  rule?: string;
  found?: string;
  allowed?: string;
  request_id: string;
}

export interface Answer<Body> {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  body: Body;
}

export interface Ask {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  key?: string;
}

/** Sends a request to `host`. Names ending in .localhost are this machine, which not every resolver knows. */
export function call<Body = never>(
  host: string,
  method: string,
  path: string,
  ask: Ask = {},
): Promise<Answer<Body>> {
  const raw = typeof ask.body === "string" || ask.body instanceof Uint8Array;
  const headers: Record<string, string> = { host, connection: "close" };
  if (ask.body !== undefined && !raw) headers["content-type"] = "application/json";
  if (ask.token !== undefined) headers.authorization = `Bearer ${ask.token}`;
  if (ask.key !== undefined) headers["idempotency-key"] = ask.key;
  Object.assign(headers, ask.headers);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port: PORT, method, path, headers, timeout: 30_000 },
      (response) => {
        collect(response).then((text) => {
          const json = (response.headers["content-type"] ?? "").includes("json");
          const body = json && !text.includes("\n{") && text !== "" ? JSON.parse(text) : text;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: body as Body });
        }, reject);
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${path} took too long`)));
    sent.on("error", reject);
    if (ask.body !== undefined) sent.write(raw ? (ask.body as string) : JSON.stringify(ask.body));
    sent.end();
  });
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

export interface TokenOptions {
  organization?: string;
  origin?: string;
  lifetime_seconds?: number;
  alg?: string;
  kid?: string;
  foreign_key?: boolean;
  tamper?: boolean;
  claims?: Record<string, unknown>;
}

/** A session token as the identity provider gives it, good or bad. */
export async function token(user: string, options: TokenOptions = {}): Promise<string> {
  const response = await fetch(`${SANDBOX}/testing/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user, ...options }),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return (JSON.parse(text) as { jwt: string }).jwt;
}

/** Somebody who speaks to one organization; tokens live a minute and are renewed well before. */
export class Person {
  readonly host: string;
  readonly #user: string;
  #token = "";
  #until = 0;

  constructor(user: string, slug: string) {
    this.#user = user;
    this.host = hostOf(slug);
  }

  async token(): Promise<string> {
    if (Date.now() > this.#until) {
      this.#token = await token(this.#user, { origin: `http://${this.host}` });
      this.#until = Date.now() + 30_000;
    }
    return this.#token;
  }

  async call<Body = never>(method: string, path: string, ask: Ask = {}): Promise<Answer<Body>> {
    return call<Body>(this.host, method, path, { token: await this.token(), ...ask });
  }

  /** A request that must go well. */
  async ok<Body>(method: string, path: string, ask: Ask = {}): Promise<Body> {
    const answer = await this.call<Body>(method, path, ask);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }
}

export interface Position {
  stream: string;
  seq: number;
}

/** A new organization under a name that nobody had. */
export async function freshOrganization(): Promise<{ slug: string; id: string; admin: Person }> {
  const slug = `t${randomBytes(6).toString("hex")}`;
  const host = hostOf("platform");
  const answer = await call<Position & { organization: string }>(
    host,
    "POST",
    "/api/v1/platform/organizations",
    {
      token: await token("user_demo_super", { origin: `http://${host}` }),
      key: slug,
      body: { slug, name: "Test", currency: "USD", time_zone: "UTC", first_admin: "user_demo_olivia" },
    },
  );
  assert.equal(answer.status, 201, answer.text);
  return { slug, id: answer.body.organization, admin: new Person("user_demo_olivia", slug) };
}

/** A new event that takes items. */
export async function freshEvent(admin: Person): Promise<string> {
  const { id } = await admin.ok<{ id: string }>("POST", "/api/v1/events", {
    key: randomUUID(),
    body: { name: "Spring sale", starts_on: "2027-04-01", ends_on: "2027-04-03" },
  });
  await move(admin, id, "registration");
  return id;
}

export const move = (admin: Person, event: string, to: string) =>
  admin.ok<Position>("POST", `/api/v1/events/${event}/transitions`, { body: { to } });

/** Imports rows of `consignor,title,price`. */
export async function stock(
  admin: Person,
  event: string,
  rows: [number, string, string][],
): Promise<string[]> {
  const header = "consignor_number,consignor_name,category,title,condition,price";
  const lines = rows.map(
    ([consignor, title, price]) => `${consignor},Person ${consignor},toys,${title},good,${price}`,
  );
  const report = await admin.ok<{ results: { tag?: string }[] }>("POST", `/api/v1/events/${event}/imports`, {
    key: randomUUID(),
    headers: { "content-type": "text/csv" },
    body: [header, ...lines].join("\n"),
  });
  return report.results.map((row) => row.tag ?? "");
}

/** A session of `event` that sells, once the event has taken these steps. */
export async function openSession(
  admin: Person,
  event: string,
  steps = ["intake", "selling"],
): Promise<string> {
  for (const to of steps) await move(admin, event, to);
  const { id } = await admin.ok<{ id: string }>("POST", `/api/v1/events/${event}/sessions`, {
    body: { name: "Saturday", channels: ["floor"] },
  });
  await admin.ok("POST", `/api/v1/sessions/${id}/open`);
  const end = Date.now() + 15_000;
  for (;;) {
    const { status } = await admin.ok<{ status: string }>("GET", `/api/v1/sessions/${id}`);
    if (status === "open") return id;
    assert.ok(Date.now() < end, `the session is still ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface Paired extends Position {
  terminal: string;
  session: string;
  token: string;
}

/** A terminal of `session`. */
export async function pair(admin: Person, session: string, name = "Till 1"): Promise<Paired> {
  const { code } = await admin.ok<{ code: string }>("POST", `/api/v1/sessions/${session}/pairings`);
  const answer = await call<Paired>(admin.host, "POST", "/api/v1/pairings/claim", { body: { code, name } });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

/** A basket paid in cash, exactly. */
export const basket = (lines: [tag: string, cents: number][]) => ({
  receipt: randomUUID(),
  lines: lines.map(([tag, price_cents]) => ({ tag, price_cents, keyed: false })),
  tenders: [{ kind: "cash", amount_cents: lines.reduce((sum, [, cents]) => sum + cents, 0) }],
  change_cents: 0,
  occurred_at: new Date().toISOString(),
});

export interface Frame {
  type: string;
  seq?: number;
  head?: number;
  kind?: string;
  payload?: string;
}

export interface Listener {
  status: number;
  protocol: string | undefined;
  frames: Frame[];
  close: () => void;
  /** The code with which the platform closed it, once it has. */
  closed: () => number | undefined;
}

/** A socket's handshake; `frames` fills with what the platform sends. */
export function listen(host: string, path: string, headers: Record<string, string>): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port: PORT,
      path,
      headers: {
        host,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": randomBytes(16).toString("base64"),
        ...headers,
      },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      response.resume();
      resolve({
        status: response.statusCode ?? 0,
        protocol: undefined,
        frames: [],
        close: () => undefined,
        closed: () => undefined,
      });
    });
    sent.on("upgrade", (response, socket, head) => {
      const frames: Frame[] = [];
      const closed = read(socket, head, frames);
      const protocol = response.headers["sec-websocket-protocol"];
      resolve({ status: 101, protocol, frames, close: () => socket.destroy(), closed });
    });
    sent.end();
  });
}

/** Reads text and closing frames of a server (RFC 6455, never masked); answers with the closing code, once it came. */
function read(socket: Duplex, head: Buffer, frames: Frame[]): () => number | undefined {
  let rest = head;
  let code: number | undefined;
  const take = (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const short = (rest[1] ?? 0) & 0x7f;
      const start = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (rest.length < start) return;
      const length =
        short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short;
      if (rest.length < start + length) return;
      if (((rest[0] ?? 0) & 0x0f) === 1) {
        const lines = rest.toString("utf8", start, start + length).split("\n");
        frames.push(...lines.map((line): Frame => JSON.parse(line)));
      }
      if (((rest[0] ?? 0) & 0x0f) === 8) {
        code = length >= 2 ? rest.readUInt16BE(start) : 1005;
        socket.destroy();
      }
      rest = rest.subarray(start + length);
    }
  };
  socket.on("data", take);
  socket.on("error", () => undefined);
  take(Buffer.alloc(0));
  return () => code;
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
