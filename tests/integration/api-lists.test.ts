// What every list has in common, over HTTP: counting, sorting, CSV.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { call } from "./support/edge.ts";
import { liveToReconciliation, type Remains } from "./support/life.ts";
import { freshScene, on, type Page, type Scene } from "./support/scene.ts";
import type { Recorded } from "./support/steps.ts";

let remains: Remains;
let settlement = "";
let scene: Scene;

before(async () => {
  scene = await freshScene();
  remains = await liveToReconciliation(scene);
  settlement = (await scene.admin.ok<Recorded>("POST", of("/settlements")())).id ?? "";
  await scene.admin.ok("POST", of(`/settlements/${settlement}/approve`)(), { body: {} });
});

const { of } = on(() => scene);

describe("lists", () => {
  test("every list can be counted and taken as CSV, and says what it is sorted by", async () => {
    const bad = await scene.admin.call<{ code: string; detail: string }>("GET", of("/items?sort=colour")());
    assert.deepEqual([bad.status, bad.body.code], [400, "sort_unknown"]);
    assert.match(bad.body.detail, /price_cents/);
    const document = await call<{
      paths: Record<string, { get?: { responses: Record<string, { content?: Record<string, unknown> }> } }>;
    }>("127.0.0.1", "GET", "/api/v1/openapi.json");
    let lists = 0;
    for (const [path, item] of Object.entries(document.body.paths)) {
      if (!item.get?.responses["200"]?.content?.["text/csv"]) continue;
      const url = path
        .replace("{event}", scene.event)
        .replace("{session}", remains.session)
        .replace("{settlement}", settlement)
        .replace("{count}", remains.count)
        .replace("{tag}", remains.tags[0] ?? "")
        .replace("{number}", "101");
      if (url.includes("{")) continue;
      lists += 1;
      const csv = await scene.admin.call("GET", `${url}?format=csv`);
      assert.equal(csv.status, 200, `${url}: ${csv.text.slice(0, 300)}`);
      assert.match(csv.headers["content-type"] ?? "", /^text\/csv/);
      const counted = await scene.admin.ok<Page<unknown>>("GET", `${url}?count=true&limit=1`);
      assert.equal(typeof counted.total, "number", url);
      assert.ok(counted.items.length <= 1);
    }
    assert.ok(lists >= 25, `${lists} lists`);
  });
});
