// An inventory comes in: every row gets its word, and repeating it lists nothing twice.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import {
  freshEvent,
  freshOrganization,
  type Person,
  type Position,
  type Problem,
  until,
} from "./support/edge.ts";

interface Row {
  row: number;
  line: number;
  outcome: "accepted" | "accepted_with_warning" | "refused";
  tag?: string;
  code?: string;
  column?: string;
  message?: string;
}

interface Report extends Position {
  import: string;
  rows: number;
  accepted: number;
  warned: number;
  refused: number;
  consignors_new: number;
  ignored_columns: string[];
  results: Row[];
}

const ROOT = process.env.HANGTAG_ROOT ?? `${import.meta.dirname}/../..`;

let admin: Person;
let event: string;
let csv: string;

before(async () => {
  ({ admin } = await freshOrganization());
  event = await freshEvent(admin);
  csv = await readFile(`${ROOT}/demo/inventory.csv`, "utf8");
});

const send = (body: string | Uint8Array, key?: string, type = "text/csv; charset=utf-8") =>
  admin.call<Report>("POST", `/api/v1/events/${event}/imports`, {
    body,
    headers: { "content-type": type },
    ...(key === undefined ? {} : { key }),
  });

test("the demo inventory: 2,400 good rows, and a word about each awkward one", async () => {
  const answer = await send(csv, "demo-inventory");
  assert.equal(answer.status, 201, answer.text);
  const report = answer.body;
  assert.equal(report.rows, report.accepted + report.warned + report.refused);
  assert.equal(report.results.length, report.rows);
  assert.ok(report.accepted >= 2_400);
  assert.equal(report.consignors_new, 60);
  const words = new Map(
    report.results.filter((row) => row.code).map((row) => [row.line, [row.outcome, row.code, row.column]]),
  );
  assert.deepEqual(
    words,
    new Map([
      [182, ["accepted_with_warning", "price_off_step", "price"]],
      [363, ["refused", "title_unusable", "title"]],
      [544, ["refused", "price_too_low", "price"]],
      [725, ["refused", "category_unknown", "category"]],
      [1087, ["refused", "reference_repeated", "reference"]],
      [1268, ["accepted_with_warning", "price_respelt", "price"]],
      [1449, ["refused", "price_negative", "price"]],
      [1630, ["refused", "title_unusable", "title"]],
      [1811, ["accepted_with_warning", "tier_unknown", "consignor_tier"]],
      [1992, ["refused", "consignor_number_missing", "consignor_number"]],
      [2173, ["accepted_with_warning", "formula_text", "title"]],
      [2354, ["accepted_with_warning", "price_respelt", "price"]],
    ]),
  );
  const listed = report.results.filter((row) => row.outcome !== "refused");
  assert.ok(listed.every((row) => /^\d{10}$/.test(row.tag ?? "")));
  assert.equal(new Set(listed.map((row) => row.tag)).size, listed.length, "every tag is given once");
});

test("the same import again lists nothing twice and gets the same report", async () => {
  const again = await send(csv, "demo-inventory");
  assert.equal(again.headers["idempotency-replayed"], "true");
  const first = await send(csv, "demo-inventory");
  assert.deepEqual(again.body, first.body);
  const { items } = await admin.ok<{ items: number }>(
    "GET",
    `/api/v1/events/${event}?min_seq=${again.body.seq}`,
  );
  assert.equal(items, again.body.accepted + again.body.warned);
});

test("another file under the same key is refused", async () => {
  const answer = await send(csv.split("\n").slice(0, 10).join("\n"), "demo-inventory");
  assert.deepEqual(
    [answer.status, (answer.body as unknown as Problem).code],
    [409, "idempotency_key_reused"],
  );
});

test("the same file under another key finds every reference taken", async () => {
  const { status, body } = await send(csv);
  assert.equal(status, 201);
  assert.equal(body.accepted + body.warned, 0);
  assert.equal(body.consignors_new, 0);
});

test("names reach the page of those who may see them, and no log", async () => {
  const consignors = await admin.ok<{ items: { number: number; name: string | null; items: number }[] }>(
    "GET",
    `/api/v1/events/${event}/consignors?limit=100`,
  );
  assert.equal(consignors.items.length, 60);
  assert.ok(consignors.items.every((consignor) => (consignor.name ?? "").length > 3 && consignor.items > 0));
  const name = consignors.items[0]?.name ?? "";
  const streams = await admin.ok<{ items: { stream: string }[] }>("GET", `/api/v1/events/${event}/streams`);
  for (const { stream } of streams.items) {
    const log = await admin.call("GET", `/api/v1/log/${encodeURIComponent(stream)}`);
    assert.ok(
      !log.text.includes(name) && !log.text.includes("@example.org"),
      `${stream} holds personal data`,
    );
  }
});

test("who a consignor is does not change because a file says so", async () => {
  const header = "consignor_number,consignor_name,consignor_email,category,title,condition,price";
  const file = (name: string, email: string, title: string) =>
    send(
      `${header}\n900,${name},${email},toys,${title},good,4.50\n900,${name},${email},toys,${title} 2,good,4.50`,
    );
  const first = await file("Bea Bold", "", "Top");
  assert.equal(first.body.accepted, 2, first.text);
  const later = await file("Bea Changed", "bea@example.org", "Puzzle");
  assert.deepEqual(
    later.body.results.map((row) => [row.outcome, row.code, row.column]),
    [
      ["accepted_with_warning", "consignor_known_otherwise", "consignor_name"],
      ["accepted", undefined, undefined],
    ],
  );
  const known = () => admin.call<{ name: string }>("GET", "/api/v1/consignors/900");
  await until("the consignor's account", async () => (await known()).status === 200);
  assert.equal((await known()).body.name, "Bea Bold");
});

test("semicolons, marks, letter case and line ends do not matter", async () => {
  const body =
    "\u{feff}Consignor Number;CATEGORY;Title;Condition;PRICE;Colour\r\n7;Toys;Kite;Like New;4,50;red\r\n";
  const answer = await send(body);
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual([answer.body.warned, answer.body.ignored_columns], [1, ["Colour"]]);
});

test("what is no inventory is refused as a whole, in words", async () => {
  for (const [body, type, status, code] of [
    ["", "text/csv", 400, "csv_empty"],
    ["hello\nworld", "text/csv", 400, "csv_columns"],
    ["{}", "application/json", 415, "unsupported_media_type"],
    ["x".repeat(2 * 1024 * 1024 + 1), "text/csv", 413, "body_too_large"],
  ] as const) {
    const answer = await send(body, undefined, type);
    assert.deepEqual([answer.status, (answer.body as unknown as Problem).code], [status, code]);
  }
});

test("items come in pages, found by title, tag, consignor and status", async () => {
  type Items = { items: { tag: string; title: string; consignor: number }[]; next_cursor: string | null };
  const get = (query: string) => admin.ok<Items>("GET", `/api/v1/events/${event}/items?${query}`);
  const tags: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: Items = await get(`limit=500${cursor === "" ? "" : `&cursor=${cursor}`}`);
    tags.push(...page.items.map((item) => item.tag));
    cursor = page.next_cursor;
  }
  assert.deepEqual(tags, [...new Set(tags)].sort());
  assert.ok(tags.length > 2_400);
  const [first] = (await get("limit=1")).items;
  assert.ok(first);
  assert.equal((await get(`q=${first.tag}`)).items[0]?.tag, first.tag);
  assert.ok((await get("q=BOOTS")).items.every((item) => item.title.toLowerCase().includes("boots")));
  assert.ok((await get("consignor=102")).items.every((item) => item.consignor === 102));
  assert.deepEqual((await get("status=sold")).items, []);
  assert.equal((await admin.call("GET", `/api/v1/events/${event}/items?limit=501`)).status, 400);
  assert.equal((await admin.call("GET", `/api/v1/events/${event}/items?cursor=nonsense`)).status, 400);
});
