// Marked names, addresses and secrets go through every door that takes them; none may stand in a log.
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { call, type Person, token } from "../integration/support/edge.ts";
import type { World } from "./world.ts";

export interface Quiet {
  /** Marks that were sent. */
  marks: number;
  /** Bytes of log that were looked at. */
  bytes: number;
  /** Lines of structured log among them. */
  lines: number;
  findings: string[];
}

/** How long the last lines may take to be written, ms. */
const SETTLE_MS = 1_500;

export async function quietLogs(of: World): Promise<Quiet> {
  const mark = (what: string) => `${what}${randomUUID().replaceAll("-", "")}`;
  const personal = {
    name: mark("Name"),
    email: `${mark("mail")}@mark.example`,
    phone: mark("Phone"),
    address: mark("Street"),
    bank_account: mark("Bank"),
    tax_number: mark("Tax"),
  };
  const jwt = await token("user_demo_olivia", { origin: `http://${of.host}` });
  const [signature] = jwt.split(".").slice(-1);
  const secrets: Record<string, string> = {
    "a session token": signature ?? jwt,
    "a terminal's token": of.till.token,
    "a broken token": mark("forged"),
    "a token in an address": mark("hgt_"),
    "a pairing code": "73918264",
    "a name in an import": mark("Imported"),
    "a name in a webhook": mark("Hooked"),
    "a free text that is refused": mark("Refused"),
    ...personal,
  };
  await drive(of, personal, secrets, jwt);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return look(secrets);
}

async function drive(
  of: World,
  personal: Record<string, string>,
  secrets: Record<string, string>,
  jwt: string,
): Promise<void> {
  const { admin, host }: { admin: Person; host: string } = of;
  const at = (method: string, path: string, ask: object = {}) =>
    call(host, method, path, { token: jwt, ...ask });
  const consignor = `/api/v1/people/consignor:${of.ids.consignor}`;
  await admin.ok("PATCH", `${consignor}/personal-data`, { body: personal });
  await admin.ok("GET", `${consignor}/export`);
  await at("PATCH", `${consignor}/personal-data`, {
    body: { name: secrets["a free text that is refused"], odd: 1 },
  });
  await at("POST", "/api/v1/events", { body: `{"name": "${secrets["a free text that is refused"]}"` });
  await at("GET", `/api/v1/events/${secrets["a free text that is refused"]}`);
  await at("GET", `/api/v1/events?cursor=${secrets["a free text that is refused"]}`);
  await at("POST", `/api/v1/events/${of.ids.event}/imports`, {
    headers: { "content-type": "text/csv" },
    body: `consignor_number,consignor_name,category,title,condition,price\n7001,${secrets["a name in an import"]},toys,Kite,good,4.50\nx,${secrets["a name in an import"]},toys,,good,zzz`,
  });
  await call(host, "GET", "/api/v1/me", { token: secrets["a broken token"] });
  await call(host, "GET", "/api/v1/terminal", { token: of.till.token });
  await call(
    host,
    "GET",
    `/api/v1/sessions/${of.ids.session}/live?token=${secrets["a token in an address"]}`,
    {
      headers: { connection: "Upgrade", upgrade: "websocket" },
    },
  );
  await call(host, "POST", "/api/v1/pairings/claim", {
    body: { code: secrets["a pairing code"], name: "Till" },
  });
  const sandbox = process.env.HANGTAG_SANDBOX_URL ?? "http://127.0.0.1:8788";
  await fetch(`${sandbox}/testing/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      to: `http://${host}/api/v1/webhooks/clerk`,
      type: "organizationMembership.created",
      data: {
        organization: { slug: of.slug },
        public_user_data: {
          user_id: "user_demo_val",
          first_name: secrets["a name in a webhook"],
          identifier: personal.email,
        },
      },
    }),
  });
  await admin.ok("POST", `${consignor}/erasure`);
}

function look(secrets: Record<string, string>): Quiet {
  const findings: string[] = [];
  const logs = texts(join(process.env.HANGTAG_STATE ?? ".hangtag/state", "log"));
  const all = logs.map(({ text }) => text).join("\n");
  for (const { file, text } of logs) {
    for (const [what, mark] of Object.entries(secrets)) {
      if (text.includes(mark)) findings.push(`${what} stands in ${file}`);
    }
  }
  const keys = ["vault.key", "clerk-webhook.key"].map((name) => join(process.env.HANGTAG_STATE ?? "", name));
  for (const key of keys) {
    const secret = readFileSync(key, "utf8").trim();
    if (all.includes(secret)) findings.push(`${key} stands in a log`);
  }
  const lines = all.split("\n").filter((line) => line.includes('"message":"answered"')).length;
  if (lines === 0) findings.push("no request was logged: nothing was looked at");
  return { marks: Object.keys(secrets).length, bytes: all.length, lines, findings };
}

function texts(folder: string): { file: string; text: string }[] {
  const files = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  // The local tool's own line for each request has its path; it is no log of ours, and no deployment writes it.
  const ours = (line: string) => !line.includes("[wrangler:");
  return files.map((file) => {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    return { file, text: lines.filter(ours).join("\n") };
  });
}
