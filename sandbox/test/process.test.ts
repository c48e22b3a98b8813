import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";

const MAIN = join(import.meta.dirname, "../src/main.ts");

function stateFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "hangtag-sandbox-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Starts the process and waits for its "ready" line. */
async function start(
  t: TestContext,
  state: string,
): Promise<{ child: ChildProcess; url: string; lines: string[] }> {
  const child = spawn(process.execPath, [MAIN, "--port", "0", "--state", state], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout ?? process.stdin });
  reader.on("line", (line) => lines.push(line));
  await once(reader, "line");
  const ready = JSON.parse(lines[0] ?? "{}") as { message: string; url: string };
  assert.equal(ready.message, "ready");
  return { child, url: ready.url, lines };
}

async function stop(child: ChildProcess): Promise<number | null> {
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

test("keys, people, sessions and mails outlive a restart; SIGTERM ends it cleanly; logs hold no secrets", async (t) => {
  const state = stateFor(t);
  const first = await start(t, state);
  const json = { "content-type": "application/json" };
  const keys = await (await fetch(`${first.url}/.well-known/jwks.json`)).text();
  const secrets = (await (await fetch(`${first.url}/testing/secrets`)).json()) as Record<string, string>;
  const session = await fetch(`${first.url}/testing/sessions`, {
    method: "POST",
    headers: json,
    body: '{"user":"user_demo_val"}',
  });
  const { sid } = (await session.json()) as { sid: string };
  await fetch(`${first.url}/sign-in/link`, {
    method: "POST",
    body: new URLSearchParams({ email: "keep@example.org" }),
  });
  await fetch(`${first.url}/v1/client/sessions/${sid}/tokens`, { method: "POST" });
  assert.equal(await stop(first.child), 0);

  const log = first.lines.join("\n");
  for (const secret of [sid, "keep@example.org", secrets.clerk_webhook_secret ?? "?"]) {
    assert.ok(!log.includes(secret), `the log holds ${secret}`);
  }
  for (const line of first.lines) assert.doesNotThrow(() => JSON.parse(line), line);

  const second = await start(t, state);
  assert.equal(await (await fetch(`${second.url}/.well-known/jwks.json`)).text(), keys);
  const again = (await (await fetch(`${second.url}/testing/secrets`)).json()) as Record<string, string>;
  assert.equal(again.clerk_webhook_secret, secrets.clerk_webhook_secret);
  assert.equal(
    (await fetch(`${second.url}/v1/client/sessions/${sid}/tokens`, { method: "POST" })).status,
    200,
  );
  const mails = (await (await fetch(`${second.url}/mailbox.json?to=keep@example.org`)).json()) as {
    items: unknown[];
  };
  assert.equal(mails.items.length, 1);
  assert.equal(await stop(second.child), 0);
});

test("a taken port and wrong arguments are one sentence and a code", async (t) => {
  const state = stateFor(t);
  const { url } = await start(t, state);
  const run = async (...args: string[]): Promise<{ code: number | null; said: string }> => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
    const [code] = (await once(child, "close")) as [number | null];
    return { code, said };
  };
  const taken = await run("--port", new URL(url).port, "--state", stateFor(t));
  assert.equal(taken.code, 1);
  assert.match(taken.said, /^port \d+ on 127\.0\.0\.1 is taken; .+\n$/);
  assert.equal((await run("--state", state)).code, 2);
  assert.equal((await run("--port", "1", "--wrong")).code, 2);
});
