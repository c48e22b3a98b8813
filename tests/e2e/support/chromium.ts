// How Chromium is started, by Playwright's runner and by the proofs that drive it themselves.

export const LAUNCH = {
  executablePath: process.env.HANGTAG_CHROMIUM ?? "/usr/bin/chromium",
  // Chromium's own sandbox does not run as root, and nothing here is to reach out by itself.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
