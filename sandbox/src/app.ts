import { readFileSync } from "node:fs";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import { frontendApi } from "./clerk/frontend-api.ts";
import { signIn } from "./clerk/sign-in.ts";
import { problemPage } from "./clerk/sign-in-pages.ts";
import { socialProvider } from "./clerk/social-provider.ts";
import { clerkTesting } from "./clerk/testing.ts";
import { clerkWebhookTesting } from "./clerk/testing-webhooks.ts";
import { MAX_BODY_BYTES, MAX_FORM_BYTES } from "./limits.ts";
import { isLocalHostHeader } from "./local-origins.ts";
import { mailbox } from "./mailbox/routes.ts";
import { mailchimpApi } from "./mailchimp/api.ts";
import { mailchimpTesting } from "./mailchimp/testing.ts";
import { indexPage } from "./pages/index-page.ts";
import { TAG_SVG } from "./pages/layout.ts";
import type { Services } from "./services.ts";
import { shopifyAdminApi } from "./shopify/admin-api.ts";
import { shopifyTesting } from "./shopify/testing.ts";

const STYLE = ["./pages/frame.css", "./pages/parts.css"]
  .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"))
  .join("\n");

/** Forms end in a redirect to the platform's pages, which the policy must let through. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'; " +
  "form-action 'self' http://localhost:* http://*.localhost:* http://127.0.0.1:*";

/** Every door of the sandbox. `extraHost` is a host name, beside the local ones, by which it may be called. */
export function createApp(services: Services, extraHost: string | null): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const began = performance.now();
    await next();
    const ms = Math.round(performance.now() - began);
    services.log.info("request", { method: c.req.method, route: routePath(c, -1), status: c.res.status, ms });
  });
  app.use(async (c, next) => {
    refuseForeignHost(c, extraHost);
    await next();
    if (!c.res.headers.has("content-security-policy")) c.header("content-security-policy", PAGE_POLICY);
    c.header("x-content-type-options", "nosniff");
    // With no-referrer, browsers would send "Origin: null" with our own forms.
    c.header("referrer-policy", "same-origin");
  });
  for (const forms of ["/sign-in/*", "/social/*"]) {
    app.use(forms, bodyLimit({ maxSize: MAX_FORM_BYTES }));
    app.use(forms, refuseForeignForms);
  }
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }));

  app.get("/", (c) => c.html(indexPage()));
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/assets/sandbox.css", (c) => c.text(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/assets/tag.svg", (c) => c.text(TAG_SVG, 200, { "content-type": "image/svg+xml" }));
  app.get("/testing/secrets", (c) => c.json({ ...services.secrets, issuer: services.issuer() }));

  const doors = [frontendApi, signIn, socialProvider, clerkTesting, clerkWebhookTesting];
  const more = [mailbox, mailchimpApi, mailchimpTesting, shopifyAdminApi, shopifyTesting];
  for (const door of [...doors, ...more]) app.route("/", door(services));

  app.notFound((c) => {
    if (wantsHtml(c))
      return c.html(problemPage("No such page", "The sandbox’s front page lists all its doors."), 404);
    return c.json({ error: `the sandbox has no ${c.req.method} ${c.req.path}; GET / lists its doors` }, 404);
  });
  app.onError((error, c) => onError(services, error, c));
  return app;
}

/** A name that merely resolves to this machine must not reach the testing doors (DNS rebinding). */
function refuseForeignHost(c: Context, extraHost: string | null): void {
  const host = c.req.header("host") ?? "";
  const known = isLocalHostHeader(host) || (extraHost !== null && host.split(":")[0] === extraHost);
  if (!known)
    throw new HTTPException(421, { message: "call the sandbox as 127.0.0.1, localhost or *.localhost" });
}

async function refuseForeignForms(c: Context, next: () => Promise<void>): Promise<void> {
  const origin = c.req.header("origin");
  if (c.req.method === "POST" && origin !== undefined && origin !== new URL(c.req.url).origin) {
    throw new HTTPException(403, { message: "this form was sent from another page" });
  }
  await next();
}

function onError(services: Services, error: Error, c: Context): Response | Promise<Response> {
  if (error instanceof HTTPException) return c.json({ error: error.message }, error.status);
  if (error instanceof TypeError && error.message.startsWith("webhooks only go"))
    return c.json({ error: error.message }, 400);
  services.log.error("failed", { route: routePath(c, -1), reason: error.message, stack: error.stack ?? "" });
  return c.json({ error: "the sandbox failed; its log says why" }, 500);
}

function wantsHtml(c: Context): boolean {
  return (c.req.header("accept") ?? "").includes("text/html");
}
