// The support desk's reading of a sale: the log is fetched over the API, verified, told as a story – and a
// changed byte is named by its entry.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  hostOf,
  openSession,
  type Person,
  pair,
  stock,
} from "./support/edge.ts";

const TOOL = process.env.HANGTAG_REPLAY_TOOL ?? "target/debug/replay-tool";

let admin: Person;
let slug: string;
let event: string;
let session: string;
let receipt: string;
let folder: string;

interface Said {
  code: number;
  out: string;
  err: string;
}

const replay = (...words: string[]) =>
  new Promise<Said>((resolve) => {
    execFile(TOOL, words, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });

const verify = () => replay("verify", folder);

const sessionLog = async () => {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ndjson"));
  const named = files.find((name) => name.includes(session));
  assert.ok(named, `no log of session ${session} among ${files.join(", ")}`);
  return join(folder, named);
};

before(async () => {
  ({ slug, admin } = await freshOrganization());
  event = await freshEvent(admin);
  const tags = await stock(admin, event, [
    [7, "Rain coat", "12.00"],
    [8, "Puzzle", "2.50"],
  ]);
  session = await openSession(admin, event);
  const till = await pair(admin, session);
  const body = basket([
    [tags[0] ?? "", 1_200],
    [tags[1] ?? "", 250],
  ]);
  const sold = await call<{ receipt: string }>(hostOf(slug), "POST", `/api/v1/sessions/${session}/receipts`, {
    token: till.token,
    body,
    headers: { "idempotency-key": body.receipt },
  });
  assert.equal(sold.status, 201, sold.text);
  receipt = sold.body.receipt;
  folder = await mkdtemp(join(tmpdir(), "hangtag-logs-"));
  const fetched = await replay(
    "fetch",
    event,
    "--into",
    folder,
    "--api",
    `http://${hostOf(slug)}`,
    "--token",
    await admin.token(),
  );
  assert.equal(fetched.code, 0, fetched.err);
});

after(() => rm(folder, { recursive: true, force: true }));

test("a fetched event verifies, and a receipt's story names its lines, shares and entry", async () => {
  const checked = await verify();
  assert.equal(checked.code, 0, checked.out + checked.err);
  const story = await replay("receipt", receipt, folder);
  assert.equal(story.code, 0, story.err);
  for (const word of ["12.00", "2.50", "14.50", "7.20", "Till 1"]) assert.match(story.out, new RegExp(word));
});

test("a byte flipped in an exported log fails verification with the entry's number", async () => {
  const file = await sessionLog();
  const bytes = await readFile(file);
  const text = bytes.toString();
  const line = text.split("\n").findIndex((line) => line.includes('"receipt_completed"'));
  const entry = JSON.parse(text.split("\n")[line] ?? "{}") as { seq: number };
  const flipped = Buffer.from(text.replace('\\"total_cents\\":1450', '\\"total_cents\\":1451'));
  assert.notDeepEqual(flipped, bytes, "the receipt's total stands in the log");
  await writeFile(file, flipped);
  const broken = await verify();
  await writeFile(file, bytes);
  assert.equal(broken.code, 1, broken.out + broken.err);
  assert.match(broken.out + broken.err, new RegExp(`entry ${entry.seq}\\b`));
  assert.equal((await verify()).code, 0, "put right again, it holds again");
});
