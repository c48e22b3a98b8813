// A sale over the API: pairing, baskets, what is refused and why, what everybody sees, and the log behind it.
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { before, test } from "node:test";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  hostOf,
  listen,
  openSession,
  type Paired,
  type Person,
  type Position,
  type Problem,
  pair,
  stock,
  until,
} from "./support/edge.ts";

interface Receipt extends Position {
  receipt: string;
  number: number;
  recorded_at: string;
  gross_cents: number;
  total_cents: number;
  lines: {
    tag: string;
    title: string | null;
    price_cents: number;
    share_estimate_cents: number;
    house_estimate_cents: number;
  }[];
}

let slug: string;
let admin: Person;
let event: string;
let session: string;
let tags: string[];
let till: Paired;

before(async () => {
  ({ slug, admin } = await freshOrganization());
  event = await freshEvent(admin);
  tags = await stock(admin, event, [
    [101, "Kite", "4.50"],
    [101, "Drum", "10.00"],
    [102, "Boots", "8.25"],
    [102, "Puzzle", "2.00"],
    [103, "Bicycle", "100.00"],
    [103, "Ball", "1.00"],
  ]);
  session = await openSession(admin, event);
  till = await pair(admin, session);
});

const tag = (at: number) => tags[at] ?? "";

const sell = (body: object, token = till.token, headers: Record<string, string> = {}) =>
  call<Receipt>(hostOf(slug), "POST", `/api/v1/sessions/${session}/receipts`, { token, body, headers });

const problem = (answer: { body: unknown }) => answer.body as Problem;

test("a pairing code counts once, however it is keyed; guessing learns nothing and is slowed down", async () => {
  const { code } = await admin.ok<{ code: string }>("POST", `/api/v1/sessions/${session}/pairings`);
  assert.match(code, /^\d{3} \d{3} \d{2}$/);
  const claim = (code: string) =>
    call<Problem>(hostOf(slug), "POST", "/api/v1/pairings/claim", { body: { code, name: "Till 2" } });
  assert.equal((await claim(code.replaceAll(" ", "-"))).status, 201);
  const again = await claim(code);
  const wrong = await claim("00000000");
  assert.deepEqual([again.status, again.body.code], [422, "pairing_code_unusable"]);
  const without = ({ request_id: _, ...rest }: Problem) => rest;
  assert.deepEqual(without(again.body), without(wrong.body));
  const { slug: other } = await freshOrganization();
  let last = 0;
  for (let guess = 0; guess <= 40 && last !== 429; guess += 1) {
    const body = { code: String(10_000_000 + guess), name: "Thief" };
    const answer = await call(hostOf(other), "POST", "/api/v1/pairings/claim", { body });
    last = answer.status;
    if (last === 429) assert.ok(Number(answer.headers["retry-after"]) >= 1);
  }
  assert.equal(last, 429);
});

test("the terminal knows itself, its rules and its catalogue", async () => {
  const get = <Body>(path: string) => call<Body>(hostOf(slug), "GET", path, { token: till.token });
  type Self = {
    name: string;
    session: { id: string };
    event: { id: string };
    settings: { currency: string };
  };
  const self = (await get<Self>("/api/v1/terminal")).body;
  assert.deepEqual(
    [self.name, self.session.id, self.event.id, self.settings.currency],
    ["Till 1", session, event, "USD"],
  );
  type Catalogue = { position: number; items: [string, string, string, number, number, number][] };
  const catalogue = (await get<Catalogue>(`/api/v1/sessions/${session}/catalogue`)).body;
  assert.deepEqual(
    catalogue.items.map(([tag, title, , cents, consignor]) => [tag, title, cents, consignor]),
    [
      [tag(0), "Kite", 450, 101],
      [tag(1), "Drum", 1_000, 101],
      [tag(2), "Boots", 825, 102],
      [tag(3), "Puzzle", 200, 102],
      [tag(4), "Bicycle", 10_000, 103],
      [tag(5), "Ball", 100, 103],
    ],
  );
  assert.ok(catalogue.position >= till.seq);
});

test("a basket is sold once, whatever is repeated; everybody hears of it", async () => {
  const address = `/api/v1/sessions/${session}/live?since=0`;
  const screen = await listen(hostOf(slug), address, {
    "sec-websocket-protocol": `hangtag, bearer.${await admin.token()}`,
  });
  assert.deepEqual([screen.status, screen.protocol], [101, "hangtag"]);
  await until("the screen to be live", () => screen.frames.some((frame) => frame.type === "live"));

  const body = basket([
    [tag(0), 450],
    [tag(1), 1_000],
  ]);
  const first = await sell(body, till.token, { "idempotency-key": body.receipt });
  assert.equal(first.status, 201, first.text);
  assert.equal(first.headers.etag, `"${first.body.seq}"`);
  assert.deepEqual([first.body.number, first.body.gross_cents, first.body.total_cents], [1, 1_450, 1_450]);
  for (const line of first.body.lines) {
    assert.equal(line.share_estimate_cents + line.house_estimate_cents, line.price_cents);
  }
  const again = await sell(body);
  assert.equal(again.headers["idempotency-replayed"], "true");
  assert.deepEqual(again.body, first.body);
  const changed = await sell({
    ...body,
    lines: body.lines.slice(0, 1),
    tenders: [{ kind: "cash", amount_cents: 450 }],
  });
  assert.deepEqual([changed.status, problem(changed).code], [409, "idempotency_key_reused"]);

  await until("the sale on the screen", () =>
    screen.frames.some((frame) => frame.kind === "receipt_completed"),
  );
  const seqs = screen.frames.filter((frame) => frame.type === "entry").map((frame) => frame.seq);
  assert.deepEqual(
    seqs,
    [...Array(seqs.length).keys()].map((at) => at + 1),
    "in order, without gaps",
  );
  assert.equal(screen.frames.filter((frame) => frame.kind === "receipt_completed").length, 1);
  screen.close();

  const query = `min_seq=${first.body.seq}`;
  type Summary = { receipts: number; lines: number; gross_cents: number; seq: number };
  const summary = await admin.ok<Summary>("GET", `/api/v1/sessions/${session}/summary?${query}`);
  assert.deepEqual([summary.receipts, summary.lines, summary.gross_cents], [1, 2, 1_450]);
  assert.ok(summary.seq >= first.body.seq);
  const kept = await admin.ok<Receipt>("GET", `/api/v1/receipts/${body.receipt}`);
  assert.deepEqual(
    kept.lines.map((line) => line.title),
    ["Kite", "Drum"],
  );
  const list = await admin.ok<{ items: Receipt[] }>("GET", `/api/v1/sessions/${session}/receipts`);
  assert.deepEqual(
    list.items.map((receipt) => receipt.receipt),
    [body.receipt],
  );
  type Shares = { items: { number: number; sold: number; share_estimate_cents: number }[] };
  const shares = await admin.ok<Shares>("GET", `/api/v1/events/${event}/consignors`);
  assert.deepEqual(
    shares.items.map(({ number, sold, share_estimate_cents }) => [number, sold, share_estimate_cents]),
    [
      [101, 2, 870],
      [102, 0, 0],
      [103, 0, 0],
    ],
  );
  const sold = await admin.ok<{ items: { tag: string }[] }>(
    "GET",
    `/api/v1/events/${event}/items?status=sold`,
  );
  assert.deepEqual(
    sold.items.map((item) => item.tag),
    [tag(0), tag(1)],
  );
});

test("an item that is sold is not sold again, and the refusal says who sold it when", async () => {
  const answer = await sell(
    basket([
      [tag(0), 450],
      [tag(2), 825],
    ]),
  );
  assert.deepEqual([answer.status, problem(answer).code], [409, "item_already_sold"]);
  assert.match(problem(answer).found ?? "", /sold on receipt 1 by Till 1 at \d{4}-/);
  assert.match(problem(answer).rule ?? "", /^[A-Z]+-\d+$/);
  const left = await sell(basket([[tag(2), 825]]));
  assert.equal(left.status, 201, "the other item of the refused basket is still for sale");
});

test("two terminals race for one item: one sale, one refusal", async () => {
  const other = await pair(admin, session, "Till 3");
  const answers = await Promise.all([
    sell(basket([[tag(3), 200]])),
    sell(basket([[tag(3), 200]]), other.token),
  ]);
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409]);
});

test("what a basket may not be is said with the rule, what was found and what is allowed", async () => {
  const good = basket([[tag(4), 10_000]]);
  for (const [body, status] of [
    [{ ...good, lines: [] }, 422],
    [{ ...good, tenders: [] }, 422],
    [
      {
        ...good,
        lines: [{ tag: tag(4), price_cents: 9_999 }],
        tenders: [{ kind: "cash", amount_cents: 9_999 }],
      },
      422,
    ],
    [{ ...good, lines: [{ tag: "0019999993", price_cents: 100 }] }, 404],
    [{ ...good, lines: [{ tag: "0019999994", price_cents: 100 }] }, 400],
    [{ ...good, occurred_at: "yesterday" }, 400],
    [{ ...good, surprise: true }, 400],
    [{ ...good, tenders: [{ kind: "shells", amount_cents: 10_000 }] }, 400],
  ] as const) {
    const answer = await sell({ ...body, receipt: randomUUID() });
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    if (status === 422) assert.ok(problem(answer).rule && problem(answer).allowed);
  }
  const person = await admin.call<Problem>("POST", `/api/v1/sessions/${session}/receipts`, { body: good });
  assert.deepEqual([person.status, person.body.code], [403, "forbidden"]);
  const key = await sell(good, till.token, { "idempotency-key": "something-else" });
  assert.deepEqual([key.status, problem(key).code], [400, "idempotency_key_differs"]);
  assert.equal((await sell(good)).status, 201);
});

test("a late copy of a refused basket stays refused; the same basket under a new id is sold", async () => {
  const body = basket([[tag(5), 100]]);
  await admin.ok("POST", `/api/v1/sessions/${session}/pause`);
  const refused = await sell(body);
  await admin.ok("POST", `/api/v1/sessions/${session}/resume`);
  const late = await sell(body);
  assert.deepEqual([refused.status, late.status], [409, 409]);
  assert.equal(problem(late).code, problem(refused).code);
  assert.equal((await sell({ ...body, receipt: randomUUID() })).status, 201);
});

test("If-Match holds a command back when the log has moved on", async () => {
  const stale = await admin.call<Problem>("POST", `/api/v1/sessions/${session}/pause`, {
    headers: { "if-match": '"1"' },
  });
  assert.deepEqual([stale.status, stale.body.code], [412, "head_moved"]);
  const etag = String(stale.headers.etag);
  assert.match(etag, /^"\d+"$/);
  const fresh = await admin.call<{ status: string }>("POST", `/api/v1/sessions/${session}/pause`, {
    headers: { "if-match": etag },
  });
  assert.deepEqual([fresh.status, fresh.body.status], [200, "paused"]);
  const paused = await sell(basket([[tag(5), 100]]));
  assert.deepEqual([paused.status, problem(paused).code], [409, "session_not_open"]);
  await admin.ok("POST", `/api/v1/sessions/${session}/resume`);
  assert.equal((await admin.ok<{ status: string }>("GET", `/api/v1/sessions/${session}`)).status, "open");
});

test("a socket without a token does not open; without an upgrade it is told so", async () => {
  const address = `/api/v1/sessions/${session}/live`;
  assert.equal((await listen(hostOf(slug), address, {})).status, 401);
  assert.equal((await admin.call("GET", address)).status, 426);
  const query = await listen(hostOf(slug), `${address}?since=0&token=${till.token}`, {});
  assert.equal(query.status, 101);
  query.close();
});

test("a listener may name the history it knows: another one is told so, nonsense is refused", async () => {
  const address = (hash: string) =>
    `/api/v1/sessions/${session}/live?since=1&hash=${hash}&token=${till.token}`;
  const other = await listen(hostOf(slug), address("f".repeat(64)), {});
  await until("the head", () => other.frames.some((frame) => frame.type === "live"));
  assert.deepEqual(
    other.frames.slice(0, 2).map((frame) => frame.type),
    ["restored", "live"],
  );
  other.close();
  assert.equal((await listen(hostOf(slug), address("nonsense"), {})).status, 400);
});

test("a query that asks for a position that does not exist is told where the log stands", async () => {
  const answer = await admin.call<Problem>("GET", `/api/v1/sessions/${session}/summary?min_seq=999999`);
  assert.deepEqual([answer.status, answer.body.code], [409, "beyond_log"]);
});

test("an exported log is whole: header, chain, footer", async () => {
  const answer = await admin.call("GET", `/api/v1/log/${encodeURIComponent(till.stream)}`);
  assert.equal(answer.headers["content-type"], "application/x-ndjson");
  const lines = answer.text.trimEnd().split("\n");
  const header = JSON.parse(lines[0] ?? "") as {
    format: string;
    stream: string;
    from: number;
    previous: string;
  };
  const footer = JSON.parse(lines.at(-1) ?? "") as {
    entries: number;
    head_seq: number;
    head_hash: string;
    header_hash: string;
  };
  assert.deepEqual([header.format, header.stream, header.from], ["hangtag.log.export.v1", till.stream, 1]);
  assert.equal(
    footer.header_hash,
    createHash("sha256")
      .update(lines[0] ?? "")
      .digest("hex"),
  );
  const entries = lines.slice(1, -1).map((line) => JSON.parse(line) as Entry);
  assert.equal(footer.entries, entries.length);
  let previous = header.previous;
  for (const [at, entry] of entries.entries()) {
    assert.equal(entry.seq, at + 1);
    assert.equal(entry.hash, hashOf(header.stream, entry, previous), `entry ${entry.seq}`);
    previous = entry.hash;
  }
  assert.deepEqual([footer.head_seq, footer.head_hash], [entries.length, previous]);
  const tail = await admin.call(
    "GET",
    `/api/v1/log/${encodeURIComponent(till.stream)}?from=${entries.length}`,
  );
  assert.equal(tail.text.trimEnd().split("\n").length, 3);
});

interface Entry {
  seq: number;
  recorded_at: number;
  command_id: string;
  actor: string;
  kind: string;
  version: number;
  payload: string;
  hash: string;
}

/** The framing as the documentation gives it, written anew here. */
function hashOf(stream: string, entry: Entry, previous: string): string {
  const u64 = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(value));
    return bytes;
  };
  const version = Buffer.alloc(4);
  version.writeUInt32BE(entry.version);
  const fields = [
    "hangtag.log.v1",
    stream,
    u64(entry.seq),
    u64(entry.recorded_at),
    entry.command_id,
    entry.actor,
    entry.kind,
    version,
    entry.payload,
    Buffer.from(previous, "hex"),
  ].map((field) => (typeof field === "string" ? Buffer.from(field, "utf8") : field));
  const hash = createHash("sha256");
  for (const field of fields) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    hash.update(length).update(field);
  }
  return hash.digest("hex");
}
