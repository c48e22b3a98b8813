// What the log host costs, against an object that does one INSERT a request and against a bare D1 batch. Both sides
// run in one runtime and take turns in short rounds, so that what the machine does meanwhile hits both; quoted are
// medians of the rounds' ratios. Prints {"results": […], "figures": {…}}.
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { opening, sale, streamOf, terminal } from "./commands.ts";
import { Line, load, median, percentile, post, type Took } from "./drive.ts";
import { besideBareBatches, catchUp } from "./projector.ts";
import { type Bundles, start } from "./runtime.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const ROUND_COMMANDS = Number(process.env.BENCH_COMMANDS ?? 600);
const MANY_ITEMS = 100_000;
const FEW_ITEMS = 1_000;
/** Items of the sessions that are sold from: enough for every round. */
const STOCK = 60_000;
/** A lag is looked for at this rate, for so long. */
const LAG_PER_SECOND = 100;
const LAG_SECONDS = 15;
/** Tills of a large hall, for so many seconds in each of so many turns. */
const HALL_TILLS = 24;
const HALL_SECONDS = 10;
const HALL_ROUNDS = 5;
/** Sales that the projector is behind in each round. */
const PROJECTED = 2_000;

type Result = { name: string; ratio: number; goal: string; met: boolean };
const results: Result[] = [];
const figures: Record<string, number> = {};

function say(name: string, ratio: number, goal: string, met: boolean): void {
  results.push({ name, ratio: Math.round(ratio * 1000) / 1000, goal, met });
  process.stderr.write(`${name}: ${ratio.toFixed(3)} (goal ${goal}${met ? "" : ", missed"})\n`);
}

const note = (name: string, value: number) => {
  figures[name] = Math.round(value * 100) / 100;
};

const bundles: Bundles = {
  ours: process.env.BENCH_OURS ?? "",
  bare: process.env.BENCH_BARE ?? "",
  migrations: process.env.BENCH_MIGRATIONS ?? "",
};
const state = mkdtempSync(join(process.env.BENCH_STATE ?? tmpdir(), "hangtag-bench-"));
let runtime = await start(bundles, join(state, "quiet"), false);
let { origin } = runtime;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const ours = (stream: string, door: string) => `/ours/${encodeURIComponent(stream)}/${door}`;
const door = (stream: string, name: string) => `/door/objects/${encodeURIComponent(stream)}/${name}`;

async function open(session: number, items: number): Promise<string> {
  const stream = streamOf(session);
  for (const envelope of opening(session, items)) {
    await post(agent, origin, ours(stream, "command"), JSON.stringify(envelope));
  }
  return stream;
}

/** Sales are numbered by session: each sells the next item. */
function seller(stream: string) {
  let number = 0;
  return () => {
    number += 1;
    return post(agent, origin, ours(stream, "command"), JSON.stringify(sale(number)));
  };
}

let bare = 0;
const insert = () => {
  bare += 1;
  return post(agent, origin, "/bare/one/insert", JSON.stringify(sale(bare)));
};

/** Rounds of A and B by turns; the ratios of B to A, round by round. */
async function turns(a: () => Promise<Took>, b: () => Promise<Took>, rounds = ROUNDS) {
  await a();
  await b();
  const rate: number[] = [];
  const tail: number[] = [];
  const first: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [one, two] = round % 2 === 0 ? [await a(), await b()] : (await both(b, a)).reverse();
    if (one === undefined || two === undefined) continue;
    rate.push(two.perSecond / one.perSecond);
    tail.push(two.p99Ms / one.p99Ms);
    first.push(one.perSecond);
  }
  return { rate: median(rate), tail: median(tail), perSecond: median(first) };
}

async function both(x: () => Promise<Took>, y: () => Promise<Took>): Promise<Took[]> {
  const one = await x();
  return [one, await y()];
}

async function http(): Promise<void> {
  const sell = seller(await open(1, STOCK));
  for (const connections of [1, 8, 32]) {
    const count = connections === 1 ? Math.ceil(ROUND_COMMANDS / 2) : ROUND_COMMANDS;
    const { rate, tail, perSecond } = await turns(
      () => load(connections, count, insert),
      () => load(connections, count, sell),
    );
    note(`bare_http_per_second_${connections}`, perSecond);
    say(`http_commands_${connections}`, rate, ">= 0.75", rate >= 0.75);
    say(`http_p99_${connections}`, tail, "<= 1.5", tail <= 1.5);
  }
}

/** As [http], with the projector at work on the same thread: what one machine does that does it all. */
async function beside(): Promise<void> {
  const sell = seller(await open(9, STOCK));
  const { rate, tail } = await turns(
    () => load(8, ROUND_COMMANDS, insert),
    () => load(8, ROUND_COMMANDS, sell),
  );
  note("http_commands_8_while_projecting", rate);
  note("http_p99_8_while_projecting", tail);
}

async function sockets(): Promise<void> {
  const stream = await open(2, STOCK);
  let number = 0;
  for (const lanes of [1, 8]) {
    const lines = await Promise.all(
      Array.from({ length: lanes }, () =>
        Line.open(origin, `${door(stream, "live")}?since=1000000&listener=${encodeURIComponent(terminal)}`),
      ),
    );
    const plain = await Promise.all(Array.from({ length: lanes }, () => Line.open(origin, "/bare/two/live")));
    const count = lanes === 1 ? ROUND_COMMANDS : ROUND_COMMANDS * 2;
    const { rate, tail, perSecond } = await turns(
      () =>
        load(
          lanes,
          count,
          (index, lane) => plain[lane]?.ask(JSON.stringify(sale(index + 1)), () => true) as Promise<void>,
        ),
      () =>
        load(lanes, count, (_, lane) => {
          number += 1;
          const { command_id: id, command } = sale(number);
          const answers = (frame: string) => frame.startsWith('{"type":"accepted"') && frame.includes(id);
          return lines[lane]?.ask(JSON.stringify({ type: "command", id, command }), answers) as Promise<void>;
        }),
    );
    for (const line of [...lines, ...plain]) line.close();
    note(`bare_socket_per_second_${lanes}`, perSecond);
    say(`socket_commands_${lanes}`, rate, ">= 0.75", rate >= 0.75);
    say(`socket_p99_${lanes}`, tail, "<= 1.5", tail <= 1.5);
  }
}

/** The hall: its tills complete a sale a second each, whether the answers come or not, as customers do. */
async function hall(): Promise<void> {
  const stream = await open(8, STOCK);
  let number = 0;
  const live = `${door(stream, "live")}?since=1000000&listener=${encodeURIComponent(terminal)}`;
  const open24 = (path: string) =>
    Promise.all(Array.from({ length: HALL_TILLS }, () => Line.open(origin, path)));
  const [tills, plain] = [await open24(live), await open24("/bare/hall/live")];
  const { tail, perSecond } = await turns(
    () => steadily(plain, (line) => line.ask(JSON.stringify(sale(1)), () => true)),
    () =>
      steadily(tills, (line) => {
        number += 1;
        const { command_id: id, command } = sale(number);
        const answers = (frame: string) => frame.startsWith('{"type":"accepted"') && frame.includes(id);
        return line.ask(JSON.stringify({ type: "command", id, command }), answers);
      }),
    HALL_ROUNDS,
  );
  for (const line of [...tills, ...plain]) line.close();
  note("hall_commands_per_second", perSecond);
  say("hall_p99_24", tail, "<= 1.5", tail <= 1.5);
}

/** Each line asks once a second, all of them spread over the second, and what it took. */
async function steadily(lines: Line[], ask: (line: Line) => Promise<void>): Promise<Took> {
  const took: number[] = [];
  const begun = performance.now();
  await Promise.all(
    lines.map(async (line, lane) => {
      for (let turn = 0; turn < HALL_SECONDS; turn += 1) {
        const due = begun + (turn + lane / lines.length) * 1_000;
        await new Promise((done) => setTimeout(done, Math.max(0, due - performance.now())));
        const at = performance.now();
        await ask(line);
        took.push(performance.now() - at);
      }
    }),
  );
  return { perSecond: (took.length * 1_000) / (performance.now() - begun), p99Ms: percentile(took, 0.99) };
}

async function flat(): Promise<void> {
  const [few, many] = [seller(await open(3, FEW_ITEMS)), seller(await open(4, MANY_ITEMS))];
  const rounds = 6;
  const count = Math.floor(FEW_ITEMS / (rounds + 2));
  const { rate } = await turns(
    () => load(8, count, few),
    () => load(8, count, many),
    rounds,
  );
  say("cost_at_100000_items", rate, "0.9 to 1.1", rate >= 0.9);
}

async function waking(): Promise<void> {
  const [empty, full] = [streamOf(5), streamOf(4)];
  const wake = async (stream: string) => {
    await post(agent, origin, door(stream, "forget"), "");
    const at = performance.now();
    await post(agent, origin, ours(stream, "ask"), '{"type":"overview"}');
    return performance.now() - at;
  };
  const over: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const base = await wake(empty);
    over.push((await wake(full)) - base);
  }
  const ms = median(over);
  note("wake_100000_items_ms", ms);
  say("wake_100000_items", ms / 250, "<= 1 (250 ms)", ms <= 250);
}

/** Milliseconds between an entry's acknowledgement and its rows, at a steady rate. */
async function lag(): Promise<void> {
  const stream = await open(6, STOCK);
  const sell = seller(stream);
  await catchUp((path, body) => post(agent, origin, path, body), stream);
  const waiting: { seq: number; at: number }[] = [];
  const lags: number[] = [];
  const sql = `SELECT seq FROM checkpoint WHERE stream = '${stream}'`;
  let selling = true;
  const watch = (async () => {
    while (selling || waiting.length > 0) {
      const rows = JSON.parse(await post(agent, origin, "/door/d1", sql)) as { seq: number }[];
      const now = performance.now();
      const reached = Math.max(0, ...rows.map(({ seq }) => seq));
      while (waiting[0] !== undefined && waiting[0].seq <= reached) {
        lags.push(now - (waiting.shift()?.at ?? now));
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  })();
  const begun = performance.now();
  const sent: Promise<void>[] = [];
  for (let number = 0; number < LAG_PER_SECOND * LAG_SECONDS; number += 1) {
    const due = begun + (number * 1000) / LAG_PER_SECOND;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    sent.push(
      sell().then((text) => {
        waiting.push({ seq: JSON.parse(text).seq, at: performance.now() });
        waiting.sort((a, b) => a.seq - b.seq);
      }),
    );
  }
  await Promise.all(sent);
  selling = false;
  await watch;
  const p99 = percentile(lags, 0.99);
  note("lag_p99_ms", p99);
  note("lag_p50_ms", median(lags));
  say("lag_p99_at_100_per_second", p99 / 2000, "<= 1 (2 s)", p99 <= 2000);
}

async function projector(): Promise<void> {
  const ask = (path: string, body: string) => post(agent, origin, path, body);
  const sold = async (round: number, before: (stream: string) => Promise<void>) => {
    const stream = await open(20 + round, PROJECTED);
    await before(stream);
    await load(32, PROJECTED, seller(stream));
    return stream;
  };
  const took = await besideBareBatches(ask, ROUNDS, sold);
  note("projector_rows_per_second", median(took.map(({ rows, oursMs }) => (rows * 1000) / oursMs)));
  note("projector_entries_per_second", median(took.map(({ oursMs }) => (PROJECTED * 1000) / oursMs)));
  note("bare_d1_rows_per_second", median(took.map(({ rows, bareMs }) => (rows * 1000) / bareMs)));
  const ratio = median(took.map(({ oursMs, bareMs }) => bareMs / oursMs));
  say("projector", ratio, ">= 0.7", ratio >= 0.7);
}

/** A fresh runtime with one object of 100,000 items: what its isolate's memory grew by. */
async function memory(): Promise<void> {
  const folder = mkdtempSync(join(process.env.BENCH_STATE ?? tmpdir(), "hangtag-bench-"));
  let one = await start(bundles, folder, false);
  const size = async () => Number(await post(agent, one.origin, door(streamOf(5), "memory"), ""));
  const stream = streamOf(7);
  for (const envelope of opening(7, MANY_ITEMS)) {
    await post(agent, one.origin, ours(stream, "command"), JSON.stringify(envelope));
  }
  await one.stop();
  one = await start(bundles, folder, false);
  const before = await size();
  await post(agent, one.origin, ours(stream, "ask"), '{"type":"overview"}');
  const mib = ((await size()) - before) / 1024 / 1024;
  await one.stop();
  rmSync(folder, { recursive: true, force: true });
  note("memory_100000_items_mib", mib);
  say("memory_100000_items", mib / 32, "<= 1 (32 MiB)", mib <= 32);
}

/** From here on nudges reach the projector, which runs on the thread that serves the objects. */
async function project(): Promise<void> {
  await runtime.stop();
  runtime = await start(bundles, join(state, "projecting"), true);
  origin = runtime.origin;
}

const parts = { http, sockets, hall, flat, waking, projector, project, lag, beside, memory };
const wanted = (process.env.BENCH_PARTS ?? Object.keys(parts).join(",")).split(",");
try {
  for (const [name, part] of Object.entries(parts)) {
    if (!wanted.includes(name)) continue;
    process.stderr.write(`${name}…\n`);
    await part();
  }
} finally {
  await runtime.stop();
  rmSync(state, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify({ results, figures })}\n`);
process.exit(0);
