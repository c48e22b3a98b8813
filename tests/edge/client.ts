// Many requests over kept connections: a proof that opens a socket for each would measure sockets.
import { Agent, type IncomingHttpHeaders, request } from "node:http";

const PORT = Number(process.env.HANGTAG_PORT ?? "8787");

/** Connections at a time. */
export const CONNECTIONS = 8;

/** Longest that an answer may take, ms. */
const TIMEOUT_MS = 60_000;

/** Longest that a 429 may ask us to wait, s. */
const WAIT_MAX_S = 30;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

export interface Said {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  took_ms: number;
}

export interface Asked {
  host: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | undefined;
}

/** One request, one answer, whatever it is. */
export function once({ host, method, path, headers = {}, body }: Asked): Promise<Said> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port: PORT,
        method,
        path,
        agent,
        timeout: TIMEOUT_MS,
        headers: { host, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
            took_ms: performance.now() - began,
          }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${path} took too long`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** As once; told to wait, it waits and asks again, as a caller should. */
export async function patiently(asked: Asked): Promise<Said> {
  for (;;) {
    const said = await once(asked);
    if (said.status !== 429 || said.text.includes("pairing")) return said;
    const wait = Math.min(Number(said.headers["retry-after"] ?? "1"), WAIT_MAX_S);
    await new Promise((resolve) => setTimeout(resolve, wait * 1_000));
  }
}

/** Runs the jobs a few at a time, in order. */
export async function each<T>(jobs: T[], run: (job: T) => Promise<void>): Promise<void> {
  const queue = jobs.values();
  const worker = async () => {
    for (const job of queue) await run(job);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}
