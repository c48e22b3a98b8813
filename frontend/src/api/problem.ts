import { texts } from "../texts/en.ts";
import type { ProblemBody } from "./types.ts";

/** An answer of the API that says no, in the shape of RFC 9457. */
export class Problem extends Error {
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title);
    this.name = "Problem";
    this.body = body;
  }

  get status(): number {
    return this.body.status;
  }
}

/** The request never got an answer: no network, or the platform is away. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super(texts.errors.unreachable, { cause });
    this.name = "Unreachable";
  }
}

/** Reads a refusal; answers that are not problem+json still become one, with what is known. */
export async function problemFrom(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => undefined);
  if (isProblemBody(body)) return new Problem(body);
  return new Problem({
    title: texts.errors.status(response.status),
    status: response.status,
    code: "unknown",
  });
}

function isProblemBody(value: unknown): value is ProblemBody {
  return (
    typeof value === "object" &&
    value !== null &&
    "title" in value &&
    "status" in value &&
    typeof value.title === "string" &&
    typeof value.status === "number"
  );
}
