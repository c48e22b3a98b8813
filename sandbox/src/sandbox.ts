import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "./app.ts";
import { SHUTDOWN_GRACE_MS } from "./limits.ts";
import { isLocalHostname } from "./local-origins.ts";
import { createServices, type SandboxOptions, type Services } from "./services.ts";

export interface RunningSandbox {
  /** Where it listens, such as `http://127.0.0.1:8788`. */
  url: string;
  services: Services;
  /** Lets open requests finish, for a while, and closes the state. */
  stop(): Promise<void>;
}

/** Starts the sandbox; port 0 takes a free one. Rejects where the port is taken. */
export async function startSandbox(
  options: SandboxOptions & { port: number; host?: string },
): Promise<RunningSandbox> {
  const host = options.host ?? "127.0.0.1";
  let url = "";
  const services = createServices(options, () => url);
  const app = createApp(services, isLocalHostname(host) ? null : host);
  const server = createServer(getRequestListener(app.fetch));
  try {
    server.listen(options.port, host);
    await once(server, "listening");
  } catch (error) {
    services.store.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  url = `http://${host === "0.0.0.0" || host === "localhost" ? "127.0.0.1" : host}:${port}`;
  return { url, services, stop: () => stop(server, services) };
}

async function stop(server: Server, services: Services): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const hurry = setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE_MS);
  await closed;
  clearTimeout(hurry);
  services.store.close();
}
