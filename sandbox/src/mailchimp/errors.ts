import type { Context } from "hono";

/**
 * Mailchimp Transactional's errors. It answers nearly all of them with HTTP
 * 500; the name in the body is what tells them apart.
 */
const ERRORS = {
  Invalid_Key: { code: -1, http: 500 },
  ValidationError: { code: -2, http: 500 },
  GeneralError: { code: -99, http: 500 },
  Unknown_Template: { code: 5, http: 500 },
  Invalid_Template: { code: 6, http: 500 },
  RequestLimitExceeded: { code: -3, http: 429 },
  ServiceUnavailable: { code: -98, http: 503 },
} as const;

export type MailchimpErrorName = keyof typeof ERRORS;

/** Thrown by the API's functions, answered by `mailchimpErrorReply`. */
export class MailchimpError extends Error {
  readonly errorName: MailchimpErrorName;

  constructor(errorName: MailchimpErrorName, message: string) {
    super(message);
    this.errorName = errorName;
  }
}

export function mailchimpErrorReply(c: Context, error: MailchimpError): Response {
  const { code, http } = ERRORS[error.errorName];
  return c.json({ status: "error", code, name: error.errorName, message: error.message }, http);
}
