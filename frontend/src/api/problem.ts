import { texts } from "../texts/en.ts";
import type { ProblemBody } from "./types.ts";

/** An answer of the API that says no, in the shape of RFC 9457. */
export class Problem extends Error {
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail);
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

/** A refusal from its body; answers that are not problem+json still become one, with what is known. */
export function problemFrom(body: unknown, status: number): Problem {
  if (isProblemBody(body)) return new Problem(body);
  const title = texts.errors.status(status);
  return new Problem({ type: "about:blank", title, detail: title, status, code: "unknown", request_id: "" });
}

function isProblemBody(value: unknown): value is ProblemBody {
  return (
    typeof value === "object" && value !== null && "title" in value && "status" in value && "detail" in value
  );
}
