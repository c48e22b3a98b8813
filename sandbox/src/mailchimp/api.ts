import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { MAX_TEMPLATES, SYNCHRONOUS_RECIPIENTS } from "../limits.ts";
import type { MailStatus } from "../mailbox/mailbox.ts";
import { isObject, type JsonObject } from "../requests.ts";
import type { Services } from "../services.ts";
import { MailchimpError, mailchimpErrorReply } from "./errors.ts";
import { fillRegions, mergeHtml, mergeText, mergeValues } from "./merge.ts";
import { readSendTemplate, requiredText, type SendTemplate } from "./message.ts";
import type { Template } from "./templates.ts";

/** Both base paths are in use. */
const BASES = ["/api/1.0", "/api/1.4"];

/** Bytes of a message id (32 hexadecimal digits). */
const MESSAGE_ID_BYTES = 16;

type Call = (services: Services, body: JsonObject) => unknown;

/** The calls this stand-in knows; each may end in `.json`, as Mailchimp's own may. */
const CALLS: Record<string, Call> = {
  "users/ping2": () => ({ PING: "PONG!" }),
  "messages/send-template": sendTemplate,
  "templates/add": addTemplate,
  "templates/info": (services, body) => templateInfo(findTemplate(services, requiredText(body, "name"))),
  "templates/list": (services) => services.templates.all().map(templateInfo),
};

/** Mailchimp Transactional: `POST {base}/{call}` with the key in the body. */
export function mailchimpApi(services: Services): Hono {
  const app = new Hono();
  for (const base of BASES) {
    for (const [name, call] of Object.entries(CALLS)) {
      app.post(`${base}/${name}`, (c) => answer(c, services, call));
      app.post(`${base}/${name}.json`, (c) => answer(c, services, call));
    }
    app.all(`${base}/*`, (c) =>
      mailchimpErrorReply(
        c,
        new MailchimpError("GeneralError", `The local stand-in does not speak ${c.req.method} ${c.req.path}`),
      ),
    );
  }
  return app;
}

async function answer(c: Context, services: Services, call: Call): Promise<Response> {
  try {
    switch (services.mailchimp.befallsRequest()) {
      case "limited":
        throw new MailchimpError(
          "RequestLimitExceeded",
          "You have exceeded your request limit; try again later.",
        );
      case "unavailable":
        throw new MailchimpError(
          "ServiceUnavailable",
          "The subsystem providing this API call is down for maintenance",
        );
      case null:
        break;
    }
    const body: unknown = await c.req.json().catch(() => undefined);
    if (!isObject(body)) throw new MailchimpError("ValidationError", "You must specify a key value");
    if (requiredText(body, "key") !== services.secrets.mailchimp_key) {
      throw new MailchimpError("Invalid_Key", "Invalid API key");
    }
    const reply = call(services, body);
    return services.mailchimp.losesReply() ? c.body("", 502) : c.json(reply);
  } catch (error) {
    if (error instanceof MailchimpError) return mailchimpErrorReply(c, error);
    throw error;
  }
}

/** What became of the mail to one recipient. */
interface SendResult {
  _id: string;
  email: string;
  status: "sent" | "queued" | "scheduled" | "rejected" | "invalid";
  reject_reason: string | null;
  queued_reason?: string | null;
}

function sendTemplate(services: Services, body: JsonObject): SendResult[] {
  const wanted = readSendTemplate(body);
  const template = findTemplate(services, wanted.template);
  return wanted.to.map((recipient) => {
    const id = randomBytes(MESSAGE_ID_BYTES).toString("hex");
    const result = outcome(id, recipient, wanted, services.now());
    if (result.status !== "rejected" && result.status !== "invalid") {
      services.mailbox.receive(compose(id, recipient.email, wanted, template, mailStatus(result)));
    }
    return result;
  });
}

/** Reasons for which addresses are refused at once, by the part before the @ (or before a +). */
const REJECTS: Record<string, string> = {
  reject: "hard-bounce",
  softbounce: "soft-bounce",
  spam: "spam",
  unsub: "unsub",
  rule: "rule",
};

function outcome(
  id: string,
  recipient: { email: string; valid: boolean },
  wanted: SendTemplate,
  nowMs: number,
): SendResult {
  const result = { _id: id, email: recipient.email, reject_reason: null };
  const local = recipient.email.split("@")[0]?.split("+")[0]?.toLowerCase() ?? "";
  if (!recipient.valid || local === "invalid") return { ...result, status: "invalid" };
  const reason = REJECTS[local];
  if (reason !== undefined) return { ...result, status: "rejected", reject_reason: reason };
  if (wanted.sendAtMs !== null && wanted.sendAtMs > nowMs) return { ...result, status: "scheduled" };
  if (wanted.attachments.length > 0) return { ...result, status: "queued", queued_reason: "attachments" };
  if (wanted.to.length > SYNCHRONOUS_RECIPIENTS) {
    return { ...result, status: "queued", queued_reason: "multiple-recipients" };
  }
  if (wanted.async || local === "queue") return { ...result, status: "queued", queued_reason: null };
  return { ...result, status: "sent", queued_reason: null };
}

function mailStatus(result: SendResult): MailStatus {
  if (result.status === "scheduled") return "scheduled";
  if (result.email.toLowerCase().startsWith("bounce")) return "bounced";
  return result.status === "queued" ? "queued" : "delivered";
}

function compose(id: string, to: string, wanted: SendTemplate, template: Template, status: MailStatus) {
  const values = mergeValues(wanted.globalVars, wanted.varsByRecipient.get(to.toLowerCase()) ?? []);
  const fromName = mergeText(wanted.fromName ?? template.from_name, values);
  return {
    id,
    source: "mailchimp" as const,
    from: `${fromName} <${wanted.fromEmail ?? template.from_email}>`,
    to,
    subject: mergeText(wanted.subject ?? template.subject, values),
    text: mergeText(template.text, values),
    html: mergeHtml(fillRegions(template.code, wanted.regions), values),
    template: template.slug,
    status,
    tags: wanted.tags,
    metadata: wanted.metadata,
    attachments: wanted.attachments,
    scheduled_for:
      status === "scheduled" && wanted.sendAtMs !== null ? new Date(wanted.sendAtMs).toISOString() : null,
  };
}

function findTemplate(services: Services, name: string): Template {
  const template = services.templates.find(name);
  if (template === undefined) throw new MailchimpError("Unknown_Template", `No such template "${name}"`);
  return template;
}

function addTemplate(services: Services, body: JsonObject): unknown {
  const name = requiredText(body, "name");
  if (services.templates.find(name) !== undefined) {
    throw new MailchimpError("Invalid_Template", `A template with name "${name}" already exists`);
  }
  if (services.templates.count() >= MAX_TEMPLATES) {
    throw new MailchimpError("GeneralError", `The local stand-in keeps at most ${MAX_TEMPLATES} templates`);
  }
  const field = (key: string): string => (typeof body[key] === "string" ? body[key] : "");
  const saved = services.templates.save({
    name,
    subject: field("subject"),
    from_email: field("from_email"),
    from_name: field("from_name"),
    code: field("code"),
    text: field("text"),
  });
  return templateInfo(saved);
}

function templateInfo(template: Template): unknown {
  const { code, subject, from_email, from_name, text } = template;
  const published = {
    publish_name: template.name,
    publish_code: code,
    publish_subject: subject,
    publish_from_email: from_email,
    publish_from_name: from_name,
    publish_text: text,
  };
  return { ...template, labels: [], ...published };
}
