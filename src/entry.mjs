// The Worker's entry. All work happens in Rust; this file adds what the Rust side cannot do for itself:
// a panic in wasm leaves its promise unsettled, so the caller of an object would wait for minutes, and what
// the handler wrote before would stay. Aborting every object with an event in flight answers the callers with
// an error at once, and rolls their uncommitted writes back: the implicit transaction commits only on a later
// turn of the event loop.
import { DurableObject } from "cloudflare:workers";
import * as rust from "../build/index.js";

export default rust.default;

/** Events being handled in this isolate: a token for each, with the object's context. */
const inFlight = new Map();

function abortAll(reason) {
  for (const [token, context] of [...inFlight]) {
    inFlight.delete(token);
    try {
      context.abort(reason);
    } catch {
      // abort() throws into its own caller by design; the others still have to be aborted.
    }
  }
}

// The panic hook sets this flag; the generated code reads it to make a new wasm instance.
const panicState = globalThis.__worker_init_state;
let criticalError = panicState.criticalError;
Object.defineProperty(panicState, "criticalError", {
  get: () => criticalError,
  set(value) {
    criticalError = value;
    if (value) abortAll("a panic in this isolate");
  },
});
// A JavaScript exception that crossed Rust frames leaves its promise unsettled, too.
addEventListener("error", (event) => abortAll(`an uncaught error: ${event.error ?? event.message}`));

/** A Durable Object class around a generated one. */
const guarded = (Generated) =>
  class extends DurableObject {
    #object;
    constructor(context, env) {
      super(context, env);
      this.#object = new Generated(context, env);
    }
    async #run(handle) {
      const token = {};
      inFlight.set(token, this.ctx);
      try {
        return await handle(this.#object);
      } finally {
        inFlight.delete(token);
      }
    }
    fetch(request) {
      return this.#run((object) => object.fetch(request));
    }
    alarm() {
      return this.#run((object) => object.alarm());
    }
    webSocketMessage(socket, message) {
      return this.#run((object) => object.webSocketMessage(socket, message));
    }
    webSocketClose(socket, code, reason, clean) {
      return this.#run((object) => object.webSocketClose(socket, code, reason, clean));
    }
    webSocketError(socket, error) {
      return this.#run((object) => object.webSocketError(socket, error));
    }
  };

export const Organization = guarded(rust.Organization);
export const ConsignmentEvent = guarded(rust.ConsignmentEvent);
export const SaleSession = guarded(rust.SaleSession);
export const Storefront = guarded(rust.Storefront);
export const Reconciliation = guarded(rust.Reconciliation);
