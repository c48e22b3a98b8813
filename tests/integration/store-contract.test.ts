// The store's contract inside an object: the same scenarios as on plain SQLite and in memory.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { post } from "./support/doors.ts";

const fresh = () => `${randomUUID()}/organization`;

test("a Durable Object's store keeps the contract, scenario by scenario", async () => {
  const { body } = await post(fresh(), "contract", "");
  const names = body as string[];
  assert.ok(names.length >= 10, JSON.stringify(names));
  for (const name of names) {
    const answer = await post(fresh(), "contract", name);
    assert.deepEqual(answer, { status: 200, body: null }, name);
  }
});
