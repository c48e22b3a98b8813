// What holds for a whole organization, over HTTP: its settings, and the accounts of its consignors.
import assert from "node:assert/strict";
import { before } from "node:test";
import { freshScene, on, type Scene } from "./support/scene.ts";

type Settings = { version: number; settings: Record<string, unknown> & { version: number } };

let settings: Settings;
let scene: Scene;

before(async () => {
  scene = await freshScene();
  settings = await scene.admin.ok<Settings>("GET", "/api/v1/settings");
});

const { list, table } = on(() => scene);

table("settings and accounts", [
  {
    what: "new settings follow the version in force",
    method: "PUT",
    path: () => "/api/v1/settings",
    body: () => ({ ...settings.settings, version: 2, tax: { rate: 825, inclusive: false, exempt: [] } }),
    kinds: ["settings_changed"],
    refused: { body: () => ({ ...settings.settings, version: 5 }), status: 409, code: "settings_version" },
    after: async () => {
      const now = await scene.admin.ok<Settings & { plan_version: number }>("GET", "/api/v1/settings");
      assert.deepEqual([now.version, now.plan_version], [2, 1]);
      const versions = await list<{ version: number }>("/api/v1/settings/versions");
      assert.deepEqual(
        versions.items.map((row) => row.version),
        [2, 1],
      );
      const plans = await list<{ version: number; plan: { cap: number } }>("/api/v1/commission-plans");
      assert.deepEqual(
        plans.items.map((row) => [row.version, row.plan.cap]),
        [[1, 9500]],
      );
      const trial = await scene.admin.ok("POST", "/api/v1/commission-plans/trial", {
        body: { plan: plans.items[0]?.plan, tier: "super", shifts: 1, price_cents: 75 },
      });
      assert.deepEqual(trial, { rate_bp: 7000, share_cents: 53, house_cents: 22 });
    },
  },
  {
    what: "consignors get their numbers",
    method: "POST",
    path: () => "/api/v1/consignors",
    body: () => ({ consignors: [101, 102, 103].map((number) => ({ number, tier: "regular" })) }),
    kinds: ["consignors_enrolled"],
    status: 201,
    refused: { body: () => ({ consignors: [{ number: 0 }] }), status: 422, code: "consignor_number" },
  },
  {
    what: "an account takes part another way from now on",
    method: "PUT",
    path: () => "/api/v1/consignors/103/tier",
    body: () => ({ tier: "super" }),
    kinds: ["tier_changed"],
    refused: { path: () => "/api/v1/consignors/999/tier", status: 404, code: "consignor_unknown" },
  },
  {
    what: "an account is marked",
    method: "PUT",
    path: () => "/api/v1/consignors/103/flags/tax_form_missing",
    kinds: ["account_flagged"],
    refused: { path: () => "/api/v1/consignors/103/flags/odd", status: 404, code: "not_found" },
  },
  {
    what: "and no more",
    method: "DELETE",
    path: () => "/api/v1/consignors/103/flags/tax_form_missing",
    kinds: ["account_flagged"],
    after: async () => {
      const account = await scene.admin.ok<{ tier: string; tax_form_missing: boolean }>(
        "GET",
        "/api/v1/consignors/103",
      );
      assert.deepEqual([account.tier, account.tax_form_missing], ["super", false]);
    },
  },
  {
    what: "a referral code",
    method: "PUT",
    path: () => "/api/v1/referral-codes/KITE27",
    body: () => ({ consignor: 101 }),
    kinds: ["referral_code_issued"],
    refused: { path: () => "/api/v1/referral-codes/x", status: 422, code: "code_unusable" },
  },
  {
    what: "that counts no more",
    method: "DELETE",
    path: () => "/api/v1/referral-codes/KITE27",
    kinds: ["referral_code_retired"],
    refused: { path: () => "/api/v1/referral-codes/NOSUCH", status: 404, code: "code_unknown" },
  },
  {
    what: "an amount in a ledger",
    method: "POST",
    path: () => "/api/v1/ledger",
    body: () => ({ consignor: 101, amount_cents: 250, reason: "goodwill", note: "for the rain" }),
    kinds: ["ledger_posted"],
    status: 201,
    refused: {
      body: () => ({ consignor: 101, amount_cents: 0, reason: "goodwill" }),
      status: 422,
      code: "amount_unusable",
    },
    after: async () => {
      const lines = await list<{ amount_cents: number; balance_cents: number }>(
        "/api/v1/ledger?consignor=101",
      );
      assert.deepEqual(
        lines.items.map((row) => [row.amount_cents, row.balance_cents]),
        [[250, 250]],
      );
    },
  },
]);
