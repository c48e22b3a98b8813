import { describe, expect, it } from "vitest";
import { endOf } from "../src/auth/local.ts";
import { readLog } from "../src/console/event/log-export.ts";
import { reportCsv } from "../src/console/event/report-csv.ts";
import { dated, dayRange, decimal, money, parseAmount, tagText } from "../src/texts/format.ts";

describe("money as text", () => {
  it.each([
    [0, "0.00"],
    [5, "0.05"],
    [-5, "-0.05"],
    [123_456, "1234.56"],
  ])("%i cents are %s", (cents, expected) => {
    expect(decimal(cents)).toBe(expected);
  });

  it("keeps every cent of amounts that no float could hold", () => {
    expect(money(9_007_199_254_740_991, "USD")).toBe("$90,071,992,547,409.91");
  });

  it.each([
    ["20", 2_000],
    ["20.5", 2_050],
    ["20,50", 2_050],
    [".5", 50],
    [" 7. ", 700],
    ["1.005", undefined],
    ["", undefined],
    [".", undefined],
    ["1e3", undefined],
    ["12345678", undefined],
  ])("reads %j as %s", (text, expected) => {
    expect(parseAmount(text)).toBe(expected);
  });
});

describe("tags and days", () => {
  it("groups a tag as it is printed", () => {
    expect(tagText("0010001234")).toBe("001-000123-4");
  });

  it("tells the year of what stands on paper", () => {
    expect(dated("2027-03-18T12:00:00Z")).toContain("2027");
  });

  it("writes a range of days once when it is one day", () => {
    expect(dayRange("2027-03-18", "2027-03-18")).toBe("Mar 18, 2027");
    expect(dayRange("2027-03-18", null)).toBe("Mar 18, 2027");
    expect(dayRange(null, undefined)).toBeUndefined();
  });
});

describe("the import's report as a file", () => {
  it("quotes what needs it and defuses what a spreadsheet would run", () => {
    const csv = reportCsv([
      { row: 1, line: 2, outcome: "refused", code: "x", column: "price", message: '=1+1, "quoted"' },
      { row: 2, line: 3, outcome: "accepted", tag: "0010001234" },
    ]);
    expect(csv).toBe(
      'line,outcome,tag,code,column,message\r\n2,refused,,x,price,"\'=1+1, ""quoted"""\r\n3,accepted,0010001234,,,\r\n',
    );
  });
});

describe("an exported log", () => {
  it("is read past its header and closing line, whatever else stands there", () => {
    const entry = {
      seq: 1,
      recorded_at: 5,
      actor: "person/x",
      kind: "event_created",
      payload: '{"a":1}',
      hash: "00",
    };
    const text = `{"format":"x"}\n${JSON.stringify(entry)}\nnot json\n{"digest":"y"}\n`;
    expect(readLog(text)).toEqual([entry]);
  });
});

describe("a token's end", () => {
  it("is counted from now by the token's own lifetime, so that a wrong clock does no harm", () => {
    const jwt = `x.${btoa(JSON.stringify({ iat: 1_000, exp: 1_060 }))}.y`;
    expect(endOf(jwt, 500)).toBe(60_500);
  });
});
