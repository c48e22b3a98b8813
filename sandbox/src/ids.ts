import { createHash, randomBytes, randomInt } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Characters after the prefix: as Clerk's and Svix's ids (27 base-62 characters, 160 bits). */
const ID_LENGTH = 27;

/** An opaque id in the manner of the services played here, such as `sess_2g7np7Hrk0SN6kj5EDMLDaKNL0S`. */
export function freshId(prefix: string): string {
  let id = `${prefix}_`;
  for (let n = 0; n < ID_LENGTH; n += 1) id += ALPHABET[randomInt(ALPHABET.length)];
  return id;
}

/** 256 random bits for a link or a nonce, safe in an address. */
export function freshSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of a secret that was handed out: enough to know it again, too little to use it. */
export function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
