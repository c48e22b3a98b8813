// Support's view of rows and queues: what lags, what is parked, what died, and going on after a repair.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import { d1, dies, grant, page, project, submit, until } from "./support/doors.ts";
import { call, freshEvent, freshOrganization, hostOf, Person, type Problem, token } from "./support/edge.ts";

interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
  total?: number;
}

interface OperatedStream {
  stream: string;
  kind: string;
  title: string | null;
  head_seq: number | null;
  projected_seq: number;
  projected_at: string | null;
  lag_entries: number | null;
  lag_ms: number | null;
  diverged: boolean | null;
  parked: boolean;
}

interface DeadLetter {
  letter: string;
  queue: string;
  stream: string;
  body: string;
  redriven_at: string | null;
  redriven_by: string | null;
}

interface Taken {
  actor: string;
  kind: string;
  subject: string;
}

type Organization = Awaited<ReturnType<typeof freshOrganization>>;

const OPERATIONS = "/api/v1/operations";
const DEAD = "hangtag-log-advanced-dead";

let own: Organization & { stream: string; event: string; sue: Person };
let stranger: Organization;

before(async () => {
  const made = await freshOrganization();
  const event = await freshEvent(made.admin);
  own = { ...made, stream: `${made.id}/organization`, event, sue: new Person("user_demo_sue", made.slug) };
  await own.admin.ok("PUT", "/api/v1/members/user_demo_sue/roles/support");
  stranger = await freshOrganization();
});

const resume = (stream: string) => `${OPERATIONS}/parked-streams/${encodeURIComponent(stream)}/resume`;
const redrive = (letter: string) => `${OPERATIONS}/dead-letters/${letter}/redrive`;
const streams = (query = "") =>
  own.sue.ok<Page<OperatedStream>>("GET", `${OPERATIONS}/streams${query}`).then(({ items }) => items);
const taken = (subject: string) =>
  own.sue
    .ok<Page<Taken>>("GET", `${OPERATIONS}/taken?subject=${encodeURIComponent(subject)}`)
    .then(({ items }) => items.map(({ actor, kind }) => `${actor} ${kind}`));

/** Stands in the way of the organization's next event: ordinals are unique. */
const inTheWay = (organization: string, ordinal: number) =>
  d1(
    `INSERT INTO founded_event (organization, event, ordinal, name, founded_at) VALUES ('${organization}', 'x', ${ordinal}, 'in the way', 0)`,
  );
const outOfTheWay = (organization: string) =>
  d1(`DELETE FROM founded_event WHERE organization = '${organization}' AND event = 'x'`);

test("every stream of the organization is listed with its head, its rows and what lies between", async () => {
  await until("all rows", async () => (await streams()).every((each) => each.lag_entries === 0));
  const all = await streams();
  assert.deepEqual(
    all.map(({ stream, kind, title }) => [stream, kind, title]),
    [
      [`${own.id}/event/${own.event}`, "event", "Spring sale"],
      [own.stream, "organization", "Test"],
    ],
  );
  for (const each of all) {
    const { head } = await page(each.stream, 1, 1);
    assert.deepEqual(
      [each.head_seq, each.projected_seq, each.lag_ms, each.diverged, each.parked],
      [head.seq, head.seq, 0, false, false],
    );
  }
  const csv = await own.sue.call("GET", `${OPERATIONS}/streams?format=csv`);
  assert.match(csv.text, /^stream,kind,title,head_seq,projected_seq,/);
  assert.equal(csv.text.trim().split("\r\n").length, 3);
  const first = await own.sue.ok<Page<OperatedStream>>("GET", `${OPERATIONS}/streams?limit=1&count=true`);
  assert.equal(first.total, 2);
  const rest = await own.sue.ok<Page<OperatedStream>>(
    "GET",
    `${OPERATIONS}/streams?limit=1&cursor=${first.next_cursor}`,
  );
  assert.deepEqual(
    [...first.items, ...rest.items].map((each) => each.stream),
    all.map((each) => each.stream),
  );
});

test("a parked stream shows what it lags; repaired and resumed it goes on, again and again", async () => {
  const { id, admin } = await freshOrganization();
  const stream = `${id}/organization`;
  const lagging = async () =>
    (await admin.ok<Page<OperatedStream>>("GET", `${OPERATIONS}/streams`)).items.find(
      (each) => each.stream === stream,
    );
  await until("the founding", async () => (await lagging())?.lag_entries === 0);
  await inTheWay(id, 1);
  const event = randomUUID();
  await submit(stream, { type: "found_event", event, name: "Spring", starts_on: null, ends_on: null });
  await submit(stream, grant("user_behind"));
  const parked = async () =>
    (
      await admin.ok<Page<{ stream: string; seq: number; kind: string; error: string; parked_at: string }>>(
        "GET",
        `${OPERATIONS}/parked-streams`,
      )
    ).items;
  await until("the parking", async () => (await parked()).length === 1);
  const [still] = await parked();
  const { head } = await page(stream, 1, 1);
  assert.deepEqual([still?.stream, still?.seq, still?.kind], [stream, head.seq - 1, "event_founded"]);
  assert.match(still?.error ?? "", /UNIQUE/);
  assert.ok(Math.abs(Date.now() - Date.parse(still?.parked_at ?? "")) < 60_000);
  const seen = await lagging();
  assert.deepEqual(
    [seen?.parked, seen?.head_seq, seen?.projected_seq, seen?.lag_entries],
    [true, head.seq, head.seq - 2, 2],
  );
  assert.ok((seen?.lag_ms ?? 0) > 0);

  const early = await admin.ok<OperatedStream>("POST", resume(stream));
  assert.deepEqual([early.parked, early.lag_entries], [true, 2], "nothing is repaired yet");

  await outOfTheWay(id);
  for (const time of ["first", "second"]) {
    const resumed = await admin.ok<OperatedStream>("POST", resume(stream));
    assert.deepEqual(
      [resumed.parked, resumed.lag_entries, resumed.projected_seq],
      [false, 0, head.seq],
      time,
    );
  }
  assert.deepEqual(await parked(), []);
  const rows = await d1<{ n: number }>(
    `SELECT count(*) AS n FROM membership WHERE organization = '${id}' AND person = 'user_behind'`,
  );
  assert.deepEqual(rows, [{ n: 1 }]);
  const record = await admin.ok<Page<Taken>>("GET", `${OPERATIONS}/taken`);
  assert.deepEqual(
    record.items.map(({ actor, kind, subject }) => [actor, kind, subject]),
    Array.from({ length: 3 }, () => ["person:user_demo_olivia", "resume_stream", stream]),
  );
});

test("rows of another history than the log's are shown to be that", async () => {
  await until("the rows", async () => (await streams()).every((each) => each.lag_entries === 0));
  await d1(`UPDATE checkpoint SET hash = '${"0".repeat(64)}' WHERE stream = '${own.stream}'`);
  const diverged = async () => (await streams()).map((each) => [each.kind, each.diverged]);
  assert.deepEqual(await diverged(), [
    ["event", false],
    ["organization", true],
  ]);
  await project(own.stream);
  assert.deepEqual(await diverged(), [
    ["event", false],
    ["organization", false],
  ]);
});

test("a dead letter is its organization's, is sent again once, and says by whom", async () => {
  const letter = randomUUID().replaceAll("-", "");
  const body = { stream: own.stream, head: 1 };
  await dies(DEAD, letter, body);
  await dies(DEAD, letter, body);
  await dies(DEAD, randomUUID(), "no nudge at all");
  const letters = (query = "") =>
    own.sue.ok<Page<DeadLetter>>("GET", `${OPERATIONS}/dead-letters${query}`).then(({ items }) => items);
  assert.deepEqual(
    (await letters("?redriven=false")).map((each) => [
      each.letter,
      each.queue,
      each.stream,
      JSON.parse(each.body),
    ]),
    [[letter, DEAD, own.stream, body]],
  );
  assert.deepEqual(
    (await stranger.admin.ok<Page<DeadLetter>>("GET", `${OPERATIONS}/dead-letters`)).items,
    [],
  );

  // Rows that only a nudge brings back: nobody commands anything, and the log has been confirmed as projected.
  await d1(`UPDATE checkpoint SET hash = '${"0".repeat(64)}' WHERE stream = '${own.stream}'`);
  const sent = await own.sue.ok<DeadLetter>("POST", redrive(letter));
  assert.equal(sent.redriven_by, "person:user_demo_sue");
  assert.ok(Math.abs(Date.now() - Date.parse(sent.redriven_at ?? "")) < 60_000);
  await until("the rows that the letter was about", async () =>
    (await streams()).every((each) => each.diverged === false),
  );

  assert.deepEqual(
    await own.admin.ok<DeadLetter>("POST", redrive(letter)),
    sent,
    "the second time shows the first",
  );
  assert.deepEqual(await taken(letter), ["person:user_demo_sue redrive_letter"]);
  assert.deepEqual(await letters("?redriven=false"), []);
  assert.deepEqual(
    (await letters("?redriven=true")).map((each) => each.letter),
    [letter],
  );
});

test("another organization's streams and letters are not found, and nothing is done to them", async () => {
  const letter = randomUUID();
  await dies(DEAD, letter, { stream: own.stream, head: 1 });
  const before = await d1(`SELECT * FROM edge_operation WHERE organization = '${stranger.id}'`);
  for (const path of [resume(own.stream), redrive(letter)]) {
    const answer = await stranger.admin.call<Problem>("POST", path);
    assert.deepEqual([answer.status, answer.body.code], [404, "not_found"], path);
    assert.ok(!answer.body.detail.includes(own.id));
  }
  const nothing = [
    resume("nonsense"),
    resume(`${own.id}/event/${randomUUID()}`),
    redrive("nothing"),
    redrive("x".repeat(200)),
  ];
  for (const path of nothing) {
    assert.equal((await own.admin.call<Problem>("POST", path)).status, 404, path);
  }
  assert.deepEqual(await d1(`SELECT * FROM edge_operation WHERE organization = '${stranger.id}'`), before);
  const [kept] = await d1<{ redriven_at: number | null }>(
    `SELECT redriven_at FROM dead_letter WHERE message = '${letter}'`,
  );
  assert.equal(kept?.redriven_at, null);
  for (const list of ["streams", "parked-streams", "dead-letters", "taken"]) {
    const answer = await stranger.admin.call("GET", `${OPERATIONS}/${list}?format=csv`);
    assert.equal(answer.status, 200, list);
    assert.ok(!answer.text.includes(own.id), list);
  }
});

test("who runs events reads here; who helps from the platform reads while it is on record; the others stay outside", async () => {
  const letter = randomUUID();
  await dies(DEAD, letter, { stream: own.stream, head: 1 });
  const lists = ["streams", "parked-streams", "dead-letters", "taken"].map((list) => `${OPERATIONS}/${list}`);
  const commands = [resume(own.stream), redrive(letter)];
  const allowed = async (person: Person) => [
    ...(await Promise.all(lists.map(async (path) => (await person.call("GET", path)).status))),
    ...(await Promise.all(commands.map(async (path) => (await person.call("POST", path)).status))),
  ];
  const evan = new Person("user_operations_evan", own.slug);
  const user = {
    id: "user_operations_evan",
    email: "evan@operations.example",
    first_name: "E",
    last_name: "V",
  };
  const sandbox = process.env.HANGTAG_SANDBOX_URL ?? "http://127.0.0.1:8788";
  const made = await fetch(`${sandbox}/testing/users`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(user),
  });
  assert.ok(made.ok, await made.text());
  assert.deepEqual(await allowed(evan), [403, 403, 403, 403, 403, 403]);
  await own.admin.ok("PUT", `/api/v1/members/${user.id}/roles/event_admin`);
  assert.deepEqual(await allowed(evan), [200, 200, 200, 200, 403, 403]);

  const sam = new Person("user_demo_super", own.slug);
  assert.deepEqual(await allowed(sam), [403, 403, 403, 403, 403, 403]);
  const host = hostOf("platform");
  const opened = await call(host, "PUT", `/api/v1/platform/organizations/${own.id}/support-access`, {
    token: await token("user_demo_super", { origin: `http://${host}` }),
    body: { reason: "incident", minutes: 5 },
  });
  assert.equal(opened.status, 200, opened.text);
  assert.deepEqual(await allowed(sam), [200, 200, 200, 200, 403, 403]);
  const me = await sam.ok<{ permissions: string[] }>("GET", "/api/v1/me");
  assert.ok(!me.permissions.includes("repair_read_models"));
  const nobody = await call<Problem>(hostOf(own.slug), "GET", lists[0] ?? "", {});
  assert.equal(nobody.status, 401);
});
