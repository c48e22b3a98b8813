// docs/walk-through.md, run as it stands there, against the running platform.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

/** Longer than the walk takes on a busy machine. */
const WALK_MS = 60_000;

/** Printed between two blocks of the page. */
const MARK = "@@@ next block";

let folder: string;
let said: string[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "hangtag-walk-"));
  const page = await readFile(new URL("../../docs/walk-through.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");
  assert.ok(blocks.length >= 6, "the page tells its story in blocks");
  const output = await bash(["set -euo pipefail", ...blocks].join(`\necho; echo "${MARK}"\n`));
  said = output.split(`\n${MARK}\n`).slice(1);
  assert.equal(said.length, blocks.length);
});

after(() => rm(folder, { recursive: true, force: true }));

async function bash(script: string): Promise<string> {
  const shell = spawn("bash", ["-c", script], { cwd: folder, timeout: WALK_MS });
  let output = "";
  let errors = "";
  shell.stdout.on("data", (chunk) => {
    output += chunk;
  });
  shell.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const code = await new Promise((resolve) => shell.on("close", resolve));
  assert.equal(code, 0, `${output}\n${errors}`);
  return output;
}

/** The JSON values that a block printed, one after another. */
const answers = (block: number) =>
  (said[block] ?? "")
    .replaceAll("}{", "}\n{")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

test("the walk-through signs in as the organizer", () => {
  assert.equal(answers(0)[0].person, "user_demo_olivia");
});

test("the walk-through ends in one receipt of the right sum, with its shares and its story", () => {
  const [receipts, consignors, story] = answers(4);
  assert.equal(receipts.items.length, 1, "the sale counts once, though it was sent twice");
  assert.equal(receipts.items[0].total_cents, 2050);
  const shares = new Map<number, number>(
    consignors.items.map((row: { number: number; share_estimate_cents: number }) => [
      row.number,
      row.share_estimate_cents,
    ]),
  );
  assert.ok((shares.get(901) ?? 0) > 0 && (shares.get(902) ?? 0) > 0, JSON.stringify([...shares]));
  assert.ok(story.items.length > 0);
});

test("the walk-through leaves an export that is whole", () => {
  const [footer] = answers(5);
  assert.match(footer.head_hash, /^[0-9a-f]{64}$/);
  assert.equal(footer.entries, footer.head_seq);
});
