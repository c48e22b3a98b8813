// Making a stream's rows anew: in their place, and beside the live ones, compared and switched.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import { d1, grant, page, projected, submit, until } from "./support/doors.ts";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  openSession,
  type Person,
  type Problem,
  pair,
  stock,
} from "./support/edge.ts";

interface Table {
  table: string;
  live_rows: number;
  beside_rows: number;
  missing: number;
  surplus: number;
  changed: number;
  first: { how: string; key: unknown[] }[];
}

interface Beside {
  stage: "building" | "stuck" | "apart" | "compared";
  seq: number;
  head_seq: number;
  live_seq: number | null;
  error: string | null;
  equal: boolean | null;
  tables: Table[];
}

interface Stream {
  stream: string;
  head_seq: number;
  projected_seq: number;
  parked: boolean;
  beside_seq: number | null;
}

const of = (stream: string, what: string) =>
  `/api/v1/operations/streams/${encodeURIComponent(stream)}/${what}`;

let id: string;
let admin: Person;
let event: string;
let session: string;
let stranger: Person;

before(async () => {
  const made = await freshOrganization();
  ({ id, admin } = made);
  event = await freshEvent(admin);
  const tags = await stock(admin, event, [
    [101, "Kite", "4.50"],
    [101, "Drum", "10.00"],
    [102, "Boots", "7.00"],
  ]);
  session = await openSession(admin, event);
  const till = await pair(admin, session);
  for (const [at, cents] of [450, 1000].entries()) {
    const sold = await call(admin.host, "POST", `/api/v1/sessions/${session}/receipts`, {
      token: till.token,
      body: basket([[tags[at] ?? "", cents]]),
    });
    assert.equal(sold.status, 201, sold.text);
  }
  stranger = (await freshOrganization()).admin;
  await Promise.all(streams().map((stream) => projected(stream)));
});

const streams = () => [`${id}/organization`, `${id}/event/${event}`, `${id}/session/${session}`];

/** Tables that no projection writes: the edge's own, and the reactions', which go on in their own time. */
const NO_READ_MODELS = /^(edge|email|reaction|denied_access$|dead_letter$)/;

/** Everything that any read model holds under `organization`. */
async function rowsOf(organization: string): Promise<string> {
  const names = await d1<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%organization%'",
  );
  const tables: string[] = [];
  for (const { name } of names.filter((table) => !NO_READ_MODELS.test(table.name))) {
    const found = await d1(`SELECT * FROM ${name} WHERE organization = '${organization}' ORDER BY 1, 2, 3`);
    if (found.length > 0) tables.push(`${name} ${JSON.stringify(found)}`);
  }
  return tables.join("\n");
}

const rows = () => rowsOf(id);
const rowsBeside = () => rowsOf(`${id}~beside`);

/** Compares without printing all rows when they differ. */
function same(found: string, expected: string): void {
  const [one, other] = [found.split("\n"), expected.split("\n")];
  const apart = one.filter((line) => !other.includes(line)).map((line) => line.split(" ")[0]);
  assert.deepEqual([apart, one.length], [[], other.length]);
}

async function compared(stream: string): Promise<Beside> {
  let seen: Beside;
  do seen = await admin.ok<Beside>("POST", of(stream, "beside"));
  while (seen.stage === "building");
  return seen;
}

test("rows made beside equal the live ones, table by table, and leave nothing behind", async () => {
  const live = await rows();
  for (const stream of streams()) {
    const seen = await compared(stream);
    const { head } = await page(stream, 1, 1);
    assert.deepEqual(
      [seen.stage, seen.equal, seen.seq, seen.live_seq],
      ["compared", true, head.seq, head.seq],
    );
    assert.ok(seen.tables.some((each) => each.live_rows > 0));
    for (const each of seen.tables) assert.equal(each.live_rows, each.beside_rows, each.table);
  }
  same(await rows(), live);
  assert.equal(await rowsBeside(), "");
});

test("every difference is named by table and key; the switch ends it, at once", async () => {
  const live = await rows();
  const stream = `${id}/session/${session}`;
  await d1(`UPDATE receipt SET total_cents = total_cents + 1 WHERE organization = '${id}' AND number = 1`);
  await d1(`DELETE FROM share_estimate WHERE organization = '${id}'`);
  await d1(`DELETE FROM receipt_line WHERE organization = '${id}' AND price_cents = 1000`);
  const wrong = await rows();
  const seen = await compared(stream);
  assert.deepEqual([seen.stage, seen.equal], ["compared", false]);
  const differing = seen.tables.filter((each) => each.first.length > 0);
  assert.deepEqual(
    differing.map(({ table, missing, surplus, changed }) => [table, missing, surplus, changed]).sort(),
    [
      ["receipt", 0, 0, 1],
      ["receipt_line", 1, 0, 0],
      ["share_estimate", 1, 0, 0],
    ],
  );
  const receipt = differing.find((each) => each.table === "receipt");
  assert.deepEqual(receipt?.first[0]?.how, "changed");
  assert.equal(receipt?.first[0]?.key[0], session);
  same(await rows(), wrong);
  assert.notEqual(await rowsBeside(), "");
  const receipts = await admin.ok<{ items: unknown[] }>("GET", `/api/v1/sessions/${session}/receipts`);
  assert.equal(receipts.items.length, 2);

  const list = async () =>
    (await admin.ok<{ items: Stream[] }>("GET", "/api/v1/operations/streams")).items.find(
      (each) => each.stream === stream,
    );
  assert.equal((await list())?.beside_seq, seen.seq);
  const switched = await admin.ok<Stream>("POST", of(stream, "beside/switch"));
  assert.deepEqual([switched.projected_seq, switched.beside_seq], [switched.head_seq, null]);
  same(await rows(), live);
  assert.equal(await rowsBeside(), "");
  const again = await admin.call<Problem>("POST", of(stream, "beside/switch"));
  assert.deepEqual([again.status, again.body.code], [404, "not_found"], "there is nothing left to switch");
});

test("rows beside follow the log until the switch, and can be thrown away", async () => {
  const stream = `${id}/organization`;
  await d1(`DELETE FROM membership WHERE organization = '${id}'`);
  const first = await compared(stream);
  assert.equal(first.equal, false);
  const live = await rows();
  assert.notEqual(await rowsBeside(), "");
  const dropped = await admin.ok<Stream>("DELETE", of(stream, "beside"));
  assert.equal(dropped.beside_seq, null);
  assert.equal(await rowsBeside(), "");
  same(await rows(), live);

  await compared(stream);
  await submit(stream, grant("user_meanwhile"));
  const switched = await admin.ok<Stream>("POST", of(stream, "beside/switch"));
  assert.equal(switched.projected_seq, switched.head_seq);
  const members = await d1<{ person: string }>(
    `SELECT person FROM membership WHERE organization = '${id}' ORDER BY person`,
  );
  assert.deepEqual(
    members.map((each) => each.person),
    ["user_demo_olivia", "user_meanwhile"],
  );
});

test("a rebuild in place makes every row anew", async () => {
  await Promise.all(streams().map((stream) => projected(stream)));
  const live = await rows();
  const stream = `${id}/event/${event}`;
  await d1(`UPDATE item SET title = 'Something else' WHERE organization = '${id}'`);
  assert.notEqual(await rows(), live);
  const rebuilt = await admin.ok<Stream>("POST", of(stream, "rebuild"));
  assert.deepEqual([rebuilt.projected_seq, rebuilt.parked], [rebuilt.head_seq, false]);
  same(await rows(), live);
});

test("a parked stream has nothing to compare with; the switch helps it over", async () => {
  const made = await freshOrganization();
  const stream = `${made.id}/organization`;
  await projected(stream);
  await d1(
    `INSERT INTO founded_event (organization, event, ordinal, name, founded_at) VALUES ('${made.id}', 'x', 1, 'in the way', 0)`,
  );
  const founded = { type: "found_event", event: randomUUID(), name: "S", starts_on: null, ends_on: null };
  await submit(stream, founded);
  const parked = () => d1(`SELECT seq FROM parked_stream WHERE stream = '${stream}'`);
  await until("the parking", async () => (await parked()).length === 1);
  const seen = await made.admin.ok<Beside>("POST", of(stream, "beside"));
  assert.deepEqual([seen.stage, seen.equal, seen.tables], ["apart", null, []]);
  assert.equal(seen.seq, seen.head_seq);
  assert.equal(seen.live_seq, seen.head_seq - 1);
  const switched = await made.admin.ok<Stream>("POST", of(stream, "beside/switch"));
  assert.deepEqual([switched.parked, switched.projected_seq], [false, seen.head_seq]);
  assert.deepEqual(await parked(), []);
  const events = await d1<{ name: string }>(
    `SELECT name FROM founded_event WHERE organization = '${made.id}'`,
  );
  assert.deepEqual(events, [{ name: "S" }], "what stood in the way was in no log");
  const record = await made.admin.ok<{ items: { kind: string }[] }>("GET", "/api/v1/operations/taken");
  assert.deepEqual(
    record.items.map((each) => each.kind),
    ["switch_stream"],
  );
});

test("another organization finds no stream of ours here, and a reader changes nothing", async () => {
  const live = await rows();
  const ways: ["POST" | "DELETE", string][] = [
    ["POST", "rebuild"],
    ["POST", "beside"],
    ["POST", "beside/switch"],
    ["DELETE", "beside"],
  ];
  const till = await pair(admin, session, "Till 7");
  await projected(`${id}/session/${session}`);
  const after = await rows();
  assert.notEqual(after, live, "the till is a row");
  for (const [method, what] of ways) {
    const path = of(`${id}/session/${session}`, what);
    const answer = await stranger.call<Problem>(method, path);
    assert.deepEqual([answer.status, answer.body.code], [404, "not_found"], what);
    const terminal = await call<Problem>(admin.host, method, path, { token: till.token });
    assert.deepEqual([terminal.status, terminal.body.code], [403, "forbidden"], what);
  }
  same(await rows(), after);
});
