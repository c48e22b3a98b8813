// Load with a fixed number of connections, and what it took.
import { type Agent, request } from "node:http";
import { WebSocket } from "ws";

export type Took = { perSecond: number; p99Ms: number };

/** One request over a kept connection; anything but 200 stops the measurement. */
export function post(agent: Agent, origin: string, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const sent = request(
      { agent, hostname, port, path, method: "POST", headers: { "content-length": Buffer.byteLength(body) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`${path}: ${response.statusCode} ${text.slice(0, 300)}`));
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Runs \`work\` \`count\` times, \`connections\` at once. */
export async function load(
  connections: number,
  count: number,
  work: (index: number, lane: number) => Promise<unknown>,
): Promise<Took> {
  const took: number[] = [];
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async (_, lane) => {
      while (next < count) {
        const index = next;
        next += 1;
        const at = performance.now();
        await work(index, lane);
        took.push(performance.now() - at);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  return { perSecond: count / seconds, p99Ms: percentile(took, 0.99) };
}

export function percentile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

export const median = (values: number[]) => percentile(values, 0.5);

/**
 * A socket that answers each message with one; commands go out one at a time. It asks for no compression: a deployment
 * compresses where the socket ends, on the edge, not on the object's thread, which here does both.
 */
export class Line {
  #socket: WebSocket;
  #waiting: { answers: (frame: string) => boolean; resolve: () => void } | undefined;
  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      if (this.#waiting?.answers(String(data))) {
        const { resolve } = this.#waiting;
        this.#waiting = undefined;
        resolve();
      }
    });
  }

  static open(origin: string, path: string): Promise<Line> {
    const socket = new WebSocket(origin.replace("http", "ws") + path, { perMessageDeflate: false });
    return new Promise((resolve, reject) => {
      socket.on("open", () => resolve(new Line(socket)));
      socket.on("error", () => reject(new Error(`no socket at ${path}`)));
    });
  }

  ask(frame: string, answers: (frame: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { answers, resolve };
      this.#socket.send(frame);
    });
  }

  close(): void {
    this.#socket.close();
  }
}
