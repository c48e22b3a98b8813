import { describe, expect, it } from "vitest";
import type { SocketAnswer } from "../src/live/live.ts";
import type { QueuedCommand, SessionCommand } from "../src/terminal/model.ts";
import { SelfReport } from "../src/terminal/self-report.ts";

const waiting = (about: QueuedCommand["about"], terminal = "t"): QueuedCommand => ({
  key: `${about}-${terminal}`,
  id: `${about}-${terminal}`,
  session: "s",
  terminal,
  about,
  command: { type: "complete_receipt" },
  asked_at: 0,
  attempts: 0,
  state: "waiting",
});
const sales = (count: number) => Array.from({ length: count }, () => waiting("sale"));
const held = (count: number): SessionCommand => ({ type: "report_waiting", waiting: count });
const moment = () => new Promise((resolve) => setTimeout(resolve));

/** A till with `stored` on its device; a word is under way until it is answered. */
function till() {
  const world = {
    stored: [] as QueuedCommand[],
    readable: true,
    online: true,
    said: [] as SessionCommand[],
    under: [] as ((arrived: boolean) => void)[],
  };
  const report = new SelfReport({
    db: {
      waiting: async () => {
        if (!world.readable) throw new Error("the disk is gone");
        return world.stored;
      },
    },
    terminal: "t",
    online: () => world.online,
    send: (command) => {
      world.said.push(command);
      return new Promise<void>((resolve, reject) => {
        world.under.push((arrived) => (arrived ? resolve() : reject(new Error("lost"))));
      });
    },
  });
  /** Answers the word that is under way, and lets what waits for that go on. */
  const answer = async (arrived = true) => {
    world.under.shift()?.(arrived);
    await moment();
  };
  return { world, report, answer };
}

describe("what a till reports of itself", () => {
  it("says one word at a time, so that the last one is last", async () => {
    const { world, report, answer } = till();
    world.stored = sales(2);
    void report.salesHeld();
    await moment();
    world.stored = sales(1);
    void report.salesHeld();
    world.stored = [];
    void report.salesHeld();
    await moment();
    expect(world.said, "the first is not answered yet").toEqual([held(2)]);
    await answer();
    expect(world.said, "what holds by then, once").toEqual([held(2), held(0)]);
    await answer();
    expect(world.said).toHaveLength(2);
  });

  it("does not say what the session knows", async () => {
    const { world, report } = till();
    report.learn({ waiting: 1 });
    world.stored = sales(1);
    await report.salesHeld();
    expect(world.said).toEqual([]);
    report.learn({ waiting: 3 });
    void report.salesHeld();
    await moment();
    expect(world.said).toEqual([held(1)]);
  });

  it("says again what did not arrive", async () => {
    const { world, report, answer } = till();
    world.stored = sales(1);
    void report.salesHeld();
    await moment();
    await answer(false);
    void report.salesHeld();
    await moment();
    expect(world.said).toEqual([held(1), held(1)]);
    await answer();
    await report.salesHeld();
    expect(world.said).toHaveLength(2);
  });

  it("counts sales of its own that wait, and nothing else", async () => {
    const { world, report } = till();
    world.stored = [waiting("sale"), waiting("sale", "an earlier pairing"), waiting("return")];
    void report.salesHeld();
    await moment();
    expect(world.said).toEqual([held(1)]);
  });

  it("waits for a connection, and outlives a device that cannot be read", async () => {
    const { world, report } = till();
    world.stored = sales(1);
    world.online = false;
    await report.salesHeld();
    expect(world.said).toEqual([]);
    [world.online, world.readable] = [true, false];
    await report.salesHeld();
    world.readable = true;
    void report.salesHeld();
    await moment();
    expect(world.said).toEqual([held(1)]);
  });

  it("says which rights it knows", async () => {
    const { world, report } = till();
    void report.rightsKnown(4);
    expect(world.said).toEqual([{ type: "acknowledge", version: 4 }]);
  });
});

describe("another way to the session", () => {
  const over = (report: SelfReport, answer: SocketAnswer | undefined, meanwhile = () => {}) =>
    report.tryOver(async () => {
      meanwhile();
      return answer;
    });

  it("is not trusted without an answer, and what was said there counts as unsaid", async () => {
    const { world, report } = till();
    world.stored = sales(1);
    expect(await over(report, undefined)).toBe(false);
    void report.salesHeld();
    await moment();
    expect(world.said).toEqual([held(1)]);
  });

  it("is trusted with an answer, and what was taken there is not said twice", async () => {
    const { world, report } = till();
    world.stored = sales(1);
    expect(await over(report, { taken: [] })).toBe(true);
    await moment();
    expect(world.said).toEqual([]);
  });

  it("is trusted with a refusal, too, which leaves the word unsaid", async () => {
    const { world, report } = till();
    world.stored = sales(1);
    expect(await over(report, { refused: { code: "no", found: "", allowed: "" } })).toBe(true);
    await moment();
    expect(world.said).toEqual([held(1)]);
  });

  it("is followed by what was sold before its answer came", async () => {
    const { world, report } = till();
    world.stored = sales(1);
    const sellsOn = () => {
      world.stored = sales(2);
    };
    expect(await over(report, { taken: [] }, sellsOn)).toBe(true);
    await moment();
    expect(world.said).toEqual([held(2)]);
  });
});
