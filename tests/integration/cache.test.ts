// Kept answers: under the tenant's key and the logs' positions, so that nobody reads another's and nobody an old one.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { d1 } from "./support/doors.ts";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  hostOf,
  move,
  openSession,
  type Paired,
  type Person,
  pair,
  stock,
} from "./support/edge.ts";

interface Catalogue {
  position: number;
  items: [tag: string, title: string, size: string, price_cents: number, consignor: number, flags: number][];
}

/** Of an item that is sold. */
const SOLD = 64;

let admin: Person;
let event: string;
let session: string;
let till: Paired;
let kite: string;
let path: string;

before(async () => {
  ({ admin } = await freshOrganization());
  event = await freshEvent(admin);
  [kite = ""] = await stock(admin, event, [
    [101, "Kite", "4.50"],
    [101, "Drum", "10.00"],
  ]);
  session = await openSession(admin, event);
  till = await pair(admin, session);
  path = `/api/v1/sessions/${session}/catalogue`;
});

const read = async (headers: Record<string, string> = {}) => {
  const answer = await call<Catalogue>(admin.host, "GET", path, { token: till.token, headers });
  return { ...answer, tag: String(answer.headers.etag) };
};

test("a caller who has the catalogue is told that it has not changed", async () => {
  const first = await read();
  assert.equal(first.status, 200, first.text);
  assert.equal(first.headers["cache-control"], "private, no-cache");
  const again = await read({ "if-none-match": first.tag });
  assert.deepEqual([again.status, again.text, again.tag], [304, "", first.tag]);
});

test("a kept catalogue is read until a log moves on, and not a moment longer", async () => {
  const first = await read();
  // Rows that change without a log are what nobody can see: so the answer was kept.
  await d1(`UPDATE item SET title = 'Painted' WHERE tag = '${kite}' RETURNING tag`);
  assert.deepEqual((await read()).body, first.body);
  const sold = await call(admin.host, "POST", `/api/v1/sessions/${session}/receipts`, {
    token: till.token,
    body: basket([[kite, 450]]),
  });
  assert.equal(sold.status, 201, sold.text);
  const next = await read({ "if-none-match": first.tag });
  assert.equal(next.status, 200);
  assert.notEqual(next.tag, first.tag);
  assert.ok(next.body.position > first.body.position);
  const row = next.body.items.find(([tag]) => tag === kite);
  assert.deepEqual([row?.[1], (row?.[5] ?? 0) & SOLD], ["Painted", SOLD]);
});

test("the event's log counts, too", async () => {
  const first = await read();
  await move(admin, event, "markdown");
  assert.notEqual((await read()).tag, first.tag);
});

test("who may not read gets nothing, kept or not", async () => {
  await read();
  const other = await freshOrganization();
  const stranger = await other.admin.call("GET", path);
  assert.equal(stranger.status, 404, stranger.text);
  const elsewhere = await call(hostOf(other.slug), "GET", path, { token: till.token });
  assert.ok([401, 403, 404].includes(elsewhere.status), elsewhere.text);
  const nobody = await call(admin.host, "GET", path);
  assert.equal(nobody.status, 401, nobody.text);
});

test("the configuration is the same for everybody at a host, and another at another", async () => {
  const at = (host: string, headers = {}) =>
    call<{ organization: { id: string } | null }>(host, "GET", "/api/v1/configuration", { headers });
  const ours = await at(admin.host);
  assert.equal(ours.headers["cache-control"], "public, no-cache");
  const again = await at(admin.host, { "if-none-match": String(ours.headers.etag) });
  assert.deepEqual([again.status, again.text], [304, ""]);
  const other = await freshOrganization();
  const theirs = await at(hostOf(other.slug), { "if-none-match": String(ours.headers.etag) });
  assert.deepEqual([theirs.status, theirs.body.organization?.id], [200, other.id]);
});
