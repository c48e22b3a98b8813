import { request } from "node:http";
import { MAX_WEBHOOK_REPLY_BYTES, WEBHOOK_TIMEOUT_MS } from "./limits.ts";
import { parseLocalUrl } from "./local-origins.ts";

/** What became of one delivery; `status` is null when no answer came, and `error` says why. */
export interface Delivery {
  status: number | null;
  reply: string;
  error: string | null;
  duration_ms: number;
}

/**
 * Posts `body` to an address on this machine and reports what came back.
 * Any `*.localhost` goes to 127.0.0.1 with its own Host header, because not
 * every system resolver knows those names.
 *
 * Throws `TypeError` where the address is not on this machine.
 */
export function deliver(to: string, headers: Record<string, string>, body: string): Promise<Delivery> {
  const target = parseLocalUrl(to);
  if (!target.ok) throw new TypeError(`webhooks only go to this machine: ${target.reason}`);
  const { url } = target;
  const began = performance.now();
  const finished = (status: number | null, reply: string, error: string | null): Delivery => ({
    status,
    reply,
    error,
    duration_ms: Math.round(performance.now() - began),
  });

  return new Promise((resolve) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: url.port === "" ? 80 : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: "POST",
        headers: { ...headers, host: url.host, "content-length": String(Buffer.byteLength(body)) },
        signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let kept = 0;
        incoming.on("data", (chunk: Buffer) => {
          if (kept < MAX_WEBHOOK_REPLY_BYTES) chunks.push(chunk.subarray(0, MAX_WEBHOOK_REPLY_BYTES - kept));
          kept += chunk.length;
        });
        incoming.on("end", () => {
          resolve(finished(incoming.statusCode ?? null, Buffer.concat(chunks).toString("utf8"), null));
        });
        incoming.on("error", (error) => resolve(finished(null, "", error.message)));
      },
    );
    outgoing.on("error", (error) => resolve(finished(null, "", error.message)));
    outgoing.end(body);
  });
}
