// The organizer's desk: what went out of the ordinary on the floor, put right by a person.

import { expect, type Page, test } from "@playwright/test";
import { enter, giveRights, type Hall, openHall, pairTill, payExactly, scan } from "./support/hall.ts";
import { look } from "./support/look.ts";

/** Two tills, an outage and seven screens looked at, on a machine that builds something else meanwhile. */
const TEST_LIMIT_MS = 300_000;
/** A till notices that the network is back, and hands in what it holds. */
const BACK_LIMIT_MS = 40_000;
test.describe.configure({ timeout: TEST_LIMIT_MS });

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });
const section = (desk: Page, name: string | RegExp) =>
  desk.getByRole("navigation", { name: "Session" }).getByRole("link", { name });

test("the desk decides a conflict, names an owner, counts cash and closes over a till with a reason", async ({
  browser,
  baseURL,
}) => {
  const hall = await openHall(browser, baseURL ?? "");
  const [twice = "", plain = "", later = ""] = hall.tags;
  const first = await pairTill(browser, baseURL ?? "", hall, "Till left");
  const second = await pairTill(browser, baseURL ?? "", hall, "Till right");
  await giveRights(hall, "Till left");
  await test.step("one tag is sold on two tills without a network", async () => {
    for (const { till, device } of [first, second]) {
      await device.setOffline(true);
      await scan(till, twice);
      await payExactly(till);
      await expect(heading(till, "Kept on this till")).toBeVisible();
    }
    for (const { till, device } of [first, second]) {
      await device.setOffline(false);
      await expect(heading(till, "Sold")).toBeVisible({ timeout: BACK_LIMIT_MS });
      await enter(till);
    }
  });
  await test.step("something without a tag is sold; a drawer is counted", async () => {
    await first.till.keyboard.press("F2");
    await first.till.getByRole("dialog").getByLabel("Price").fill("4.50");
    await enter(first.till);
    await scan(first.till, plain);
    await payExactly(first.till);
    await expect(heading(first.till, "Sold")).toBeVisible();
    await enter(first.till);
    await first.till.keyboard.press("F8");
    await first.till.getByRole("dialog").getByLabel("Change in the drawer").fill("100");
    await enter(first.till);
    await expect(first.till.getByText("Recorded.")).toBeVisible();
    await first.till.getByRole("dialog").getByLabel("Count at the end").fill("99");
    await first.till.getByRole("dialog").getByRole("button", { name: "Close the drawer" }).click();
    await expect(first.till.getByText("Counted. $1.00 missing.")).toBeVisible();
  });

  const desk = await signedIn(hall, baseURL ?? "");
  await test.step("the floor shows what waits for a person", async () => {
    await expect(section(desk, /^Conflicts\s*1/)).toBeVisible();
    await expect(section(desk, /^Unlisted\s*1/)).toBeVisible();
    await expect(desk.locator(".terminal-card")).toHaveCount(2);
    await look(desk, "70-desk-floor");
  });
  await test.step("a conflict is decided with both receipts side by side", () => decide(desk));
  await test.step("an unlisted thing gets its owner", () => identify(desk));
  await test.step("the drawer's dollar is named", async () => {
    await section(desk, "Cash-up").click();
    await expect(desk.getByText("Short")).toBeVisible();
    await look(desk, "74-desk-cash");
  });
  await test.step("returns and report", async () => {
    await section(desk, "Returns").click();
    await expect(heading(desk, "Nothing came back")).toBeVisible();
    await section(desk, "Report").click();
    await expect(heading(desk, "Session report")).toBeVisible();
    await expect(desk.getByRole("row", { name: /Unlisted/ })).toBeVisible();
    await look(desk, "75-desk-report");
  });
  await test.step("the big screen follows by itself", async () => {
    const screen = await desk.context().newPage();
    await screen.goto(`${baseURL}/sessions/${hall.session}/screen`);
    await expect(screen.getByText("Items sold")).toBeVisible();
    await look(screen, "76-big-screen");
    const before = (await screen.locator(".hall-figure dd").nth(1).textContent()) ?? "";
    await scan(second.till, later);
    await payExactly(second.till);
    await expect(screen.locator(".hall-figure dd").nth(1)).not.toHaveText(before);
    await screen.close();
  });
  await test.step("a till is marked out of reach; closing over it needs a reason", () => closeOver(desk));
  await expect(desk.getByText("Closed", { exact: true }).first()).toBeVisible({ timeout: BACK_LIMIT_MS });
  await first.device.close();
  await second.device.close();
});

async function signedIn(hall: Hall, baseURL: string): Promise<Page> {
  const desk = await hall.desk.context().newPage();
  await desk.goto(`${baseURL}/sessions/${hall.session}`);
  await desk.getByRole("button", { name: /Olivia Organizer/ }).click();
  await expect(heading(desk, "Saturday")).toBeVisible();
  return desk;
}

async function decide(desk: Page): Promise<void> {
  await section(desk, /^Conflicts/).click();
  const conflict = desk.getByRole("article");
  await expect(conflict).toHaveCount(1);
  await expect(conflict.locator(".evidence-side")).toHaveCount(2);
  await look(desk, "71-desk-conflict");
  await conflict.getByRole("button", { name: "Decide" }).click();
  const dialog = desk.getByRole("dialog", { name: "How was it?" });
  await expect(dialog.getByRole("button", { name: "Decide so" })).toBeDisabled();
  await dialog.getByRole("radio", { name: /^They were two things/ }).check({ force: true });
  await dialog.getByLabel(/Consignor’s number/).fill("abc");
  await expect(dialog.getByText("A consignor’s number has digits only.")).toBeVisible();
  await look(desk, "72-desk-resolution");
  await dialog.getByRole("radio", { name: /^The first buyer has it/ }).check({ force: true });
  await dialog.getByRole("button", { name: "Decide so" }).click();
  await expect(heading(desk, "Nothing to decide")).toBeVisible();
  await expect(desk.getByRole("row", { name: /The first buyer has it/ })).toBeVisible();
}

async function identify(desk: Page): Promise<void> {
  await section(desk, /^Unlisted/).click();
  await desk.getByRole("button", { name: "Say whose" }).click();
  const dialog = desk.getByRole("dialog", { name: "What was it?" });
  await look(desk, "73-desk-unlisted");
  await dialog.getByLabel(/Consignor’s number/).fill("101");
  await dialog.getByRole("button", { name: "Credit the owner" }).click();
  await expect(heading(desk, "Everything has an owner")).toBeVisible();
}

async function closeOver(desk: Page): Promise<void> {
  await section(desk, "Floor").click();
  await desk.getByRole("button", { name: "Manage Till right" }).click();
  const till = desk.getByRole("dialog", { name: "Till right" });
  await look(desk, "77-desk-terminal");
  await till.getByRole("button", { name: "Mark as out of reach" }).click();
  await expect(desk.getByText("Out of reach")).toBeVisible();
  await desk.getByRole("button", { name: "Close session" }).click();
  const closing = desk.getByRole("dialog", { name: "Close this session?" });
  await expect(closing.getByRole("button", { name: "Close all the same" })).toBeDisabled();
  await closing.getByRole("radio", { name: /broke down or was lost/ }).check({ force: true });
  await look(desk, "78-desk-close-over");
  await closing.getByRole("button", { name: "Close all the same" }).click();
}
