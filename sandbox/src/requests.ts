import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";

/**
 * Reading what tests send us: unknown JSON, taken apart field by field, with
 * an answer that names the field where one is wrong.
 */

export type JsonObject = Record<string, unknown>;

/** An error that the caller sees as `{"error": "…"}` with this status. */
export function refuse(status: 400 | 403 | 404 | 409 | 415 | 421, message: string): HTTPException {
  return new HTTPException(status, { message });
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The JSON object in a request. Insists on the content type: a page elsewhere
 * can send `text/plain` to this machine without asking, but not JSON.
 */
export async function readJson(c: Context): Promise<JsonObject> {
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/json\b/i.test(type))
    throw refuse(415, "send a JSON object with Content-Type: application/json");
  const body: unknown = await c.req.json().catch(() => {
    throw refuse(400, "the body is not JSON");
  });
  if (!isObject(body)) throw refuse(400, "the body is not a JSON object");
  return body;
}

/** The text in `field`, or undefined where it is left out. */
export function optionalText(body: JsonObject, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value === "")
    throw refuse(400, `${field} must be a text that is not empty`);
  return value;
}

export function requiredText(body: JsonObject, field: string): string {
  const value = optionalText(body, field);
  if (value === undefined) throw refuse(400, `${field} is missing`);
  return value;
}

/** The whole number in `field` from `least` to `most`, or undefined where it is left out. */
export function optionalInteger(
  body: JsonObject,
  field: string,
  least: number,
  most: number,
): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) {
    throw refuse(400, `${field} must be a whole number from ${least} to ${most}`);
  }
  return value;
}

export function optionalFlag(body: JsonObject, field: string): boolean {
  const value = body[field];
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw refuse(400, `${field} must be true or false`);
  return value;
}

export function optionalObject(body: JsonObject, field: string): JsonObject | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw refuse(400, `${field} must be an object`);
  return value;
}

/** One of `allowed`, or undefined where the field is left out. */
export function optionalChoice<T extends string>(
  body: JsonObject,
  field: string,
  allowed: readonly T[],
): T | undefined {
  const value = optionalText(body, field);
  if (value === undefined) return undefined;
  const choice = allowed.find((candidate) => candidate === value);
  if (choice === undefined) throw refuse(400, `${field} must be one of ${allowed.join(", ")}`);
  return choice;
}
