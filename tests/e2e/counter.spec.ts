// Everything at the counter but a plain sale: goods without a tag, other prices, baskets on hold, returns, the drawer.

import { expect, type Locator, type Page, test } from "@playwright/test";
import {
  enter,
  giveRights,
  type Hall,
  openHall,
  pairTill,
  payExactly,
  scan,
  timesSold,
} from "./support/hall.ts";
import { look } from "./support/look.ts";

const TEST_LIMIT_MS = 300_000;
test.describe.configure({ timeout: TEST_LIMIT_MS });

let hall: Hall;
let next = 0;
const tag = () => {
  next += 1;
  return hall.tags[next - 1] ?? "";
};

test.beforeAll(async ({ browser, baseURL }) => {
  hall = await openHall(browser, baseURL ?? "", 30);
});

const heading = (till: Page, name: string) => till.getByRole("heading", { name, exact: true });
const dialog = (till: Page) => till.getByRole("dialog");
const lines = (till: Page) => till.locator(".basket-line");

test("without the right a till says who can give it; given, it works at once", async ({
  browser,
  baseURL,
}) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Counter 1");
  await till.keyboard.press("F2");
  await expect(till.getByText("This till needs a right for that")).toBeVisible();
  await look(till, "50-terminal-no-right");
  await dialog(till).getByRole("button", { name: "Back" }).click();
  await giveRights(hall, "Counter 1");

  await till.keyboard.press("F2");
  await expect(dialog(till).getByLabel("Price")).toBeVisible();
  await look(till, "51-terminal-no-tag");
  await dialog(till).getByLabel("Price").fill("4.50");
  await dialog(till).getByRole("button", { name: "Add to the basket" }).click();
  await expect(lines(till)).toHaveCount(1);
  await expect(lines(till)).toContainText("$4.50");

  // A number that is right in itself but that nobody here knows.
  await scan(till, foreignTag);
  await expect(till.getByText(/^Not in this session/)).toBeVisible();
  await look(till, "52-terminal-unknown-tag");
  await till.keyboard.press("F2");
  await dialog(till).getByLabel("Price").fill("2");
  await enter(till);
  await expect(lines(till)).toHaveCount(2);
  await scan(till, tag());
  await payExactly(till);
  await expect(heading(till, "Sold")).toBeVisible();
  await device.close();
});

test("another price needs a reason that covers it", async ({ browser, baseURL }) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Counter 2");
  await giveRights(hall, "Counter 2");
  await scan(till, tag());
  await till.keyboard.press("F6");
  await dialog(till).getByRole("radio", { name: "Damaged" }).check({ force: true });
  await dialog(till).getByLabel("New price").fill("99");
  await expect(till.getByText(/This reason only makes an item cheaper/)).toBeVisible();
  await look(till, "53-terminal-price-refused");
  await expect(dialog(till).getByRole("button", { name: "Set the price" })).toBeDisabled();
  await dialog(till).getByLabel("New price").fill("1");
  await dialog(till).getByRole("button", { name: "Set the price" }).click();
  await expect(lines(till).locator(".basket-price")).toContainText("$1.00");
  await expect(lines(till)).toContainText("damaged");
  await payExactly(till);
  await expect(heading(till, "Sold")).toBeVisible();
  await device.close();
});

test("a basket on hold is taken up at another till, and its items are kept for it", async ({
  browser,
  baseURL,
}) => {
  const [kept, other] = [tag(), tag()];
  const first = await pairTill(browser, baseURL ?? "", hall, "Counter 3");
  const second = await pairTill(browser, baseURL ?? "", hall, "Counter 4");
  await scan(first.till, kept);
  await expect(lines(first.till)).toHaveCount(1);
  await scan(second.till, kept);
  await expect(
    second.till.getByText(/Also in the basket at Counter 3/),
    "a scan is a short hold",
  ).toBeVisible();
  await expect(first.till.getByText("also at Counter 4")).toBeVisible();
  await look(first.till, "54-terminal-held-elsewhere");
  await second.till.getByRole("button", { name: /^Remove / }).click();
  await expect(first.till.getByText("also at Counter 4")).toBeHidden();

  await first.till.keyboard.press("F3");
  await expect(first.till.getByText("The basket is on hold")).toBeVisible();
  await scan(second.till, kept);
  await expect(second.till.getByText(/In a basket on hold by Counter 3/)).toBeVisible();
  await second.till.keyboard.press("F9");
  await expect(second.till.getByText(/^On hold elsewhere: /), "nobody is asked for money").toBeVisible();
  await second.till.getByRole("button", { name: /^Remove / }).click();

  await second.till.keyboard.press("F4");
  await expect(dialog(second.till)).toContainText("Counter 3");
  await look(second.till, "55-terminal-recall");
  await dialog(second.till).getByRole("button", { name: "Take up" }).click();
  await expect(lines(second.till)).toHaveCount(1);
  await scan(second.till, other);
  await payExactly(second.till);
  await expect(heading(second.till, "Sold")).toBeVisible();
  expect(await timesSold(hall, kept)).toBe(1);
  await first.device.close();
  await second.device.close();
});

test("a basket with a thing without a tag is kept on hold at its own till only, as it is", async ({
  browser,
  baseURL,
}) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Counter 8");
  await giveRights(hall, "Counter 8");
  await scan(till, tag());
  await expect(lines(till)).toHaveCount(1);
  await till.keyboard.press("F2");
  await dialog(till).getByLabel("Price").fill("4.50");
  await enter(till);
  await expect(lines(till)).toHaveCount(2);
  await till.keyboard.press("F3");
  await expect(till.getByText(/^On this till only: other tills would not know/)).toBeVisible();
  await till.keyboard.press("F4");
  await expect(dialog(till)).toContainText("on this till only");
  await dialog(till).getByRole("button", { name: "Take up" }).click();
  await expect(lines(till)).toHaveCount(2);
  await payExactly(till);
  await expect(heading(till, "Sold")).toBeVisible();
  await device.close();
});

test("goods come back by their tag, are paid back and can be sold again; a receipt is voided", async ({
  browser,
  baseURL,
}) => {
  const [back, stays] = [tag(), tag()];
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Counter 5");
  await giveRights(hall, "Counter 5");
  await scan(till, back);
  await scan(till, stays);
  await payExactly(till);
  await expect(heading(till, "Sold")).toBeVisible();
  await enter(till);

  await till.keyboard.press("F7");
  await expect(heading(till, "Returns and voids")).toBeVisible();
  await look(till, "56-terminal-returns");
  await scan(till, back);
  await till.getByRole("checkbox").first().check({ force: true });
  await expect(till.locator(".returns-total strong")).not.toHaveText("$0.00");
  await look(till, "57-terminal-return-lines");
  await till.getByRole("button", { name: /^Take back and pay/ }).click();
  await expect(till.getByText(/^Taken back\. Give the shopper \$/)).toBeVisible();
  await look(till, "58-terminal-returned");
  await scan(till, back);
  await expect(till.getByText("taken back already")).toBeVisible();
  await till.keyboard.press("Escape");

  await scan(till, back);
  await expect(lines(till), "it is on the floor again").toHaveCount(1);
  await payExactly(till);
  await expect(heading(till, "Sold")).toBeVisible();
  await enter(till);
  await till.keyboard.press("F7");
  await scan(till, back);
  await till.getByRole("button", { name: "Void the whole receipt" }).click();
  await look(till, "59-terminal-void");
  await dialog(till).getByRole("button", { name: "Void it" }).click();
  await expect(till.getByText(/^Voided\. Give back/)).toBeVisible();
  await device.close();
});

test("the drawer is opened, cash is moved, and the count at the end is compared", async ({
  browser,
  baseURL,
}) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Counter 6");
  await till.keyboard.press("F8");
  await dialog(till).getByLabel("Change in the drawer").fill("100");
  await look(till, "60-terminal-drawer");
  await enter(till);
  await expect(till.getByText("Recorded.")).toBeVisible();
  await dialog(till).getByText("Put in or take out").first().click();
  await dialog(till).getByLabel("Amount").fill("20");
  await dialog(till).getByRole("button", { name: "Record" }).click();
  await expect(dialog(till).getByLabel("Amount")).toHaveValue("");
  await dialog(till).getByLabel("Count at the end").fill("79");
  await dialog(till).getByRole("button", { name: "Close the drawer" }).click();
  await expect(till.getByText("Counted. $1.00 missing.")).toBeVisible();
  await look(till, "61-terminal-drawer-counted");
  await device.close();
});

test("every key is written down, and the camera opens with its own reader", async ({ browser, baseURL }) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Counter 7");
  await till.keyboard.press("F1");
  await expect(heading(till, "Keys")).toBeVisible();
  await look(till, "62-terminal-keys");
  await till.keyboard.press("Escape");
  await till.keyboard.press("F10");
  await expect(heading(till, "Scan with the camera")).toBeVisible();
  // This machine has no camera: the till says so and goes on.
  await expect(till.getByText(/The camera could not be used/)).toBeVisible();
  await till.getByRole("button", { name: "Close the camera" }).click();
  await expect(heading(till, "Ready for the next basket")).toBeVisible();
  await device.close();
});

test("in a low window nothing covers the scan field, the basket or Pay, and all can be reached", async ({
  browser,
  baseURL,
}) => {
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Counter 8");
  // A laptop at 200 %, a phone on its side, a phone with its keyboard open.
  const sizes = [
    { width: 640, height: 400 },
    { width: 844, height: 390 },
    { width: 390, height: 500 },
  ];
  for (const wanted of Array.from({ length: LINES_BEYOND_A_LOW_WINDOW }, tag)) await scan(till, wanted);
  await expect(lines(till)).toHaveCount(LINES_BEYOND_A_LOW_WINDOW);
  const basket = [till.locator("#scan"), lines(till).last(), till.getByRole("button", { name: "Pay" })];
  for (const size of sizes) {
    await till.setViewportSize(size);
    for (const part of basket) await inTheOpen(part);
    // Whoever reads the end of the basket still sees what the next scan came to.
    await lines(till).last().scrollIntoViewIfNeeded();
    await scan(till, foreignTag);
    await expect(till.getByText(/^Not in this session/)).toBeInViewport();
  }
  await till.keyboard.press("F9");
  for (const size of sizes) {
    await till.setViewportSize(size);
    await inTheOpen(till.locator(".pay-figure"));
    await inTheOpen(till.getByRole("button", { name: "Complete sale" }));
  }
  await device.close();
});

/** More than fits beside the scan field, in lines. */
const LINES_BEYOND_A_LOW_WINDOW = 5;

/** Scrolled to, it is itself what is seen, and pressed, at its centre. */
async function inTheOpen(part: Locator): Promise<void> {
  await part.scrollIntoViewIfNeeded();
  await expect(part).toBeInViewport({ ratio: 1 });
  const seen = await part.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
  expect(seen, `${part} is covered`).toBe(true);
}

/** A well-formed tag of an event that this platform does not have. */
const foreignTag = "9990000013";
