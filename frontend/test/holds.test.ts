import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Holds, OwnHold } from "../src/terminal/holds.ts";
import { type BasketLine, itemLine } from "../src/terminal/model.ts";

describe("holds of other tills", () => {
  it("stand for a while and end with an emptied basket", () => {
    const holds = new Holds();
    const held = { terminal: "terminal:2", name: "Till 2", tags: ["0010000017"], until: 0 };
    holds.hear(held, 1_000);
    expect(holds.by("0010000017", 2_000)?.name).toBe("Till 2");
    expect(holds.by("0010000017", 152_000), "nobody has said it again").toBeUndefined();
    holds.hear(held, 160_000);
    holds.hear({ ...held, tags: [] }, 160_001);
    expect(holds.by("0010000017", 160_002)).toBeUndefined();
  });
});

describe("the hold of this till", () => {
  const boots = itemLine(
    { tag: "0010000017", title: "Rain boots", size: "9", price_cents: 850, consignor: 17, flags: 0 },
    true,
  );
  let basket: BasketLine[] = [];
  let said: string[][] = [];
  const hold = () => new OwnHold({ basket: () => basket, say: (tags) => said.push(tags) });

  beforeEach(() => {
    vi.useFakeTimers();
    [basket, said] = [[], []];
  });
  afterEach(() => void vi.useRealTimers());

  it("says once what lies there after several quick changes", () => {
    const own = hold();
    own.changed();
    vi.advanceTimersByTime(50);
    basket = [boots];
    own.changed();
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(said).toEqual([["0010000017"]]);
  });

  it("says it again before the session forgets it, and no more once the till has stopped", () => {
    const own = hold();
    basket = [boots];
    own.start();
    vi.advanceTimersByTime(120_000);
    expect(said).toEqual([["0010000017"], ["0010000017"]]);
    own.changed();
    own.stop();
    vi.advanceTimersByTime(600_000);
    expect(said).toHaveLength(2);
  });
});
