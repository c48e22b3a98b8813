import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { silentLogger } from "../src/log.ts";
import { type RunningSandbox, startSandbox } from "../src/sandbox.ts";

/** A clock that tests turn. Starts at the real time, because verifiers look at theirs. */
export class TestClock {
  #aheadMs = 0;
  readonly now = (): number => Date.now() + this.#aheadMs;
  advance(ms: number): void {
    this.#aheadMs += ms;
  }
}

export interface TestSandbox extends RunningSandbox {
  clock: TestClock;
  post(path: string, body: unknown): Promise<Response>;
  postJson<T>(path: string, body: unknown): Promise<T>;
  form(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  getJson<T>(path: string): Promise<T>;
}

/** A sandbox on a free port that ends with the test. */
export async function sandboxFor(t: TestContext, stateDir = ":memory:"): Promise<TestSandbox> {
  const clock = new TestClock();
  const running = await startSandbox({ stateDir, port: 0, log: silentLogger, now: clock.now });
  t.after(() => running.stop());
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${running.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return {
    ...running,
    clock,
    post,
    postJson: async <T>(path: string, body: unknown) => (await (await post(path, body)).json()) as T,
    form: (path, fields, headers = {}) =>
      fetch(`${running.url}${path}`, {
        method: "POST",
        headers,
        body: new URLSearchParams(fields),
        redirect: "manual",
      }),
    getJson: async <T>(path: string) => (await (await fetch(`${running.url}${path}`)).json()) as T,
  };
}

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Something on this machine that takes webhooks and answers `status`. */
export async function receiverFor(
  t: TestContext,
  status = 200,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      received.push({
        path: incoming.url ?? "",
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      });
      outgoing.writeHead(status).end("noted");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  // A *.localhost name on purpose: it must reach 127.0.0.1 without the system's resolver.
  return { url: `http://demo.localhost:${port}`, received };
}

/** The value of a response header that must be there. */
export function header(response: Response, name: string): string {
  const value = response.headers.get(name);
  if (value === null) throw new Error(`no ${name} in the answer`);
  return value;
}
