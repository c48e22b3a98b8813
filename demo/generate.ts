/**
 * Makes `inventory.csv`, always the same one:
 *
 *     node demo/generate.ts           writes the file and lists its awkward lines
 *     node demo/generate.ts --check   exit code 1 when the file is another one
 */

import { readFileSync, writeFileSync } from "node:fs";
import { AWKWARD_ROWS } from "./awkward.ts";
import { type Random, seededRandom } from "./random.ts";
import { KINDS, type Kind, PEOPLE } from "./words.ts";

const SEED = 20_270_313;
const GOOD_ITEMS = 2_400;
const FIRST_CONSIGNOR_NUMBER = 101;
/** One in five is a super consignor. */
const SUPER_EVERY = 5;
/** Good lines between two awkward ones: spreads them over the whole file. */
const AWKWARD_EVERY = 180;
/** Longest title of a good row, in characters; what fits on a label. */
const TITLE_MAX_CHARS = 60;

const COLUMNS = [
  "consignor_number",
  "consignor_name",
  "consignor_email",
  "consignor_tier",
  "category",
  "title",
  "size",
  "condition",
  "price",
  "reduce",
  "donate",
  "reference",
] as const;

export type Row = Record<(typeof COLUMNS)[number], string>;

function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new RangeError("nothing to pick from");
  return choice;
}

function pickKind(random: Random): Kind {
  const total = KINDS.reduce((sum, kind) => sum + kind.weight, 0);
  let left = random() * total;
  for (const kind of KINDS) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  return pick(random, KINDS);
}

/** How many items each consignor brings: from a bagful to a van, exactly GOOD_ITEMS together. */
function itemCounts(random: Random): number[] {
  const weights = PEOPLE.map(() => 0.35 + random() ** 2 * 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => Math.floor((weight / total) * GOOD_ITEMS));
  let missing = GOOD_ITEMS - counts.reduce((sum, count) => sum + count, 0);
  for (let n = 0; missing > 0; n += 1, missing -= 1) counts[n] = (counts[n] ?? 0) + 1;
  return counts;
}

/** A price as people set it: cheap things by quarters, dearer ones by whole amounts, and mostly cheap. */
function price(random: Random, { least, most }: Kind["quarters"]): string {
  const quarters = least + Math.floor((most - least + 1) * random() ** 2.2);
  const grain = quarters > 80 ? 20 : quarters > 24 ? 4 : quarters > 8 ? 2 : 1;
  const rounded = Math.max(least, Math.round(quarters / grain) * grain);
  return (rounded / 4).toFixed(2);
}

function title(random: Random, kind: Kind): string {
  const words = [pick(random, kind.brands), pick(random, kind.colours), pick(random, kind.things)];
  const text = words.filter((word) => word !== "").join(" ");
  return text.slice(0, 1).toUpperCase() + text.slice(1, TITLE_MAX_CHARS);
}

const CONDITIONS = ["new", "like_new", "like_new", "good", "good", "good", "good", "fair"] as const;

function emailOf(name: string): string {
  const plain = name
    .normalize("NFD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .replaceAll("Ł", "L")
    .replaceAll("ł", "l")
    .replaceAll("ø", "o")
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ".");
  return `${plain}@example.org`;
}

function goodRows(random: Random): Row[] {
  const counts = itemCounts(random);
  return PEOPLE.flatMap((name, index) => {
    const number = String(FIRST_CONSIGNOR_NUMBER + index);
    return Array.from({ length: counts[index] ?? 0 }, (_, n): Row => {
      const kind = pickKind(random);
      return {
        consignor_number: number,
        consignor_name: name,
        consignor_email: emailOf(name),
        consignor_tier: index % SUPER_EVERY === SUPER_EVERY - 1 ? "super" : "regular",
        category: kind.category,
        title: title(random, kind),
        size: pick(random, kind.sizes),
        condition: pick(random, CONDITIONS),
        price: price(random, kind.quarters),
        reduce: random() < 0.7 ? "yes" : "no",
        donate: random() < 0.45 ? "yes" : "no",
        reference: `${number}-${String(n + 1).padStart(3, "0")}`,
      };
    });
  });
}

export interface Inventory {
  csv: string;
  /** Line in the file (the header is line 1) and what is odd about it. */
  awkward: { line: number; what: string }[];
}

/** The whole file, and where its awkward rows stand. */
export function generate(): Inventory {
  const rows: Row[] = [];
  const awkward: Inventory["awkward"] = [];
  goodRows(seededRandom(SEED)).forEach((good, index) => {
    rows.push(good);
    const at = (index + 1) / AWKWARD_EVERY - 1;
    const odd = AWKWARD_ROWS[at];
    if (odd === undefined) return;
    const made = odd.make(good);
    rows.push(made === good ? good : { ...made, reference: `${good.consignor_number}-X${at + 1}` });
    awkward.push({ line: rows.length + 1, what: odd.what });
  });
  const lines = rows.map((row) => COLUMNS.map((column) => quoted(row[column])).join(","));
  return { csv: `${[COLUMNS.join(","), ...lines].join("\n")}\n`, awkward };
}

/** RFC 4180: quotes only where they are needed. */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

const FILE = new URL("./inventory.csv", import.meta.url);

function main(): void {
  const { csv, awkward } = generate();
  if (process.argv.includes("--check")) {
    if (readFileSync(FILE, "utf8") !== csv) {
      process.stderr.write(
        "demo/inventory.csv is not what demo/generate.ts makes; run node demo/generate.ts\n",
      );
      process.exitCode = 1;
    }
    return;
  }
  writeFileSync(FILE, csv);
  for (const { line, what } of awkward) process.stdout.write(`| ${line} | ${what} |\n`);
}

if (import.meta.main) main();
