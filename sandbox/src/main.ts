import { parseArgs } from "node:util";
import { createLogger } from "./log.ts";
import { startSandbox } from "./sandbox.ts";
import type { Secrets } from "./services.ts";

const USAGE = `usage: node sandbox/src/main.ts --port PORT --state DIR [--host 127.0.0.1] [--issuer URL]

Plays Clerk, Mailchimp Transactional and Shopify, with a mailbox, on this machine.
Secrets are generated and kept in DIR unless given in the environment:
SANDBOX_CLERK_WEBHOOK_SECRET, SANDBOX_MAILCHIMP_KEY, SANDBOX_MAILCHIMP_WEBHOOK_KEY,
SANDBOX_SHOPIFY_ACCESS_TOKEN, SANDBOX_SHOPIFY_WEBHOOK_SECRET.
`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const HIGHEST_PORT = 65_535;

interface Arguments {
  port: number;
  stateDir: string;
  host: string;
  issuer: string | undefined;
}

/** The arguments, or what is wrong with them. */
function readArguments(): Arguments | string {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string" },
        state: { type: "string" },
        host: { type: "string", default: "127.0.0.1" },
        issuer: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return "";
    const port = Number(values.port ?? Number.NaN);
    if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT) return "--port needs a port number";
    if (values.state === undefined || values.state === "") return "--state needs a directory";
    return { port, stateDir: values.state, host: values.host, issuer: values.issuer };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function secretsFromEnvironment(): Partial<Secrets> {
  const given: Partial<Secrets> = {};
  const names: (keyof Secrets)[] = [
    "clerk_webhook_secret",
    "mailchimp_key",
    "mailchimp_webhook_key",
    "shopify_access_token",
    "shopify_webhook_secret",
  ];
  for (const name of names) {
    const value = process.env[`SANDBOX_${name.toUpperCase()}`];
    if (value !== undefined && value !== "") given[name] = value;
  }
  return given;
}

/** One sentence for what commonly goes wrong at the start. */
function startFailure(error: unknown, { host, port, stateDir }: Arguments): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE")
    return `port ${port} on ${host} is taken; stop what listens there or choose another --port`;
  if (code === "EACCES") return `port ${port} or the directory ${stateDir} may not be used by this user`;
  return `the sandbox could not start: ${error instanceof Error ? error.message : String(error)}`;
}

async function main(): Promise<void> {
  const given = readArguments();
  if (typeof given === "string") {
    process.stderr.write(given === "" ? USAGE : `${given}\n\n${USAGE}`);
    process.exitCode = given === "" ? 0 : EXIT_USAGE;
    return;
  }
  const log = createLogger((line) => process.stdout.write(`${line}\n`));
  try {
    const sandbox = await startSandbox({ ...given, log, secrets: secretsFromEnvironment() });
    log.info("ready", { url: sandbox.url, issuer: sandbox.services.issuer() });
    let stopping = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (stopping) return;
        stopping = true;
        void sandbox.stop().then(() => log.info("stopped", { signal }));
      });
    }
  } catch (error) {
    process.stderr.write(`${startFailure(error, given)}\n`);
    process.exitCode = EXIT_FAILED;
  }
}

await main();
