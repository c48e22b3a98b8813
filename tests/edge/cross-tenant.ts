// Every route that names something × another organization's ids × everybody who might ask: refused, and in the very
// words in which a thing that never existed is refused.
import { each, patiently, type Said } from "./client.ts";
import { filled, type Ids, type Operation } from "./operations.ts";
import { type Asker, isOwn, twin, type World } from "./world.ts";

export interface Outcome {
  probes: number;
  leaks: string[];
  server_errors: string[];
}

interface Probe {
  operation: Operation;
  asker: Asker;
  host: string;
  where: string;
}

/** Where the platform's own routes begin. */
const PLATFORM = "/api/v1/platform/";

/** Answers of which no two are alike by nature. */
const VARIES = /"(request_id|recorded_at|seq|head|detail_id)":("[^"]*"|\d+)/g;

export async function crossTenant(
  all: Operation[],
  victim: World,
  askers: Asker[],
  attackerHost: string,
): Promise<Outcome> {
  const outcome: Outcome = { probes: 0, leaks: [], server_errors: [] };
  const named = all.filter((each) => probed(each, victim.ids));
  const probes = askers.flatMap((asker) =>
    // The platform's own routes are the platform's people's; to everybody else they are probed.
    named
      .filter((each) => asker.name !== "platform_admin" || !each.path.startsWith(PLATFORM))
      .flatMap((operation): Probe[] => [
        { operation, asker, host: attackerHost, where: "at their own host" },
        { operation, asker, host: victim.host, where: "at the other's host" },
      ]),
  );
  await each(probes, (probe) => compare(probe, victim, outcome));
  return outcome;
}

/** Whether the operation names something of an organization's own, in path, query or body. */
function probed(operation: Operation, ids: Ids): boolean {
  return asksFor(operation, ids) || operation.queries.some((name) => isNamed(name, ids));
}

/** Whether it is about that thing, and does not only filter a list of the asker's own by it. */
function asksFor(operation: Operation, ids: Ids): boolean {
  if (operation.names.some((name) => isNamed(name, ids))) return true;
  return JSON.stringify(operation.body(ids)) !== JSON.stringify(operation.body({}));
}

const isNamed = (name: string, ids: Ids) => name in ids && isOwn(name, ids[name] ?? "");

/** A list of the asker's own in which nothing is of somebody else's thing: that is how such a filter is answered. */
const foundNothing = ({ operation }: Probe, said: Said, ids: Ids) =>
  !asksFor(operation, ids) && said.status === 200 && said.text.includes('"items":[]');

async function compare(probe: Probe, victim: World, outcome: Outcome): Promise<void> {
  const nothing = twin(victim.ids);
  const [theirs, none] = [await ask(probe, victim.ids), await ask(probe, nothing)];
  outcome.probes += 1;
  const what = `${probe.operation.method} ${probe.operation.path} as ${probe.asker.name} ${probe.where}`;
  for (const said of [theirs, none]) {
    if (said.status >= 500) outcome.server_errors.push(`${what}: ${said.status} ${said.text}`);
  }
  // Somebody of nobody's organization is as much a stranger here as there.
  const empty = foundNothing(probe, theirs, victim.ids);
  if (theirs.status < 400 && !empty) outcome.leaks.push(`${what}: let in with ${theirs.status}`);
  const [seen, expected] = [fingerprint(theirs, victim.ids), fingerprint(none, nothing)];
  if (seen !== expected) outcome.leaks.push(`${what}: ${seen} instead of ${expected}`);
  for (const mark of victim.marks) {
    const given = Object.values(victim.ids).some((id) => id.includes(mark));
    if (!given && theirs.text.includes(mark)) outcome.leaks.push(`${what}: says ${mark}`);
  }
}

async function ask({ operation, asker, host }: Probe, ids: Ids): Promise<Said> {
  const authorization = await asker.authorization(host);
  const body = operation.body(ids);
  const query = operation.queries
    .filter((name) => name in ids)
    .map((name) => `${name}=${encodeURIComponent(ids[name] ?? "")}`);
  // A stream in the query is looked at only where a position is asked for.
  if (query.length > 0 && operation.queries.includes("min_seq")) query.push("min_seq=1");
  return patiently({
    host,
    method: operation.method,
    path: `${filled(operation, ids)}${query.length > 0 ? `?${query.join("&")}` : ""}`,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { "content-type": operation.mediaType ?? "application/json" }),
    },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** What an answer says, without what it was asked by. */
function fingerprint(said: Said, ids: Ids): string {
  const own = Object.entries(ids).filter(([name, id]) => isOwn(name, id));
  const longest = own.sort(([, one], [, other]) => other.length - one.length);
  const text = longest.reduce((text, [name, id]) => text.replaceAll(id, `{${name}}`), said.text);
  const headers = ["content-type", "etag", "www-authenticate", "location", "cache-control"];
  const told = headers.map((name) => `${name}=${said.headers[name] ?? ""}`).join(" ");
  return `${said.status} ${told} ${text.replace(VARIES, '"$1":…')}`;
}
