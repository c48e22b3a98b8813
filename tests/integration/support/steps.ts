// A table of commands: each is refused to those without the right, refused by its rule, taken, and taken once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Person, Position, Problem } from "./edge.ts";

export interface Recorded extends Position {
  id?: string;
  entries: { seq: number; kind: string; recorded_at: string; data: Record<string, unknown> }[];
}

/** What the first entry that a command caused says. */
export function first<Data>(recorded: Recorded): Data {
  const entry = recorded.entries[0];
  assert.ok(entry);
  return entry.data as Data;
}

export interface Step {
  /** What is asked, for the reader of a failure. */
  what: string;
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: () => string;
  body?: () => unknown;
  /** The kinds of entries that it causes. */
  kinds: string[];
  status?: number;
  /** A variation that a rule refuses. */
  refused?: { path?: () => string; body?: () => unknown; status: number; code: string };
  /** What to look at afterwards. */
  after?: (recorded: Recorded) => void | Promise<void>;
}

/** Runs `step` as `admin`; `reader` may read and nothing else. */
export async function run(step: Step, admin: Person, reader: Person): Promise<void> {
  const { method, what } = step;
  const ask = (body: unknown) => (body === undefined ? {} : { body });
  const forbidden = await reader.call<Problem>(method, step.path(), ask(step.body?.()));
  assert.deepEqual([forbidden.status, forbidden.body.code], [403, "forbidden"], `${what}: a reader`);
  if (step.refused) {
    const { path = step.path, body = step.body, status, code } = step.refused;
    const refused = await admin.call<Problem>(method, path(), ask(body?.()));
    assert.deepEqual([refused.status, refused.body.code], [status, code], `${what}: ${refused.text}`);
    assert.equal(refused.headers["content-type"], "application/problem+json");
  }
  const [key, path, body] = [randomUUID(), step.path(), step.body?.()];
  const taken = await admin.call<Recorded>(method, path, { ...ask(body), key });
  assert.equal(taken.status, step.status ?? 200, `${what}: ${taken.text}`);
  assert.deepEqual(
    taken.body.entries.map((entry) => entry.kind),
    step.kinds,
    `${what}: ${taken.text}`,
  );
  assert.equal(taken.headers.etag, `"${taken.body.seq}"`);
  const again = await admin.call<Recorded>(method, path, { ...ask(body), key });
  assert.deepEqual(again.body, taken.body, `${what}: a repetition gets the first answer`);
  assert.equal(again.headers["idempotency-replayed"], "true");
  const stale = await admin.call<Problem>(method, path, {
    ...ask(body),
    headers: { "if-match": '"999999"' },
  });
  assert.deepEqual([stale.status, stale.body.code], [412, "head_moved"], `${what}: If-Match`);
  await step.after?.(taken.body);
}
