import { normalizeEmail } from "../clerk/people.ts";
import { MAX_RECIPIENTS } from "../limits.ts";
import type { Attachment } from "../mailbox/mailbox.ts";
import { isObject, type JsonObject } from "../requests.ts";
import { MailchimpError } from "./errors.ts";

/** `messages/send-template`, taken apart. */
export interface SendTemplate {
  template: string;
  regions: NamedContent[];
  to: { email: string; valid: boolean }[];
  fromEmail: string | null;
  fromName: string | null;
  subject: string | null;
  globalVars: NamedContent[];
  varsByRecipient: ReadonlyMap<string, NamedContent[]>;
  tags: string[];
  metadata: JsonObject;
  attachments: Attachment[];
  async: boolean;
  /** Milliseconds since 1970; null for at once. */
  sendAtMs: number | null;
}

export interface NamedContent {
  name: string;
  content: string;
}

/** Throws `MailchimpError` (ValidationError) that names what is wrong. */
export function readSendTemplate(body: JsonObject): SendTemplate {
  const message = body.message;
  if (!isObject(message)) throw invalid("You must specify a message value");
  if (!Array.isArray(body.template_content)) throw invalid("You must specify a template_content value");
  if (message.merge_language !== undefined && message.merge_language !== "mailchimp") {
    throw invalid("The local stand-in only speaks merge_language: mailchimp");
  }
  return {
    template: requiredText(body, "template_name"),
    regions: namedContents(body.template_content, "template_content"),
    to: recipients(message.to),
    fromEmail: text(message.from_email, "message.from_email"),
    fromName: text(message.from_name, "message.from_name"),
    subject: text(message.subject, "message.subject"),
    globalVars: namedContents(message.global_merge_vars ?? [], "message.global_merge_vars"),
    varsByRecipient: recipientVars(message.merge_vars ?? []),
    tags: tags(message.tags ?? []),
    metadata: isObject(message.metadata) ? message.metadata : {},
    attachments: attachments(message.attachments ?? []),
    async: body.async === true,
    sendAtMs: sendAt(body.send_at),
  };
}

function invalid(message: string): MailchimpError {
  return new MailchimpError("ValidationError", message);
}

/** A field that must be there, at the top of a request. */
export function requiredText(body: JsonObject, field: string): string {
  const value = text(body[field], field);
  if (value === null || value === "") throw invalid(`You must specify a ${field} value`);
  return value;
}

function text(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw invalid(`${field} must be a string`);
  return value;
}

function list(value: unknown, field: string): JsonObject[] {
  if (!Array.isArray(value)) throw invalid(`${field} must be an array`);
  return value.map((entry: unknown) => {
    if (!isObject(entry)) throw invalid(`${field} must be an array of structs`);
    return entry;
  });
}

function namedContents(value: unknown, field: string): NamedContent[] {
  return list(value, field).map((entry) => {
    const name = entry.name;
    const content = entry.content ?? "";
    if (typeof name !== "string") throw invalid(`${field} entries need a name`);
    if (typeof content !== "string" && typeof content !== "number")
      throw invalid(`${field}.${name} must be a string`);
    return { name, content: String(content) };
  });
}

function recipients(value: unknown): { email: string; valid: boolean }[] {
  const to = list(value, "message.to");
  if (to.length === 0) throw invalid("You must specify at least one recipient in message.to");
  if (to.length > MAX_RECIPIENTS) throw invalid(`At most ${MAX_RECIPIENTS} recipients in message.to`);
  return to.map((entry) => {
    if (typeof entry.email !== "string") throw invalid("message.to entries need an email");
    return { email: entry.email, valid: normalizeEmail(entry.email) !== undefined };
  });
}

function recipientVars(value: unknown): ReadonlyMap<string, NamedContent[]> {
  const vars = new Map<string, NamedContent[]>();
  for (const entry of list(value, "message.merge_vars")) {
    const rcpt = entry.rcpt;
    if (typeof rcpt !== "string") throw invalid("message.merge_vars entries need a rcpt");
    vars.set(rcpt.toLowerCase(), namedContents(entry.vars ?? [], "message.merge_vars.vars"));
  }
  return vars;
}

function tags(value: unknown): string[] {
  if (!Array.isArray(value)) throw invalid("message.tags must be an array");
  return value.map((tag: unknown) => {
    if (typeof tag !== "string" || tag.startsWith("_"))
      throw invalid("Tags are strings that do not begin with an underscore");
    return tag;
  });
}

function attachments(value: unknown): Attachment[] {
  return list(value, "message.attachments").map((entry) => {
    const { name, type, content } = entry;
    if (typeof name !== "string" || typeof type !== "string" || typeof content !== "string") {
      throw invalid("Attachments need a name, a type and content");
    }
    if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(content)) throw invalid(`The attachment ${name} is not base64`);
    return { name, type, content };
  });
}

/** Mailchimp writes instants as `YYYY-MM-DD HH:MM:SS`, in UTC. */
function sendAt(value: unknown): number | null {
  if (value === undefined || value === null || value === "") return null;
  const instant = typeof value === "string" ? Date.parse(`${value.trim().replace(" ", "T")}Z`) : Number.NaN;
  if (Number.isNaN(instant)) throw invalid("send_at must look like 2027-03-01 09:30:00");
  return instant;
}
