// Sets a sale up over the API, from inside the browser (which resolves the tenant's host by itself), so that a
// test of the till begins where tills begin.

import type { Browser, BrowserContext, Page } from "@playwright/test";

/** Custody of a few items is taken within a moment; a busy machine may need longer. */
const OPENING_LIMIT_MS = 30_000;
const LOOK_AGAIN_MS = 250;
const ORGANIZER = "user_demo_olivia";

export type Hall = { session: string; event: string; tags: string[]; desk: Page; call: Call };
export type Call = <T>(method: "GET" | "POST", path: string, body?: unknown) => Promise<T>;

const INVENTORY_HEAD =
  "consignor_number,consignor_name,consignor_email,consignor_tier,category,title,size,condition,price,reduce,donate,reference";

/** An open session with a dozen items, and a page that speaks as its organizer. */
export async function openHall(browser: Browser, baseURL: string): Promise<Hall> {
  const context = await browser.newContext();
  const desk = await context.newPage();
  await desk.goto(baseURL);
  const call: Call = (method, path, body) => asOrganizer(desk, method, path, body);
  const name = `Hall ${crypto.randomUUID().slice(0, 8)}`;
  const { id: event } = await call<{ id: string }>("POST", "/events", { name });
  for (const to of ["registration", "intake", "selling"]) {
    await call("POST", `/events/${event}/transitions`, { to });
  }
  const rows = Array.from(
    { length: 12 },
    (_, index) =>
      `101,Amara Okafor,amara.okafor@example.org,regular,toys,Toy ${index + 1},,good,${index + 1}.50,no,no,${name}-${index}`,
  );
  const { results } = await call<{ results: { tag: string }[] }>(
    "POST",
    `/events/${event}/imports`,
    [INVENTORY_HEAD, ...rows].join("\n"),
  );
  const { id: session } = await call<{ id: string }>("POST", `/events/${event}/sessions`, {
    name: "Saturday",
    channels: ["floor"],
  });
  await call("POST", `/sessions/${session}/open`);
  for (const started = Date.now(); Date.now() - started < OPENING_LIMIT_MS; ) {
    const { status } = await call<{ status: string }>("GET", `/sessions/${session}`);
    if (status === "open") return { session, event, desk, call, tags: results.map(({ tag }) => tag) };
    await desk.waitForTimeout(LOOK_AGAIN_MS);
  }
  throw new Error("the session did not open");
}

/** A till of its own device, paired and ready. */
export async function pairTill(
  browser: Browser,
  baseURL: string,
  hall: Hall,
  name: string,
): Promise<{ till: Page; device: BrowserContext }> {
  const { code } = await hall.call<{ code: string }>("POST", `/sessions/${hall.session}/pairings`);
  const device = await browser.newContext();
  const till = await device.newPage();
  await till.goto(`${baseURL}/terminal?code=${code.replaceAll(" ", "")}`);
  await till.getByLabel("Name of this till").fill(name);
  await till.getByRole("button", { name: "Pair" }).click();
  await till.getByText("Online", { exact: true }).waitFor();
  return { till, device };
}

/** Types as a wedge scanner does: the whole tag at once, then Enter, wherever the focus is. */
export async function scan(till: Page, tag: string): Promise<void> {
  await till.keyboard.type(tag.replaceAll("-", ""), { delay: 2 });
  await till.keyboard.press("Enter");
}

async function asOrganizer<T>(desk: Page, method: string, path: string, body: unknown): Promise<T> {
  const token = await organizersToken(desk);
  return desk.evaluate(
    async (asked) => {
      const csv = typeof asked.body === "string";
      const response = await fetch(`/api/v1${asked.path}`, {
        method: asked.method,
        headers: {
          authorization: `Bearer ${asked.token}`,
          "idempotency-key": crypto.randomUUID(),
          "content-type": csv ? "text/csv" : "application/json",
        },
        body: typeof asked.body === "string" ? asked.body : (JSON.stringify(asked.body) ?? null),
      });
      if (!response.ok) throw new Error(`${asked.path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    { method, path, body, token },
  );
}

/** A fresh token from the local stand-in for Clerk, which also listens on the loopback address. */
async function organizersToken(desk: Page): Promise<string> {
  const { signIn, organization } = await desk.evaluate(async () => {
    const configuration = await (await fetch("/api/v1/configuration")).json();
    return { signIn: configuration.sign_in.url, organization: configuration.organization.slug };
  });
  const address = new URL("/testing/tokens", signIn);
  address.hostname = "127.0.0.1";
  const response = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: ORGANIZER, organization }),
  });
  if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
  const { jwt } = (await response.json()) as { jwt: string };
  return jwt;
}
