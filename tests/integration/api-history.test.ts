// What the logs say of the past, over HTTP: stories of items and events, and states at a moment of them.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { liveToReconciliation } from "./support/life.ts";
import { freshScene, on, type Scene } from "./support/scene.ts";

let tags: string[] = [];
let session = "";
let scene: Scene;

before(async () => {
  scene = await freshScene();
  ({ tags, session } = await liveToReconciliation(scene));
});

const { list, of } = on(() => scene);

describe("history", () => {
  test("an item's story says who, when, what and what was before", async () => {
    type Told = {
      kind: string;
      actor: string;
      changes: { field: string; before: unknown; after: unknown }[];
      data: { items?: { tag: string }[] };
    };
    const story = await list<Told>(`/api/v1/items/${tags[0]}/history`);
    const kinds = story.items.map((entry) => entry.kind);
    for (const kind of [
      "items_listed",
      "items_edited",
      "items_checked_in",
      "receipt_completed",
      "items_taken_back",
    ])
      assert.ok(kinds.includes(kind), `${kind} in ${kinds}`);
    const listed = story.items.find((entry) => entry.kind === "items_listed");
    assert.deepEqual(
      listed?.data.items?.map((item) => item.tag),
      [tags[0]],
      "what was listed with it is of no account here",
    );
    const edited = story.items.find((entry) => entry.kind === "items_edited");
    assert.deepEqual(edited?.actor, "person:user_demo_olivia");
    assert.deepEqual(
      edited?.changes.find((change) => change.field === "price"),
      { field: "price", before: 500, after: 450 },
    );
    const only = await list<Told>(`/api/v1/items/${tags[0]}/history?kind=items_edited`);
    assert.deepEqual(
      only.items.map((entry) => entry.kind),
      ["items_edited"],
    );
    assert.equal((await scene.admin.call("GET", "/api/v1/items/0010000000/history")).status, 404);
  });

  test("an event's history is newest first, in pages, as CSV and as lines", async () => {
    type Told = { recorded_at: string; kind: string; stream: string; data: unknown };
    const path = of("/history")();
    const first = await list<Told>(`${path}?limit=5&count=true`);
    assert.equal(first.items.length, 5);
    assert.ok(first.items.every((entry) => entry.data !== null));
    const times = first.items.map((entry) => entry.recorded_at);
    assert.deepEqual(times, [...times].sort().reverse());
    const moves = await list<{ changes: { before: string; after: string }[] }>(`${path}?kind=status_changed`);
    assert.deepEqual(moves.items[0]?.changes, [
      { field: "status", before: "returns", after: "reconciliation" },
    ]);
    const lines = await scene.admin.call<string>("GET", `${path}?format=ndjson`);
    assert.equal(lines.headers["content-type"], "application/x-ndjson");
    assert.equal(lines.text.trim().split("\n").length, first.total);
    const csv = await scene.admin.call("GET", path, { headers: { accept: "text/csv" } });
    assert.match(csv.text, /^recorded_at,occurred_at,actor,kind/);
    assert.equal((await scene.admin.call("GET", `/api/v1/consignors/101/history`)).status, 200);
    assert.equal((await scene.admin.call("GET", `/api/v1/sessions/${session}/history`)).status, 200);
    assert.equal((await scene.admin.call("GET", "/api/v1/history?from=yesterday")).status, 400);
  });

  test("the state at a past moment is the log's own", async () => {
    type Told = { seq: number; kind: string };
    const story = await list<Told>(`/api/v1/items/${tags[0]}/history?kind=items_edited`);
    const at = story.items[0]?.seq ?? 0;
    const state = (seq: number) =>
      scene.admin.ok<{ price_cents: number; seq: number }>(
        "GET",
        `${of("/items/")()}${tags[0]}/state?at=${seq}`,
      );
    assert.deepEqual((await state(at - 1)).price_cents, 500);
    assert.deepEqual((await state(at)).price_cents, 450);
    const now = await scene.admin.ok<{ status: string; items: Record<string, number> }>(
      "GET",
      of("/state")(),
    );
    assert.equal(now.status, "reconciliation");
    const early = await scene.admin.ok<{ status: string }>("GET", of("/state?at=1")());
    assert.equal(early.status, "draft");
    const sold = await scene.admin.ok<{ receipts: number; gross_cents: number }>(
      "GET",
      `/api/v1/sessions/${session}/state`,
    );
    assert.deepEqual([sold.receipts, sold.gross_cents], [1, 450]);
    assert.equal((await scene.admin.call("GET", of("/state?at=soon")())).status, 400);
  });
});
