// The test doors of the log host: commands straight to objects, faults on demand, SQL on the read models.
// They open where the Worker runs with ENVIRONMENT=test.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

const ORIGIN = `http://127.0.0.1:${process.env.HANGTAG_PORT ?? "8787"}`;

/** An entry as the log holds it; the payload is the JSON text that was hashed. */
export interface Entry {
  seq: number;
  recorded_at: number;
  command_id: string;
  actor: string;
  kind: string;
  version: number;
  payload: string;
  hash: string;
}

export interface Accepted {
  stream: string;
  first_seq: number;
  seq: number;
  repeated: boolean;
  entries: Entry[];
}

export interface LogPage {
  stream: string;
  previous: string;
  entries: Entry[];
  head: { seq: number; hash: string };
}

export interface Answer {
  status: number;
  body: unknown;
}

async function call(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(`${ORIGIN}/api/testing/${path}`, {
    ...init,
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: text };
  }
}

const door = (stream: string, name: string) => `objects/${encodeURIComponent(stream)}/${name}`;

export const post = (stream: string, name: string, body: string) =>
  call(door(stream, name), { method: "POST", body });

export interface Options {
  id?: string;
  actor?: string;
  ifMatch?: number;
}

/** Sends a command's envelope to `name`: "command", or a door that has something go wrong behind it. */
export const send = (stream: string, command: unknown, options: Options = {}, name = "command") =>
  post(
    stream,
    name,
    JSON.stringify({
      command_id: options.id ?? randomUUID(),
      actor: options.actor ?? "person:user_test",
      if_match: options.ifMatch ?? null,
      command,
    }),
  );

/** Sends a command that must be taken. */
export async function submit(stream: string, command: unknown, options?: Options): Promise<Accepted> {
  const answer = await send(stream, command, options);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body as Accepted;
}

export async function page(stream: string, from = 1, limit = 1000): Promise<LogPage> {
  const answer = await call(door(stream, `log?from=${from}&limit=${limit}`));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body as LogPage;
}

/** The whole log, page by page. */
export async function log(stream: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const next = await page(stream, entries.length + 1);
    if (next.entries.length === 0) return entries;
    entries.push(...next.entries);
  }
}

export async function sql(stream: string, text: string): Promise<string[]> {
  const answer = await post(stream, "sql", text);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body as string[];
}

export async function d1<Row>(text: string): Promise<Row[]> {
  const answer = await call("d1", { method: "POST", body: text });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body as Row[];
}

/** What lies in the archive under a key; with a method, it is replaced by `body` or taken away. */
export async function archived(
  key: string,
  method: "GET" | "POST" | "DELETE" = "GET",
  body?: string,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${ORIGIN}/api/testing/archive?key=${encodeURIComponent(key)}`, {
    method,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, text: await response.text() };
}

/** Keeps a letter as a dead-letter queue brings it. */
export async function dies(queue: string, letter: string, body: unknown): Promise<void> {
  const answer = await call(`dead_letter/${queue}/${letter}`, { method: "POST", body: JSON.stringify(body) });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

/** What the cron trigger does, until the sweep is around. */
export async function sweep(): Promise<{ asked: number; armed: number; nudged: number; unreached: number }> {
  const all = { asked: 0, armed: 0, nudged: 0, unreached: 0 };
  for (let around = false; !around; ) {
    const answer = await call("sweep", { method: "POST" });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const swept = answer.body as typeof all & { around: boolean };
    for (const key of ["asked", "armed", "nudged", "unreached"] as const) all[key] += swept[key];
    around = swept.around;
  }
  return all;
}

/** Runs the projector on a stream here and now. */
export async function project(stream: string, action: "catch_up" | "resume" = "catch_up"): Promise<Answer> {
  return call(`projector/${encodeURIComponent(stream)}/${action}`, { method: "POST" });
}

/** Takes nudges as a queue may bring them: again, late, all at once. */
export async function nudge(nudges: { stream: string; head: number }[]): Promise<void> {
  const answer = await call("queue", { method: "POST", body: JSON.stringify(nudges) });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

/** Takes the messages of a mail as a queue may bring them. */
export async function bringMail(organization: string, email: string, times: number): Promise<void> {
  const message = { organization, body: { email } };
  const body = JSON.stringify(Array.from({ length: times }, () => message));
  const answer = await call("queue", { method: "POST", body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

/** Waits, without helping, until the queue has brought a stream's rows up to its head. */
export async function projected(stream: string): Promise<void> {
  await until(`the rows of ${stream}`, async () => {
    const { head } = await page(stream, 1, 1);
    const [place] = await d1<{ seq: number; hash: string }>(
      `SELECT seq, hash FROM checkpoint WHERE stream = '${stream}'`,
    );
    return place?.seq === head.seq && place.hash === head.hash;
  });
}

export async function until(
  what: string,
  holds: () => Promise<boolean>,
  milliseconds = 25_000,
): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `waited ${milliseconds} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface Frame {
  type: "entry" | "live" | "restored";
  seq?: number;
  head?: number;
  kind?: string;
  hash?: string;
}

/** Listens to a stream, as anybody or as somebody; `frames` fills as they come. */
export async function listen(
  stream: string,
  since: number,
  listener = "test",
  hash = "",
): Promise<{ frames: Frame[]; socket: WebSocket }> {
  const query = new URLSearchParams({ since: String(since), as: listener, hash });
  const address = `${ORIGIN.replace("http", "ws")}/api/testing/${door(stream, "live")}?${query}`;
  const socket = new WebSocket(address);
  const frames: Frame[] = [];
  socket.addEventListener("message", (event) => {
    for (const line of String(event.data).split("\n")) frames.push(JSON.parse(line) as Frame);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error(`no socket at ${address}`)), { once: true });
  });
  return { frames, socket };
}

/** A fresh organization, so that no test sees another's objects. */
export async function organization(): Promise<{ id: string; stream: string }> {
  const id = randomUUID();
  const stream = `${id}/organization`;
  await submit(stream, {
    type: "create",
    slug: `t-${id.slice(0, 8)}${id.slice(9, 13)}`,
    name: "Test",
    currency: "USD",
    time_zone: "UTC",
    first_admin: "user_test",
  });
  return { id, stream };
}

export const grant = (person: string) => ({ type: "grant_role", person, role: "support" });
