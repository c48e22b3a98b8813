import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { precache } from "./scripts/precache.ts";

/** The platform that the development server hands API calls to. */
const platform = process.env.HANGTAG_URL ?? "http://127.0.0.1:8787";

export default defineConfig({
  plugins: [react(), precache()],
  build: {
    target: ["chrome123", "safari17.5", "firefox128"],
    manifest: true,
    sourcemap: false,
    // Fonts and the wasm stay files of their own: inlined they would count against every first load.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { main: "index.html", "service-worker": "src/worker/service-worker.ts" },
      output: {
        // A service worker's address must not change with its content.
        entryFileNames: ({ name }) =>
          name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js",
      },
    },
  },
  server: {
    proxy: { "/api": { target: platform, ws: true }, "/healthz": platform },
  },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
