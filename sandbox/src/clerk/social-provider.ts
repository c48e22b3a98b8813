import { Hono } from "hono";
import { html } from "hono/html";
import { type Html, page } from "../pages/layout.ts";
import type { Services } from "../services.ts";
import { fullName, normalizeEmail, type Person } from "./people.ts";
import { problemPage } from "./sign-in-pages.ts";

/** “Pretend ID”: the other side of a social sign-in, with accounts and a consent page of its own. */
export function socialProvider(services: Services): Hono {
  const app = new Hono();

  app.get("/social/authorize", (c) => {
    const state = c.req.query("state") ?? "";
    if (services.socialFlows.peek(state) === undefined) return c.html(unknownFlow(), 400);
    return c.html(consentPage(state, accounts(services), null));
  });

  app.post("/social/authorize", async (c) => {
    const form = await c.req.parseBody();
    const state = typeof form.state === "string" ? form.state : "";
    if (services.socialFlows.peek(state) === undefined) return c.html(unknownFlow(), 400);
    const back = (parameters: Record<string, string>): Response =>
      c.redirect(`/sign-in/social/callback?${new URLSearchParams({ ...parameters, state })}`, 303);
    if (form.decision !== "allow") return back({ error: "access_denied" });

    // A typed address wins: whoever writes one and forgets the choice beside it means it.
    const typed = typeof form.email === "string" ? form.email.trim() : "";
    const chosen = typed !== "" || form.account === "new" ? typed : form.account;
    const email = typeof chosen === "string" ? normalizeEmail(chosen) : undefined;
    if (email === undefined) {
      return c.html(
        consentPage(
          state,
          accounts(services),
          "Choose an account, or write an address like name@example.org.",
        ),
        422,
      );
    }
    return back({ code: services.socialFlows.grant(email) });
  });

  return app;
}

function accounts(services: Services): Person[] {
  return services.directory.everybody().filter((person) => person.demo !== null);
}

function unknownFlow(): Html {
  return problemPage(
    "Pretend ID does not know this request",
    "It is unknown, finished or older than ten minutes. Start again on the sign-in page.",
  );
}

function consentPage(state: string, people: Person[], problem: string | null): Html {
  return page({
    title: "Pretend ID",
    service: "pretend",
    body: html`<p><strong>Hangtag</strong> would like to know your name and e-mail address.</p>
      ${problem === null ? "" : html`<p class="notice" role="alert">${problem}</p>`}
      <form method="post" action="/social/authorize">
        <input type="hidden" name="state" value="${state}">
        <fieldset>
          <legend>Account</legend>
          ${people.map(
            (
              person,
              index,
            ) => html`<label class="choice"><input type="radio" name="account" value="${person.email}"${index === 0 ? html` checked` : ""}>
            <span>${fullName(person)} <span class="quiet">${person.email}</span></span></label>`,
          )}
          <label class="choice"><input type="radio" name="account" value="new"><span>Somebody new, with this address:</span></label>
          <input name="email" type="email" aria-label="Address of somebody new" placeholder="name@example.org" autocomplete="off">
        </fieldset>
        <p class="row"><button class="button" name="decision" value="allow">Allow</button>
        <button class="button second" name="decision" value="deny" formnovalidate>Do not allow</button></p>
      </form>`,
  });
}
