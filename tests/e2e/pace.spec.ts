// A large basket on a till with a large hall's catalogue: every line arrives, and the screen keeps pace.

import { expect, type Page, test } from "@playwright/test";
import { type Hall, openHall, pairTill, payExactly, receiptsOf, scan } from "./support/hall.ts";
import { look } from "./support/look.ts";

/** A large sale's hall, and the largest basket that a receipt takes. */
const CATALOGUE_ITEMS = 100_000;
const BASKET_LINES = 300;
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
    onDevice: async (context) => {
      await context.addInitScript(fillHall, CATALOGUE_ITEMS);
    },
  });
  await till.getByRole("button", { name: "Till", exact: true }).click();
  await expect(till.getByText("100,000 items on this till")).toBeVisible();
  await till.keyboard.press("Escape");
  const spent = await mainThread(till);
  let before = 0;
  for (const [index, tag] of hall.tags.entries()) {
    if (index === BASKET_LINES - LAST_LINES) before = await spent();
    await scan(till, tag);
    await expect(till.locator(".totals-small dt").first()).toHaveText(
      index === 0 ? "1 item" : `${index + 1} items`,
    );
  }
  const perScanMs = ((await spent()) - before) / LAST_LINES;
  const paints = await till.evaluate(() =>
    performance.getEntriesByName("hangtag.scan-to-paint").map(({ duration }) => duration),
  );
  expect(paints).toHaveLength(BASKET_LINES);
  const sorted = paints.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  const told = `scan to paint with ${CATALOGUE_ITEMS} items: p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, worst ${at(0.999).toFixed(1)} ms; processor time per scan, keys included, at 250 to 300 lines: ${perScanMs.toFixed(1)} ms`;
  test.info().annotations.push({ type: "measured", description: told });
  console.log(told);
  expect(at(0.5)).toBeLessThanOrEqual(PAINTED_P50_LIMIT_MS);
  await look(till, "70-terminal-300-lines");
  await payExactly(till);
  await expect(till.getByRole("heading", { name: "Sold", exact: true })).toBeVisible();
  await expect.poll(async () => (await receiptsOf(hall))[0]?.lines.length).toBe(BASKET_LINES);
  await device.close();
});

/** Tells the processor time that the page's main thread has used so far, in ms. */
async function mainThread(till: Page): Promise<() => Promise<number>> {
  const session = await till.context().newCDPSession(till);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1_000;
  };
}

/** The hall's own items, and as many others as a large sale has; their tags belong to another event. */
function fillHall(total: number): void {
  const real = window.fetch;
  window.fetch = async (input, init) => {
    const response = await real(input, init);
    if (!response.url.includes("/catalogue")) return response;
    const catalogue = (await response.json()) as { items: unknown[] };
    const others = Array.from({ length: total - catalogue.items.length }, (_, index) => [
      `8${String(index).padStart(9, "0")}`,
      `Quiet blue cardigan ${index}`,
      "8",
      1_250,
      (index % 1_000) + 1,
      index % 3,
    ]);
    const body = JSON.stringify({ ...catalogue, items: [...catalogue.items, ...others] });
    return new Response(body, { headers: { "content-type": "application/json" } });
  };
}
