// What the session's log says, held against what the screens have shown.

import { exportedLog, type Hall } from "../e2e/support/hall.ts";

export type Reckoning = {
  receipts: number;
  lost: string[];
  doubled: string[];
  /** Cases in the log that no two cashiers have caused, and those that they have and the log does not list once. */
  astray: string[];
};

/** `done` are the baskets shown as sold or kept; `clashes` the tags that two cashiers sold without a network. */
export async function reckon(hall: Hall, done: string[][], clashes: string[]): Promise<Reckoning> {
  const log = await exportedLog(hall);
  const baskets = log
    .filter(({ kind }) => kind === "receipt_completed")
    .map(({ payload }) => basketOf(JSON.parse(payload)));
  const key = (tags: string[]) => tags.toSorted().join(" ");
  const inLog = counted(baskets.map(key));
  const shown = counted(done.map((tags) => key(tags.map((tag) => tag.replaceAll("-", "")))));
  const lost = [...shown]
    .filter(([basket, count]) => (inLog.get(basket) ?? 0) < count)
    .map(([basket]) => basket);
  const doubled = [...inLog]
    .filter(([basket, count]) => count > (shown.get(basket) ?? 0))
    .map(([basket, count]) => `${basket} (${count} receipts, ${shown.get(basket) ?? 0} baskets)`);
  const cases = log.filter(({ kind }) => kind === "conflict_opened").map(({ payload }) => payload);
  const wanted = clashes.map((tag) => tag.replaceAll("-", ""));
  const astray = [
    ...wanted
      .map((tag) => ({ tag, count: cases.filter((payload) => payload.includes(tag)).length }))
      .filter(({ count }) => count !== 1)
      .map(({ tag, count }) => `${tag} was sold twice and has ${count} cases`),
    ...cases
      .filter((payload) => !wanted.some((tag) => payload.includes(tag)))
      .map((payload) => `a case of nobody: ${payload}`),
  ];
  return { receipts: baskets.length, lost, doubled, astray };
}

const basketOf = (receipt: { lines: { tag: string }[] }) => receipt.lines.map(({ tag }) => tag);

function counted(names: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Lists follow the log within a moment. */
const FOLLOWED_LIMIT_MS = 30_000;
const LOOK_AGAIN_MS = 500;

/** Decides each of the open conflicts as an organizer would whose customers are gone; says how many are open then. */
export async function resolveAll(hall: Hall, expected: number): Promise<number> {
  type Listed = { case: string; receipts: string[] };
  const path = `/sessions/${hall.session}/conflicts`;
  const open = async () => (await hall.call<{ items: Listed[] }>("GET", `${path}?open=true&limit=200`)).items;
  for (const conflict of await until(open, ({ length }) => length >= expected)) {
    await hall.call("POST", `${path}/${conflict.case}/resolution`, {
      how: "keep_first_refund_second",
      receipts: conflict.receipts,
    });
  }
  return (await until(open, ({ length }) => length === 0)).length;
}

/** Asks again until the answer is as wanted, or long enough; the last answer. */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const limit = performance.now() + FOLLOWED_LIMIT_MS;
  let answer = await ask();
  while (!wanted(answer) && performance.now() < limit) {
    await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
    answer = await ask();
  }
  return answer;
}
