// An event is settled, over HTTP: a preview, statements of every cent, an approval, and what is carried forward.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { until } from "./support/edge.ts";
import { liveToReconciliation } from "./support/life.ts";
import { freshScene, on, type Scene } from "./support/scene.ts";
import type { Recorded } from "./support/steps.ts";

let session = "";
let settlement = "";
let scene: Scene;

before(async () => {
  scene = await freshScene();
  ({ session } = await liveToReconciliation(scene));
});

const { list, of, table } = on(() => scene);

describe("settlement and payouts", () => {
  test("a preview records nothing", async () => {
    const preview = await scene.admin.ok<{
      statements: { consignor: number; due_cents: number }[];
      pins: unknown[];
    }>("GET", of("/settlement-preview")());
    assert.equal(preview.pins.length, 3);
    assert.ok(preview.statements.some((row) => row.consignor === 101));
    assert.deepEqual((await list(of("/settlements")())).items, []);
  });

  test("a settlement is calculated over pinned heads", async () => {
    assert.equal((await scene.reader.call("POST", of("/settlements")())).status, 403);
    const started = await scene.admin.call<Recorded>("POST", of("/settlements")(), {
      key: "first-settlement",
    });
    assert.equal(started.status, 201, started.text);
    settlement = started.body.id ?? "";
    const again = await scene.admin.call<Recorded>("POST", of("/settlements")(), { key: "first-settlement" });
    assert.deepEqual([again.status, again.body.id], [201, settlement], again.text);
    const found = await scene.admin.ok<{ status: string; balance: { difference_cents: number } }>(
      "POST",
      `${of("/settlements/")()}${settlement}/run`,
    );
    assert.deepEqual([found.status, found.balance.difference_cents], ["calculated", 0]);
  });

  test("a statement names the rule and the entries of every cent", async () => {
    const path = `${of("/settlements/")()}${settlement}/statements`;
    const all = await list<{ consignor: number; lines: null }>(path);
    assert.deepEqual(
      all.items.map((row) => row.consignor),
      [101, 102, 103],
    );
    type Line = {
      about: string;
      amount_cents: number;
      rule: string;
      sources: { stream: string; seq: number }[];
    };
    const one = await scene.admin.ok<{ earned_cents: number; carried_in_cents: number; lines: Line[] }>(
      "GET",
      `${path}/101`,
    );
    const sum = one.lines.reduce((total, line) => total + line.amount_cents, 0);
    assert.equal(sum, one.earned_cents + one.carried_in_cents);
    for (const line of one.lines) {
      assert.match(line.rule, /^[A-Z]{3}-\d+$/);
      for (const source of line.sources)
        assert.ok(source.stream.length > 36 && source.seq > 0, JSON.stringify(line));
    }
    const sale = one.lines.find((line) => line.about === "sale");
    assert.ok(sale?.sources[0]?.stream.includes(`/session/${session}`));
    assert.equal((await scene.admin.call("GET", `${path}/999`)).status, 404);
  });

  table("money leaves", [
    {
      what: "the settlement is approved",
      method: "POST",
      path: () => `${of("/settlements/")()}${settlement}/approve`,
      body: () => ({}),
      kinds: ["settlement_approved", "payouts_calculated"],
      refused: {
        path: of("/settlements/00000000-0000-0000-0000-000000000000/approve"),
        status: 409,
        code: "settlement_not_current",
      },
    },
  ]);

  test("what is below zero is carried forward", async () => {
    const carried = await list<{ consignor: number; amount_cents: number; reason: string }>(
      of("/carried-forward")(),
    );
    assert.ok(carried.items.every((row) => row.amount_cents < 0 && row.reason === "negative"));
    await until("the ledger to hear of it", async () => {
      const ledger = await list<{ reason: string }>("/api/v1/ledger?account=carried");
      return ledger.items.some((row) => row.reason === "negative_payout");
    });
  });
});
