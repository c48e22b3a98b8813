// Past the limits the platform says so quickly, and goes on serving everybody else.
import { Person, token } from "../integration/support/edge.ts";
import { once, type Said } from "./client.ts";
import type { World } from "./world.ts";

export interface Load {
  sent: number;
  refused: number;
  refused_median_ms: number;
  passed_median_ms: number;
  others: number;
  findings: string[];
}

/** Senders at a time: as many as the client has connections, less one for the others. */
const SENDERS = 7;

/** Most requests of the flood; a person may send 300 at once and 60 a second. */
const FLOOD_MAX = 4_000;

/** Refusals after which enough was seen. */
const REFUSALS = 150;

const median = (numbers: number[]) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? 0;

export async function load(flooded: World, other: World): Promise<Load> {
  const findings: string[] = [];
  const host = flooded.host;
  const authorization = `Bearer ${await token("user_demo_olivia", { origin: `http://${host}` })}`;
  const said: Said[] = [];
  let refused = 0;
  let over = false;
  const send = async () => {
    while (!over && said.length < FLOOD_MAX) {
      const answer = await once({ host, method: "GET", path: "/api/v1/me", headers: { authorization } });
      said.push(answer);
      if (answer.status === 429) refused += 1;
      over ||= refused >= REFUSALS;
    }
  };
  const others = bystanders(flooded, other, () => over || said.length >= FLOOD_MAX);
  await Promise.all(Array.from({ length: SENDERS }, send));
  over = true;
  const met = await others;
  findings.push(...met.findings);
  const no = said.filter((answer) => answer.status === 429);
  const yes = said.filter((answer) => answer.status === 200);
  if (no.length === 0) findings.push(`${said.length} requests of one person, and none was refused`);
  for (const answer of said.filter(({ status }) => status !== 200 && status !== 429)) {
    findings.push(`the flood met ${answer.status} ${answer.text}`);
  }
  for (const name of ["retry-after", "ratelimit", "ratelimit-policy"]) {
    if (no.some((answer) => answer.headers[name] === undefined)) findings.push(`a 429 without ${name}`);
  }
  const [slow, quick] = [median(yes.map((each) => each.took_ms)), median(no.map((each) => each.took_ms))];
  if (no.length > 0 && quick > slow) {
    findings.push(`a refusal takes ${quick.toFixed(1)} ms, an answer ${slow.toFixed(1)} ms`);
  }
  const wait = Number(no.at(-1)?.headers["retry-after"] ?? "1");
  await new Promise((resolve) => setTimeout(resolve, wait * 1_000 + 100));
  const after = await once({ host, method: "GET", path: "/api/v1/me", headers: { authorization } });
  if (after.status !== 200) findings.push(`after the wait that was named: ${after.status}`);
  return {
    sent: said.length,
    refused,
    refused_median_ms: Math.round(quick * 10) / 10,
    passed_median_ms: Math.round(slow * 10) / 10,
    others: met.served,
    findings,
  };
}

/** A colleague and a till of the same organization, and somebody of another, while the flood goes on. */
async function bystanders(
  flooded: World,
  other: World,
  over: () => boolean,
): Promise<{ served: number; findings: string[] }> {
  const findings: string[] = [];
  await flooded.admin.ok("PUT", "/api/v1/members/user_demo_ed/roles/event_admin");
  const colleague = new Person("user_demo_ed", flooded.slug);
  let served = 0;
  while (!over()) {
    const asked: [string, string, string, string][] = [
      ["a till of the same organization", flooded.host, "/api/v1/terminal", `Bearer ${flooded.till.token}`],
      ["a colleague", flooded.host, "/api/v1/events", `Bearer ${await colleague.token()}`],
      ["another organization", other.host, "/api/v1/events", `Bearer ${await other.admin.token()}`],
    ];
    for (const [who, host, path, authorization] of asked) {
      const answer = await once({ host, method: "GET", path, headers: { authorization } });
      if (answer.status === 200) served += 1;
      else findings.push(`${who} met ${answer.status} during the flood: ${answer.text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (served === 0) findings.push("nobody else asked while the flood went on");
  return { served, findings };
}
