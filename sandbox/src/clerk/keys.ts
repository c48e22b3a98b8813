import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { freshId } from "../ids.ts";
import { MAX_PUBLISHED_KEYS } from "../limits.ts";
import type { Collection, Store } from "../store.ts";

/** RS256 with keys of Clerk's size. */
const MODULUS_BITS = 2_048;

interface StoredKey {
  kid: string;
  private_jwk: JsonWebKey;
}

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** The signing keys: made at the first start, kept, and turned on request. */
export class KeyRing {
  readonly #keys: Collection<StoredKey>;

  constructor(store: Store) {
    // Rotation drops the oldest key by itself once the limit is passed.
    this.#keys = store.collection("clerk.key", MAX_PUBLISHED_KEYS);
    if (this.#keys.count() === 0) this.#add();
  }

  /** The key that signs now. */
  current(): SigningKey {
    const stored = this.#keys.newest(1)[0];
    return stored === undefined ? this.#add() : open(stored);
  }

  /**
   * Makes a new current key. The old ones stay published, since their tokens
   * are still about; with `dropOld` they vanish at once, as after a leak.
   */
  rotate(dropOld: boolean): SigningKey {
    if (dropOld) this.#keys.clear();
    return this.#add();
  }

  /** The JSON Web Key Set: public parts only, newest first. */
  publicKeys(): { keys: JsonWebKey[] } {
    const keys = this.#keys.newest(MAX_PUBLISHED_KEYS).map((stored) => ({
      ...open(stored).publicKey.export({ format: "jwk" }),
      kid: stored.kid,
      use: "sig",
      alg: "RS256",
    }));
    return { keys };
  }

  #add(): SigningKey {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: MODULUS_BITS });
    const stored = { kid: freshId("ins"), private_jwk: privateKey.export({ format: "jwk" }) };
    this.#keys.put(stored.kid, stored);
    return open(stored);
  }
}

/** A key pair that no key set publishes; for forged tokens. */
export function foreignKey(kid: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: MODULUS_BITS });
  return { kid, privateKey, publicKey };
}

function open(stored: StoredKey): SigningKey {
  const privateKey = createPrivateKey({ key: stored.private_jwk, format: "jwk" });
  return { kid: stored.kid, privateKey, publicKey: createPublicKey(privateKey) };
}
