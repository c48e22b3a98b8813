// A receipt that comes after its items have left the session, and contradicts what the event knows: a person decides.

import { expect, test } from "@playwright/test";
import {
  closeOver,
  enter,
  openHall,
  openSession,
  pairTill,
  payExactly,
  reaches,
  scan,
} from "./support/hall.ts";
import { look } from "./support/look.ts";

/** Two sessions and two tills, on a machine that builds something else meanwhile. */
const TEST_LIMIT_MS = 240_000;
/** A till notices that the network is back, and hands in what it holds. */
const BACK_LIMIT_MS = 40_000;
test.describe.configure({ timeout: TEST_LIMIT_MS });

test("a late receipt for an item that another session has waits for a person, and is decided once", async ({
  browser,
  baseURL,
}) => {
  const hall = await openHall(browser, baseURL ?? "");
  const [wanted = "", free = ""] = hall.tags;
  const late = await pairTill(browser, baseURL ?? "", hall, "Till late");
  await late.device.setOffline(true);
  for (const tag of [wanted, free]) {
    await scan(late.till, tag);
    await payExactly(late.till);
    await expect(late.till.getByRole("heading", { name: "Kept on this till" })).toBeVisible();
    await enter(late.till);
  }
  await closeOver(hall);
  await reaches(hall.call, hall.session, "closed");
  const sunday = await openSession(hall.call, hall.event, "Sunday");
  const second = await pairTill(browser, baseURL ?? "", { ...hall, session: sunday }, "Till Sunday");
  await scan(second.till, wanted);
  await payExactly(second.till);
  await expect(second.till.getByRole("heading", { name: "Sold", exact: true })).toBeVisible();

  await late.device.setOffline(false);
  await expect(late.till.getByText("all sent")).toBeVisible({ timeout: BACK_LIMIT_MS });
  const desk = await hall.desk.context().newPage();
  await desk.goto(`${baseURL}/events/${hall.event}/claims`);
  await desk.getByRole("button", { name: /Olivia Organizer/ }).click();
  const claims = desk.getByRole("article");
  await expect(claims).toHaveCount(2);
  await expect(desk.getByRole("link", { name: /^Claims\s*2/ })).toBeVisible();
  const claim = desk.getByRole("article", { name: "Toy 1", exact: true });
  await expect(claim.getByRole("heading", { name: "Saturday says" })).toBeVisible();
  await look(desk, "80-claims");

  await claim.getByRole("button", { name: "Decide" }).click();
  const dialog = desk.getByRole("dialog", { name: "How was it?" });
  await expect(dialog.getByRole("button", { name: "Decide so" })).toBeDisabled();
  await dialog.getByRole("radio", { name: /^It was sold there/ }).check({ force: true });
  await dialog.getByRole("button", { name: "Decide so" }).click();
  await expect(dialog.getByRole("alert"), "an item on a floor is decided about there").toBeVisible();
  await look(desk, "81-claim-decision");
  await dialog.getByRole("radio", { name: /^Something else was sold there/ }).check({ force: true });
  await dialog.getByRole("button", { name: "Decide so" }).click();
  await expect(dialog).toBeHidden();
  await expect(claims).toHaveCount(1);
  await expect(desk.getByRole("row", { name: /Toy 1.*Decided: something else/ })).toBeVisible();
  await late.device.close();
  await second.device.close();
});
