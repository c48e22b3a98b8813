// What is kept about a person: sealed, shown to those who may, exported whole, destroyed without a trace in figures.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, test } from "node:test";
import { d1 } from "./support/doors.ts";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  openSession,
  type Paired,
  Person,
  type Problem,
  pair,
  stock,
} from "./support/edge.ts";

let own: Awaited<ReturnType<typeof freshOrganization>>;
let event: string;
let session: string;
let till: Paired;

const data = {
  name: "Carla Consignor",
  email: "carla@mail.example",
  phone: "+1 555 0100",
  address: "1 Road\nTown",
  bank_account: "DE02100100100006820101",
  tax_number: "123-45-6789",
};

before(async () => {
  own = await freshOrganization();
  event = await freshEvent(own.admin);
  const tags = await stock(own.admin, event, [
    [101, "Kite", "4.50"],
    [102, "Drum", "10.00"],
  ]);
  session = await openSession(own.admin, event);
  till = await pair(own.admin, session);
  const sold = await call(own.admin.host, "POST", `/api/v1/sessions/${session}/receipts`, {
    token: till.token,
    body: basket([
      [tags[0] ?? "", 450],
      [tags[1] ?? "", 1_000],
    ]),
  });
  assert.equal(sold.status, 201, sold.text);
  await own.admin.ok("PATCH", "/api/v1/people/consignor:101/personal-data", { body: data });
});

test("what is kept stands sealed in the database and is shown to those who may read it", async () => {
  const shown = await own.admin.ok("GET", "/api/v1/people/consignor:101/personal-data");
  assert.deepEqual(shown, data);
  const rows = await d1<{ sealed: string; field: string }>(
    `SELECT sealed, field FROM vault_value WHERE organization = '${own.id}' AND subject = 'consignor:101'`,
  );
  assert.equal(rows.length, 6);
  const text = JSON.stringify(rows);
  for (const value of Object.values(data)) assert.ok(!text.includes(value), value);
  await own.admin.ok("PUT", "/api/v1/members/user_demo_ed/roles/event_admin");
  const ed = new Person("user_demo_ed", own.slug);
  const less = await ed.ok("GET", "/api/v1/people/consignor:101/personal-data");
  assert.deepEqual(less, { ...data, bank_account: "…0101", tax_number: "…6789" });
  assert.equal(
    (await ed.call("PATCH", "/api/v1/people/consignor:101/personal-data", { body: data })).status,
    403,
  );
  await own.admin.ok("PUT", "/api/v1/members/user_demo_sue/roles/support");
  const sue = new Person("user_demo_sue", own.slug);
  assert.equal((await sue.call("GET", "/api/v1/people/consignor:101/personal-data")).status, 403);
});

test("nobody's data is nowhere, and odd values are refused", async () => {
  for (const subject of ["consignor:999", "consignor:0101", "person:user_nobody", "evidence:ab", "*"]) {
    const path = `/api/v1/people/${encodeURIComponent(subject)}`;
    for (const [method, door] of [
      ["GET", "personal-data"],
      ["GET", "export"],
      ["POST", "erasure"],
    ] as const) {
      const answer = await own.admin.call<Problem>(method, `${path}/${door}`);
      assert.equal(answer.status, 404, `${method} ${subject} ${door}`);
    }
  }
  const odd = await own.admin.call<Problem>("PATCH", "/api/v1/people/consignor:101/personal-data", {
    body: { name: "a\u0000b" },
  });
  assert.deepEqual([odd.status, odd.body.code], [400, "value_unusable"]);
});

interface Export {
  personal_data: Record<string, Record<string, string>>;
  records: Record<string, unknown[]>;
  history: { stream: string; kind: string; says: unknown[] }[];
  complete: boolean;
}

test("an export holds all about the person and nothing about others", async () => {
  const said = await own.admin.ok<Export>("GET", "/api/v1/people/consignor:101/export");
  assert.equal(said.complete, true);
  assert.deepEqual(said.personal_data["consignor:101"], data);
  assert.equal(said.records.item?.length, 1);
  assert.equal(said.records.receipt_line?.length, 1);
  const kinds = said.history.map((entry) => entry.kind);
  for (const kind of ["consignors_enrolled", "items_listed", "receipt_completed"]) {
    assert.ok(kinds.includes(kind), `${kind} among ${kinds}`);
  }
  const text = JSON.stringify(said);
  assert.ok(
    !text.includes("Drum") && !/"consignor":102/.test(text),
    "the other consignor's things are not in it",
  );
});

/** Checks a whole log by the recipe of the decision record on hashes. */
async function verified(stream: string): Promise<number> {
  const answer = await own.admin.call<string>("GET", `/api/v1/log/${encodeURIComponent(stream)}`);
  const [header, ...lines] = answer.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const framed = (fields: Buffer[]) =>
    Buffer.concat(
      fields.flatMap((field) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(field.length);
        return [length, field];
      }),
    );
  const number = (value: number, bytes: number) => {
    const buffer = Buffer.alloc(bytes);
    if (bytes === 8) buffer.writeBigInt64BE(BigInt(value));
    else buffer.writeUInt32BE(value);
    return buffer;
  };
  const text = (value: string) => Buffer.from(value, "utf8");
  let previous = Buffer.from(header.previous, "hex");
  for (const entry of lines.slice(0, -1)) {
    const fields = [
      text("hangtag.log.v1"),
      text(stream),
      number(entry.seq, 8),
      number(entry.recorded_at, 8),
      text(entry.command_id),
      text(entry.actor),
      text(entry.kind),
      number(entry.version, 4),
      text(entry.payload),
      previous,
    ];
    previous = createHash("sha256").update(framed(fields)).digest();
    assert.equal(previous.toString("hex"), entry.hash, `${stream} ${entry.seq}`);
  }
  assert.equal(previous.toString("hex"), lines.at(-1).head_hash);
  return lines.length - 1;
}

test("an erasure destroys the key, stands in the log, breaks no hash and moves no figure", async () => {
  const summary = () => own.admin.ok<Record<string, unknown>>("GET", `/api/v1/sessions/${session}/summary`);
  const streams = [`${own.id}/organization`, `${own.id}/event/${event}`, `${own.id}/session/${session}`];
  const figures = await summary();
  for (const stream of streams) await verified(stream);
  const gone = await own.admin.ok<{ keys: number; values: number; seq: number }>(
    "POST",
    "/api/v1/people/consignor:101/erasure",
    { key: "erase-101" },
  );
  assert.deepEqual([gone.keys, gone.values], [1, 6]);
  assert.deepEqual(
    await d1(`SELECT * FROM vault_key WHERE organization = '${own.id}' AND subject = 'consignor:101'`),
    [],
  );
  assert.deepEqual(await own.admin.ok("GET", "/api/v1/people/consignor:101/personal-data"), {});
  for (const stream of streams) assert.ok((await verified(stream)) > 0);
  assert.deepEqual(await summary(), figures, "the figures stand");
  const log = await own.admin.call<string>(
    "GET",
    `/api/v1/log/${encodeURIComponent(`${own.id}/organization`)}`,
  );
  const entry = log.text.split("\n").find((line) => line.includes('"kind":"consignor_erased"'));
  assert.ok(entry?.includes("101") && !entry.includes("Carla"));
  const again = await own.admin.ok<{ keys: number }>("POST", "/api/v1/people/consignor:101/erasure");
  assert.equal(again.keys, 0, "again destroys nothing more");
  const other = await own.admin.ok<{ name?: string }>("GET", "/api/v1/people/consignor:102/personal-data");
  assert.equal(other.name, "Person 102", "nobody else is touched");
});

test("a rotation has nothing to do while the key is the same", async () => {
  const sam = new Person("user_demo_super", "platform");
  let left = 1;
  for (let round = 0; left > 0 && round < 50; round += 1) {
    const rotated = await sam.ok<{ rewrapped: number; unreadable: number; left: number }>(
      "POST",
      "/api/v1/platform/vault/rotation",
    );
    assert.equal(rotated.unreadable, 0);
    ({ left } = rotated);
  }
  assert.equal(left, 0);
  const other = await own.admin.ok<{ name?: string }>("GET", "/api/v1/people/consignor:102/personal-data");
  assert.equal(other.name, "Person 102");
});
