// The API as it describes itself: every route, what it takes, and a body that it can read. Nothing here knows a
// route by name, so a new one is probed the day it is described.

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  example?: unknown;
  examples?: unknown[];
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  format?: string;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

interface Described {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
  responses: Record<string, unknown>;
  security?: Record<string, unknown>[];
}

export interface Document {
  paths: Record<string, Record<string, Described>>;
  components?: { schemas?: Record<string, Schema> };
}

/** What stands for an organization's own things, by the name that paths, queries and bodies give them. */
export type Ids = Record<string, string>;

export interface Operation {
  method: string;
  path: string;
  /** Names in the path, in order. */
  names: string[];
  /** Names of query parameters. */
  queries: string[];
  mediaType: string | undefined;
  /** A body that can be read, with the ids where their names stand. */
  body: (ids: Ids) => unknown;
  /** True where anybody may ask. */
  open: boolean;
  statuses: string[];
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** How deep a body is made up; deeper schemas refer to themselves. */
const DEPTH_MAX = 8;

export function operations(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const described = item[method];
      return described === undefined ? [] : [operation(document, method.toUpperCase(), path, described)];
    }),
  );
}

function operation(document: Document, method: string, path: string, described: Described): Operation {
  const [mediaType, content] = Object.entries(described.requestBody?.content ?? {})[0] ?? [];
  const schema = content?.schema;
  return {
    method,
    path,
    names: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""),
    queries: (described.parameters ?? []).filter((each) => each.in === "query").map((each) => each.name),
    mediaType,
    body: (ids) =>
      mediaType === "text/csv"
        ? "consignor_number,category,title,condition,price\n1,toys,Kite,good,4.50"
        : schema === undefined
          ? undefined
          : sample(document, schema, ids, "", 0),
    open:
      (described.security ?? [{}]).some((each) => Object.keys(each).length === 0) &&
      described.security !== undefined,
    statuses: Object.keys(described.responses),
  };
}

/** A value that the schema takes. */
function sample(document: Document, schema: Schema, ids: Ids, name: string, depth: number): unknown {
  if (depth > DEPTH_MAX) return null;
  const deeper = (inner: Schema, as = name) => sample(document, inner, ids, as, depth + 1);
  if (schema.$ref !== undefined) {
    const target = document.components?.schemas?.[schema.$ref.split("/").at(-1) ?? ""];
    return target === undefined ? null : deeper(target);
  }
  const own = ids[name];
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  if (own !== undefined && type === "string") return own;
  if (own !== undefined && type === "integer" && /^\d+$/.test(own)) return Number(own);
  if (schema.const !== undefined) return schema.const;
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map((part) => deeper(part) as object));
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) {
    const choice = choices.find((each) => each.type !== "null");
    const base = schema.properties === undefined ? {} : (fields(document, schema, ids, depth) as object);
    const chosen = choice === undefined ? null : deeper(choice);
    return typeof chosen === "object" && chosen !== null ? { ...base, ...chosen } : chosen;
  }
  if (schema.enum !== undefined) return schema.enum[0];
  if (type === "object" || schema.properties !== undefined) return fields(document, schema, ids, depth);
  if (type === "array")
    return schema.items === undefined ? [] : [deeper(schema.items, name.replace(/s$/, ""))];
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (schema.format === "date") return "2027-04-01";
  if (schema.format === "date-time" || name.endsWith("_at")) return "2027-04-01T10:00:00.000Z";
  if (schema.format === "uuid") return "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b";
  return "x";
}

function fields(document: Document, schema: Schema, ids: Ids, depth: number): unknown {
  const wanted = new Set(schema.required ?? []);
  const entries = Object.entries(schema.properties ?? {}).filter(([name]) => wanted.has(name) || name in ids);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, sample(document, inner, ids, name, depth + 1)]),
  );
}

/** The path with its names filled in. */
export const filled = (operation: Operation, ids: Ids): string =>
  operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids[name] ?? "1"));
