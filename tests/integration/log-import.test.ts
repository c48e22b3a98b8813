// A log from its exports, into a platform that has none of it: over the platform's own routes.
//
// One installation cannot hold a log twice under one name, so the accident is played here: the object loses all that it
// has, and its rows are gone with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { d1, log, page, post, project, projected, sql, until } from "./support/doors.ts";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  hostOf,
  openSession,
  type Person,
  type Problem,
  pair,
  stock,
  token,
} from "./support/edge.ts";

interface Import {
  stream: string;
  seq: number;
  hash: string;
  next_line: number;
  whole: boolean;
  open: boolean;
}

const platform = hostOf("platform");
const path = (stream: string) => `/api/v1/platform/log-imports/${encodeURIComponent(stream)}`;

async function ask<Body = Import & Problem>(method: string, at: string, body?: string) {
  const bearer = await token("user_demo_super", { origin: `http://${platform}` });
  const headers = { "content-type": "application/x-ndjson" };
  return call<Body>(platform, method, at, {
    token: bearer,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

const send = (stream: string, line: number, lines: string[]) =>
  ask("POST", `${path(stream)}?line=${line}`, `${lines.join("\n")}\n`);

async function exported(admin: Person, stream: string): Promise<string[]> {
  const answer = await admin.call("GET", `/api/v1/log/${encodeURIComponent(stream)}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.text.trim().split("\n");
}

/** Everything that the object behind a stream has, and its rows: as if it had never been. */
async function lose(stream: string): Promise<void> {
  for (const table of [
    "log",
    "commands",
    "refusals",
    "facts",
    "deliveries",
    "timers",
    "segments",
    "snapshot",
    "meta",
  ]) {
    await sql(stream, `DROP TABLE IF EXISTS ${table}`);
  }
  assert.equal((await page(stream)).head.seq, 0);
  await project(stream);
}

const ROWS = ["event", "item", "planned_session", "receipt", "receipt_line", "event_consignor", "account"];

/** The rows of an organization, table by table. */
async function rows(organization: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const table of ROWS) {
    const [exists] = await d1(`SELECT 1 FROM sqlite_master WHERE name = '${table}'`);
    if (exists) found.push(table, await d1(`SELECT * FROM ${table} WHERE organization = '${organization}'`));
  }
  return found;
}

/** An organization that has sold something, and the names of its logs. */
async function sold() {
  const { id, admin } = await freshOrganization();
  const event = await freshEvent(admin);
  const [kite, drum] = await stock(admin, event, [
    [101, "Kite", "4.50"],
    [102, "Drum", "10.00"],
  ]);
  const session = await openSession(admin, event);
  const till = await pair(admin, session);
  const receipt = basket([[kite ?? "", 450]]);
  const sell = (body: ReturnType<typeof basket>) =>
    call<{ number: number }>(admin.host, "POST", `/api/v1/sessions/${session}/receipts`, {
      token: till.token,
      body,
    });
  assert.equal((await sell(receipt)).status, 201);
  const streams = [`${id}/organization`, `${id}/event/${event}`, `${id}/session/${session}`] as const;
  for (const stream of streams) await projected(stream);
  return { id, admin, sell, receipt, drum: drum ?? "", streams };
}

test("after an accident, the exports make the organization again: chains, rows, replies", async () => {
  const { id, admin, sell, receipt, drum, streams } = await sold();
  const before = await rows(id);
  assert.ok(JSON.stringify(before).includes(receipt.receipt), "there are rows to compare");
  const exports = new Map<string, string[]>();
  for (const stream of streams) exports.set(stream, await exported(admin, stream));
  const heads = await Promise.all(streams.map(async (stream) => (await page(stream)).head));
  for (const stream of streams) await lose(stream);
  assert.ok(!JSON.stringify(await rows(id)).includes(id), "no row is left");

  for (const [stream, lines] of exports) {
    // In pages, of which one arrives twice.
    const cut = Math.ceil(lines.length / 2);
    const first = await send(stream, 1, lines.slice(0, cut));
    assert.deepEqual(
      [first.status, first.body.next_line, first.body.whole],
      [200, cut + 1, false],
      first.text,
    );
    assert.equal((await send(stream, 1, lines.slice(0, cut))).body.next_line, cut + 1);
    assert.equal((await ask("POST", `${path(stream)}/opening`)).status, 409, "half a log is not opened");
    const { next_line } = (await ask("GET", path(stream))).body;
    const last = await send(stream, next_line, lines.slice(next_line - 1));
    assert.deepEqual([last.body.whole, last.body.open], [true, false], last.text);
  }
  const waiting = await sell(basket([[drum, 1000]]));
  assert.equal(waiting.status, 503, "no sale before the logs are opened");
  for (const stream of streams) assert.equal((await ask("POST", `${path(stream)}/opening`)).status, 200);

  assert.deepEqual(await Promise.all(streams.map(async (stream) => (await page(stream)).head)), heads);
  for (const stream of streams) {
    await projected(stream);
    assert.deepEqual((await log(stream)).at(-1)?.hash, (await page(stream)).head.hash);
  }
  assert.deepEqual(await rows(id), before);
  const again = await sell(receipt);
  assert.deepEqual([again.status, again.body.number], [201, 1], "the sale from before gets its first reply");
  assert.equal((await sell(basket([[drum, 1000]]))).status, 201, "and the sale goes on");
  // What had been handed over is handed over again and known: no log grows by it.
  await until("the deliveries", async () => {
    const left = await Promise.all(
      streams.map((stream) => sql(stream, "SELECT state FROM deliveries WHERE state = 'pending'")),
    );
    return left.every((pending) => pending.length === 0);
  });
  const refused = await Promise.all(
    streams.map((stream) => sql(stream, "SELECT outcome FROM deliveries WHERE state = 'refused'")),
  );
  assert.deepEqual(refused.flat(), []);
  assert.equal((await page(streams[1])).head.seq, heads[1]?.seq);
});

test("a log that has entries is not written over, and a stranger's lines are refused by number", async () => {
  const { admin, streams } = await sold();
  const [, stream] = streams;
  const lines = await exported(admin, stream);
  const busy = await send(stream, 1, lines);
  assert.deepEqual([busy.status, busy.body.code, busy.body.rule], [409, "log_not_fresh", "LOG-9"]);
  await lose(stream);
  const tampered = lines.map((line, at) => (at === 2 ? line.replace('"actor":"', '"actor":"x') : line));
  const refused = await send(stream, 1, tampered);
  assert.deepEqual([refused.status, refused.body.code], [422, "log_line_refused"]);
  assert.match(refused.body.found ?? "", /^line 3: /);
  const gap = await send(stream, 5, lines.slice(4));
  assert.deepEqual([gap.status, gap.body.code], [409, "log_lines_missing"]);
  assert.equal((await ask("GET", path(stream))).body.seq, 0, "nothing of it was stored");
  assert.equal((await send(streams[0].replace("organization", "reconciliation/x"), 1, lines)).status, 404);
  assert.equal((await send(stream, 1, lines)).status, 200);
  await post(stream, "forget", "");
  await project(stream);
});

test("importing is for those who run the platform", async () => {
  const { admin, streams } = await sold();
  const answer = await admin.call("GET", path(streams[0]));
  assert.equal(answer.status, 403, answer.text);
});
