import { MAX_REDIRECT_URL_LENGTH } from "./limits.ts";

/**
 * Which addresses count as this machine. The sandbox hands out real, signed
 * sign-ins for made-up people; they must never travel anywhere else.
 */

/** `localhost`, any `*.localhost`, or `127.0.0.1`. */
export function isLocalHostname(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || name === "127.0.0.1";
}

export type LocalAddress = { ok: true; url: URL } | { ok: false; reason: string };

/** Reads an address that must be plain HTTP on this machine; says why where it is not. */
export function parseLocalUrl(text: string): LocalAddress {
  if (text.length > MAX_REDIRECT_URL_LENGTH) {
    return { ok: false, reason: `the address is longer than ${MAX_REDIRECT_URL_LENGTH} characters` };
  }
  if (!URL.canParse(text)) return { ok: false, reason: "it is not a complete address" };
  const url = new URL(text);
  if (url.protocol !== "http:")
    return { ok: false, reason: `it begins with ${url.protocol} and not with http:` };
  if (url.username !== "" || url.password !== "") {
    return { ok: false, reason: "it carries a user name or a password" };
  }
  if (!isLocalHostname(url.hostname)) {
    return { ok: false, reason: `${url.hostname} is not on this machine` };
  }
  return { ok: true, url };
}

/** Whether an `Origin` header names a page on this machine. */
export function isLocalOrigin(origin: string): boolean {
  const parsed = parseLocalUrl(origin);
  return parsed.ok && parsed.url.origin === origin.toLowerCase();
}

/** Whether a `Host` header names this machine, whatever the port. */
export function isLocalHostHeader(host: string): boolean {
  return parseLocalUrl(`http://${host}/`).ok;
}
