// Both contestants in one runtime: our Worker as it would be deployed and the bare object, behind a few lines that
// only pass requests on. No edge, no development proxy.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from "miniflare";

const COMPATIBILITY_DATE = "2026-11-17";
/** The objects of our Worker, by binding. */
const CLASSES = {
  ORGANIZATION: "Organization",
  CONSIGNMENT_EVENT: "ConsignmentEvent",
  SALE_SESSION: "SaleSession",
  STOREFRONT: "Storefront",
  RECONCILIATION: "Reconciliation",
};

/** `/{bare|ours}/{object, percent-encoded}/{door}` goes to the object's door; `/door/…` to our Worker's test doors. */
const PASS_ON = `
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, who, name, ...door] = url.pathname.split("/");
    if (who === "door") {
      return env.OURS.fetch(new Request("http://ours/api/testing/" + [name, ...door].join("/") + url.search, request));
    }
    if (who === "rows") {
      const { sql, pages } = await request.json();
      const begun = Date.now();
      for (const page of pages) {
        await env.DB.batch(page.map(({ at, rows }) => env.DB.prepare(sql[at]).bind(rows)));
      }
      return Response.json({ ms: Date.now() - begun });
    }
    const space = who === "bare" ? env.BARE : env.SALE_SESSION;
    const stub = space.getByName(decodeURIComponent(name));
    return stub.fetch(new Request("http://object/" + door.join("/") + url.search, request));
  },
};`;

/** A bundle as \`wrangler deploy --dry-run\` leaves it. */
function modules(folder: string) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".js") || name.endsWith(".wasm"))
    .sort((a, b) => Number(b.endsWith(".js")) - Number(a.endsWith(".js")))
    .map((name) => ({
      type: name.endsWith(".wasm") ? ("CompiledWasm" as const) : ("ESModule" as const),
      path: join(folder, name),
    }));
}

export type Bundles = { ours: string; bare: string; migrations: string };

/**
 * Starts both; `state` is where the databases live. Without `projecting`, nudges stay in their queue: projection runs
 * on other machines than the objects, but here on the very thread that serves them.
 */
export async function start(
  bundles: Bundles,
  state: string,
  projecting: boolean,
): Promise<{ origin: string; stop: () => Promise<void> }> {
  const objects = Object.fromEntries(
    Object.entries(CLASSES).map(([binding, className]) => [binding, { className, useSQLite: true }]),
  );
  const options: V4MiniflareOptions = {
    port: 0,
    resourcePersistencePath: state,
    handleStructuredLogs: () => {},
    workers: [
      {
        name: "pass-on",
        modules: true,
        script: PASS_ON,
        compatibilityDate: COMPATIBILITY_DATE,
        serviceBindings: { OURS: "hangtag" },
        durableObjects: {
          BARE: { className: "Bare", scriptName: "bare", useSQLite: true },
          SALE_SESSION: { className: "SaleSession", scriptName: "hangtag", useSQLite: true },
        },
        d1Databases: { DB: "hangtag" },
      },
      {
        name: "bare",
        modules: modules(bundles.bare),
        modulesRoot: bundles.bare,
        compatibilityDate: COMPATIBILITY_DATE,
        durableObjects: { BARE: { className: "Bare", useSQLite: true } },
      },
      {
        name: "hangtag",
        modules: modules(bundles.ours),
        modulesRoot: bundles.ours,
        compatibilityDate: COMPATIBILITY_DATE,
        bindings: { ENVIRONMENT: "test", RATE_LIMIT_PERCENT: "100000" },
        durableObjects: objects,
        d1Databases: { DB: "hangtag" },
        kvNamespaces: { CACHE: "cache" },
        r2Buckets: { ARCHIVE: "archive" },
        queueProducers: { LOG_ADVANCED: { queueName: "log-advanced" } },
        ...(projecting
          ? { queueConsumers: { "log-advanced": { maxBatchSize: 100, maxBatchTimeout: 1 } } }
          : {}),
      },
    ],
  };
  const runtime = new Miniflare(convertV4MiniflareOptions(options));
  const origin = (await runtime.ready).origin;
  const database = await runtime.getD1Database("DB", "hangtag");
  const made = await database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'checkpoint'").first();
  for (const name of made === null ? readdirSync(bundles.migrations).sort() : []) {
    const text = readFileSync(join(bundles.migrations, name), "utf8");
    for (const statement of statements(text)) await database.prepare(statement).run();
  }
  return { origin, stop: () => runtime.dispose() };
}

/** The statements of a migration; a trigger's body has semicolons of its own and ends with END. */
function statements(text: string): string[] {
  const found: string[] = [];
  let open = "";
  for (const line of text.split("\n")) {
    const code = line.replace(/--.*$/, "");
    if (code.trim() === "" && open === "") continue;
    open += `${code}\n`;
    const trigger = /^\s*CREATE TRIGGER/i.test(open);
    if (trigger ? /^END;\s*$/im.test(code) : /;\s*$/.test(code)) {
      found.push(open);
      open = "";
    }
  }
  return found;
}
