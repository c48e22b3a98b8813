// E-mails: a shopper's receipt, an invitation that is accepted, and what became of each.

import { type Browser, expect, type Page, test } from "@playwright/test";
import { enter, openHall, pairTill, payExactly, scan } from "./support/hall.ts";
import { look } from "./support/look.ts";

/** Two browsers, a till and four screens looked at. */
const TEST_LIMIT_MS = 240_000;
/** A mail goes out within a few seconds; the page looks again every five. */
const SENT_LIMIT_MS = 30_000;
test.describe.configure({ timeout: TEST_LIMIT_MS });

const SANDBOX = process.env.HANGTAG_SANDBOX_URL ?? "";

type Mail = { text: string; subject: string };

async function mailTo(address: string): Promise<Mail> {
  let found: Mail | undefined;
  await expect
    .poll(
      async () => {
        const response = await fetch(`${SANDBOX}/mailbox.json?${new URLSearchParams({ to: address })}`);
        found = ((await response.json()) as { items: Mail[] }).items[0];
        return found !== undefined;
      },
      { timeout: SENT_LIMIT_MS },
    )
    .toBe(true);
  return found ?? { text: "", subject: "" };
}

const someone = (local: string) => `${local}+${crypto.randomUUID().slice(0, 8)}@mail.example`;

test("a receipt goes out from the till and from the console, an invitation is accepted, outcomes are shown", async ({
  browser,
  baseURL,
}) => {
  const base = baseURL ?? "";
  const hall = await openHall(browser, base);
  const { till, device } = await pairTill(browser, base, hall, "Till mail");
  const shopper = someone("shopper");
  await test.step("the till mails the receipt of the sale just made", async () => {
    await scan(till, hall.tags[0] ?? "");
    await payExactly(till);
    await expect(till.getByRole("heading", { name: "Sold", exact: true })).toBeVisible();
    await till.getByRole("button", { name: "E-mail receipt" }).click();
    const dialog = till.getByRole("dialog", { name: "Receipt by e-mail" });
    await dialog.getByLabel("The shopper’s address").fill("nobody");
    await enter(till);
    await expect(dialog.getByText("An address looks like name@example.org.")).toBeVisible();
    await look(till, "80-till-email");
    await dialog.getByLabel("The shopper’s address").fill(shopper);
    await enter(till);
    await expect(dialog.getByText("The receipt is on its way.")).toBeVisible();
    // Enter closes the dialog, and only then goes on to the next customer.
    await enter(till);
    await expect(dialog).toBeHidden();
    await expect(till.getByRole("heading", { name: "Sold", exact: true })).toBeVisible();
    expect((await mailTo(shopper)).text).toContain("Till mail");
  });

  const desk = await hall.desk.context().newPage();
  await desk.goto(`${base}/emails`);
  await desk.getByRole("button", { name: /Olivia Organizer/ }).click();
  const row = (name: RegExp) => desk.getByRole("row", { name });
  await test.step("the console lists it, leads to the receipt, and mails it too", async () => {
    await expect(desk.getByRole("heading", { name: "E-mails" })).toBeVisible();
    const first = row(/^Receipt/).first();
    await expect(first.getByText("Sent", { exact: true })).toBeVisible({ timeout: SENT_LIMIT_MS });
    await first.getByRole("link", { name: "Receipt" }).click();
    await desk.getByRole("button", { name: "E-mail receipt" }).click();
    const again = someone("shopper");
    await desk.getByLabel("The shopper’s address").fill(again);
    await desk.getByRole("button", { name: "Send receipt" }).click();
    await desk.getByRole("button", { name: "Close" }).click();
    expect((await mailTo(again)).subject).toContain("Your receipt from");
  });
  await test.step("a refused address is shown, and can be tried again", async () => {
    await desk.getByRole("link", { name: "E-mails" }).click();
    const bad = someone("reject");
    await invite(desk, bad, "Volunteer");
    const refused = row(new RegExp(`^Invitation.*${bad.replace("+", "\\+")}`));
    await expect(refused.getByText("Rejected")).toBeVisible({ timeout: SENT_LIMIT_MS });
    await expect(refused.getByText("the address does not exist")).toBeVisible();
    await look(desk, "81-emails");
    await refused.getByRole("button", { name: "Send again" }).click();
    await expect(refused.getByText("Rejected")).toBeVisible({ timeout: SENT_LIMIT_MS });
    await desk.getByLabel("Show").selectOption("rejected");
    await expect(row(/Sent/)).toHaveCount(0);
    await desk.getByLabel("Show").selectOption("");
    await test.step("an invitation that reached nobody is taken back", async () => {
      const waiting = row(new RegExp(`^${bad.replace("+", "\\+")}`));
      await expect(waiting.getByText("Volunteer")).toBeVisible();
      await waiting.getByRole("button", { name: "Take back", exact: true }).click();
      await look(desk, "81-invitations");
      await waiting.getByRole("button", { name: "Yes, take back" }).click();
      await expect(waiting).toHaveCount(0);
    });
  });
  await test.step("an invited person signs in and accepts", async () => {
    const address = someone("val");
    await invite(desk, address, "Cashier");
    const link = /http:\S+\/invitation\/\S+/.exec((await mailTo(address)).text)?.[0] ?? "";
    await accept(browser, link);
  });
  await device.close();
});

async function invite(desk: Page, address: string, role: string): Promise<void> {
  await desk.getByRole("button", { name: "Invite someone" }).click();
  const dialog = desk.getByRole("dialog", { name: "Invite someone" });
  await dialog.getByLabel("Their e-mail address").fill(address);
  await dialog.getByLabel("What they will be").selectOption({ label: role });
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await expect(dialog).toBeHidden();
}

async function accept(browser: Browser, link: string): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: /Val Volunteer/ }).click();
  await expect(page.getByRole("button", { name: "Accept the invitation" })).toBeVisible();
  expect(page.url()).not.toContain("#");
  await look(page, "82-invitation");
  await page.getByRole("button", { name: "Accept the invitation" }).click();
  await expect(page.getByRole("heading", { name: "Welcome" })).toBeVisible();
  await page.getByRole("button", { name: "Account" }).click();
  await expect(page.getByText(/Cashier/)).toBeVisible();
  await context.close();
}
