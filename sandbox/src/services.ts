import { randomBytes } from "node:crypto";
import { KeyRing } from "./clerk/keys.ts";
import { MagicLinks } from "./clerk/magic-links.ts";
import { Directory } from "./clerk/people.ts";
import { Sessions } from "./clerk/sessions.ts";
import { SocialFlows } from "./clerk/social-flows.ts";
import { freshSvixSecret } from "./clerk/svix.ts";
import type { Logger } from "./log.ts";
import { Mailbox } from "./mailbox/mailbox.ts";
import { Conduct } from "./mailchimp/conduct.ts";
import { Templates } from "./mailchimp/templates.ts";
import { Throttle } from "./shopify/throttle.ts";
import { Store } from "./store.ts";

/** Secrets that the platform must know, too. Worth nothing outside this machine. */
export interface Secrets {
  clerk_webhook_secret: string;
  mailchimp_key: string;
  mailchimp_webhook_key: string;
  shopify_access_token: string;
  shopify_webhook_secret: string;
}

export interface SandboxOptions {
  /** Where state is kept, or `":memory:"`. */
  stateDir: string;
  log: Logger;
  /** Milliseconds since 1970; tests turn it. */
  now?: () => number;
  /** The `iss` of tokens; by default the address the sandbox listens at. */
  issuer?: string | undefined;
  /** Given secrets instead of generated ones. */
  secrets?: Partial<Secrets>;
}

/** Everything the doors share. */
export interface Services {
  store: Store;
  log: Logger;
  now: () => number;
  issuer: () => string;
  secrets: Secrets;
  directory: Directory;
  keys: KeyRing;
  sessions: Sessions;
  magicLinks: MagicLinks;
  socialFlows: SocialFlows;
  mailbox: Mailbox;
  templates: Templates;
  mailchimp: Conduct;
  shopify: Throttle;
}

/** API keys are known words, so that a fresh checkout is set up without asking; signing secrets are generated. */
const DEFAULT_MAILCHIMP_KEY = "local-sandbox";
const DEFAULT_SHOPIFY_TOKEN = "shpat_sandbox_local";

/** Bytes of a generated signing secret. */
const SECRET_BYTES = 24;

export function createServices(options: SandboxOptions, listeningAt: () => string): Services {
  const store = new Store(options.stateDir);
  const now = options.now ?? Date.now;
  return {
    store,
    log: options.log,
    now,
    issuer: () => options.issuer ?? listeningAt(),
    secrets: {
      clerk_webhook_secret: store.remembered("clerk_webhook_secret", freshSvixSecret),
      mailchimp_key: DEFAULT_MAILCHIMP_KEY,
      mailchimp_webhook_key: store.remembered("mailchimp_webhook_key", freshKey),
      shopify_access_token: DEFAULT_SHOPIFY_TOKEN,
      shopify_webhook_secret: store.remembered("shopify_webhook_secret", freshKey),
      ...options.secrets,
    },
    directory: new Directory(store, now),
    keys: new KeyRing(store),
    sessions: new Sessions(store, now),
    magicLinks: new MagicLinks(store, now),
    socialFlows: new SocialFlows(store, now),
    mailbox: new Mailbox(store, now),
    templates: new Templates(store),
    mailchimp: new Conduct(),
    shopify: new Throttle(now),
  };
}

function freshKey(): string {
  return randomBytes(SECRET_BYTES).toString("hex");
}
