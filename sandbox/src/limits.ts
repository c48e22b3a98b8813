/**
 * Every bound of the sandbox in one place, with unit and reason. The stand-ins
 * run on a developer's machine, but a test that loops must not fill its disk.
 */

/** Bytes of a request body: as Mailchimp's own ceiling for a message with attachments. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** Bytes of a form: an e-mail address, an address to return to, a nonce. */
export const MAX_FORM_BYTES = 16 * 1024;

/** Characters of an address to return to; browsers are sure about 2,000. */
export const MAX_REDIRECT_URL_LENGTH = 2_048;

/** Characters of an e-mail address (RFC 5321, path). */
export const MAX_EMAIL_LENGTH = 254;

/** Seconds a session token lives: Clerk's default. */
export const TOKEN_LIFETIME_SECONDS = 60;

/** Seconds a token's `nbf` lies before its `iat`: Clerk's allowance for clocks that differ. */
export const TOKEN_SKEW_SECONDS = 10;

/** Seconds of the longest token a test may ask for; a seeding run lasts minutes, a day is ample. */
export const MAX_TOKEN_LIFETIME_SECONDS = 86_400;

/** Milliseconds a sign-in lasts: Clerk's default of seven days. */
export const SESSION_LIFETIME_MS = 7 * 24 * 60 * 60 * 1_000;

/** Sign-ins kept; the oldest go first. Load tests sign in by the thousand. */
export const MAX_SESSIONS = 20_000;

/** Milliseconds a magic link works: as Clerk's. */
export const MAGIC_LINK_LIFETIME_MS = 10 * 60 * 1_000;

/** Magic links that may wait at once. */
export const MAX_MAGIC_LINKS = 2_000;

/** Milliseconds between leaving for the social provider and coming back. */
export const OAUTH_LIFETIME_MS = 10 * 60 * 1_000;

/** Social sign-ins that may be under way at once. */
export const MAX_OAUTH_FLOWS = 2_000;

/** Signing keys published: the current one and those whose tokens may still be about. */
export const MAX_PUBLISHED_KEYS = 3;

/** People; demo people and those that tests add. */
export const MAX_PEOPLE = 20_000;

/** Organizations; tests make a fresh one each. */
export const MAX_ORGANIZATIONS = 5_000;

/** Organizations that one person may belong to. */
export const MAX_MEMBERSHIPS = 50;

/** Mails kept in the mailbox; the oldest go first. */
export const MAX_MAILS = 5_000;

/** Mails on one page of the mailbox and in one JSON answer. */
export const MAILBOX_PAGE_MAILS = 200;

/** Recipients of one message: Mailchimp's ceiling. */
export const MAX_RECIPIENTS = 1_000;

/** Recipients above which Mailchimp queues a message by itself. */
export const SYNCHRONOUS_RECIPIENTS = 10;

/** Templates an account may hold here. */
export const MAX_TEMPLATES = 500;

/** Mandrill events in one webhook: Mailchimp's ceiling. */
export const MAX_WEBHOOK_EVENTS = 1_000;

/** Milliseconds that a receiver of a webhook gets before it counts as failed (Svix waits 15 s). */
export const WEBHOOK_TIMEOUT_MS = 15_000;

/** Bytes of a receiver's answer that are kept for the report. */
export const MAX_WEBHOOK_REPLY_BYTES = 64 * 1024;

/** Deliveries of the same webhook in one go; a test of duplicates needs a handful. */
export const MAX_WEBHOOK_DELIVERIES = 20;

/** Shopify's bucket for a standard plan, in cost points, and what it regains a second. */
export const SHOPIFY_BUCKET_POINTS = 2_000;
export const SHOPIFY_RESTORE_POINTS_PER_SECOND = 100;

/** Points one query may cost: Shopify's ceiling. */
export const SHOPIFY_MAX_QUERY_POINTS = 1_000;

/** Requests that one testing switch may spoil. */
export const MAX_SPOILED_REQUESTS = 1_000_000;

/** Milliseconds that open requests get to finish after SIGTERM. */
export const SHUTDOWN_GRACE_MS = 2_000;
