import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mail } from "../src/mailbox/mailbox.ts";
import { mandrillSignature } from "../src/mailchimp/webhooks.ts";
import { receiverFor, sandboxFor, type TestSandbox } from "./support.ts";

const KEY = "local-sandbox";

interface SendResult {
  _id: string;
  email: string;
  status: string;
  reject_reason: string | null;
  queued_reason?: string | null;
}

interface ErrorReply {
  status: string;
  code: number;
  name: string;
  message: string;
}

function invitation(to: string[], message: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  const names = (vars: Record<string, string>) =>
    Object.entries(vars).map(([name, content]) => ({ name, content }));
  return {
    key: KEY,
    template_name: "hangtag-invitation",
    template_content: [],
    message: {
      to: to.map((email) => ({ email, type: "to" })),
      global_merge_vars: names({
        ORGANIZATION: "Demo <Sale>",
        INVITER: "Olivia",
        LINK: "http://demo.localhost:8787/join?a=1&b=2",
      }),
      merge_vars: to.map((rcpt) => ({ rcpt, vars: names({ name: rcpt.split("@")[0] ?? "" }) })),
      tags: ["invitation"],
      metadata: { person: "p-1" },
      ...message,
    },
    ...rest,
  };
}

const SEND = "/api/1.0/messages/send-template";
const send = (sandbox: TestSandbox, body: unknown, path = SEND) => sandbox.postJson<SendResult[]>(path, body);
const mailsTo = async (sandbox: TestSandbox, to: string): Promise<Mail[]> =>
  (await sandbox.getJson<{ items: Mail[] }>(`/mailbox.json?to=${encodeURIComponent(to)}`)).items;

test("a template is merged, sent and lands in the mailbox, under both base paths", async (t) => {
  const sandbox = await sandboxFor(t);
  for (const base of ["1.0", "1.4"]) {
    const [result] = await send(
      sandbox,
      invitation(["zoe@example.org"]),
      `/api/${base}/messages/send-template`,
    );
    assert.ok(result !== undefined);
    assert.match(result._id, /^[0-9a-f]{32}$/);
    assert.deepEqual(
      { email: result.email, status: result.status, reject_reason: result.reject_reason },
      { email: "zoe@example.org", status: "sent", reject_reason: null },
    );
  }
  const mails = await mailsTo(sandbox, "ZOE@example.org");
  assert.equal(mails.length, 2);
  const mail = mails[0];
  assert.equal(mail?.subject, "You are invited to Demo <Sale>");
  assert.match(mail?.html ?? "", /Hello zoe/);
  assert.match(mail?.html ?? "", /Demo &lt;Sale&gt;/);
  assert.deepEqual(mail?.links, ["http://demo.localhost:8787/join?a=1&b=2"]);
  assert.deepEqual(mail?.tags, ["invitation"]);
  assert.equal((await fetch(`${sandbox.url}/mailbox/${mail?.id}`)).status, 200);
  const body = await fetch(`${sandbox.url}/mailbox/${mail?.id}/body`);
  assert.match(body.headers.get("content-security-policy") ?? "", /^sandbox /);
});

test("addresses decide what becomes of a mail", async (t) => {
  const sandbox = await sandboxFor(t);
  const to = [
    "reject@example.org",
    "spam+1@example.org",
    "invalid@example.org",
    "nonsense",
    "queue@example.org",
    "a@example.org",
  ];
  const results = await send(sandbox, invitation(to));
  assert.deepEqual(
    results.map(({ status, reject_reason }) => [status, reject_reason]),
    [
      ["rejected", "hard-bounce"],
      ["rejected", "spam"],
      ["invalid", null],
      ["invalid", null],
      ["queued", null],
      ["sent", null],
    ],
  );
  const { items } = await sandbox.getJson<{ items: Mail[] }>("/mailbox.json");
  assert.deepEqual(items.map((mail) => mail.to).sort(), ["a@example.org", "queue@example.org"]);
});

test("queued by attachments, by many recipients, by wish; scheduled for later", async (t) => {
  const sandbox = await sandboxFor(t);
  const attachments = [{ type: "text/plain", name: "a.txt", content: "aGk=" }];
  const attached = await send(sandbox, invitation(["a@example.org"], { attachments }));
  assert.deepEqual([attached[0]?.status, attached[0]?.queued_reason], ["queued", "attachments"]);
  const many = await send(sandbox, invitation(Array.from({ length: 11 }, (_, n) => `p${n}@example.org`)));
  assert.ok(
    many.every(({ status, queued_reason }) => status === "queued" && queued_reason === "multiple-recipients"),
  );
  const asked = await send(sandbox, invitation(["b@example.org"], {}, { async: true }));
  assert.equal(asked[0]?.status, "queued");
  const later = await send(sandbox, invitation(["c@example.org"], {}, { send_at: "2099-01-02 03:04:05" }));
  assert.equal(later[0]?.status, "scheduled");
  assert.equal((await mailsTo(sandbox, "c@example.org"))[0]?.scheduled_for, "2099-01-02T03:04:05.000Z");
});

test("errors bear Mailchimp's names", async (t) => {
  const sandbox = await sandboxFor(t);
  const cases: [unknown, string, string][] = [
    [{ ...invitation(["a@example.org"]), key: "wrong" }, "Invalid_Key", "Invalid API key"],
    [{}, "ValidationError", "You must specify a key value"],
    [
      { ...invitation(["a@example.org"]), template_name: "nope" },
      "Unknown_Template",
      'No such template "nope"',
    ],
    [
      { ...invitation(["a@example.org"]), template_content: undefined },
      "ValidationError",
      "You must specify a template_content value",
    ],
    [invitation([]), "ValidationError", "You must specify at least one recipient in message.to"],
    [
      invitation(["a@example.org"], { tags: ["_mine"] }),
      "ValidationError",
      "Tags are strings that do not begin with an underscore",
    ],
  ];
  for (const [body, name, message] of cases) {
    const response = await sandbox.post(SEND, body);
    const reply = (await response.json()) as ErrorReply;
    assert.equal(response.status, 500, name);
    assert.deepEqual([reply.status, reply.name, reply.message], ["error", name, message]);
    assert.ok(reply.code < 0 || reply.code === 5);
  }
  const unknown = await sandbox.post("/api/1.0/messages/search", { key: KEY });
  assert.match(((await unknown.json()) as ErrorReply).message, /does not speak/);
  assert.deepEqual((await sandbox.getJson<{ items: Mail[] }>("/mailbox.json")).items, []);
});

test("the switches: 429, 503, and a reply that gets lost after the mail went out", async (t) => {
  const sandbox = await sandboxFor(t);
  await sandbox.post("/testing/mailchimp", {
    rate_limited_requests: 1,
    unavailable_requests: 1,
    lost_replies: 1,
  });
  const limited = await sandbox.post(SEND, invitation(["a@example.org"]));
  assert.equal(limited.status, 429);
  assert.equal(((await limited.json()) as ErrorReply).name, "RequestLimitExceeded");
  assert.equal((await sandbox.post(SEND, invitation(["a@example.org"]))).status, 503);
  assert.equal((await mailsTo(sandbox, "a@example.org")).length, 0);
  assert.equal((await sandbox.post(SEND, invitation(["a@example.org"]))).status, 502);
  assert.equal((await mailsTo(sandbox, "a@example.org")).length, 1, "it went out all the same");
  assert.equal((await sandbox.post(SEND, invitation(["a@example.org"]))).status, 200);
});

test("templates can be added, found and filled by region", async (t) => {
  const sandbox = await sandboxFor(t);
  const added = {
    key: KEY,
    name: "Pick-up Reminder",
    subject: "For *|NAME|*",
    code: '<div mc:edit="main">old</div>*|HTML:SIGNATURE|*',
  };
  const info = await sandbox.postJson<{ slug: string }>("/api/1.0/templates/add.json", added);
  assert.equal(info.slug, "pick-up-reminder");
  assert.equal((await sandbox.post("/api/1.0/templates/add", added)).status, 500);
  await sandbox.post(SEND, {
    key: KEY,
    template_name: "pick-up-reminder",
    template_content: [{ name: "main", content: "<b>new $1</b>" }],
    message: {
      to: [{ email: "a@example.org" }],
      global_merge_vars: [{ name: "signature", content: "<i>us</i>" }],
    },
  });
  const [mail] = await mailsTo(sandbox, "a@example.org");
  assert.equal(mail?.html, '<div mc:edit="main"><b>new $1</b></div><i>us</i>');
  assert.equal(mail?.subject, "For ");
});

test("webhooks tell of a mail, signed over the exact address", async (t) => {
  const sandbox = await sandboxFor(t);
  const receiver = await receiverFor(t);
  const to = `${receiver.url}/api/v1/webhooks/mailchimp?organization=demo`;
  const [result] = await send(sandbox, invitation(["bounce@example.org"]));
  const events = [{ event: "hard_bounce", mail: result?._id }];
  await sandbox.post("/testing/mailchimp/webhooks", { to, events });
  const [delivery] = receiver.received;
  const mandrill_events = new URLSearchParams(delivery?.body).get("mandrill_events") ?? "";
  const { mailchimp_webhook_key: key = "" } =
    await sandbox.getJson<Record<string, string>>("/testing/secrets");
  assert.equal(delivery?.headers["x-mandrill-signature"], mandrillSignature(key, to, { mandrill_events }));
  const [event] = JSON.parse(mandrill_events) as {
    event: string;
    _id: string;
    msg: { email: string; state: string };
  }[];
  assert.deepEqual([event?.event, event?._id, event?.msg.state], ["hard_bounce", result?._id, "bounced"]);

  await sandbox.post("/testing/mailchimp/webhooks", { to, events, bad_signature: true });
  assert.notEqual(
    receiver.received[1]?.headers["x-mandrill-signature"],
    delivery?.headers["x-mandrill-signature"],
  );
});
