// Two organizations that have everything, and everybody who might look from one into the other.
import { randomInt, randomUUID } from "node:crypto";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  hostOf,
  openSession,
  type Paired,
  type Person,
  pair,
  stock,
  token,
} from "../integration/support/edge.ts";
import { once } from "./client.ts";
import type { Ids, Operation } from "./operations.ts";
import { filled } from "./operations.ts";

const SANDBOX = process.env.HANGTAG_SANDBOX_URL ?? "http://127.0.0.1:8788";

const ROLES = ["organization_admin", "event_admin", "support", "cashier", "volunteer", "consignor"];

/** Names that no organization owns: persons are the identity provider's, roles and hosts everybody's. */
export const GLOBAL = new Set(["person", "role", "host"]);

export interface World {
  slug: string;
  host: string;
  id: string;
  admin: Person;
  till: Paired;
  ids: Ids;
  /** Texts that nobody else may ever read. */
  marks: string[];
}

/** Somebody who asks: `authorization` at a host, renewed before it runs out. */
export interface Asker {
  name: string;
  authorization: (host: string) => Promise<string | undefined>;
}

/** An organization with an event, items, an open session, a till and a receipt. */
export async function world(consignor: number, ordinal: number): Promise<World> {
  const { slug, id, admin } = await freshOrganization();
  // Tags begin with the event's ordinal: two organizations whose tags must differ sell in different ones.
  for (let before = 1; before < ordinal; before += 1) await freshEvent(admin);
  const event = await freshEvent(admin);
  const mark = `Secret-${randomUUID()}`;
  const tags = await stock(admin, event, [
    [consignor, mark, "4.50"],
    [consignor, "Drum", "10.00"],
  ]);
  const session = await openSession(admin, event);
  const till = await pair(admin, session);
  const tag = tags[0] ?? "";
  const sold = await call<{ receipt: string; number: number }>(
    admin.host,
    "POST",
    `/api/v1/sessions/${session}/receipts`,
    { token: till.token, body: basket([[tag, 450]]) },
  );
  const ids: Ids = {
    organization: id,
    event,
    session,
    terminal: till.terminal,
    receipt: sold.body.receipt,
    stream: till.stream,
    consignor: String(consignor),
    subject: `consignor:${consignor}`,
    tag: tags[1] ?? tag,
  };
  return { slug, host: hostOf(slug), id, admin, till, ids, marks: [mark, id, event, session, till.terminal] };
}

/** Ids that the world's own lists give, for names that nobody has filled in yet. */
export async function harvest(of: World, all: Operation[]): Promise<string[]> {
  const missing = new Set(
    all.flatMap((each) => each.names).filter((name) => !(name in of.ids) && !GLOBAL.has(name)),
  );
  for (const list of all.filter((each) => each.method === "GET")) {
    const one = all.find(
      (each) => each.path.startsWith(`${list.path}/{`) && missing.has(each.names.at(-1) ?? ""),
    );
    const name = one?.names.at(-1);
    if (name === undefined || list.names.some((each) => !(each in of.ids))) continue;
    const said = await of.admin.call<{ items?: Record<string, unknown>[] }>("GET", filled(list, of.ids));
    const row = typeof said.body === "object" ? said.body.items?.[0] : undefined;
    const found = row?.[name] ?? row?.id ?? row?.number;
    if (found === undefined) continue;
    of.ids[name] = String(found);
    missing.delete(name);
  }
  return [...missing];
}

/** Digits up to which a number counts within something (a line, a version) and belongs to nobody by itself. */
const ORDINAL_DIGITS = 2;

/** Whether an id names something of one organization: not an ordinal, and not what everybody shares. */
export const isOwn = (name: string, id: string): boolean =>
  !GLOBAL.has(name) && !(/^\d+$/.test(id) && id.length <= ORDINAL_DIGITS);

/** Ids of the same shape that name nothing; the same id has the same twin, whatever it is called. */
export function twin(ids: Ids): Ids {
  const fresh = new Map<string, string>();
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  const other = (text: string, make: () => string) => {
    const known = fresh.get(text) ?? make();
    fresh.set(text, known);
    return known;
  };
  // As many digits as the number has: nothing may tell the two apart but that one of them exists.
  const number = (digits: string) =>
    other(digits, () => `${randomInt(5, 9)}${Array.from(digits.slice(1), () => randomInt(10)).join("")}`);
  const tag = () => tagNumber(`997${String(randomInt(1, 999_999)).padStart(6, "0")}`);
  const names = Object.entries(ids).map(([name, id]): [string, string] => {
    if (!isOwn(name, id)) return [name, id];
    if (/^\d{10}$/.test(id)) return [name, other(id, tag)];
    const spelled = id.replace(uuid, (text) => other(text, randomUUID));
    return [name, spelled === id ? id.replace(/\d+/, number) : spelled];
  });
  return Object.fromEntries(names);
}

/** Nine digits with their check digit, after Damm. */
function tagNumber(nine: string): string {
  const rows = [
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
  ];
  const check = [...nine].reduce((at, digit) => Number(rows[at]?.[Number(digit)] ?? 0), 0);
  return `${nine}${check}`;
}

/** How long a token is used, ms: they live a minute. */
const TOKEN_USED_MS = 25_000;

function person(name: string, user: string): Asker {
  const kept = new Map<string, { until: number; jwt: Promise<string> }>();
  return {
    name,
    authorization: async (host) => {
      let known = kept.get(host);
      if (known === undefined || Date.now() > known.until) {
        known = { until: Date.now() + TOKEN_USED_MS, jwt: token(user, { origin: `http://${host}` }) };
        kept.set(host, known);
      }
      return `Bearer ${await known.jwt}`;
    },
  };
}

/** A person of each role of the organization, its till, a stranger, somebody of the platform, and nobody. */
export async function askers(of: World): Promise<Asker[]> {
  const people: Asker[] = [];
  for (const role of ROLES) {
    const user = `user_probe_${role}`;
    const made = await fetch(`${SANDBOX}/testing/users`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        id: user,
        email: `${role}@probe.example`,
        first_name: "Probe",
        last_name: role,
      }),
    });
    if (!made.ok) throw new Error(`the sandbox made no ${user}: ${await made.text()}`);
    await of.admin.ok("PUT", `/api/v1/members/${user}/roles/${role}`);
    people.push(person(role, user));
  }
  return [
    ...people,
    person("stranger", "user_demo_cora"),
    person("platform_admin", "user_demo_super"),
    { name: "terminal", authorization: () => Promise.resolve(`Bearer ${of.till.token}`) },
    { name: "nobody", authorization: () => Promise.resolve(undefined) },
  ];
}

/** The organization's own admin reads it: without that, a refusal elsewhere says nothing. */
export async function controls(of: World, all: Operation[]): Promise<{ read: number; unread: string[] }> {
  const unread: string[] = [];
  let read = 0;
  const reading = all.filter((each) => each.method === "GET" && each.names.some((name) => !GLOBAL.has(name)));
  for (const each of reading) {
    const authorization = `Bearer ${each.path.startsWith("/api/v1/platform/") ? await token("user_demo_super", { origin: `http://${of.host}` }) : await of.admin.token()}`;
    const said = await once({
      host: of.host,
      method: "GET",
      path: filled(each, of.ids),
      headers: { authorization },
    });
    if (said.status < 300 || said.status === 426) read += 1;
    else unread.push(`${each.method} ${each.path}: ${said.status}`);
  }
  return { read, unread };
}
