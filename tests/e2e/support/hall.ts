// Sets a sale up over the API, from inside the browser (which resolves the tenant's host by itself), so that a
// test of the till begins where tills begin.

import type { Browser, BrowserContext, Page } from "@playwright/test";

/** Custody of a few items is taken within a moment; a busy machine may need longer. */
const OPENING_LIMIT_MS = 30_000;
const LOOK_AGAIN_MS = 250;
/** Items of one import: well below what the platform takes at once. */
const IMPORT_ROWS = 5_000;
const ORGANIZER = "user_demo_olivia";

export type Hall = { session: string; event: string; tags: string[]; desk: Page; call: Call };
export type Call = <T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<T>;

const INVENTORY_HEAD =
  "consignor_number,consignor_name,consignor_email,consignor_tier,category,title,size,condition,price,reduce,donate,reference";

/** An open session with a dozen items or more, and a page that speaks as its organizer. */
export async function openHall(browser: Browser, baseURL: string, items = 12): Promise<Hall> {
  const context = await browser.newContext();
  const desk = await context.newPage();
  await desk.goto(baseURL);
  const call: Call = (method, path, body) => asOrganizer(desk, method, path, body);
  const name = `Hall ${crypto.randomUUID().slice(0, 8)}`;
  const { id: event } = await call<{ id: string }>("POST", "/events", { name });
  for (const to of ["registration", "intake", "selling"]) {
    await call("POST", `/events/${event}/transitions`, { to });
  }
  const tags: string[] = [];
  while (tags.length < items) {
    const rows = Array.from(
      { length: Math.min(IMPORT_ROWS, items - tags.length) },
      (_, index) =>
        `101,Amara Okafor,amara.okafor@example.org,regular,toys,Toy ${tags.length + index + 1},,good,${(index % 12) + 1}.50,no,no,${name}-${tags.length + index}`,
    );
    const { results } = await call<{ results: { tag: string }[] }>(
      "POST",
      `/events/${event}/imports`,
      [INVENTORY_HEAD, ...rows].join("\n"),
    );
    tags.push(...results.map(({ tag }) => tag));
  }
  const session = await openSession(call, event, "Saturday");
  return { session, event, desk, call, tags };
}

/** One more session of the event; returns once it has its items and sells. */
export async function openSession(call: Call, event: string, name: string): Promise<string> {
  const { id } = await call<{ id: string }>("POST", `/events/${event}/sessions`, {
    name,
    channels: ["floor"],
  });
  await call("POST", `/sessions/${id}/open`);
  await reaches(call, id, "open");
  return id;
}

/** Custody moves in pages: a session opens and closes within a moment. */
export async function reaches(call: Call, session: string, wanted: string): Promise<void> {
  for (const started = Date.now(); Date.now() - started < OPENING_LIMIT_MS; ) {
    const { status } = await call<{ status: string }>("GET", `/sessions/${session}`);
    if (status === wanted) return;
    await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
  }
  throw new Error(`the session did not get to ${wanted}`);
}

/** What is special about a device: a clock that is ahead, or something to be set up before its first page. */
type DeviceOptions = { clockAheadMs?: number; onDevice?: (device: BrowserContext) => Promise<unknown> };

/** A till of its own device, paired and ready. */
export async function pairTill(
  browser: Browser,
  baseURL: string,
  hall: Hall,
  name: string,
  { clockAheadMs = 0, onDevice }: DeviceOptions = {},
): Promise<{ till: Page; device: BrowserContext }> {
  const { code } = await hall.call<{ code: string }>("POST", `/sessions/${hall.session}/pairings`);
  const device = await browser.newContext();
  await onDevice?.(device);
  if (clockAheadMs !== 0) await device.addInitScript(setClock, clockAheadMs);
  const till = await device.newPage();
  await till.goto(`${baseURL}/terminal?code=${code.replaceAll(" ", "")}`);
  await till.getByLabel("Name of this till").fill(name);
  await till.getByRole("button", { name: "Pair" }).click();
  await till.getByText("Online", { exact: true }).waitFor();
  return { till, device };
}

/** A device whose clock is wrong by so much, in ms. */
function setClock(ahead: number): void {
  const Right = Date;
  class Wrong extends Right {
    constructor(...moment: [] | [number]) {
      if (moment.length === 0) super(Right.now() + ahead);
      else super(...moment);
    }
    static override now(): number {
      return Right.now() + ahead;
    }
  }
  globalThis.Date = Wrong as DateConstructor;
}

/** Ends selling, over the heads of tills that hold sales, too. */
export async function closeOver(hall: Hall): Promise<void> {
  const path = `/sessions/${hall.session}`;
  await hall
    .call("POST", `${path}/close`)
    .catch(() => hall.call("POST", `${path}/close-over`, { reason: "comes_later" }));
}

/** An entry of the session's log, as support would export it. */
export type LogEntry = { kind: string; recorded_at: number; payload: string };

export async function exportedLog({ call, event, session }: Hall): Promise<LogEntry[]> {
  const { items: streams } = await call<{ items: { stream: string }[] }>("GET", `/events/${event}/streams`);
  const own = streams.find(({ stream }) => stream.endsWith(session))?.stream ?? "";
  const text = await call<string>("GET", `/log/${encodeURIComponent(own)}`);
  return text
    .split("\n")
    .filter((line) => line.includes('"payload"'))
    .map((line) => JSON.parse(line) as LogEntry);
}

/** Gives the till of that name all rights, as the organizer. */
export async function giveRights(hall: Hall, name: string): Promise<void> {
  const { items } = await hall.call<{ items: { terminal: string; name: string }[] }>(
    "GET",
    `/sessions/${hall.session}/terminals`,
  );
  const found = items.findLast((terminal) => terminal.name === name);
  await hall.call("PUT", `/sessions/${hall.session}/terminals/${found?.terminal}/rights`, {
    rights: ["override_prices", "sell_exceptions", "take_returns", "void_receipts"],
  });
}

/** A receipt as the platform lists it; more fields than a test needs are left out. */
export type ListedReceipt = {
  receipt: string;
  number: number;
  occurred_at: string;
  recorded_at: string;
  total_cents: number;
  lines: { tag: string; price_cents: number }[];
};

export const receiptsOf = async (hall: Hall): Promise<ListedReceipt[]> =>
  (await hall.call<{ items: ListedReceipt[] }>("GET", `/sessions/${hall.session}/receipts?limit=200`)).items;

/** How often the session's log says that `tag` was sold. The log, not the lists: they follow a moment later. */
export const timesSold = async (hall: Hall, tag: string): Promise<number> =>
  (await exportedLog(hall)).filter(
    ({ kind, payload }) => kind === "receipt_completed" && payload.includes(`"tag":"${tag}"`),
  ).length;

/** Sales that a till holds, as its session knows it; null when nobody knows. */
export const waitingAt = async (hall: Hall, name: string): Promise<number | null> => {
  type Standing = { terminals: { name: string; waiting?: number | null }[] };
  const { terminals } = await hall.call<Standing>("GET", `/sessions/${hall.session}/terminals/standing`);
  return terminals.find((terminal) => terminal.name === name)?.waiting ?? null;
};

/** Pays with the exact sum in cash. */
export async function payExactly(till: Page): Promise<void> {
  await till.keyboard.press("F9");
  await till.getByRole("button", { name: "Complete sale" }).click();
}

/** Longer than the till takes two presses for one, ms. */
const TWO_PRESSES_MS = 400;

/** Presses Enter as a hand does: not right after the Enter before. */
export async function enter(till: Page): Promise<void> {
  await till.waitForTimeout(TWO_PRESSES_MS);
  await till.keyboard.press("Enter");
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
      const json = response.headers.get("content-type")?.includes("json") === true;
      const lines = response.headers.get("content-type")?.includes("ndjson") === true;
      return json && !lines ? response.json() : response.text();
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
