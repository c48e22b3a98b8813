// The thread through the house: from an empty event to a sale that every screen sees.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { scan } from "./support/hall.ts";
import { look, screensFolder } from "./support/look.ts";

const INVENTORY = fileURLToPath(new URL("../../demo/inventory.csv", import.meta.url));
/** Custody of a few thousand items moves in pages; give a slow machine time. */
const OPENING_LIMIT_MS = 60_000;
/** 23 screens, each looked at in four ways, on a machine that builds something else meanwhile. */
const THREAD_LIMIT_MS = 600_000;

test.describe.configure({ mode: "serial" });

test("the thread: sign in, event, import, session, terminal, sale, live, shares", async ({
  browser,
  baseURL,
}) => {
  test.setTimeout(THREAD_LIMIT_MS);
  const office = await browser.newContext();
  const desk = await office.newPage();
  const name = `Thread ${new Date().toISOString().slice(0, 19)}`;

  await test.step("an organizer signs in", () => signIn(desk));
  await test.step("creates an event", () => createEvent(desk, name));
  await test.step("imports the demo inventory", () => importInventory(desk));
  const tags = await test.step("sees the items", () => readTags(desk));
  await test.step("opens a session", () => openSession(desk));

  const hall = await browser.newContext();
  const till = await hall.newPage();
  await test.step("a terminal pairs", () => pair(desk, till, baseURL ?? ""));
  const total = await test.step("sells a basket", () => sell(hall, till, tags));
  await test.step("the organizer sees it live", () => seenLive(desk, total));
  await test.step("the receipt tells its story", () => story(desk, tags));
  await test.step("consignors' shares are estimated", () => shares(desk, name));
  await test.step("support reads the log", () => log(desk));
  await hall.close();
  await office.close();
});

async function signIn(desk: Page): Promise<void> {
  await desk.goto("/");
  await expect(desk.getByRole("button", { name: "Sign in" })).toBeVisible();
  await look(desk, "01-welcome");
  await desk.getByRole("button", { name: "Sign in" }).click();
  const olivia = desk.getByRole("button", { name: /Olivia Organizer/ });
  const events = desk.getByRole("heading", { name: "Events", level: 1 });
  await expect(olivia.or(events)).toBeVisible();
  if (await olivia.isVisible()) await olivia.click();
  await expect(events).toBeVisible();
  expect(desk.url(), "the session's id leaves the address").not.toContain("session=");
}

async function createEvent(desk: Page, name: string): Promise<void> {
  await look(desk, "02-events");
  await desk.getByRole("button", { name: "New event" }).click();
  await expect(desk.getByRole("dialog", { name: "New event" })).toBeVisible();
  await look(desk, "03-new-event");
  await desk.getByLabel("Name").fill(name);
  await desk.getByLabel("First day").fill("2027-03-18");
  await desk.getByLabel("Last day").fill("2027-03-20");
  await desk.getByRole("button", { name: "Create event" }).click();
  await expect(desk.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(desk.getByText("No consignors yet")).toBeVisible();
  await look(desk, "04-event-empty");
  for (const step of ["registration", "drop-off", "selling"]) {
    await desk.getByRole("button", { name: `Move on to ${step}` }).click();
  }
  await expect(desk.getByRole("button", { name: "Move on to markdown" })).toBeVisible();
}

async function importInventory(desk: Page): Promise<void> {
  await desk.getByRole("navigation", { name: "Event" }).getByRole("link", { name: "Import" }).click();
  await expect(desk.getByText("Drop a CSV file here")).toBeVisible();
  await look(desk, "05-import");
  await desk.locator("input[type=file]").setInputFiles(INVENTORY);
  await expect(desk.getByRole("heading", { name: /Report for inventory.csv/ })).toBeVisible({
    timeout: 60_000,
  });
  const rows = readFileSync(INVENTORY, "utf8").trim().split(/\r?\n/).length - 1;
  const all = desk.getByRole("radio", { name: /All$/ });
  await expect(all).toContainText(/\d/);
  const reported = Number(((await all.textContent()) ?? "").replace(/\D/g, ""));
  expect(reported, "every row is answered").toBeGreaterThanOrEqual(2_000);
  expect(reported).toBeLessThanOrEqual(rows);
  await look(desk, "06-import-report");
  const download = desk.waitForEvent("download");
  await desk.getByRole("button", { name: "Download report" }).click();
  expect((await download).suggestedFilename()).toBe("inventory-report.csv");
}

async function readTags(desk: Page): Promise<string[]> {
  await desk.getByRole("link", { name: "See the items" }).click();
  const cells = desk.locator("table .tag-number");
  await expect(cells.first()).toBeVisible();
  await look(desk, "07-items");
  const tags = (await cells.allInnerTexts()).slice(0, 4);
  expect(tags).toHaveLength(4);
  await desk.getByRole("searchbox").fill(tags[0] ?? "");
  await expect(cells).toHaveCount(1);
  await desk.getByRole("searchbox").fill("no such thing at all");
  await expect(desk.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await look(desk, "08-items-none-found");
  return tags;
}

async function openSession(desk: Page): Promise<void> {
  await desk.getByRole("link", { name: "Overview" }).click();
  await desk.getByRole("button", { name: "New session" }).click();
  await desk.getByLabel("Name of the session").fill("Thursday presale");
  await desk.getByRole("button", { name: "Create session" }).click();
  await expect(desk.getByRole("heading", { name: "Ready to open" })).toBeVisible();
  await look(desk, "09-session-scheduled");
  await desk.getByRole("button", { name: "Open session" }).click();
  await expect(desk.getByText("No sales yet")).toBeVisible({ timeout: OPENING_LIMIT_MS });
  await look(desk, "10-floor-empty");
}

async function pair(desk: Page, till: Page, baseURL: string): Promise<void> {
  await desk.getByRole("button", { name: "Pair a terminal" }).first().click();
  const code = desk.locator(".pairing-code strong");
  await expect(code).toHaveText(/^\d{3} \d{3} \d{2}$/);
  await look(desk, "11-pairing-code");
  const digits = (await code.textContent()) ?? "";
  await desk.getByRole("button", { name: "Done" }).click();

  await till.goto(`${baseURL}/terminal`);
  await expect(till.getByLabel("Pairing code")).toBeVisible();
  await look(till, "12-terminal-pair");
  await till.getByLabel("Pairing code").fill("11111111");
  await till.getByLabel("Name of this till").fill("Till 1");
  await till.getByRole("button", { name: "Pair" }).click();
  await expect(till.getByRole("alert")).toContainText("This code does not work");
  await till.getByLabel("Pairing code").fill(digits);
  await till.getByRole("button", { name: "Pair" }).click();
  await expect(till.getByText("Ready for the next basket")).toBeVisible();
  await expect(till.getByText("Online", { exact: true })).toBeVisible();
  await look(till, "13-terminal-ready");
}

async function sell(hall: BrowserContext, till: Page, tags: string[]): Promise<string> {
  const [first = "", second = "", third = "", fourth = ""] = tags;
  const lines = till.locator(".basket-line");
  const field = till.getByLabel(/Scan or key a tag/);
  await field.fill(first);
  await field.press("Enter");
  await expect(lines).toHaveCount(1);
  for (const tag of [second, third, fourth]) await scan(till, tag);
  await expect(lines).toHaveCount(4);
  await look(till, "14-terminal-basket");

  const wrongDigit = first.slice(0, -1) + ((Number(first.slice(-1)) + 1) % 10);
  await field.fill(wrongDigit);
  await field.press("Enter");
  await expect(till.getByText("Check the number")).toBeVisible();
  await look(till, "15-terminal-refused-tag");
  await scan(till, second);
  await expect(till.getByText("Already in this basket")).toBeVisible();
  await till
    .getByRole("button", { name: /^Remove / })
    .first()
    .click();
  await expect(lines).toHaveCount(3);

  await till.reload();
  await expect(lines, "a reload keeps the basket").toHaveCount(3);

  const total = (await till.locator(".totals-large .money").textContent()) ?? "";
  await till.keyboard.press("F9");
  await expect(till.getByRole("heading", { name: "How is it paid?" })).toBeVisible();
  await expect(till.locator(".pay-figure")).toHaveText(total);
  await till.getByRole("radio", { name: "Card" }).check({ force: true });
  await till.getByLabel("Amount received").fill("1");
  await till.getByRole("button", { name: "Add payment" }).click();
  await expect(till.getByRole("list", { name: "Received" })).toContainText("$1.00");
  await till.getByRole("radio", { name: "Cash" }).check({ force: true });
  await till.getByLabel("Amount received").fill("500");
  await expect(till.locator(".pay-change")).not.toHaveText("$0.00");
  await look(till, "16-terminal-paying");
  await till.getByRole("button", { name: "Complete sale" }).click();
  await expect(till.getByRole("heading", { name: "Sold" })).toBeVisible();
  await expect(till.getByText("Receipt 1", { exact: true })).toBeVisible();
  await look(till, "17-terminal-sold");
  await paper(till);

  await till.reload();
  await expect(till.getByRole("heading", { name: "Sold" }), "a reload keeps the receipt").toBeVisible();
  await till.getByRole("button", { name: "Next customer" }).click();
  await scan(till, second);
  await expect(till.getByText(/^Already sold: /)).toBeVisible();
  await outage(hall, till, fourth);
  return total;
}

/** What the 80 mm printer would get. */
async function paper(till: Page): Promise<void> {
  await till.emulateMedia({ media: "print" });
  await expect(till.locator(".print-receipt")).toBeVisible();
  await expect(till.locator(".bar")).toBeHidden();
  await till.screenshot({ path: join(screensFolder(), "18-terminal-paper.png"), fullPage: true });
  await till.emulateMedia({ media: null });
}

/** A sale whose network goes away: kept here, said so, sent once when it is back. */
async function outage(hall: BrowserContext, till: Page, tag: string): Promise<void> {
  await scan(till, tag);
  await expect(till.locator(".basket-line")).toHaveCount(1);
  await hall.setOffline(true);
  await till.keyboard.press("F9");
  await till.getByRole("button", { name: "Complete sale" }).click();
  await expect(till.getByRole("heading", { name: "Kept on this till" })).toBeVisible();
  await expect(till.getByText("1 waiting")).toBeVisible();
  await look(till, "19-terminal-kept");
  await hall.setOffline(false);
  await expect(till.getByRole("heading", { name: "Sold" })).toBeVisible({ timeout: 40_000 });
  await expect(till.getByText("all sent")).toBeVisible();
  await till.getByRole("button", { name: "Next customer" }).click();
}

async function seenLive(desk: Page, total: string): Promise<void> {
  const receipts = desk.locator(".feed-row");
  await expect(receipts).toHaveCount(2);
  await expect(receipts.last()).toContainText(total);
  await expect(desk.locator(".terminal-card")).toContainText("Till 1");
  await look(desk, "20-floor-live");
}

async function story(desk: Page, tags: string[]): Promise<void> {
  await desk.locator(".feed-link").last().click();
  await expect(desk.getByRole("heading", { name: "Receipt 1" })).toBeVisible();
  await expect(desk.locator(".paper")).toContainText(tags[1] ?? "");
  await expect(desk.getByText(/earns an estimated/).first()).toBeVisible();
  await look(desk, "21-receipt");
}

async function shares(desk: Page, name: string): Promise<void> {
  await desk.getByRole("link", { name: "Back to the session" }).click();
  await desk.getByRole("link", { name }).click();
  const rows = desk.getByRole("region", { name: "Consignors" }).locator("tbody tr");
  await expect(rows.first()).not.toContainText("$0.00");
  await expect(desk.getByText("estimate", { exact: true }).first()).toBeVisible();
  await look(desk, "22-event-selling");
}

async function log(desk: Page): Promise<void> {
  await desk.getByRole("navigation", { name: "Event" }).getByRole("link", { name: "Log" }).click();
  await desk.getByRole("button", { name: /Thursday presale/ }).click();
  await expect(desk.getByText("receipt completed").first()).toBeVisible();
  await look(desk, "23-log");
}
