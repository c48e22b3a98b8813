// Support's page: what stands still, what died, and whether the lists are what the logs say.

import { randomUUID } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { d1, dies, projected, submit, until } from "../integration/support/doors.ts";
import { freshOrganization, hostOf } from "../integration/support/edge.ts";
import { look } from "./support/look.ts";

/** Six screens looked at, on a machine that builds something else meanwhile. */
const TEST_LIMIT_MS = 180_000;
test.describe.configure({ timeout: TEST_LIMIT_MS });

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });

test("a log that stands still is resumed, a letter is sent again, lists are compared and put right", async ({
  page,
}) => {
  const { slug, id } = await freshOrganization();
  const stream = `${id}/organization`;
  await projected(stream);
  await d1(
    `INSERT INTO founded_event (organization, event, ordinal, name, founded_at) VALUES ('${id}', 'x', 1, 'in the way', 0)`,
  );
  const founded = {
    type: "found_event",
    event: randomUUID(),
    name: "Spring",
    starts_on: null,
    ends_on: null,
  };
  await submit(stream, founded);
  await until(
    "the parking",
    async () => (await d1(`SELECT 1 FROM parked_stream WHERE stream = '${stream}'`)).length === 1,
  );
  await dies("hangtag-log-advanced-dead", randomUUID(), { stream, head: 1 });

  await page.goto(`http://${hostOf(slug)}/`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("People from elsewhere").click();
  await page.getByRole("button", { name: /Olivia Organizer/ }).click();
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Operations" }).click();
  await expect(heading(page, "Operations")).toBeVisible();
  await expect(page.getByText("Stands still", { exact: true })).toBeVisible();
  await look(page, "80-operations");

  await test.step("resumed too early, it stands still again; after the repair it goes on", async () => {
    const resume = page.getByRole("button", { name: "Resume Test" });
    await resume.click();
    await expect(page.getByText("It still cannot go on.", { exact: true })).toBeVisible();
    await d1(`DELETE FROM founded_event WHERE organization = '${id}' AND event = 'x'`);
    await resume.click();
    await expect(heading(page, "Nothing stands still")).toBeVisible();
  });
  await test.step("a dead letter is sent again, once", async () => {
    await page.getByRole("button", { name: "Send again" }).click();
    await expect(page.getByText(/^Sent again /)).toBeVisible();
    await expect(page.getByRole("button", { name: "Send again" })).toHaveCount(0);
  });
  const compare = page.getByRole("button", { name: "Compare Test" });
  await test.step("lists that are right are said to be", async () => {
    await compare.click();
    await expect(page.getByText(/^Yes: all \d+ rows are what the log says\.$/)).toBeVisible();
    await page.keyboard.press("Escape");
  });
  await test.step("a list that is not is named, and put right", async () => {
    await d1(`DELETE FROM membership WHERE organization = '${id}'`);
    await compare.click();
    await expect(page.getByRole("row", { name: "membership 1 missing" })).toBeVisible();
    await look(page, "81-operations-compare");
    await page.getByRole("button", { name: "Take the fresh rows" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    const members = await d1(`SELECT person FROM membership WHERE organization = '${id}'`);
    expect(members).toEqual([{ person: "user_demo_olivia" }]);
  });
  await look(page, "82-operations-well");
});
