import { describe, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "../src/api/problem.ts";
import { Queue, type Queued, type QueueStore } from "../src/queue/queue.ts";
import { uuid7 } from "../src/queue/uuid7.ts";

type Command = Queued & { reply?: string };

/** A store that outlives its queues, as a disk outlives a tab. */
class Disk implements QueueStore<Command> {
  commands = new Map<string, Command>();

  add(key: string): void {
    this.commands.set(key, { key, id: key, attempts: 0, state: "waiting" });
  }

  async waiting(): Promise<Command[]> {
    return [...this.commands.values()]
      .filter(({ state }) => state === "waiting")
      .toSorted((a, b) => a.key.localeCompare(b.key));
  }

  async settle(answered: Command): Promise<Command | undefined> {
    const found = this.commands.get(answered.key);
    if (found?.id !== answered.id && answered.state === "refused") return undefined;
    this.commands.set(answered.key, answered);
    return answered;
  }
}

const problem = (status: number, code = "no") =>
  new Problem({ type: "about:blank", title: "no", detail: "no", status, code, request_id: "r" });

function queueOn(disk: Disk, send: (id: string) => Promise<string>) {
  const waiting: number[] = [];
  const queue = new Queue<Command, string>({
    store: disk,
    send: ({ id }) => send(id),
    answered: (command, reply) => ({ ...command, reply }),
    onChange: (_, left) => waiting.push(left),
    random: () => 0,
  });
  return { queue, waiting };
}

describe("the queue", () => {
  it("sends what waits, oldest first, and keeps each answer", async () => {
    const disk = new Disk();
    disk.add("b");
    disk.add("a");
    const sent: string[] = [];
    const { queue, waiting } = queueOn(disk, async (id) => {
      sent.push(id);
      return `reply to ${id}`;
    });
    await queue.pump();
    expect(sent).toEqual(["a", "b"]);
    expect(disk.commands.get("a")).toMatchObject({ state: "done", reply: "reply to a", attempts: 1 });
    expect(waiting.at(-1)).toBe(0);
  });

  it("keeps a command whose answer was lost and sends it again under the same id", async () => {
    const disk = new Disk();
    disk.add("a");
    const platform = new Map<string, string>();
    let losesAnswers = true;
    const send = async (id: string) => {
      platform.set(id, platform.get(id) ?? `receipt ${platform.size + 1}`);
      if (losesAnswers) throw new Unreachable();
      return platform.get(id) ?? "";
    };
    const first = queueOn(disk, send);
    await first.queue.pump();
    expect(disk.commands.get("a")?.state).toBe("waiting");
    first.queue.stop();

    losesAnswers = false;
    const afterReload = queueOn(disk, send);
    await afterReload.queue.pump();
    expect(platform.size).toBe(1);
    expect(disk.commands.get("a")).toMatchObject({ state: "done", reply: "receipt 1" });
  });

  it.each([
    [408, "no"],
    [425, "no"],
    [429, "too_many_requests"],
    [500, "no"],
    [503, "no"],
    [403, "organization_suspended"],
    [404, "unknown"],
  ])("tries again by itself after %i %s", async (status, code) => {
    vi.useFakeTimers();
    const disk = new Disk();
    disk.add("a");
    let answers = 0;
    const { queue } = queueOn(disk, async () => {
      answers += 1;
      if (answers < 3) throw problem(status, code);
      return "ok";
    });
    await queue.pump();
    expect(disk.commands.get("a")?.state).toBe("waiting");
    await vi.runAllTimersAsync();
    expect(disk.commands.get("a")?.state).toBe("done");
    vi.useRealTimers();
  });

  it.each([400, 404, 409, 422])("keeps a refusal (%i) and goes on with the next", async (status) => {
    const disk = new Disk();
    disk.add("a");
    disk.add("b");
    const { queue } = queueOn(disk, async (id) => {
      if (id === "a") throw problem(status);
      return "ok";
    });
    await queue.pump();
    expect(disk.commands.get("a")).toMatchObject({ state: "refused", problem: { status } });
    expect(disk.commands.get("b")?.state).toBe("done");
  });

  it("does not take a refusal for an answer to what stands there by now, and sends that", async () => {
    const disk = new Disk();
    disk.add("a");
    const sent: string[] = [];
    const { queue } = queueOn(disk, async (id) => {
      sent.push(id);
      if (id === "a") {
        // While the request is under way its goods are handed over: the command becomes another one.
        disk.commands.set("a", { key: "a", id: "a.offline", attempts: 0, state: "waiting" });
        throw problem(409);
      }
      return "recorded";
    });
    await queue.pump();
    expect(sent).toEqual(["a", "a.offline"]);
    expect(disk.commands.get("a")).toMatchObject({ id: "a.offline", state: "done", reply: "recorded" });
  });

  it("runs one round at a time, however often it is asked", async () => {
    const disk = new Disk();
    disk.add("a");
    let under = 0;
    let most = 0;
    const { queue } = queueOn(disk, async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 5));
      under -= 1;
      return "ok";
    });
    await Promise.all([queue.pump(), queue.pump(), queue.pump()]);
    expect(most).toBe(1);
    expect(disk.commands.get("a")?.attempts).toBe(1);
  });
});

describe("receipt ids", () => {
  it("are uuids of version 7 that sort by their time and never repeat", () => {
    const ids = Array.from({ length: 500 }, (_, index) => uuid7(1_795_000_000_000 + index));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(Array.from({ length: 500 }, () => uuid7())).size).toBe(500);
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(Number.parseInt((ids[7] ?? "").replaceAll("-", "").slice(0, 12), 16)).toBe(1_795_000_000_007);
  });
});
