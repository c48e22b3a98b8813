// What docs/log-format.md says about logs and checkpoints, checked with the lines that it gives to its readers.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { call, freshEvent, freshOrganization, hostOf, type Person } from "./support/edge.ts";

interface Checkpoint {
  stream: string;
  seq: number;
  hash: string;
  key: string;
  signature: string;
}

interface Lines {
  hashOf: (stream: string, entry: Record<string, unknown>, previous: string) => string;
  isSigned: (checkpoint: Checkpoint, keys: string[]) => boolean;
}

let lines: Lines;
let folder: string;
let slug: string;
let admin: Person;
let stream: string;

before(async () => {
  const page = await readFile(new URL("../../docs/log-format.md", import.meta.url), "utf8");
  const code = page.match(/```js\n([\s\S]*?)```/)?.[1];
  assert.ok(code, "the page has its lines of JavaScript");
  folder = await mkdtemp(join(tmpdir(), "hangtag-format-"));
  await writeFile(join(folder, "lines.mjs"), code);
  lines = (await import(pathToFileURL(join(folder, "lines.mjs")).href)) as Lines;
  let id: string;
  ({ slug, id, admin } = await freshOrganization());
  stream = `${id}/event/${await freshEvent(admin)}`;
});

after(() => rm(folder, { recursive: true, force: true }));

const path = (rest = "") => `/api/v1/log/${encodeURIComponent(stream)}${rest}`;

const authority = async () => ({ token: await admin.token() });

const exported = async (from = 1) => {
  const answer = await call(hostOf(slug), "GET", path(`?from=${from}`), await authority());
  assert.equal(answer.status, 200, answer.text);
  return answer.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string & number>);
};

test("the chain of an export can be checked with the lines of the page", async () => {
  const [header, ...rest] = await exported();
  const footer = rest.pop();
  assert.ok(header && footer && rest.length > 0);
  let previous: string = header.previous ?? "";
  for (const entry of rest) {
    assert.equal(lines.hashOf(stream, entry, previous), entry.hash);
    previous = entry.hash ?? "";
  }
  assert.equal(footer.head_hash, previous);
  const changed = { ...rest[0], actor: "person:somebody_else" };
  assert.notEqual(lines.hashOf(stream, changed, header.previous ?? ""), rest[0]?.hash);
});

test("an export goes on where it broke off", async () => {
  const whole = await exported();
  const second = await exported(2);
  assert.deepEqual(second.slice(1, -1), whole.slice(2, -1));
  assert.equal(second[0]?.previous, whole[1]?.hash);
});

test("a checkpoint is signed by the platform's key and says where the log stands", async () => {
  const answer = await call<Checkpoint>(hostOf(slug), "GET", path("/checkpoint"), await authority());
  assert.equal(answer.status, 200, answer.text);
  const checkpoint = answer.body;
  const last = (await exported()).at(-2);
  assert.deepEqual([checkpoint.stream, checkpoint.seq, checkpoint.hash], [stream, last?.seq, last?.hash]);
  const published = await call<{ keys: { key: string }[] }>(
    hostOf(slug),
    "GET",
    "/.well-known/hangtag-keys.json",
  );
  const keys = published.body.keys.map(({ key }) => key);
  assert.ok(lines.isSigned(checkpoint, keys));
  assert.ok(!lines.isSigned({ ...checkpoint, seq: checkpoint.seq + 1 }, keys), "another seq");
  assert.ok(!lines.isSigned(checkpoint, ["00".repeat(32)]), "a stranger's key");
});

test("a checkpoint is for those who may read logs", async () => {
  const nobody = await call(hostOf(slug), "GET", path("/checkpoint"));
  assert.equal(nobody.status, 401, nobody.text);
  const elsewhere = await freshOrganization();
  const stranger = await call(hostOf(elsewhere.slug), "GET", path("/checkpoint"), {
    token: await elsewhere.admin.token(),
  });
  assert.equal(stranger.status, 404, stranger.text);
});
