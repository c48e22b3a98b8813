import { readFileSync } from "node:fs";
import { buildSchema, type DocumentNode, execute, GraphQLError, parse, validate } from "graphql";
import { type Context, Hono } from "hono";
import { SHOPIFY_MAX_QUERY_POINTS } from "../limits.ts";
import { isObject, type JsonObject } from "../requests.ts";
import type { Services } from "../services.ts";

/** The one version of the Admin API that this stand-in speaks. */
export const SHOPIFY_API_VERSION = "2026-10";

/** The store it plays. */
export const SHOP = {
  id: "gid://shopify/Shop/1",
  name: "Demo Kids’ Sale",
  myshopifyDomain: "demo-consignment.myshopify.com",
  ianaTimezone: "America/Toronto",
  currencyCode: "CAD",
};

const schema = buildSchema(readFileSync(new URL("./schema.graphql", import.meta.url), "utf8"));

/** `POST /admin/api/{version}/graphql.json` with an access token. */
export function shopifyAdminApi(services: Services): Hono {
  const app = new Hono();
  app.post(`/admin/api/${SHOPIFY_API_VERSION}/graphql.json`, async (c) => {
    c.header("x-shopify-api-version", SHOPIFY_API_VERSION);
    if (c.req.header("x-shopify-access-token") !== services.secrets.shopify_access_token) {
      return c.json(
        { errors: "[API] Invalid API key or access token (unrecognized login or wrong password)" },
        401,
      );
    }
    const body: unknown = await c.req.json().catch(() => undefined);
    if (!isObject(body) || typeof body.query !== "string") {
      return c.json({ errors: { query: "Required parameter missing or invalid" } }, 400);
    }
    return answer(c, services, body.query, body);
  });
  app.all("/admin/*", (c) => {
    const errors = `Not Found: the local stand-in only speaks POST /admin/api/${SHOPIFY_API_VERSION}/graphql.json`;
    return c.json({ errors }, 404);
  });
  return app;
}

async function answer(c: Context, services: Services, query: string, body: JsonObject): Promise<Response> {
  const read = readDocument(query);
  if (!read.ok) return c.json({ errors: read.errors });

  const cost = requestedCost(read.document);
  if (cost > SHOPIFY_MAX_QUERY_POINTS) {
    const extensions = { code: "MAX_COST_EXCEEDED", cost, maxCost: SHOPIFY_MAX_QUERY_POINTS };
    return c.json({
      errors: [
        { message: `Query cost is ${cost}, which exceeds the single query max cost limit`, extensions },
      ],
    });
  }
  const admission = services.shopify.admit(cost);
  if (!admission.admitted) {
    const errors = [{ message: "Throttled", extensions: { code: "THROTTLED" } }];
    return c.json({ errors, extensions: costs(services, cost, null) }, admission.http);
  }
  const variables = isObject(body.variables) ? body.variables : {};
  const result = await execute({
    schema,
    document: read.document,
    rootValue: { shop: SHOP },
    variableValues: variables,
    ...(typeof body.operationName === "string" ? { operationName: body.operationName } : {}),
  });
  return c.json({ ...result, extensions: costs(services, cost, cost) });
}

type ReadDocument = { ok: true; document: DocumentNode } | { ok: false; errors: JsonObject[] };

function readDocument(query: string): ReadDocument {
  try {
    const document = parse(query, { maxTokens: 10_000 });
    const errors = validate(schema, document);
    return errors.length === 0 ? { ok: true, document } : { ok: false, errors: errors.map(explain) };
  } catch (error) {
    if (error instanceof GraphQLError)
      return { ok: false, errors: [{ ...error.toJSON(), extensions: { code: "parseError" } }] };
    throw error;
  }
}

/** What is missing here may well exist in Shopify: the error must not send anybody looking for a typing mistake. */
function explain(error: GraphQLError): JsonObject {
  const message = `${error.message} The local Shopify stand-in may just not speak this yet; sandbox/README.md lists what it does.`;
  return { ...error.toJSON(), message, extensions: { code: "undefinedField", sandbox: "not spoken yet" } };
}

/** Shopify prices an object field at one point; all that this schema holds is single objects. */
function requestedCost(document: DocumentNode): number {
  let objects = 0;
  for (const definition of document.definitions) {
    if (definition.kind === "OperationDefinition") objects += definition.selectionSet.selections.length;
  }
  return Math.max(1, objects);
}

function costs(services: Services, requested: number, actual: number | null): JsonObject {
  return {
    cost: {
      requestedQueryCost: requested,
      actualQueryCost: actual,
      throttleStatus: services.shopify.status(),
    },
  };
}
