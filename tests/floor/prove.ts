// What `cargo xtask prove floor` runs against the running system, in real browsers: a hall of cashiers who sell side by
// side while networks fail and tabs are killed, and one till with a large hall's catalogue, by itself. Prints one line
// of JSON with what it counted, measured and found.

import { chromium } from "@playwright/test";
import { LAUNCH } from "../e2e/support/chromium.ts";
import { openHall, pairTill } from "../e2e/support/hall.ts";
import { BASKET_LINES, inLargeHall, paints, percentile, scanAll } from "../e2e/support/pace.ts";
import { Chance } from "./chance.ts";
import { reckon, resolveAll } from "./reckoning.ts";
import { Cashier } from "./till.ts";

const ORIGIN = process.env.HANGTAG_URL ?? "";
const SECONDS = Number(process.env.FLOOR_SECONDS ?? 30);
const TILLS = Number(process.env.FLOOR_TILLS ?? 24);
const SEED = Number(process.env.FLOOR_SEED ?? 1);
/** Lines of the large basket whose pace is measured. */
const PACE_LINES = Math.min(BASKET_LINES, Number(process.env.FLOOR_LINES ?? BASKET_LINES));
/** A cashier scans once a second at most; some more things than that, so that nobody runs out. */
const SPARE_ITEMS = 20;

const say = (text: string) => process.stderr.write(`${text}\n`);
const browser = await chromium.launch(LAUNCH);
try {
  const sold = await sellSideBySide();
  say("one till with a large hall's catalogue");
  const pace = await measurePace();
  const { figures, findings } = sold;
  console.log(JSON.stringify({ figures: { ...figures, ...pace }, findings }));
} finally {
  await browser.close();
}

async function sellSideBySide() {
  const each = SECONDS + SPARE_ITEMS;
  const clashes = Math.floor(TILLS / 2);
  const hall = await openHall(browser, ORIGIN, TILLS * each + clashes);
  const chance = new Chance(SEED, 0);
  const cashiers: Cashier[] = [];
  for (let at = 0; at < TILLS; at += 1) {
    const tags = hall.tags.slice(at * each, (at + 1) * each);
    cashiers.push(await Cashier.at(hall, ORIGIN, `Till ${at + 1}`, tags, new Chance(SEED, at + 1)));
    say(`${at + 1} of ${TILLS} tills`);
  }
  say(`selling for ${SECONDS} s`);
  const begun = performance.now();
  await Promise.all(cashiers.map((cashier) => cashier.sellUntil(begun + SECONDS * 1_000)));
  const took = (performance.now() - begun) / 1_000;
  say("one thing at two tills without a network, by pairs");
  const twice = hall.tags.slice(TILLS * each);
  await Promise.all(cashiers.map((cashier, at) => sellTwice(cashier, twice[Math.floor(at / 2)])));
  say("handing in");
  const order = cashiers.toSorted(() => chance.below(3) - 1);
  await Promise.all(order.map((cashier) => cashier.handIn()));
  const found = await reckon(
    hall,
    cashiers.flatMap(({ done }) => done),
    twice,
  );
  const open = await resolveAll(hall, clashes);
  const painted = (await Promise.all(cashiers.map((cashier) => cashier.paints())))
    .flat()
    .toSorted((a, b) => a - b);
  await Promise.all(cashiers.map((cashier) => cashier.close()));
  const scans = cashiers.reduce((sum, cashier) => sum + cashier.scans, 0);
  return {
    figures: {
      tills: TILLS,
      seconds: Math.round(took),
      scans,
      scans_per_second: Math.round((scans / took) * 10) / 10,
      receipts: found.receipts,
      troubles: cashiers
        .flatMap(({ troubles }) => Object.values(troubles))
        .reduce((sum, count) => sum + count, 0),
      lost: found.lost.length,
      doubled: found.doubled.length,
      conflicts: clashes,
      conflicts_open: open,
      hall_scan_to_paint_p95_ms: tenth(percentile(painted, 0.95)),
    },
    findings: [
      ...found.lost.map((basket) => `lost: ${basket}`),
      ...found.doubled.map((basket) => `doubled: ${basket}`),
      ...found.astray,
    ],
  };
}

async function sellTwice(cashier: Cashier, tag: string | undefined): Promise<void> {
  if (tag !== undefined) await cashier.sellOffline(tag);
}

/** The largest basket on a till that holds 100,000 items, nothing else going on. */
async function measurePace() {
  const hall = await openHall(browser, ORIGIN, PACE_LINES);
  const { till, device } = await pairTill(browser, ORIGIN, hall, "Till of the fast", {
    onDevice: inLargeHall,
  });
  await scanAll(till, hall.tags);
  const painted = await paints(till, PACE_LINES);
  await device.close();
  return {
    lines: PACE_LINES,
    scan_to_paint_p50_ms: tenth(percentile(painted, 0.5)),
    scan_to_paint_p95_ms: tenth(percentile(painted, 0.95)),
  };
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}
