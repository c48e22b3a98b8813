// Where the money goes, over HTTP: payouts from approval to the one that makes good for a voided one, a settlement that
// includes somebody who was erased, discrepancies with the store, and what a consignor may ask about their own numbers.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { submit } from "./support/doors.ts";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  move,
  openSession,
  Person,
  type Problem,
  pair,
  stock,
  until,
} from "./support/edge.ts";
import { type Recorded, run, type Step } from "./support/steps.ts";

interface Page<Row> {
  items: Row[];
}

interface Payout {
  payout: number;
  consignor: number;
  name: string | null;
  amount_cents: number;
  status: string;
  method: string | null;
  reference: string | null;
  void_reason: string | null;
  replaces: number | null;
  replaced_by: number | null;
}

interface Statement {
  consignor: number;
  due_cents: number;
}

let id: string;
let admin: Person;
let reader: Person;
let cora: Person;
let event: string;
let settlement: string;

const of = (rest: string) => () => `/api/v1/events/${event}${rest}`;
const list = async <Row>(path: string) => (await admin.ok<Page<Row>>("GET", path)).items;
const payout = (number: number) => admin.ok<Payout>("GET", of(`/payouts/${number}`)());

function table(steps: Step[]) {
  for (const step of steps) test(step.what, () => run(step, admin, reader));
}

before(async () => {
  let slug: string;
  ({ id, admin, slug } = await freshOrganization());
  await admin.ok("PUT", "/api/v1/members/user_demo_sue/roles/support");
  await admin.ok("PUT", "/api/v1/members/user_demo_cora/roles/consignor");
  reader = new Person("user_demo_sue", slug);
  cora = new Person("user_demo_cora", slug);
  event = await freshEvent(admin);
  const tags = await stock(admin, event, [
    [101, "Bicycle", "120.00"],
    [102, "Pram", "90.00"],
    [103, "Ski boots", "80.00"],
  ]);
  const session = await openSession(admin, event);
  const till = await pair(admin, session);
  const sold = await call(admin.host, "POST", `/api/v1/sessions/${session}/receipts`, {
    token: till.token,
    body: basket([
      [tags[0] ?? "", 12_000],
      [tags[1] ?? "", 9_000],
      [tags[2] ?? "", 8_000],
    ]),
  });
  assert.equal(sold.status, 201, sold.text);
  await admin.ok("POST", `/api/v1/sessions/${session}/close`, { body: {} });
  await until("the session to close", async () => {
    const { status } = await admin.ok<{ status: string }>("GET", `/api/v1/sessions/${session}`);
    return status === "closed";
  });
  for (const to of ["closed", "returns", "reconciliation"]) await move(admin, event, to);
});

describe("a settlement after somebody was erased", () => {
  let before101: unknown;

  const preview = async () => {
    const { statements } = await admin.ok<{ statements: Statement[] }>("GET", of("/settlement-preview")());
    return statements;
  };

  test("an erasure moves no figure of the preview", async () => {
    before101 = await preview();
    await admin.ok("POST", "/api/v1/people/consignor:101/erasure", { key: "erase" });
    assert.deepEqual(await preview(), before101);
  });

  test("the erased person's statement and payout are there, without a name", async () => {
    const started = await admin.ok<Recorded>("POST", of("/settlements")(), { key: "settle" });
    settlement = started.id ?? "";
    await admin.ok("POST", of(`/settlements/${settlement}/run`)());
    const statements = await list<Statement>(of(`/settlements/${settlement}/statements`)());
    assert.deepEqual(
      statements.map(({ consignor, due_cents }) => ({ consignor, due_cents })),
      (before101 as Statement[]).map(({ consignor, due_cents }) => ({ consignor, due_cents })),
    );
    await admin.ok("POST", of(`/settlements/${settlement}/approve`)(), { body: {} });
    const payouts = await list<Payout>(of("/payouts")());
    assert.deepEqual(
      payouts.map(({ consignor, amount_cents, status }) => [consignor, amount_cents, status]),
      statements.map(({ consignor, due_cents }) => [consignor, due_cents, "calculated"]),
    );
    assert.ok(payouts.every((row) => row.amount_cents > 0));
    assert.deepEqual(
      payouts.map((row) => row.name),
      [null, "Person 102", "Person 103"],
    );
  });
});

describe("payouts", () => {
  table([
    {
      what: "payouts are approved",
      method: "POST",
      path: of("/payouts/approve"),
      body: () => ({ payouts: [1, 2] }),
      kinds: ["payouts_approved"],
      refused: { body: () => ({ payouts: [99] }), status: 404, code: "payout_unknown" },
      after: async () => {
        const all = await list<Payout>(of("/payouts?sort=payout")());
        assert.deepEqual(
          all.map((row) => row.status),
          ["approved", "approved", "calculated"],
        );
      },
    },
    {
      what: "one is made",
      method: "POST",
      path: of("/payouts/1/paid"),
      body: () => ({ method: "cheque", reference: "1042", paid_on: "2027-04-10" }),
      kinds: ["payout_paid"],
      refused: { path: of("/payouts/3/paid"), status: 409, code: "payout_status" },
      after: async () => {
        const paid = await payout(1);
        assert.deepEqual([paid.status, paid.method, paid.reference], ["paid", "cheque", "1042"]);
        assert.equal((await list(of("/payouts?status=paid&method=cheque")())).length, 1);
      },
    },
    {
      what: "and voided, because it was lost",
      method: "POST",
      path: of("/payouts/1/void"),
      body: () => ({ reason: "lost", consignor: 102, note: "never arrived" }),
      kinds: ["payout_voided"],
      refused: { path: of("/payouts/3/void"), status: 409, code: "payout_status" },
    },
    {
      what: "and made again under another number",
      method: "POST",
      path: of("/payouts/1/reissue"),
      kinds: ["payout_reissued"],
      refused: { path: of("/payouts/3/reissue"), status: 409, code: "payout_status" },
      after: async () => {
        const [old, made] = [await payout(1), await payout(4)];
        assert.deepEqual([old.status, old.void_reason, old.replaced_by], ["reissued", "lost", 4]);
        assert.deepEqual([made.replaces, made.amount_cents, made.consignor], [1, old.amount_cents, 101]);
      },
    },
    {
      what: "another is made",
      method: "POST",
      path: of("/payouts/2/paid"),
      body: () => ({ method: "bank", reference: "T-7", paid_on: "2027-04-10" }),
      kinds: ["payout_paid"],
    },
    {
      what: "and comes back",
      method: "POST",
      path: of("/payouts/2/void"),
      body: () => ({ reason: "returned" }),
      kinds: ["payout_voided"],
    },
    {
      what: "and is owed in the ledger instead",
      method: "POST",
      path: of("/payouts/2/carry"),
      kinds: ["payout_carried"],
      refused: { path: of("/payouts/4/carry"), status: 409, code: "payout_status" },
      after: async () => {
        const { amount_cents, consignor } = await payout(2);
        await until("the ledger", async () => {
          const lines = await list<{ amount_cents: number }>(`/api/v1/ledger?consignor=${consignor}`);
          return lines.some((line) => line.amount_cents === amount_cents);
        });
      },
    },
  ]);

  test("a payout that does not exist is not found, and one of another organization's even less", async () => {
    assert.equal((await admin.call("GET", of("/payouts/99")())).status, 404);
    const other = await freshOrganization();
    assert.equal((await other.admin.call("GET", of("/payouts/1")())).status, 404);
    assert.deepEqual((await other.admin.call<Page<Payout>>("GET", of("/payouts")())).status, 404);
  });

  test("payouts are for those who may read everything", async () => {
    const asked = await cora.call<Problem>("GET", of("/payouts")());
    assert.deepEqual([asked.status, asked.body.code], [403, "forbidden"]);
    const csv = await admin.call("GET", of("/payouts?format=csv")());
    assert.equal(csv.text.trim().split("\n").length, 5);
  });
});

describe("discrepancies with the store", () => {
  const run1 = randomUUID();
  let cases: string[];

  interface Discrepancy {
    discrepancy: string;
    class: string;
    ours: number;
    theirs: number;
    difference_cents: number;
    status: string;
    resolution: string | null;
    reason: string | null;
    actor: string | null;
    our_evidence: unknown;
  }

  const finding = (order: number, ours: number, theirs: number) => ({
    class: "amount",
    subject: { order: String(order) },
    ours,
    theirs,
    difference_cents: theirs - ours,
    our_evidence: { entries: [] },
    their_evidence: { body: "ab".repeat(32), changed_at: 1_800_000_000_000 },
  });

  const open = () => list<Discrepancy>(of("/discrepancies?status=open&sort=difference_cents")());

  table([
    {
      what: "how differences are resolved",
      method: "PUT",
      path: of("/reconciliation/policy"),
      body: () => ({ policy: "most_recent_wins" }),
      kinds: ["policy_chosen"],
    },
    {
      what: "or rather by hand",
      method: "PUT",
      path: of("/reconciliation/policy"),
      body: () => ({ policy: "by_hand" }),
      kinds: ["policy_chosen"],
    },
  ]);

  test("a run's findings are listed with both sides and their difference", async () => {
    const stream = `${id}/reconciliation/${event}`;
    await submit(stream, { type: "start_run", run: run1, kind: "full" });
    const findings = [finding(11, 1000, 1200), finding(12, 500, 400)];
    const compared = [{ order: "11" }, { order: "12" }, { order: "13" }];
    await submit(stream, { type: "record", run: run1, compared, findings });
    const { seq } = await submit(stream, { type: "finish_run", run: run1 });
    const runs = await list<{ run: string; status: string; found: number }>(
      of(`/reconciliation/runs?min_seq=${seq}`)(),
    );
    assert.deepEqual(
      runs.map((row) => [row.run, row.status, row.found]),
      [[run1, "finished", 2]],
    );
    const found = await open();
    assert.deepEqual(
      found.map((row) => [row.class, row.ours, row.theirs, row.difference_cents]),
      [
        ["amount", 500, 400, -100],
        ["amount", 1000, 1200, 200],
      ],
    );
    cases = found.map((row) => row.discrepancy);
    const one = await admin.ok<Discrepancy>("GET", of(`/discrepancies/${cases[0]}`)());
    assert.equal(one.discrepancy, cases[0]);
    assert.equal((await admin.call("GET", of(`/discrepancies/${randomUUID()}`)())).status, 404);
  });

  table([
    {
      what: "a person resolves one, and says why",
      method: "POST",
      path: () => of(`/discrepancies/${cases[0]}/resolve`)(),
      body: () => ({ resolution: "store_is_right", reason: "evidence", note: "saw the receipt" }),
      kinds: ["discrepancy_resolved"],
      refused: {
        path: of(`/discrepancies/${randomUUID()}/resolve`),
        status: 404,
        code: "case_unknown",
      },
      after: async () => {
        const one = await admin.ok<Discrepancy>("GET", of(`/discrepancies/${cases[0]}`)());
        assert.deepEqual(
          [one.status, one.resolution, one.reason, one.actor],
          ["resolved", "store_is_right", "evidence", "person:user_demo_olivia"],
        );
        assert.deepEqual(
          (await open()).map((row) => row.discrepancy),
          [cases[1]],
        );
      },
    },
  ]);

  test("a difference that is gone vanishes with the next run", async () => {
    const stream = `${id}/reconciliation/${event}`;
    const next = randomUUID();
    await submit(stream, { type: "start_run", run: next, kind: "full" });
    await submit(stream, {
      type: "record",
      run: next,
      compared: [{ order: "12" }, { order: "11" }],
      findings: [],
    });
    const { seq } = await submit(stream, { type: "finish_run", run: next });
    const [run] = await list<{ vanished: number }>(of(`/reconciliation/runs?min_seq=${seq}`)());
    assert.equal(run?.vanished, 1);
    assert.deepEqual(await open(), []);
  });

  test("discrepancies are not for consignors", async () => {
    assert.equal((await cora.call("GET", of("/discrepancies")())).status, 403);
    assert.equal((await cora.call("GET", of("/reconciliation/runs")())).status, 403);
  });
});

describe("a consignor and their own numbers", () => {
  before(async () => {
    await submit(`${id}/organization`, { type: "link_account", consignor: 103, person: "user_demo_cora" });
  });

  test("reading what others earn is not theirs", async () => {
    for (const rest of [
      "/consignors",
      "/payouts",
      "/carried-forward",
      `/settlements/${settlement}/statements`,
      `/settlements/${settlement}/statements/102`,
      "/settlement-preview",
    ]) {
      const asked = await cora.call<Problem>("GET", of(rest)());
      assert.deepEqual([asked.status, asked.body.code], [403, "forbidden"], rest);
    }
    for (const path of ["/api/v1/ledger?consignor=102", "/api/v1/consignors/102", "/api/v1/history"])
      assert.equal((await cora.call("GET", path)).status, 403, path);
  });

  test("they list things under their own number and nobody else's", async () => {
    const next = await freshEvent(admin);
    await admin.ok("POST", `/api/v1/events/${next}/participations`, { body: { consignor: 103, terms: 0 } });
    const thing = { category: "toys", title: "Puzzle", condition: "good", price_cents: 300 };
    const items = `/api/v1/events/${next}/items`;
    const own = await cora.call("POST", items, { body: { items: [{ consignor: 103, ...thing }] } });
    assert.equal(own.status, 201, own.text);
    const other = await cora.call<Problem>("POST", items, {
      body: { items: [{ consignor: 102, ...thing }] },
    });
    assert.deepEqual([other.status, other.body.code], [403, "forbidden"], other.text);
    const leaving = `/api/v1/events/${next}/participations/102/cancel`;
    assert.equal((await cora.call("POST", leaving, { body: { reason: "own_wish" } })).status, 403);
  });
});
