// The till under trouble: races, refusals, pauses, killed tabs, lost answers.

import { expect, type Page, test } from "@playwright/test";
import { loseAnswers } from "./support/answers.ts";
import {
  enter,
  type Hall,
  openHall,
  pairTill,
  payExactly,
  scan,
  timesSold,
  waitingAt,
} from "./support/hall.ts";
import { look } from "./support/look.ts";

/** Two devices, several screens looked at, on a machine that builds something else meanwhile. */
const TEST_LIMIT_MS = 240_000;
test.describe.configure({ timeout: TEST_LIMIT_MS });

/** Longer than what the till takes for one text, in ms. */
const SCANNER_PAUSE_MS = 400;

let hall: Hall;

test.beforeAll(async ({ browser, baseURL }) => {
  hall = await openHall(browser, baseURL ?? "");
});

const soldHere = (till: Page) => till.getByRole("heading", { name: "Sold", exact: true });

test("two tills race for one tag: one sells, the other is told and gets its basket back", async ({
  browser,
  baseURL,
}) => {
  const [wanted = "", other = ""] = hall.tags;
  const first = await pairTill(browser, baseURL ?? "", hall, "Till A");
  const second = await pairTill(browser, baseURL ?? "", hall, "Till B");
  await scan(first.till, wanted);
  await scan(second.till, wanted);
  await scan(second.till, other);
  await expect(second.till.locator(".basket-line")).toHaveCount(2);
  await second.till.keyboard.press("F9");
  await payExactly(first.till);
  await expect(soldHere(first.till)).toBeVisible();

  await second.till.getByRole("button", { name: "Complete sale" }).click();
  await expect(second.till.getByRole("heading", { name: "Not sold" })).toBeVisible();
  await expect(second.till.locator(".result-gone")).toHaveText("Toy 1: sold on receipt 1");
  await look(second.till, "30-terminal-not-sold");
  await second.till.getByRole("button", { name: "Back to the basket" }).click();
  await expect(second.till.locator(".basket-gone")).toHaveCount(1);
  await second.till.keyboard.press("F9");
  await expect(second.till.getByText("Already sold: Toy 1"), "nobody is asked for money").toBeVisible();
  await look(second.till, "31-terminal-basket-gone");
  await expect(second.till.locator(".basket-line")).toHaveCount(2);
  await second.till.getByRole("button", { name: "Remove Toy 1", exact: true }).click();
  await payExactly(second.till);
  await expect(soldHere(second.till)).toBeVisible();
  expect(await timesSold(hall, wanted)).toBe(1);
  await first.device.close();
  await second.device.close();
});

test("a tab killed before its sale is acknowledged neither loses nor doubles it", async ({
  browser,
  baseURL,
}) => {
  const tag = hall.tags[2] ?? "";
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till C");
  await scan(till, tag);
  await expect(till.locator(".basket-line")).toHaveCount(1);
  await loseAnswers(till);
  await payExactly(till);
  await expect(till.getByText("1 waiting")).toBeVisible();
  await till.close();

  const again = await device.newPage();
  await again.goto(`${baseURL}/terminal`);
  await expect(soldHere(again)).toBeVisible();
  await expect(again.getByText("all sent")).toBeVisible();
  expect(await timesSold(hall, tag)).toBe(1);
  await expect.poll(() => waitingAt(hall, "Till C"), "the desk hears that nothing waits").toBe(0);
  await device.close();
});

test("a basket survives a killed tab; a second tab waits its turn", async ({ browser, baseURL }) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till D");
  await scan(till, hall.tags[3] ?? "");
  await expect(till.locator(".basket-line")).toHaveCount(1);
  const second = await device.newPage();
  await second.goto(`${baseURL}/terminal`);
  await expect(second.getByRole("heading", { name: "The till is open in another tab" })).toBeVisible();
  await look(second, "32-terminal-other-tab");
  await till.close();
  await expect(second.locator(".basket-line")).toHaveCount(1);
  await device.close();
});

test("a paused session says so on the till, and a refused sale comes back", async ({ browser, baseURL }) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till E");
  await scan(till, hall.tags[4] ?? "");
  await till.keyboard.press("F9");
  await expect(till.getByRole("heading", { name: "How is it paid?" })).toBeVisible();
  await hall.call("POST", `/sessions/${hall.session}/pause`);
  await expect(till.getByText("Selling is paused")).toBeVisible();
  await till.getByRole("button", { name: "Complete sale" }).click();
  await expect(till.getByRole("heading", { name: "Not sold" })).toBeVisible();
  await enter(till);
  await expect(till.locator(".basket-line")).toHaveCount(1);
  await till.keyboard.press("F9");
  await expect(till.getByText("Take no money yet."), "nobody is asked for money").toBeVisible();
  await look(till, "33-terminal-paused");
  await hall.call("POST", `/sessions/${hall.session}/resume`);
  await expect(till.getByText("Selling is paused")).toBeHidden();
  await payExactly(till);
  await expect(soldHere(till)).toBeVisible();
  await device.close();
});

test("the whole sale works from the keyboard alone", async ({ browser, baseURL }) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till F");
  await till.keyboard.type(hall.tags[5] ?? "", { delay: 90 });
  await enter(till);
  await expect(till.locator(".basket-line")).toHaveCount(1);
  await till.keyboard.press("F9");
  await till.keyboard.type("50");
  await enter(till);
  await expect(till.getByText("Give change")).toBeVisible();
  await enter(till);
  await expect(till.getByText("Ready for the next basket")).toBeVisible();
  await device.close();
});

test("a scanner that pauses half-way through a tag has scanned all of it", async ({ browser, baseURL }) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till slow scanner");
  const tag = hall.tags[9] ?? "";
  await till.keyboard.type(tag.slice(0, 5), { delay: 2 });
  await till.waitForTimeout(SCANNER_PAUSE_MS);
  await scan(till, tag.slice(5));
  await expect(till.locator(".basket-line")).toHaveCount(1);
  await expect(till.getByText("Check the number")).toBeHidden();
  await device.close();
});

test("the next customer's first thing is scanned while the receipt is still shown", async ({
  browser,
  baseURL,
}) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till H");
  await scan(till, hall.tags[6] ?? "");
  await payExactly(till);
  await expect(soldHere(till)).toBeVisible();
  await scan(till, hall.tags[7] ?? "");
  await expect(till.locator(".basket-line")).toHaveCount(1);
  await expect(till.locator(".basket-line")).toContainText("Toy 8");
  await device.close();
});

test("one press does one thing, and nothing that was taken is forgotten", async ({ browser, baseURL }) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till of tremblers");
  const paying = till.getByRole("heading", { name: "How is it paid?" });
  await scan(till, hall.tags[10] ?? "");
  await till.keyboard.press("F9");
  await till.keyboard.type("1");
  await enter(till);
  await till.keyboard.press("Enter");
  const taken = till.getByRole("list", { name: "Received" });
  await expect(taken).toContainText("$1.00");
  await expect(taken.getByRole("listitem"), "a key that was hit twice pays once").toHaveCount(1);
  await expect(paying).toBeVisible();

  await till.keyboard.press("Escape");
  await expect(till.getByText("What was taken stays with this basket")).toBeVisible();
  await till.reload();
  await expect(till.getByText("Cash $1.00")).toBeVisible();
  await till.keyboard.press("F9");
  await expect(taken).toContainText("$1.00");

  await till.locator(".kind", { hasText: "Card" }).click();
  await scan(till, hall.tags[11] ?? "");
  await expect(till.getByText(/That is a tag, not an amount/), "a scan completes nothing").toBeVisible();
  await till.getByLabel("Amount received").fill("");
  await till.locator(".kind", { hasText: "Cash" }).click();
  await till.getByLabel("Amount received").fill("50");
  await till.waitForTimeout(400);
  await till.getByRole("button", { name: "Complete sale" }).dblclick({ delay: 20 });
  await expect(till.getByText("Give change")).toBeVisible();
  await till.waitForTimeout(400);
  await expect(till.getByText("Give change"), "a double click does not hide the change").toBeVisible();
  await enter(till);
  await expect(till.getByText("Ready for the next basket")).toBeVisible();
  await device.close();
});

test("a closed session says so on the till and on the desk", async ({ browser, baseURL }) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till G");
  await hall.call("POST", `/sessions/${hall.session}/close`);
  await expect(till.getByText("The session is closed")).toBeVisible();
  await expect
    .poll(async () => (await hall.call<{ status: string }>("GET", `/sessions/${hall.session}`)).status)
    .toBe("closed");
  await device.close();
});
