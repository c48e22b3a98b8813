// Browser tests against a platform that `cargo xtask test` has started (or `cargo xtask dev`, by hand:
// HANGTAG_URL=http://demo.localhost:8787 HANGTAG_CHROMIUM=/usr/bin/chromium npx playwright test -c tests/playwright.config.ts).

import { defineConfig } from "@playwright/test";
import { LAUNCH } from "./e2e/support/chromium.ts";

const platform = process.env.HANGTAG_URL ?? "http://demo.localhost:8787";

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  outputDir: "test-results",
  // One machine, one platform, one sale after the other.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A test that passes only now and then has found something.
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["line"], ["json"]],
  use: {
    baseURL: platform,
    headless: true,
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    timezoneId: "America/Chicago",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: LAUNCH,
  },
});
