// A till with a large hall's catalogue, and what it takes from a scan to the frame that shows its line.

import type { BrowserContext, Page } from "@playwright/test";
import { scan } from "./hall.ts";

/** A large sale's hall, and the largest basket that a receipt takes. */
export const CATALOGUE_ITEMS = 100_000;
export const BASKET_LINES = 300;

/** Before its first page: the device is given all items of a large hall. */
export const inLargeHall = (device: BrowserContext): Promise<unknown> =>
  device.addInitScript(fillHall, CATALOGUE_ITEMS);

/** Scans the tags into one basket, each once the line before it is on the screen. */
export async function scanAll(
  till: Page,
  tags: string[],
  before: (index: number) => Promise<void> = async () => {},
): Promise<void> {
  for (const [index, tag] of tags.entries()) {
    await before(index);
    await scan(till, tag);
    const said = index === 0 ? "1 item" : `${index + 1} items`;
    await till.locator(".totals-small dt").first().getByText(said, { exact: true }).waitFor();
  }
}

/** From each of so many scans to its painted line, in ms, smallest first. The last one is noted a frame after its line. */
export async function paints(till: Page, scans: number): Promise<number[]> {
  await till.waitForFunction(
    (wanted) => performance.getEntriesByName("hangtag.scan-to-paint").length >= wanted,
    scans,
  );
  const measured = await till.evaluate(() =>
    performance.getEntriesByName("hangtag.scan-to-paint").map(({ duration }) => duration),
  );
  return measured.toSorted((a, b) => a - b);
}

/** The value below which this share of the sorted ones lies. */
export const percentile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Tells the processor time that the page's main thread has used so far, in ms. */
export async function mainThread(till: Page): Promise<() => Promise<number>> {
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
