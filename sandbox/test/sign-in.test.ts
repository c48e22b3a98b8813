import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeJwt } from "jose";
import type { Mail } from "../src/mailbox/mailbox.ts";
import { header, sandboxFor, type TestSandbox } from "./support.ts";

const HOME = "http://demo.localhost:8787/console?tab=events";
const NINE_MINUTES_MS = 9 * 60 * 1_000;
const TWO_MINUTES_MS = 2 * 60 * 1_000;

function sessionIn(response: Response): string {
  const location = new URL(header(response, "location"));
  assert.equal(location.href.split("#")[0], HOME);
  return new URLSearchParams(location.hash.slice(1)).get("session") ?? "";
}

async function whoIs(sandbox: TestSandbox, sid: string): Promise<string> {
  const { jwt } = await sandbox.postJson<{ jwt: string }>(`/v1/client/sessions/${sid}/tokens`, {});
  return decodeJwt(jwt).sub ?? "";
}

async function askForLink(sandbox: TestSandbox, email: string): Promise<string> {
  const sent = await sandbox.form("/sign-in/link", { email, redirect_url: HOME, org: "demo" });
  assert.equal(sent.status, 200);
  const { items } = await sandbox.getJson<{ items: Mail[] }>(`/mailbox.json?to=${encodeURIComponent(email)}`);
  const link = items[0]?.links[0];
  assert.ok(link !== undefined);
  return link;
}

const follow = (link: string, method = "GET"): Promise<Response> =>
  fetch(link, { method, redirect: "manual" });

test("a click on a demo person leads back with a session", async (t) => {
  const sandbox = await sandboxFor(t);
  const page = await fetch(
    `${sandbox.url}/sign-in?${new URLSearchParams({ redirect_url: HOME, org: "demo" })}`,
  );
  const markup = await page.text();
  assert.equal(page.status, 200);
  assert.match(markup, /Olivia Organizer/);
  assert.match(markup, /Sign in to Demo Kids’ Sale/);

  const response = await sandbox.form("/sign-in/as", {
    user: "user_demo_cora",
    redirect_url: HOME,
    org: "demo",
  });
  assert.equal(response.status, 303);
  assert.equal(await whoIs(sandbox, sessionIn(response)), "user_demo_cora");
});

test("only demo people sign in by a click", async (t) => {
  const sandbox = await sandboxFor(t);
  await sandbox.post("/testing/users", { id: "user_test_shy" });
  for (const user of ["user_test_shy", "user_nobody", ""]) {
    assert.equal((await sandbox.form("/sign-in/as", { user, redirect_url: HOME })).status, 422, user);
  }
});

test("a magic link works once", async (t) => {
  const sandbox = await sandboxFor(t);
  const link = await askForLink(sandbox, "olivia@example.org");
  assert.equal((await follow(link, "HEAD")).status, 200, "looking does not use it up");
  const first = await follow(link);
  assert.equal(first.status, 303);
  assert.equal(await whoIs(sandbox, sessionIn(first)), "user_demo_olivia");
  assert.equal((await follow(link)).status, 410);
});

test("a magic link ends after ten minutes", async (t) => {
  const sandbox = await sandboxFor(t);
  const early = await askForLink(sandbox, "ed@example.org");
  sandbox.clock.advance(NINE_MINUTES_MS);
  const late = await askForLink(sandbox, "sue@example.org");
  assert.equal((await follow(early)).status, 303);
  const stale = await askForLink(sandbox, "val@example.org");
  sandbox.clock.advance(NINE_MINUTES_MS + TWO_MINUTES_MS);
  assert.equal((await follow(late)).status, 410);
  assert.equal((await follow(stale)).status, 410);
});

test("a new address makes a new account, and the same one the next time", async (t) => {
  const sandbox = await sandboxFor(t);
  const first = await whoIs(sandbox, sessionIn(await follow(await askForLink(sandbox, "Zoe@Example.org"))));
  assert.match(first, /^user_[0-9A-Za-z]{27}$/);
  const second = await whoIs(sandbox, sessionIn(await follow(await askForLink(sandbox, "zoe@example.org"))));
  assert.equal(second, first);
});

test("what is no address is refused beside the field", async (t) => {
  const sandbox = await sandboxFor(t);
  for (const email of ["", "zoe", "zoe@example", "<script>@example.org"]) {
    const response = await sandbox.form("/sign-in/link", { email, redirect_url: HOME });
    assert.equal(response.status, 422, email);
    assert.match(await response.text(), /aria-invalid="true"/);
  }
});

test("the social provider asks for consent and its answers work once", async (t) => {
  const sandbox = await sandboxFor(t);
  const start = await sandbox.form("/sign-in/social", { redirect_url: HOME, org: "demo" });
  const authorize = header(start, "location");
  const cookie = header(start, "set-cookie").split(";")[0] ?? "";
  const state = new URL(authorize, sandbox.url).searchParams.get("state") ?? "";
  const consent = await fetch(new URL(authorize, sandbox.url));
  assert.match(await consent.text(), /would like to know your name/);

  const allowed = await sandbox.form("/social/authorize", {
    state,
    account: "sue@example.org",
    decision: "allow",
  });
  const callback = new URL(header(allowed, "location"), sandbox.url).href;
  assert.equal((await follow(callback)).status, 400, "another browser cannot finish it");
  const finished = await fetch(callback, { headers: { cookie }, redirect: "manual" });
  assert.equal(await whoIs(sandbox, sessionIn(finished)), "user_demo_sue");
  assert.equal((await fetch(callback, { headers: { cookie }, redirect: "manual" })).status, 400, "nor twice");
});

test("consent denied leads back to the sign-in page", async (t) => {
  const sandbox = await sandboxFor(t);
  const start = await sandbox.form("/sign-in/social", { redirect_url: HOME });
  const cookie = header(start, "set-cookie").split(";")[0] ?? "";
  const state = new URL(header(start, "location"), sandbox.url).searchParams.get("state") ?? "";
  const denied = await sandbox.form("/social/authorize", { state, decision: "deny" });
  const back = await fetch(new URL(header(denied, "location"), sandbox.url), {
    headers: { cookie },
    redirect: "manual",
  });
  assert.equal(back.status, 422);
  assert.match(await back.text(), /did not allow/);
});

test("sign-ins only lead back to this machine", async (t) => {
  const sandbox = await sandboxFor(t);
  const elsewhere = [
    "https://demo.localhost:8787/",
    "http://evil.example/",
    "http://localhost.evil.example/",
    "http://demo.localhost@evil.example/",
    "http://user:pass@demo.localhost/",
    "//evil.example/",
    "javascript:alert(1)",
    "http://192.168.0.7/",
    `http://localhost/${"x".repeat(2_100)}`,
  ];
  for (const redirectUrl of elsewhere) {
    const page = await fetch(`${sandbox.url}/sign-in?${new URLSearchParams({ redirect_url: redirectUrl })}`);
    assert.equal(page.status, 400, redirectUrl);
    assert.match(await page.text(), /not allowed/);
    for (const path of ["/sign-in/as", "/sign-in/link", "/sign-in/social"]) {
      const fields = { user: "user_demo_ed", email: "ed@example.org", redirect_url: redirectUrl };
      assert.equal((await sandbox.form(path, fields)).status, 400, `${path} ${redirectUrl}`);
    }
  }
  for (const redirectUrl of ["http://localhost:1/", "http://127.0.0.1:5173/x", "http://a.b.localhost/"]) {
    const page = await fetch(`${sandbox.url}/sign-in?${new URLSearchParams({ redirect_url: redirectUrl })}`);
    assert.equal(page.status, 200, redirectUrl);
  }
});

test("markup in a name or an address stays text", async (t) => {
  const sandbox = await sandboxFor(t);
  const redirectUrl = 'http://demo.localhost:8787/"><script>alert(1)</script>';
  const page = await fetch(`${sandbox.url}/sign-in?${new URLSearchParams({ redirect_url: redirectUrl })}`);
  assert.doesNotMatch(await page.text(), /<script>/);
});

test("forms of other pages and foreign host names are refused", async (t) => {
  const sandbox = await sandboxFor(t);
  const fields = { user: "user_demo_ed", redirect_url: HOME };
  assert.equal(
    (await sandbox.form("/sign-in/as", fields, { origin: "http://demo.localhost:8787" })).status,
    403,
  );
  assert.equal((await sandbox.form("/sign-in/as", fields, { origin: sandbox.url })).status, 303);
  const app = await import("../src/app.ts");
  const foreign = await app
    .createApp(sandbox.services, null)
    .request("http://rebound.example/testing/secrets", {
      headers: { host: "rebound.example" },
    });
  assert.equal(foreign.status, 421);
});

test("the testing doors take JSON only", async (t) => {
  const sandbox = await sandboxFor(t);
  const body = JSON.stringify({ user: "user_demo_olivia" });
  const response = await fetch(`${sandbox.url}/testing/sessions`, { method: "POST", body });
  assert.equal(response.status, 415);
});
