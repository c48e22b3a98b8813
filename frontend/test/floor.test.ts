import { describe, expect, it } from "vitest";
import { backoffMs } from "../src/live/backoff.ts";
import { emptyFloor, hear, paceByMinute } from "../src/live/floor.ts";

const NOW = 1_795_000_000_000;
const receipt = (seq: number, at = NOW) => ({
  seq,
  recorded_at: at,
  kind: "receipt_completed",
  payload: { receipt: `r${seq}` },
  hash: "",
});

describe("the floor board's memory", () => {
  it("takes receipts in, newest first, and says that totals moved", () => {
    const floor = [receipt(11), receipt(12)].reduce((seen, entry) => hear(seen, entry), emptyFloor(10));
    expect(floor.fresh.map(({ receipt: id }) => id)).toEqual(["r12", "r11"]);
    expect(floor).toMatchObject({ seq: 12, totalsVersion: 2, sessionVersion: 0 });
  });

  it("changes nothing for an entry that it has heard", () => {
    const floor = hear(emptyFloor(10), receipt(11));
    expect(hear(floor, receipt(11))).toBe(floor);
    expect(hear(floor, receipt(3))).toBe(floor);
  });

  it("tells apart what moves totals and what moves the session", () => {
    const opened = hear(emptyFloor(0), {
      seq: 1,
      recorded_at: NOW,
      kind: "session_opened",
      payload: { items: 5 },
      hash: "",
    });
    expect(opened).toMatchObject({ totalsVersion: 0, sessionVersion: 1, fresh: [] });
    const unknown = hear(opened, {
      seq: 2,
      recorded_at: NOW,
      kind: "kind_of_next_year",
      payload: {},
      hash: "",
    });
    expect(unknown.seq).toBe(2);
  });

  it("counts receipts by minute and forgets the ones behind the window", () => {
    const minute = 60_000;
    const moments = [NOW - 11 * minute, NOW - 9.5 * minute, NOW - 30_000, NOW];
    expect(paceByMinute(moments, NOW)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
  });
});

describe("back-off", () => {
  it("grows, is spread out, and has a ceiling", () => {
    expect(backoffMs(0, () => 0)).toBe(250);
    expect(backoffMs(0, () => 1)).toBe(500);
    expect(backoffMs(3, () => 1)).toBe(4_000);
    expect(backoffMs(400, () => 1)).toBe(20_000);
  });
});
