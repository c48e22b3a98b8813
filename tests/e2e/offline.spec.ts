// The till without its network: every step of a sale, killed tabs, a wrong clock, a session that closes meanwhile.

import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { findAnswers, loseAnswers } from "./support/answers.ts";
import {
  closeOver,
  exportedLog,
  type Hall,
  openHall,
  pairTill,
  payExactly,
  scan,
  timesSold,
} from "./support/hall.ts";
import { look } from "./support/look.ts";

/** Several devices with outages of their own, on a machine that builds something else meanwhile. */
const TEST_LIMIT_MS = 300_000;
/** A till comes back by itself within its longest back-off and some room. */
const BACK_LIMIT_MS = 60_000;
test.describe.configure({ timeout: TEST_LIMIT_MS });

let hall: Hall;
let next = 0;
const tag = () => {
  next += 1;
  return hall.tags[next - 1] ?? "";
};

test.beforeAll(async ({ browser, baseURL }) => {
  hall = await openHall(browser, baseURL ?? "", 40);
});

const heading = (till: Page, name: string) => till.getByRole("heading", { name, exact: true });
const allSent = (till: Page) => expect(till.getByText("all sent")).toBeVisible({ timeout: BACK_LIMIT_MS });

/** Waits until the till says that it would start without a network. */
async function keptOnDevice(till: Page): Promise<void> {
  await till.getByRole("button", { name: "Till", exact: true }).click();
  await expect(till.getByText("Starts and sells without a network")).toBeVisible({ timeout: BACK_LIMIT_MS });
  await till.keyboard.press("Escape");
}

async function reopened(device: BrowserContext, till: Page, baseURL: string): Promise<Page> {
  await till.close();
  const again = await device.newPage();
  await again.goto(`${baseURL}/terminal`);
  return again;
}

test("a till starts and sells without a network, and hands in what it sold", async ({ browser, baseURL }) => {
  const wanted = tag();
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till 1");
  await keptOnDevice(till);
  await device.setOffline(true);
  await till.reload();
  await expect(heading(till, "Ready for the next basket")).toBeVisible();
  await expect(till.getByText(/^Offline since/)).toBeVisible();
  await look(till, "40-terminal-offline");
  await scan(till, wanted);
  await payExactly(till);
  await expect(heading(till, "Kept on this till")).toBeVisible();
  await till.getByRole("button", { name: /Next customer/ }).click();
  await expect(till.getByText("1 waiting")).toBeVisible();
  await till.reload();
  await expect(till.getByText("1 waiting"), "a reload without a network keeps it").toBeVisible();

  await scan(till, wanted);
  await expect(
    till.getByText(/^Already sold: /),
    "it knows its own sale although nobody else does",
  ).toBeVisible();

  await device.setOffline(false);
  await allSent(till);
  expect(await timesSold(hall, wanted)).toBe(1);
  await device.close();
});

for (const step of [
  "before the scan",
  "after the scan",
  "while paying",
  "between money and answer",
] as const) {
  test(`the network goes ${step}: sold once`, async ({ browser, baseURL }) => {
    const wanted = tag();
    const { till, device } = await pairTill(browser, baseURL ?? "", hall, `Till ${step}`.slice(0, 40));
    if (step === "before the scan") await device.setOffline(true);
    await scan(till, wanted);
    await expect(till.locator(".basket-line")).toHaveCount(1);
    if (step === "after the scan") await device.setOffline(true);
    await till.keyboard.press("F9");
    if (step === "while paying") await device.setOffline(true);
    if (step === "between money and answer") await loseAnswers(till);
    await till.getByRole("button", { name: "Complete sale" }).click();
    await expect(heading(till, "Kept on this till")).toBeVisible();
    await expect(till.getByText("1 waiting")).toBeVisible();
    await device.setOffline(false);
    await findAnswers(till);
    await expect(heading(till, "Sold")).toBeVisible({ timeout: BACK_LIMIT_MS });
    await expect(till.getByText(/^Receipt \d+$/), "the log tells the number").toBeVisible();
    await allSent(till);
    expect(await timesSold(hall, wanted)).toBe(1);
    await device.close();
  });
}

for (const step of ["basket", "paying", "recording", "kept"] as const) {
  test(`the tab is killed at “${step}”: nothing lost, nothing doubled`, async ({ browser, baseURL }) => {
    const wanted = tag();
    const { till, device } = await pairTill(browser, baseURL ?? "", hall, `Till killed at ${step}`);
    await keptOnDevice(till);
    await scan(till, wanted);
    await expect(till.locator(".basket-line")).toHaveCount(1);
    if (step === "paying") await till.keyboard.press("F9");
    if (step === "recording") await loseAnswers(till);
    if (step === "kept") await device.setOffline(true);
    if (step === "recording" || step === "kept") await payExactly(till);
    if (step === "recording") await expect(till.getByRole("button", { name: "Recording…" })).toBeVisible();
    if (step === "kept") await expect(heading(till, "Kept on this till")).toBeVisible();

    const again = await reopened(device, till, baseURL ?? "");
    if (step === "basket" || step === "paying") {
      await expect(again.locator(".basket-line"), "the basket is back").toHaveCount(1);
      await payExactly(again);
    }
    if (step === "kept") {
      await expect(heading(again, "Kept on this till")).toBeVisible();
      await device.setOffline(false);
    }
    await expect(heading(again, "Sold")).toBeVisible({ timeout: BACK_LIMIT_MS });
    await allSent(again);
    expect(await timesSold(hall, wanted)).toBe(1);
    await device.close();
  });
}

test("one tag on two tills without a network: both receipts stand and a conflict is open", async ({
  browser,
  baseURL,
}) => {
  const wanted = tag();
  const first = await pairTill(browser, baseURL ?? "", hall, "Till left");
  const second = await pairTill(browser, baseURL ?? "", hall, "Till right");
  for (const { till, device } of [first, second]) {
    await device.setOffline(true);
    await scan(till, wanted);
    await payExactly(till);
    await expect(heading(till, "Kept on this till")).toBeVisible();
  }
  for (const { till, device } of [first, second]) {
    await device.setOffline(false);
    await expect(heading(till, "Sold")).toBeVisible({ timeout: BACK_LIMIT_MS });
  }
  expect(await timesSold(hall, wanted)).toBe(2);
  const log = await exportedLog(hall);
  const cases = log.filter(({ kind }) => kind === "conflict_opened");
  expect(cases.filter(({ payload }) => payload.includes(wanted))).toHaveLength(1);
  await first.device.close();
  await second.device.close();
});

test("a till whose clock is an hour wrong knows by how much, and says so", async ({ browser, baseURL }) => {
  const wanted = tag();
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till ahead", {
    clockAheadMs: 3_600_000,
  });
  await device.setOffline(true);
  await scan(till, wanted);
  await payExactly(till);
  await expect(heading(till, "Kept on this till")).toBeVisible();
  await device.setOffline(false);
  await expect(heading(till, "Sold")).toBeVisible({ timeout: BACK_LIMIT_MS });
  const entry = (await exportedLog(hall)).find(
    ({ kind, payload }) => kind === "receipt_completed" && payload.includes(wanted),
  );
  const receipt = JSON.parse(entry?.payload ?? "{}") as {
    occurred_at: number;
    offline: { clock_offset_ms: number; corrected_at: number };
  };
  expect(Math.abs(receipt.offline.clock_offset_ms - 3_600_000)).toBeLessThan(10_000);
  expect(Math.abs((entry?.recorded_at ?? 0) - receipt.offline.corrected_at)).toBeLessThan(BACK_LIMIT_MS);
  expect(receipt.occurred_at - receipt.offline.corrected_at).toBe(receipt.offline.clock_offset_ms);
  await device.close();
});

test("a till whose pairing was revoked while it was away still hands in what it sold", async ({
  browser,
  baseURL,
}) => {
  const wanted = tag();
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till revoked");
  await device.setOffline(true);
  await scan(till, wanted);
  await payExactly(till);
  await expect(heading(till, "Kept on this till")).toBeVisible();
  const { items } = await hall.call<{ items: { terminal: string; name: string }[] }>(
    "GET",
    `/sessions/${hall.session}/terminals?limit=200`,
  );
  const own = items.find(({ name }) => name === "Till revoked");
  await hall.call("DELETE", `/sessions/${hall.session}/terminals/${own?.terminal}`);
  await device.setOffline(false);
  await expect(heading(till, "Sold")).toBeVisible({ timeout: BACK_LIMIT_MS });
  await expect(till.getByText("This till is no longer paired")).toBeVisible();
  await look(till, "41-terminal-revoked");
  expect(await timesSold(hall, wanted)).toBe(1);
  await device.close();
});

test("a session closed meanwhile still takes what was sold before", async ({ browser, baseURL }) => {
  const wanted = tag();
  const { till, device } = await pairTill(browser, baseURL ?? "", hall, "Till late");
  await device.setOffline(true);
  await scan(till, wanted);
  await payExactly(till);
  await expect(heading(till, "Kept on this till")).toBeVisible();
  await closeOver(hall);
  await expect
    .poll(async () => (await hall.call<{ status: string }>("GET", `/sessions/${hall.session}`)).status)
    .toBe("closed");
  await device.setOffline(false);
  await expect(heading(till, "Sold")).toBeVisible({ timeout: BACK_LIMIT_MS });
  await till.getByRole("button", { name: /Next customer/ }).click();
  await expect(till.getByText("The session is closed")).toBeVisible();
  await look(till, "42-terminal-closed");
  expect(await timesSold(hall, wanted)).toBe(1);
  await device.close();
});
