import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { generate } from "../../demo/generate.ts";

const DEMO = join(import.meta.dirname, "../../demo");
const read = (name: string): string => readFileSync(join(DEMO, name), "utf8");

test("the committed inventory is what its script makes, and the README lists its awkward lines", () => {
  const { csv, awkward } = generate();
  assert.equal(read("inventory.csv"), csv);
  // Formatters align the columns of a table.
  const readme = read("README.md").replaceAll(/ +/g, " ");
  for (const { line, what } of awkward) assert.ok(readme.includes(`| ${line} | ${what} |`), what);
});

test("2,400 good items of 60 consignors, and 13 awkward lines", () => {
  const { csv, awkward } = generate();
  const lines = csv.trimEnd().split("\n");
  assert.equal(lines.length, 1 + 2_400 + 13);
  assert.equal(awkward.length, 13);
  const odd = new Set(awkward.map(({ line }) => line));
  const good = lines.filter((_, index) => index > 0 && !odd.has(index + 1));
  assert.equal(new Set(good.map((line) => line.split(",")[0])).size, 60);
  for (const line of good) {
    const [price = "", reduce, donate, reference] = line.split(",").slice(-4);
    assert.match(price, /^\d+\.(00|25|50|75)$/, line);
    assert.ok(Number(price) >= 0.5 && Number(price) <= 180, line);
    assert.ok(["yes", "no"].includes(reduce ?? "") && ["yes", "no"].includes(donate ?? ""), line);
    assert.match(reference ?? "", /^\d{3}-\d{3}$/, line);
  }
  assert.equal(new Set(good.map((line) => line.split(",").at(-1))).size, 2_400);
});
