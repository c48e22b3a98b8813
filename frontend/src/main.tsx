import "@fontsource-variable/atkinson-hyperlegible-next/wght.css";
import "@fontsource-variable/atkinson-hyperlegible-mono/wght.css";
import "@fontsource-variable/bricolage-grotesque/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts/index.css";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";

/** Two apps behind one door: a till never loads the organizer's screens, nor the router that they need. */
async function app(): Promise<ReactNode> {
  if (location.pathname.startsWith("/terminal")) {
    const { TerminalApp } = await import("./terminal/app.tsx");
    return <TerminalApp />;
  }
  const { ConsoleApp } = await import("./console/app.tsx");
  return <ConsoleApp />;
}

const root = document.getElementById("root");
if (root !== null) {
  app().then((screens) => createRoot(root).render(<StrictMode>{screens}</StrictMode>));
}
