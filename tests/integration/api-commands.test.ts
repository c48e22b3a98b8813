// Every command of an event's life over HTTP, from settings to payouts: who may, what is refused, what is recorded.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  move,
  openSession,
  Person,
  pair,
  until,
} from "./support/edge.ts";
import { type Recorded, run, type Step } from "./support/steps.ts";

let admin: Person;
let reader: Person;
let slug: string;
let event: string;

interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
  total?: number;
}

const of = (rest: string) => () => `/api/v1/events/${event}${rest}`;
const list = <Row>(path: string) => admin.ok<Page<Row>>("GET", path);

before(async () => {
  ({ admin, slug } = await freshOrganization());
  settings = await admin.ok<Settings>("GET", "/api/v1/settings");
  await admin.ok("PUT", "/api/v1/members/user_demo_sue/roles/support");
  reader = new Person("user_demo_sue", slug);
  event = await freshEvent(admin);
});

function table(name: string, steps: Step[]) {
  describe(name, () => {
    for (const step of steps) test(step.what, () => run(step, admin, reader));
  });
}

type Settings = { version: number; settings: Record<string, unknown> & { version: number } };
let settings: Settings;

table("settings and accounts", [
  {
    what: "new settings follow the version in force",
    method: "PUT",
    path: () => "/api/v1/settings",
    body: () => ({ ...settings.settings, version: 2, tax: { rate: 825, inclusive: false, exempt: [] } }),
    kinds: ["settings_changed"],
    refused: { body: () => ({ ...settings.settings, version: 5 }), status: 409, code: "settings_version" },
    after: async () => {
      const now = await admin.ok<Settings & { plan_version: number }>("GET", "/api/v1/settings");
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
      const trial = await admin.ok("POST", "/api/v1/commission-plans/trial", {
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
      const account = await admin.ok<{ tier: string; tax_form_missing: boolean }>(
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
      const plan = await admin.ok<{ taken: number; waiting: number }>("GET", of("/registration")());
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

let tags: string[] = [];
/** What the first entry that a command caused says. */
function first<Data>(recorded: Recorded): Data {
  const entry = recorded.entries[0];
  assert.ok(entry);
  return entry.data as Data;
}

const listedTags = (recorded: Recorded) =>
  first<{ items: { tag: string }[] }>(recorded).items.map((item) => item.tag);
const item = (title: string, price_cents = 500) => ({
  consignor: 101,
  category: "toys",
  title,
  condition: "good",
  price_cents,
});

table("items", [
  {
    what: "items are listed",
    method: "POST",
    path: of("/items"),
    body: () => ({
      items: ["Kite", "Ball", "Puzzle", "Robot", "Train", "Doll", "Drum"].map((title) => item(title)),
    }),
    kinds: ["items_listed"],
    status: 201,
    refused: { body: () => ({ items: [] }), status: 422, code: "too_many_items" },
    after: (recorded) => {
      tags = listedTags(recorded);
      assert.equal(tags.length, 7);
    },
  },
  {
    what: "one is edited",
    method: "PATCH",
    path: () => `${of("/items/")()}${tags[0]}`,
    body: () => ({ price_cents: 450, reduce: true }),
    kinds: ["items_edited"],
    refused: { path: of("/items/0010000000"), status: 404, code: "not_found" },
  },
  {
    what: "many are",
    method: "PATCH",
    path: of("/items"),
    body: () => ({ tags: tags.slice(1, 3), change: { donate: true } }),
    kinds: ["items_edited"],
    refused: { body: () => ({ tags: [tags[1], tags[1]], change: {} }), status: 422, code: "tag_repeated" },
  },
  {
    what: "prices follow one rule",
    method: "POST",
    path: of("/items/reprice"),
    body: () => ({ tags: tags.slice(1, 3), reduce_bp: 5000 }),
    kinds: ["items_edited"],
    refused: {
      body: () => ({ tags, set_cents: 1, reduce_bp: 1 }),
      status: 400,
      code: "price_change_unclear",
    },
    after: async () => {
      const sorted = await list<{ price_cents: number }>(of("/items?sort=price_cents&limit=2&count=true")());
      assert.deepEqual(
        sorted.items.map((row) => row.price_cents),
        [250, 250],
      );
      assert.equal(sorted.total, 7);
      const next = await list<{ price_cents: number }>(
        of(`/items?sort=price_cents&limit=2&cursor=${sorted.next_cursor}`)(),
      );
      assert.deepEqual(
        next.items.map((row) => row.price_cents),
        [450, 500],
      );
    },
  },
  {
    what: "tags are printed",
    method: "POST",
    path: of("/items/print"),
    body: () => ({ tags: tags.slice(0, 1) }),
    kinds: ["tags_printed"],
  },
  {
    what: "an item gets another tag",
    method: "POST",
    path: () => `${of("/items/")()}${tags[6]}/retag`,
    body: () => ({ reason: "lost" }),
    kinds: ["item_retagged"],
    refused: { path: of("/items/x/retag"), status: 404, code: "not_found" },
  },
  {
    what: "a draft is kept",
    method: "POST",
    path: of("/drafts"),
    body: () => ({ ...item(""), title: "", price_cents: 0 }),
    kinds: ["draft_saved"],
    status: 201,
    refused: {
      body: () => ({ ...item("x"), consignor: 999 }),
      status: 422,
      code: "consignor_not_participating",
    },
    after: (recorded) => {
      tags.push(first<{ tag: string }>(recorded).tag);
    },
  },
  {
    what: "kept again",
    method: "PUT",
    path: () => `${of("/drafts/")()}${tags[7]}`,
    body: () => ({ ...item("Wagon"), price_cents: 0 }),
    kinds: ["draft_saved"],
  },
  {
    what: "listed whole",
    method: "POST",
    path: () => `${of("/drafts/")()}${tags[7]}/complete`,
    body: () => item("Wagon", 900),
    kinds: ["items_listed"],
    refused: {
      body: () => ({ ...item("Wagon", 900), category: "cars" }),
      status: 422,
      code: "category_unknown",
    },
  },
  {
    what: "another one is kept",
    method: "POST",
    path: of("/drafts"),
    body: () => item("Lamp"),
    kinds: ["draft_saved"],
    status: 201,
    after: (recorded) => {
      tags.push(first<{ tag: string }>(recorded).tag);
    },
  },
  {
    what: "and given up",
    method: "DELETE",
    path: () => `${of("/drafts/")()}${tags[8]}`,
    kinds: ["draft_discarded"],
    after: async () => {
      await move(admin, event, "intake");
    },
    refused: { path: () => `${of("/drafts/")()}${tags[0]}`, status: 422, code: "not_a_draft" },
  },
  {
    what: "items are checked in",
    method: "POST",
    path: of("/items/check-in"),
    body: () => ({ tags: tags.slice(0, 4) }),
    kinds: ["items_checked_in"],
    refused: { body: () => ({ tags: [] }), status: 422, code: "too_many_tags" },
  },
  {
    what: "one is refused",
    method: "POST",
    path: of("/items/reject"),
    body: () => ({ tags: tags.slice(4, 5), reason: "stained" }),
    kinds: ["items_rejected"],
  },
  {
    what: "one is pulled",
    method: "POST",
    path: of("/items/pull"),
    body: () => ({ tags: tags.slice(3, 4), reason: "own_wish" }),
    kinds: ["items_pulled"],
  },
  {
    what: "and put up again",
    method: "POST",
    path: of("/items/reinstate"),
    body: () => ({ tags: tags.slice(3, 4) }),
    kinds: ["items_reinstated"],
  },
  {
    what: "one leaves the hall",
    method: "POST",
    path: of("/items/depart"),
    body: () => ({ tags: tags.slice(3, 4), how: "picked_up" }),
    kinds: ["items_departed"],
    after: async () => {
      const one = await admin.call<{ status: string; printed_cents: number }>(
        "GET",
        `${of("/items/")()}${tags[0]}`,
      );
      assert.deepEqual([one.body.status, one.body.printed_cents], ["checked_in", 450]);
      const etag = one.headers.etag as string;
      assert.match(etag, /^"\d+"$/);
      const same = await admin.call("GET", `${of("/items/")()}${tags[0]}`, {
        headers: { "if-none-match": etag },
      });
      assert.equal(same.status, 304);
    },
  },
]);

let slot = "";
let booking = "";
const inTwoWeeks = new Date(Date.now() + 14 * 86_400_000).toISOString();

table("schedule", [
  {
    what: "slots are opened",
    method: "POST",
    path: of("/slots"),
    body: () => ({
      slots: [
        { kind: "shift", shift: "general_help", starts_at: inTwoWeeks, capacity: 1 },
        { kind: "drop_off", zone: 1, starts_at: inTwoWeeks, capacity: 2 },
      ],
    }),
    kinds: ["slots_opened"],
    status: 201,
    refused: {
      body: () => ({ slots: [{ kind: "pick_up", starts_at: inTwoWeeks, capacity: 0 }] }),
      status: 422,
      code: "capacity_unusable",
    },
    after: (recorded) => {
      slot = first<{ slots: { slot: string }[] }>(recorded).slots[0]?.slot ?? "";
    },
  },
  {
    what: "a place is booked",
    method: "POST",
    path: of("/bookings"),
    body: () => ({ slot, consignor: 101 }),
    kinds: ["booking_made"],
    status: 201,
    after: (recorded) => {
      booking = recorded.id ?? "";
    },
  },
  {
    what: "the next one waits",
    method: "POST",
    path: of("/bookings"),
    body: () => ({ slot, consignor: 103, wait: true }),
    kinds: ["booking_queued"],
    status: 201,
    refused: { body: () => ({ slot, consignor: 103 }), status: 409, code: "slot_full" },
    after: (recorded) => {
      booking = recorded.id ?? "";
    },
  },
  {
    what: "more places",
    method: "PATCH",
    path: () => `${of("/slots/")()}${slot}`,
    body: () => ({ capacity: 2 }),
    kinds: ["slot_resized", "booking_offered"],
    refused: { body: () => ({ capacity: 0 }), status: 422, code: "capacity_below_taken" },
  },
  {
    what: "the offer is taken up",
    method: "POST",
    path: () => `${of("/bookings/")()}${booking}/accept`,
    kinds: ["booking_confirmed"],
    after: async () => {
      const slots = await list<{ kind: string; taken: number; waiting: number }>(of("/slots?kind=shift")());
      assert.deepEqual(
        slots.items.map((row) => [row.taken, row.waiting]),
        [[2, 0]],
      );
    },
  },
  {
    what: "a helper is here",
    method: "POST",
    path: () => `${of("/bookings/")()}${booking}/check-in`,
    kinds: ["booking_checked_in"],
  },
  {
    what: "and done",
    method: "POST",
    path: () => `${of("/bookings/")()}${booking}/complete`,
    kinds: ["booking_completed"],
    after: async () => {
      const bookings = await list<{ booking: string; consignor: number; status: string }>(of("/bookings")());
      const mine = bookings.items.find((row) => row.consignor === 103);
      assert.equal(mine?.status, "completed");
      booking = bookings.items.find((row) => row.consignor === 101)?.booking ?? "";
    },
  },
  {
    what: "a booking is given up",
    method: "POST",
    path: () => `${of("/bookings/")()}${booking}/cancel`,
    body: () => ({ reason: "own_wish" }),
    kinds: ["booking_cancelled"],
  },
  {
    what: "a slot is called off",
    method: "POST",
    path: () => `${of("/slots/")()}${slot}/cancel`,
    body: () => ({ reason: "organizer" }),
    kinds: ["slot_cancelled"],
  },
]);

let count = "";

table("counts", [
  {
    what: "a stock count begins",
    method: "POST",
    path: of("/counts"),
    kinds: ["count_started"],
    status: 201,
    after: (recorded) => {
      count = recorded.id ?? "";
    },
  },
  {
    what: "tags are seen",
    method: "POST",
    path: () => `${of("/counts/")()}${count}/tags`,
    body: () => ({ tags: tags.slice(0, 2) }),
    kinds: ["items_counted"],
    refused: {
      path: of("/counts/00000000-0000-0000-0000-000000000000/tags"),
      status: 404,
      code: "count_unknown",
    },
  },
  {
    what: "what differs",
    method: "POST",
    path: () => `${of("/counts/")()}${count}/compare`,
    kinds: ["count_compared", "count_finished"],
    after: async () => {
      const done = await admin.ok<{ status: string; counted: number; differences: number }>(
        "GET",
        `${of("/counts/")()}${count}`,
      );
      assert.deepEqual([done.status, done.counted, done.differences], ["finished", 2, 1]);
      const differences = await list<{ tag: string; class: string }>(
        `${of("/counts/")()}${count}/differences`,
      );
      assert.deepEqual(
        differences.items.map((row) => [row.tag, row.class]),
        [[tags[2], "missing"]],
      );
    },
  },
  {
    what: "another one begins",
    method: "POST",
    path: of("/counts"),
    kinds: ["count_started"],
    status: 201,
    after: (recorded) => {
      count = recorded.id ?? "";
    },
  },
  {
    what: "and is given up",
    method: "POST",
    path: () => `${of("/counts/")()}${count}/abandon`,
    kinds: ["count_abandoned"],
  },
]);

let settlement = "";
let session = "";

describe("settlement and payouts", () => {
  before(async () => {
    session = await openSession(admin, event, ["selling"]);
    const till = await pair(admin, session);
    const sold = await call(admin.host, "POST", `/api/v1/sessions/${session}/receipts`, {
      token: till.token,
      body: basket([[tags[0] ?? "", 450]]),
    });
    assert.equal(sold.status, 201, sold.text);
    await admin.ok("POST", `/api/v1/sessions/${session}/close`, { body: {} });
    await until("the session to close", async () => {
      const { status } = await admin.ok<{ status: string }>("GET", `/api/v1/sessions/${session}`);
      return status === "closed";
    });
    for (const to of ["closed", "returns", "reconciliation"]) await move(admin, event, to);
  });

  test("a preview records nothing", async () => {
    const preview = await admin.ok<{
      statements: { consignor: number; due_cents: number }[];
      pins: unknown[];
    }>("GET", of("/settlement-preview")());
    assert.equal(preview.pins.length, 3);
    assert.ok(preview.statements.some((row) => row.consignor === 101));
    assert.deepEqual((await list(of("/settlements")())).items, []);
  });

  test("a settlement is calculated over pinned heads", async () => {
    assert.equal((await reader.call("POST", of("/settlements")())).status, 403);
    const started = await admin.call<Recorded>("POST", of("/settlements")(), { key: "first-settlement" });
    assert.equal(started.status, 201, started.text);
    settlement = started.body.id ?? "";
    const again = await admin.call<Recorded>("POST", of("/settlements")(), { key: "first-settlement" });
    assert.deepEqual([again.status, again.body.id], [201, settlement], again.text);
    const found = await admin.ok<{ status: string; balance: { difference_cents: number } }>(
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
    const one = await admin.ok<{ earned_cents: number; carried_in_cents: number; lines: Line[] }>(
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
    assert.equal((await admin.call("GET", `${path}/999`)).status, 404);
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

describe("history", () => {
  test("an item's story says who, when, what and what was before", async () => {
    type Told = {
      kind: string;
      actor: string;
      changes: { field: string; before: unknown; after: unknown }[];
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
    assert.equal((await admin.call("GET", "/api/v1/items/0010000000/history")).status, 404);
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
    const lines = await admin.call<string>("GET", `${path}?format=ndjson`);
    assert.equal(lines.headers["content-type"], "application/x-ndjson");
    assert.equal(lines.text.trim().split("\n").length, first.total);
    const csv = await admin.call("GET", path, { headers: { accept: "text/csv" } });
    assert.match(csv.text, /^recorded_at,occurred_at,actor,kind/);
    assert.equal((await admin.call("GET", `/api/v1/consignors/101/history`)).status, 200);
    assert.equal((await admin.call("GET", `/api/v1/sessions/${session}/history`)).status, 200);
    assert.equal((await admin.call("GET", "/api/v1/history?from=yesterday")).status, 400);
  });

  test("the state at a past moment is the log's own", async () => {
    type Told = { seq: number; kind: string };
    const story = await list<Told>(`/api/v1/items/${tags[0]}/history?kind=items_edited`);
    const at = story.items[0]?.seq ?? 0;
    const state = (seq: number) =>
      admin.ok<{ price_cents: number; seq: number }>("GET", `${of("/items/")()}${tags[0]}/state?at=${seq}`);
    assert.deepEqual((await state(at - 1)).price_cents, 500);
    assert.deepEqual((await state(at)).price_cents, 450);
    const now = await admin.ok<{ status: string; items: Record<string, number> }>("GET", of("/state")());
    assert.equal(now.status, "reconciliation");
    const early = await admin.ok<{ status: string }>("GET", of("/state?at=1")());
    assert.equal(early.status, "draft");
    const sold = await admin.ok<{ receipts: number; gross_cents: number }>(
      "GET",
      `/api/v1/sessions/${session}/state`,
    );
    assert.deepEqual([sold.receipts, sold.gross_cents], [1, 450]);
    assert.equal((await admin.call("GET", of("/state?at=soon")())).status, 400);
  });
});

describe("lists", () => {
  test("every list can be counted and taken as CSV, and says what it is sorted by", async () => {
    const bad = await admin.call<{ code: string; detail: string }>("GET", of("/items?sort=colour")());
    assert.deepEqual([bad.status, bad.body.code], [400, "sort_unknown"]);
    assert.match(bad.body.detail, /price_cents/);
    const document = await call<{
      paths: Record<string, { get?: { responses: Record<string, { content?: Record<string, unknown> }> } }>;
    }>("127.0.0.1", "GET", "/api/v1/openapi.json");
    let lists = 0;
    for (const [path, item] of Object.entries(document.body.paths)) {
      if (!item.get?.responses["200"]?.content?.["text/csv"]) continue;
      const url = path
        .replace("{event}", event)
        .replace("{session}", session)
        .replace("{settlement}", settlement)
        .replace("{count}", count)
        .replace("{tag}", tags[0] ?? "")
        .replace("{number}", "101");
      if (url.includes("{")) continue;
      lists += 1;
      const csv = await admin.call("GET", `${url}?format=csv`);
      assert.equal(csv.status, 200, `${url}: ${csv.text.slice(0, 300)}`);
      assert.match(csv.headers["content-type"] ?? "", /^text\/csv/);
      const counted = await admin.ok<Page<unknown>>("GET", `${url}?count=true&limit=1`);
      assert.equal(typeof counted.total, "number", url);
      assert.ok(counted.items.length <= 1);
    }
    assert.ok(lists >= 25, `${lists} lists`);
  });
});
