// A large basket on a till with a large hall's catalogue: every line arrives, and the screen keeps pace.

import { expect, test } from "@playwright/test";
import { type Hall, openHall, pairTill, payExactly, receiptsOf } from "./support/hall.ts";
import { look } from "./support/look.ts";
import {
  BASKET_LINES,
  CATALOGUE_ITEMS,
  inLargeHall,
  mainThread,
  paints,
  percentile,
  scanAll,
} from "./support/pace.ts";

/**
 * Scan to painted, at the median, in ms: what a person takes for at once. The 95th percentile is told, not judged:
 * on a machine that builds something else meanwhile it says more about the builds.
 */
const PAINTED_P50_LIMIT_MS = 100;
/** The last lines, where a scan costs most, are also measured in processor time, which other work does not touch. */
const LAST_LINES = 50;
const TEST_LIMIT_MS = 400_000;
test.describe.configure({ timeout: TEST_LIMIT_MS });
// A trace copies the page at every key: its cost would be measured, not the till’s.
test.use({ trace: "off" });

let hall: Hall;

test.beforeAll(async ({ browser, baseURL }) => {
  hall = await openHall(browser, baseURL ?? "", BASKET_LINES);
});

test("a basket of 300 lines among 100,000 items is painted line by line and sold as one receipt", async ({
  browser,
  baseURL,
}) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till of the fast", {
    onDevice: inLargeHall,
  });
  await till.getByRole("button", { name: "Till", exact: true }).click();
  await expect(till.getByText("100,000 items on this till")).toBeVisible();
  await till.keyboard.press("Escape");
  const spent = await mainThread(till);
  let before = 0;
  await scanAll(till, hall.tags, async (index) => {
    if (index === BASKET_LINES - LAST_LINES) before = await spent();
  });
  const perScanMs = ((await spent()) - before) / LAST_LINES;
  const painted = await paints(till, BASKET_LINES);
  expect(painted).toHaveLength(BASKET_LINES);
  const at = (share: number) => percentile(painted, share);
  const told = `scan to paint with ${CATALOGUE_ITEMS} items: p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, worst ${at(0.999).toFixed(1)} ms; processor time per scan, keys included, at 250 to 300 lines: ${perScanMs.toFixed(1)} ms`;
  test.info().annotations.push({ type: "measured", description: told });
  console.log(told);
  expect(at(0.5)).toBeLessThanOrEqual(PAINTED_P50_LIMIT_MS);
  await look(till, "45-terminal-300-lines");
  await payExactly(till);
  await expect(till.getByRole("heading", { name: "Sold", exact: true })).toBeVisible();
  await expect.poll(async () => (await receiptsOf(hall))[0]?.lines.length).toBe(BASKET_LINES);
  await device.close();
});
