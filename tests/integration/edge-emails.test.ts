// E-mails as reactions: caused by an entry, sent once however often it is told, with an end that is on record.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import * as doors from "./support/doors.ts";
import {
  basket,
  call,
  freshEvent,
  freshOrganization,
  hostOf,
  openSession,
  type Paired,
  Person,
  type Position,
  type Problem,
  pair,
  stock,
  until,
} from "./support/edge.ts";

const SANDBOX = process.env.HANGTAG_SANDBOX_URL ?? "http://127.0.0.1:8788";
const WEBHOOK = `http://${hostOf("platform")}/api/v1/webhooks/mailchimp`;

interface Mail {
  id: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  template: string;
  metadata: { organization: string; email: string; attempt: string };
}

interface Email {
  email: string;
  purpose: string;
  status: string;
  reason: string | null;
  about: Record<string, string>;
  address?: string;
  attempts: number;
  retry_at: string | null;
  resent_by: string | null;
}

interface Invited extends Position {
  id: string;
}

let own: Awaited<ReturnType<typeof freshOrganization>>;

const someone = (local = "guest") => `${local}+${randomUUID().slice(0, 8)}@mail.example`;

async function mailbox(to: string): Promise<Mail[]> {
  const response = await fetch(`${SANDBOX}/mailbox.json?${new URLSearchParams({ to })}`);
  return ((await response.json()) as { items: Mail[] }).items;
}

async function conduct(switches: Record<string, number>): Promise<void> {
  const response = await fetch(`${SANDBOX}/testing/mailchimp`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(switches),
  });
  assert.equal(response.status, 200, await response.text());
}

async function tell(events: unknown[], more: Record<string, unknown> = {}): Promise<number> {
  const response = await fetch(`${SANDBOX}/testing/mailchimp/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ to: WEBHOOK, events, ...more }),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return (JSON.parse(text) as { status: number }).status;
}

const invite = (email: string, role = "cashier", key: string = randomUUID()) =>
  own.admin.ok<Invited>("POST", "/api/v1/invitations", { key, body: { email, role } });

/** The mail of an invitation, as the organizer's list has it. */
async function emailOf(id: string, who = own.admin): Promise<Email | undefined> {
  const { items } = await who.ok<{ items: Email[] }>("GET", "/api/v1/emails?limit=500");
  return items.find((email) => email.about.invitation === id || email.about.receipt === id);
}

async function comesTo(id: string, status: string): Promise<Email> {
  await until(`the mail about ${id} to be ${status}`, async () => (await emailOf(id))?.status === status);
  const email = await emailOf(id);
  assert.ok(email);
  return email;
}

async function guest(): Promise<{ user: string; person: Person }> {
  const user = `user_mail${randomUUID().slice(0, 8)}`;
  const made = await fetch(`${SANDBOX}/testing/users`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: user, email: `${user}@mail.example`, first_name: "Kim", last_name: "Guest" }),
  });
  assert.equal(made.status, 201, await made.text());
  return { user, person: new Person(user, own.slug) };
}

/** The invitation's id and secret, as the mail's link brings them. */
function linkIn(mail: Mail | undefined): { origin: string; invitation: string; secret: string } {
  const found = /(http:\/\/\S+)\/invitation\/([0-9a-f-]+)#([A-Za-z0-9_-]+)/.exec(mail?.text ?? "");
  assert.ok(found, mail?.text);
  return { origin: found[1] ?? "", invitation: found[2] ?? "", secret: found[3] ?? "" };
}

before(async () => {
  own = await freshOrganization();
});

test("given an invitation, when the nudge comes thrice, then the mail comes once and its link gives the role", async () => {
  const to = someone();
  const { id, stream, seq } = await invite(to);
  const nudge = { stream, head: seq };
  await doors.nudge([nudge, nudge, nudge]);
  await comesTo(id, "sent");
  await doors.nudge([nudge, nudge, nudge]);
  // Nor does a message that the queue brings again have it sent again.
  await doors.bringMail(own.id, (await emailOf(id))?.email ?? "", 3);
  const mails = await mailbox(to);
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.from ?? "", /^Test </);
  assert.equal(mails[0]?.subject, "You are invited to Test");
  assert.match(mails[0]?.text ?? "", /join as cashier/);
  const { origin, invitation, secret } = linkIn(mails[0]);
  assert.deepEqual([origin, invitation], [`http://${own.admin.host}`, id]);

  const { user, person } = await guest();
  const accept = (given: string, key?: string) =>
    person.call<Problem>("POST", `/api/v1/invitations/${id}/acceptance`, {
      body: { secret: given },
      ...(key === undefined ? {} : { key }),
    });
  const guessed = await accept("a".repeat(43));
  assert.deepEqual([guessed.status, guessed.body.code], [404, "not_found"]);
  const key = randomUUID();
  assert.equal((await accept(secret, key)).status, 200);
  assert.equal((await accept(secret, key)).status, 200, "the same request again");
  assert.equal((await accept(secret)).status, 404, "another one");
  assert.deepEqual((await person.ok<{ roles: string[] }>("GET", "/api/v1/me")).roles, ["cashier"]);
  const { items } = await own.admin.ok<{ items: { invitation: string; status: string; email?: string }[] }>(
    "GET",
    "/api/v1/invitations",
  );
  const kept = items.find((item) => item.invitation === id);
  assert.deepEqual([kept?.status, kept?.email], ["accepted", undefined]);
  // The role taken with the invitation is no news to them.
  const { items: emails } = await own.admin.ok<{ items: Email[] }>("GET", "/api/v1/emails");
  assert.equal(emails.filter((email) => email.about.person === user).length, 0);
});

test("no address stands in the log, and who may not see personal data sees none", async () => {
  const to = someone();
  const { id, stream } = await invite(to);
  await comesTo(id, "sent");
  const entries = JSON.stringify(await doors.log(stream));
  assert.ok(entries.includes("person_invited") && !entries.includes(to));
  assert.equal((await emailOf(id))?.address, to);
  const { user, person: support } = await guest();
  await own.admin.ok("PUT", `/api/v1/members/${user}/roles/support`);
  const seen = await emailOf(id, support);
  assert.deepEqual([seen?.status, seen?.address], ["sent", undefined]);
  const rows = JSON.stringify(
    await doors.d1("SELECT * FROM email JOIN email_attempt USING (organization, email)"),
  );
  assert.ok(!rows.includes(to));
});

test("given an answer that is lost, then the mail is unknown, is not sent again by itself, and a person may", async () => {
  const to = someone();
  await conduct({ lost_replies: 1 });
  const { id, stream, seq } = await invite(to);
  const unknown = await comesTo(id, "unknown");
  assert.deepEqual([unknown.reason, unknown.attempts, unknown.retry_at], ["http_502", 1, null]);
  await doors.nudge([{ stream, head: seq }]);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.equal((await mailbox(to)).length, 1, "it went out, and nobody knows");
  const key = randomUUID();
  const resend = (again: string) =>
    own.admin.call<Problem>("POST", `/api/v1/emails/${unknown.email}/resend`, { key: again });
  assert.equal((await resend(key)).status, 200);
  assert.equal((await resend(key)).status, 200);
  const sent = await comesTo(id, "sent");
  assert.deepEqual([sent.attempts, sent.resent_by], [2, "person:user_demo_olivia"]);
  assert.equal((await mailbox(to)).length, 2);
  const refused = await resend(randomUUID());
  assert.deepEqual([refused.status, refused.body.code], [409, "email_not_resendable"]);
});

test("given a lost answer, when the provider says later that it went out, then the doubt ends", async () => {
  const to = someone();
  await conduct({ lost_replies: 1 });
  const { id } = await invite(to);
  await comesTo(id, "unknown");
  const [mail] = await mailbox(to);
  assert.equal(await tell([{ event: "delivered", mail: mail?.id }]), 200);
  assert.deepEqual([(await comesTo(id, "sent")).attempts, (await mailbox(to)).length], [1, 1]);
});

test("given a provider that is over its limit, then the mail is known not to be sent and comes a little later", async () => {
  const to = someone();
  await conduct({ rate_limited_requests: 1 });
  const { id } = await invite(to);
  const failed = await comesTo(id, "failed");
  assert.equal(failed.reason, "requestlimitexceeded");
  assert.ok(failed.retry_at);
  assert.deepEqual([(await comesTo(id, "sent")).attempts, (await mailbox(to)).length], [2, 1]);
});

test("given a letter of a mail that a queue gave up on, when support sends it again, then the mail comes once", async () => {
  const to = someone();
  await conduct({ rate_limited_requests: 1 });
  const { id } = await invite(to);
  const { email } = await comesTo(id, "failed");
  const letter = randomUUID().replaceAll("-", "");
  const dead = "hangtag-emails-dead";
  await doors.dies(dead, letter, { organization: own.id, body: { email } });
  const redrive = `/api/v1/operations/dead-letters/${letter}/redrive`;
  const sent = await own.admin.ok<{ queue: string; redriven_at: string | null }>("POST", redrive);
  assert.equal(sent.queue, dead);
  assert.ok(sent.redriven_at);
  assert.deepEqual([(await comesTo(id, "sent")).attempts, (await mailbox(to)).length], [2, 1]);
  // Once more, by another letter: what was sent stays sent.
  await doors.dies(dead, `${letter}2`, { organization: own.id, body: { email } });
  await own.admin.ok("POST", redrive.replace(letter, `${letter}2`));
  await doors.bringMail(own.id, email, 3);
  assert.deepEqual([(await emailOf(id))?.attempts, (await mailbox(to)).length], [2, 1]);
});

test("given an address that the provider refuses, then the reason is shown", async () => {
  const to = someone("reject");
  const { id } = await invite(to);
  const rejected = await comesTo(id, "rejected");
  assert.deepEqual(
    [rejected.reason, rejected.retry_at, (await mailbox(to)).length],
    ["hard_bounce", null, 0],
  );
});

test("given a sent mail, when it bounces, then that is shown; a forged delivery is refused", async () => {
  const to = someone();
  const { id } = await invite(to);
  await comesTo(id, "sent");
  const [mail] = await mailbox(to);
  const bounce = [{ event: "hard_bounce", mail: mail?.id }];
  assert.equal(await tell(bounce, { bad_signature: true }), 401);
  assert.equal((await emailOf(id))?.status, "sent");
  const bare = await call<Problem>(hostOf("platform"), "POST", "/api/v1/webhooks/mailchimp", {
    body: "mandrill_events=[]",
  });
  assert.deepEqual([bare.status, bare.body.code], [401, "webhook_not_believed"]);
  assert.equal(await tell(bounce), 200);
  assert.equal((await comesTo(id, "bounced")).reason, "bad_mailbox");
  // What comes late or again does not call it back.
  assert.equal(await tell([{ event: "delivered", mail: mail?.id }, ...bounce]), 200);
  assert.equal((await emailOf(id))?.status, "bounced");
});

test("given an address that it is to deliver to, when the provider checks it, then it is there", async () => {
  assert.equal((await call(hostOf("platform"), "HEAD", new URL(WEBHOOK).pathname)).status, 200);
});

test("another organization sees nothing, and sends nothing again", async () => {
  const { id } = await invite(someone("reject"));
  const rejected = await comesTo(id, "rejected");
  const other = await freshOrganization();
  assert.deepEqual((await other.admin.ok<{ items: Email[] }>("GET", "/api/v1/emails")).items, []);
  assert.deepEqual((await other.admin.ok<{ items: unknown[] }>("GET", "/api/v1/invitations")).items, []);
  for (const [method, path] of [
    ["GET", `/api/v1/emails/${rejected.email}`],
    ["POST", `/api/v1/emails/${rejected.email}/resend`],
    ["DELETE", `/api/v1/invitations/${id}`],
  ] as const) {
    assert.equal((await other.admin.call(method, path)).status, 404, path);
  }
});

test("an invitation that was taken back counts no more, and the same key asks once", async () => {
  const to = someone();
  const key = randomUUID();
  const first = await invite(to, "volunteer", key);
  assert.equal((await invite(to, "volunteer", key)).id, first.id);
  const reused = await own.admin.call<Problem>("POST", "/api/v1/invitations", {
    key,
    body: { email: someone(), role: "volunteer" },
  });
  assert.deepEqual([reused.status, reused.body.code], [409, "idempotency_key_reused"]);
  await comesTo(first.id, "sent");
  const mails = await mailbox(to);
  assert.equal(mails.length, 1);
  await own.admin.ok("DELETE", `/api/v1/invitations/${first.id}`);
  const { person } = await guest();
  const late = await person.call("POST", `/api/v1/invitations/${first.id}/acceptance`, {
    body: { secret: linkIn(mails[0]).secret },
  });
  assert.equal(late.status, 404);
});

test("a rebuild of the read models sends nothing", async () => {
  const to = someone();
  const { id, stream, seq } = await invite(to);
  await comesTo(id, "sent");
  await doors.d1(`UPDATE checkpoint SET hash = 'none' WHERE stream = '${stream}'`);
  await doors.project(stream);
  await doors.nudge([{ stream, head: seq }]);
  // Even a reaction that has forgotten how far it was.
  await doors.d1(`DELETE FROM reaction_checkpoint WHERE stream = '${stream}'`);
  await doors.nudge([{ stream, head: seq }]);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.deepEqual([(await mailbox(to)).length, (await emailOf(id))?.attempts], [1, 1]);
});

test("what was recorded before the reaction began causes nothing", async () => {
  const other = await freshOrganization();
  const stream = `${other.id}/organization`;
  const [begun] = await doors.d1<{ born_at: number }>(
    "SELECT born_at FROM reaction WHERE reaction = 'email'",
  );
  try {
    await doors.d1(`UPDATE reaction SET born_at = ${Date.now() + 60_000} WHERE reaction = 'email'`);
    await other.admin.ok("POST", "/api/v1/invitations", { body: { email: someone(), role: "cashier" } });
    await until("the entry to be read", async () => {
      const [place] = await doors.d1<{ seq: number }>(
        `SELECT seq FROM reaction_checkpoint WHERE stream = '${stream}'`,
      );
      return place?.seq === 2;
    });
  } finally {
    await doors.d1(`UPDATE reaction SET born_at = ${begun?.born_at} WHERE reaction = 'email'`);
  }
  assert.deepEqual((await other.admin.ok<{ items: Email[] }>("GET", "/api/v1/emails")).items, []);
});

test("a shopper gets their receipt as printed, once for one key, and their address is forgotten", async () => {
  const event = await freshEvent(own.admin);
  const [tag = ""] = await stock(own.admin, event, [[1, "Wooden <train>", "12.50"]]);
  const session = await openSession(own.admin, event);
  const till: Paired = await pair(own.admin, session);
  // The zone is set at the founding; only the paper is looked at here.
  const zone = "Asia/Kolkata";
  await doors.d1(`UPDATE organization SET time_zone = '${zone}' WHERE organization = '${own.id}'`);
  const sold = basket([[tag, 1_250]]);
  const asTill = { token: till.token };
  const done = await call(own.admin.host, "POST", `/api/v1/sessions/${session}/receipts`, {
    ...asTill,
    body: sold,
  });
  assert.equal(done.status, 201, done.text);
  const to = someone("shopper");
  const key = randomUUID();
  const path = `/api/v1/receipts/${sold.receipt}/email`;
  const ask = (email: string) =>
    call<Problem & { entries: { data: Record<string, unknown> }[] }>(own.admin.host, "POST", path, {
      ...asTill,
      key,
      body: { email },
    });
  const [first, again] = [await ask(to), await ask(to)];
  assert.deepEqual([first.status, again.status], [201, 201], first.text);
  assert.equal(again.headers["idempotency-replayed"], "true");
  assert.ok(!first.text.includes(to));
  assert.equal((await ask(someone())).body.code, "idempotency_key_reused");
  const sent = await comesTo(sold.receipt, "sent");
  assert.equal(sent.address, undefined);
  const mails = await mailbox(to);
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.text ?? "", /Spring sale\nSaturday\nReceipt 1 · Till 1/);
  const [day, time] = new Date(Date.parse(sold.occurred_at) + 5.5 * 3_600_000).toISOString().split("T");
  assert.ok(mails[0]?.text.includes(`\n${day} ${time?.slice(0, 5)}\n`), mails[0]?.text);
  assert.match(mails[0]?.text ?? "", /Wooden <train> +12\.50/);
  assert.match(mails[0]?.html ?? "", /Wooden &lt;train&gt;/);
  // A repetition long after changes nothing, and keeps nothing.
  assert.equal((await ask(to)).status, 201);
  const address = `address:${first.body.entries[0]?.data.address}`;
  assert.deepEqual(await doors.d1(`SELECT 1 FROM vault_key WHERE subject = '${address}'`), []);
  assert.equal((await mailbox(to)).length, 1);

  const other = await freshOrganization();
  const strange = await other.admin.call("POST", path, { body: { email: someone() } });
  assert.equal(strange.status, 404);
  const unreadable = await own.admin.call<Problem>("POST", path, { body: { email: "nobody" } });
  assert.deepEqual([unreadable.status, unreadable.body.code], [400, "address_unusable"]);
  const { person } = await guest();
  assert.equal((await person.call("POST", path, { body: { email: to } })).status, 403);
});
