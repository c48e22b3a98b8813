/** Where the till's service worker lives, and which pages it is for: the console never meets it. */
const WORKER = "/service-worker.js";
const SCOPE = "/terminal";
/** A till runs for days: it looks for a new version this often, in ms. */
const LOOK_EVERY_MS = 30 * 60_000;

/** Whether this device could start the till without a network, and whether a newer one waits. */
export type OfflineCopy = { ready: boolean; update: boolean };

let copy: OfflineCopy = { ready: false, update: false };
let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

export const offlineCopy = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): OfflineCopy => copy,
};

function tell(change: Partial<OfflineCopy>): void {
  copy = { ...copy, ...change };
  for (const listener of listeners) listener();
}

/** Puts the till on this device. Where a browser has no service workers the till works while it is open. */
export async function keepOfflineCopy(): Promise<void> {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  const registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  const note = () => {
    waiting = registration.waiting;
    tell({ ready: registration.active !== null, update: waiting !== null && registration.active !== null });
  };
  const watch = (worker: ServiceWorker | null) => worker?.addEventListener("statechange", note);
  registration.addEventListener("updatefound", () => watch(registration.installing));
  watch(registration.installing);
  note();
  setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
}

/** Restarts with the version that waits. Baskets, receipts and the queue are on disk and stay as they are. */
export function takeUpdate(): void {
  if (waiting === null) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage({ type: "take-over" });
}
