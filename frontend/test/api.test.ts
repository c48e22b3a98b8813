import { readFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, it } from "vitest";

const file = (path: string) => new URL(`../${path}`, import.meta.url);

it("the client's types are those of openapi.json (else: npm run api)", async () => {
  const generated = astToString(await openapiTS(file("openapi.json"), { alphabetize: true }));
  const stored = readFileSync(file("src/api/schema.generated.ts"), "utf8");
  expect(stored.slice(stored.indexOf("export interface paths"))).toBe(
    generated.slice(generated.indexOf("export interface paths")),
  );
});
