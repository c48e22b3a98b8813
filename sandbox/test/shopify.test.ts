import assert from "node:assert/strict";
import { test } from "node:test";
import { sandboxFor, type TestSandbox } from "./support.ts";

interface Reply {
  data?: { shop?: Record<string, string> } | null;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
  extensions?: {
    cost: { throttleStatus: { currentlyAvailable: number; maximumAvailable: number; restoreRate: number } };
  };
}

async function ask(
  sandbox: TestSandbox,
  query: string,
  token = "shpat_sandbox_local",
): Promise<{ status: number; reply: Reply }> {
  const response = await fetch(`${sandbox.url}/admin/api/2026-10/graphql.json`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-shopify-access-token": token },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, reply: (await response.json()) as Reply };
}

const SHOP_QUERY = "query { shop { name ianaTimezone currencyCode } }";

test("the shop answers, with what the query cost", async (t) => {
  const sandbox = await sandboxFor(t);
  const { status, reply } = await ask(sandbox, SHOP_QUERY);
  assert.equal(status, 200);
  assert.deepEqual(reply.data, {
    shop: { name: "Demo Kids’ Sale", ianaTimezone: "America/Toronto", currencyCode: "CAD" },
  });
  const throttle = reply.extensions?.cost.throttleStatus;
  assert.deepEqual([throttle?.maximumAvailable, throttle?.restoreRate], [2_000, 100]);
});

test("a wrong token, another version and what is not spoken yet are said plainly", async (t) => {
  const sandbox = await sandboxFor(t);
  assert.equal((await ask(sandbox, SHOP_QUERY, "wrong")).status, 401);
  assert.equal(
    (await fetch(`${sandbox.url}/admin/api/2020-01/graphql.json`, { method: "POST" })).status,
    404,
  );
  for (const query of [
    "{ orders(first: 1) { nodes { id } } }",
    "mutation { productSet { product { id } } }",
  ]) {
    const { reply } = await ask(sandbox, query);
    assert.equal(reply.data, undefined);
    assert.match(reply.errors?.[0]?.message ?? "", /does not|may just not speak|not configured/);
  }
  assert.equal((await ask(sandbox, "{ shop {")).reply.errors?.[0]?.extensions?.code, "parseError");
});

test("throttling: by switch with either status, and by an empty bucket that refills", async (t) => {
  const sandbox = await sandboxFor(t);
  for (const throttled_status of [200, 429]) {
    await sandbox.post("/testing/shopify", { throttled_requests: 1, throttled_status });
    const { status, reply } = await ask(sandbox, SHOP_QUERY);
    assert.equal(status, throttled_status);
    assert.equal(reply.errors?.[0]?.extensions?.code, "THROTTLED");
  }
  await sandbox.post("/testing/shopify", { available_points: 0 });
  sandbox.clock.advance(-60_000);
  assert.equal((await ask(sandbox, SHOP_QUERY)).reply.errors?.[0]?.extensions?.code, "THROTTLED");
  sandbox.clock.advance(5_000);
  const { reply } = await ask(sandbox, SHOP_QUERY);
  assert.ok(reply.data !== undefined);
  assert.ok((reply.extensions?.cost.throttleStatus.currentlyAvailable ?? 0) >= 490);
});
