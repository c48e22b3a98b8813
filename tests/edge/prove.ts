// What `cargo xtask prove edge` runs against the running system: nobody sees into another organization, nobody is
// believed who should not be. Prints one line of JSON with what it counted and what it found.
import { call } from "../integration/support/edge.ts";
import { crossTenant } from "./cross-tenant.ts";
import { forgeries } from "./forgeries.ts";
import { load } from "./load.ts";
import { type Document, operations } from "./operations.ts";
import { quietLogs } from "./quiet-logs.ts";
import { askers, controls, harvest, world } from "./world.ts";

const document = (await call<Document>("127.0.0.1", "GET", "/api/v1/openapi.json")).body;
const all = operations(document);
const victim = await world(101, 1);
const attacker = await world(9_001, 2);
const unfilled = await harvest(victim, all);
const { read, unread } = await controls(victim, all);
const people = await askers(attacker);
const crossed = await crossTenant(all, victim, people, attacker.host);
const forged = await forgeries(victim);
const flooded = await load(attacker, victim);
const quiet = await quietLogs(victim);

console.log(
  JSON.stringify({
    figures: {
      routes: all.length,
      controls: read,
      cross_tenant_probes: crossed.probes,
      leaks: crossed.leaks.length,
      server_errors: crossed.server_errors.length + forged.server_errors.length,
      forgeries_refused: forged.refused,
      forgeries_believed: forged.believed.length,
      flood_sent: flooded.sent,
      flood_refused: flooded.refused,
      refused_median_ms: flooded.refused_median_ms,
      passed_median_ms: flooded.passed_median_ms,
      others_served: flooded.others,
      marks_sent: quiet.marks,
      log_lines: quiet.lines,
    },
    findings: [
      ...crossed.leaks,
      ...crossed.server_errors,
      ...forged.believed,
      ...forged.server_errors,
      ...flooded.findings,
      ...quiet.findings,
    ],
    notes: [
      ...unread.map((line) => `not read by its own admin: ${line}`),
      ...unfilled.map((name) => `no id for {${name}}`),
    ],
  }),
);
