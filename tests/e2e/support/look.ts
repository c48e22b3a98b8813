// Looks at a screen as people will: in light and dark, on a desk and on a phone, and with axe's eyes.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

/** Screenshots go beside the run's other results, which git ignores. */
export function screensFolder(): string {
  const folder = join(test.info().project.outputDir, "screens");
  mkdirSync(folder, { recursive: true });
  return folder;
}

const SCHEMES = ["light", "dark"] as const;
const SIZES = [
  { name: "desktop", width: 1280, height: 800 },
  { name: "phone", width: 390, height: 844 },
] as const;

/** WCAG 2.2 at level AA, as axe tags its rules. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Checks what is on `page` now and photographs it. `name` becomes part of the file names. */
export async function look(page: Page, name: string): Promise<void> {
  const folder = screensFolder();
  const before = page.viewportSize();
  for (const size of SIZES) {
    await page.setViewportSize({ width: size.width, height: size.height });
    await noSidewaysScroll(page, `${name} (${size.name})`);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.screenshot({
        path: join(folder, `${name}-${size.name}-${colorScheme}.png`),
        animations: "disabled",
      });
      // Colours are the same on a phone: there, one scheme tells what its layout breaks.
      if (size.name === "phone" && colorScheme === "dark") continue;
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      const found = violations.flatMap((rule) =>
        rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`),
      );
      expect.soft(found, `${name}, ${size.name}, ${colorScheme}`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before !== null) await page.setViewportSize(before);
}

/** A page that scrolls sideways on a phone has something that does not fit. */
async function noSidewaysScroll(page: Page, where: string): Promise<void> {
  const surplus = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(surplus, `${where} is wider than its window`).toBeLessThanOrEqual(0);
}
