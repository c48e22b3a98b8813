// Who takes part in an event and what they owe for it, over HTTP.
import assert from "node:assert/strict";
import { before } from "node:test";
import { enrol } from "./support/life.ts";
import { freshScene, on, type Scene } from "./support/scene.ts";

let scene: Scene;

before(async () => {
  scene = await freshScene();
  await enrol(scene, [101, 102, 103]);
});

const { list, of, table } = on(() => scene);

table("participations and fees", [
  {
    what: "how registration goes",
    method: "PUT",
    path: of("/registration"),
    body: () => ({ capacity: 2, terms: 1 }),
    kinds: ["registration_planned"],
    refused: {
      body: () => ({ opens_at: "2027-03-02T00:00:00Z", closes_at: "2027-03-01T00:00:00Z" }),
      status: 422,
      code: "period_reversed",
    },
  },
  {
    what: "a consignor registers",
    method: "POST",
    path: of("/participations"),
    body: () => ({ consignor: 101, method: "door", terms: 1 }),
    kinds: ["consignor_registered", "fees_charged"],
    status: 201,
    refused: { body: () => ({ consignor: 101, terms: 0 }), status: 422, code: "terms_not_accepted" },
  },
  {
    what: "another one, through the first",
    method: "POST",
    path: of("/participations"),
    body: () => ({ consignor: 102, terms: 1, referral_source: "consignor", referred_by: 101 }),
    kinds: ["consignor_registered", "fees_charged"],
    status: 201,
    refused: { body: () => ({ consignor: 101, terms: 1 }), status: 409, code: "registered_already" },
  },
  {
    what: "a third one waits",
    method: "POST",
    path: of("/participations"),
    body: () => ({ consignor: 103, tier: "super", terms: 1 }),
    kinds: ["consignor_queued"],
    status: 201,
  },
  {
    what: "another way to take part",
    method: "PUT",
    path: of("/participations/101"),
    body: () => ({ tier: "super", method: "door" }),
    kinds: ["participation_changed", "fees_charged"],
    refused: { path: of("/participations/999"), status: 404, code: "not_participating" },
  },
  {
    what: "who leaves makes place",
    method: "POST",
    path: of("/participations/102/cancel"),
    body: () => ({ reason: "own_wish", note: "moved away" }),
    kinds: ["fee_waived", "participation_cancelled", "place_offered"],
    refused: { path: of("/participations/999/cancel"), status: 404, code: "not_participating" },
  },
  {
    what: "which is taken up",
    method: "POST",
    path: of("/participations/103/accept"),
    kinds: ["consignor_registered", "fees_charged"],
    refused: { path: of("/participations/102/accept"), status: 409, code: "no_place_offered" },
    after: async () => {
      const all = await list<{ consignor: number; standing: string; tier: string; fees_open_cents: number }>(
        of("/participations")(),
      );
      assert.deepEqual(
        all.items.map((row) => [row.consignor, row.standing, row.tier, row.fees_open_cents]),
        [
          [101, "active", "super", 2500],
          [102, "left", "regular", 0],
          [103, "active", "super", 2500],
        ],
      );
      const plan = await scene.admin.ok<{ taken: number; waiting: number }>("GET", of("/registration")());
      assert.deepEqual([plan.taken, plan.waiting], [2, 0]);
    },
  },
  {
    what: "a fee",
    method: "POST",
    path: of("/fees/charges"),
    body: () => ({ consignor: 101, kind: "sort" }),
    kinds: ["fees_charged"],
    status: 201,
    refused: { body: () => ({ consignor: 101, kind: "no_show" }), status: 422, code: "follows_from_a_rule" },
  },
  {
    what: "a payment at the door",
    method: "POST",
    path: of("/fees/payments"),
    body: () => ({
      consignor: 101,
      kind: "participation",
      amount_cents: 1500,
      method: "door",
      reference: "d-1",
    }),
    kinds: ["fee_paid"],
    status: 201,
    refused: {
      body: () => ({
        consignor: 101,
        kind: "participation",
        amount_cents: 0,
        method: "door",
        reference: "d-0",
      }),
      status: 422,
      code: "amount_unusable",
    },
  },
  {
    what: "a waiver",
    method: "POST",
    path: of("/fees/waivers"),
    body: () => ({ consignor: 101, kind: "sort", reason: "goodwill", note: "sorted it herself" }),
    kinds: ["fee_waived"],
    status: 201,
    refused: {
      body: () => ({ consignor: 103, kind: "sort", reason: "goodwill" }),
      status: 422,
      code: "nothing_to_waive",
    },
  },
  {
    what: "an adjustment",
    method: "POST",
    path: of("/adjustments"),
    body: () => ({ consignor: 103, amount_cents: 300, reason: "item_damaged" }),
    kinds: ["adjustment_made"],
    status: 201,
    refused: {
      body: () => ({ consignor: 103, amount_cents: 0, reason: "goodwill" }),
      status: 422,
      code: "amount_unusable",
    },
    after: async () => {
      const fees = await list<{ consignor: number; kind: string; open_cents: number }>(
        of("/fees?consignor=101")(),
      );
      assert.deepEqual(
        fees.items.map((row) => [row.kind, row.open_cents]),
        [
          ["participation", 1000],
          ["sort", 0],
        ],
      );
      const open = await list(of("/fees?open=true")());
      assert.equal(open.items.length, 2);
      const moved = await list<{ movement: string }>(of("/fees/movements?consignor=103")());
      assert.deepEqual(
        moved.items.map((row) => row.movement),
        ["adjusted", "charged"],
      );
    },
  },
]);
