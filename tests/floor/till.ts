// One cashier with a till of her own: scans, takes money, has the network fail, the page reloaded and the tab killed
// in every step of a sale, and remembers each basket whose end the screen has shown.

import type { BrowserContext, Page } from "@playwright/test";
import { findAnswers, loseAnswers } from "../e2e/support/answers.ts";
import { enter, type Hall, pairTill, scan } from "../e2e/support/hall.ts";
import type { Chance } from "./chance.ts";

/** A cashier's pace, in ms from scan to scan. */
const SCAN_MS = 1_000;
const BASKET_MAX = 7;
/** One basket in so many is sold through some trouble. */
const ONE_TROUBLE_IN = 4;
/** Baskets that an outage lasts. */
const OUTAGE_BASKETS = 3;
/** Between seeing a line and the tab's end, in ms: a line is painted first and written down right after. */
const MOMENT_MS = 250;
/** The longest that a screen may take to show what was done: a busy machine, a till coming back by itself. */
const SHOWN_LIMIT_MS = 60_000;

/** What goes wrong with a basket, in the step of the sale that its name says. */
const TROUBLES = [
  "offline before the scan",
  "offline after the scan",
  "offline while paying",
  "answer lost",
  "reload in the basket",
  "killed in the basket",
  "killed while paying",
  "killed while recording",
] as const;
type Trouble = (typeof TROUBLES)[number];

export class Cashier {
  /** Baskets whose end was shown, by the tags in them. */
  readonly done: string[][] = [];
  readonly troubles: Record<string, number> = {};
  scans = 0;
  #page: Page;
  readonly #name: string;
  readonly #device: BrowserContext;
  readonly #origin: string;
  readonly #tags: string[];
  readonly #chance: Chance;
  #due = 0;
  #outage = 0;

  private constructor(
    name: string,
    page: Page,
    device: BrowserContext,
    origin: string,
    tags: string[],
    chance: Chance,
  ) {
    this.#name = name;
    this.#page = page;
    this.#device = device;
    this.#origin = origin;
    this.#tags = tags;
    this.#chance = chance;
  }

  /** Pairs a till; `tags` are the things that come to this cashier, in order. */
  static async at(
    hall: Hall,
    origin: string,
    name: string,
    tags: string[],
    chance: Chance,
  ): Promise<Cashier> {
    const browser = hall.desk.context().browser();
    if (browser === null) throw new Error("the browser is gone");
    const { till, device } = await pairTill(browser, origin, hall, name);
    const cashier = new Cashier(name, till, device, origin, tags, chance);
    await till.getByRole("button", { name: "Till", exact: true }).click();
    await till.getByText("Starts and sells without a network").waitFor({ timeout: SHOWN_LIMIT_MS });
    await till.keyboard.press("Escape");
    return cashier;
  }

  /** Sells until then, or until nothing is left. */
  async sellUntil(end: number): Promise<void> {
    // Not all cashiers scan in the same moment.
    this.#due = performance.now() + this.#chance.below(SCAN_MS);
    while (performance.now() < end && this.#tags.length > 0) {
      const trouble = this.#chance.once(ONE_TROUBLE_IN)
        ? TROUBLES[this.#chance.below(TROUBLES.length)]
        : undefined;
      await this.#sell(this.#tags.splice(0, 1 + this.#chance.below(BASKET_MAX)), trouble);
    }
  }

  /** Sells this one thing without a network, and stays without it. */
  async sellOffline(tag: string): Promise<void> {
    await this.#offline();
    await this.#sell([tag], undefined);
  }

  /** The network is back; returns when the till says that nothing waits. */
  async handIn(): Promise<void> {
    this.#outage = 0;
    await this.#online();
    await this.#page.getByText("all sent").waitFor({ timeout: SHOWN_LIMIT_MS });
  }

  /** From each scan to its painted line since the page was loaded, in ms. */
  paints(): Promise<number[]> {
    return this.#page.evaluate(() =>
      performance.getEntriesByName("hangtag.scan-to-paint").map(({ duration }) => duration),
    );
  }

  close(): Promise<void> {
    return this.#device.close();
  }

  /** A basket that comes to no end says how it began, and what the screen shows instead. */
  async #sell(tags: string[], trouble: Trouble | undefined): Promise<void> {
    await this.#basket(tags, trouble).catch(async (error: Error) => {
      const shown = await this.#page
        .locator("body")
        .textContent({ timeout: SCAN_MS })
        .catch(() => "nothing");
      throw new Error(`${this.#name}, ${trouble ?? "no trouble"}, ${tags}: ${error.message}\n${shown}`);
    });
  }

  async #basket(tags: string[], trouble: Trouble | undefined): Promise<void> {
    if (trouble !== undefined) this.troubles[trouble] = (this.troubles[trouble] ?? 0) + 1;
    if (trouble === "offline before the scan") await this.#offline();
    for (const [index, tag] of tags.entries()) {
      await this.#pace();
      await scan(this.#page, tag);
      await this.#lines(index + 1);
      this.scans += 1;
    }
    if (trouble === "offline after the scan") await this.#offline();
    if (trouble === "reload in the basket") await this.#reload();
    if (trouble === "killed in the basket") await this.#kill();
    await this.#lines(tags.length);
    await this.#page.keyboard.press("F9");
    await this.#page.getByRole("button", { name: "Complete sale" }).waitFor();
    if (trouble === "offline while paying") await this.#offline();
    if (trouble === "killed while paying") {
      await this.#kill();
      await this.#lines(tags.length);
      await this.#page.keyboard.press("F9");
    }
    const loses = trouble === "answer lost" || trouble === "killed while recording";
    if (loses) await loseAnswers(this.#page);
    await this.#page.getByRole("button", { name: "Complete sale" }).click();
    if (trouble === "killed while recording") {
      await this.#page
        .getByText(/Recording…|Kept on this till/)
        .first()
        .waitFor();
      await this.#kill();
    }
    const shown = this.#page.getByRole("heading", { name: /^(Sold|Kept on this till)$/ });
    await shown.waitFor({ timeout: SHOWN_LIMIT_MS });
    this.done.push(tags);
    await enter(this.#page);
    if (loses) await findAnswers(this.#page);
    if (this.#outage > 0) {
      this.#outage -= 1;
      if (this.#outage === 0) await this.#online();
    }
  }

  async #lines(count: number): Promise<void> {
    const said = count === 1 ? "1 item" : `${count} items`;
    await this.#page
      .locator(".totals-small dt")
      .first()
      .getByText(said, { exact: true })
      .waitFor({ timeout: SHOWN_LIMIT_MS });
  }

  /** Waits for the next scan's moment; a cashier who was held up does not catch up. */
  async #pace(): Promise<void> {
    const wait = this.#due - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    this.#due = Math.max(this.#due + SCAN_MS, performance.now());
  }

  async #offline(): Promise<void> {
    this.#outage = 1 + this.#chance.below(OUTAGE_BASKETS);
    await this.#device.setOffline(true);
  }

  #online(): Promise<void> {
    return this.#device.setOffline(false);
  }

  async #reload(): Promise<void> {
    await this.#page.waitForTimeout(MOMENT_MS);
    await this.#page.reload();
  }

  async #kill(): Promise<void> {
    await this.#page.waitForTimeout(MOMENT_MS);
    await this.#page.close();
    this.#page = await this.#device.newPage();
    await this.#page.goto(`${this.#origin}/terminal`);
  }
}
