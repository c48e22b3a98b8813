/// <reference lib="webworker" />
// The till's service worker: keeps one version of the till on the device, whole, so that it starts without a network.

import { clientsClaim } from "workbox-core";
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  type PrecacheEntry,
  precacheAndRoute,
} from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: PrecacheEntry[] };

// The build writes the till's own files here, each with its version.
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

// Whatever address of the till is opened, the same page answers.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL("/index.html"), { allowlist: [/^\/terminal(?:[/?]|$)/] }),
);

// What is large and seldom needed (the camera's reader) is kept once it was fetched; names carry versions.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith("/assets/"),
  new CacheFirst({ cacheName: "hangtag-seldom" }),
);

// A new version waits until the till says that nothing is under way.
self.addEventListener("message", (event) => {
  if ((event.data as { type?: string } | undefined)?.type === "take-over") void self.skipWaiting();
});
clientsClaim();
