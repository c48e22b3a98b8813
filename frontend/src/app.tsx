import { createContext, type ReactNode, use } from "react";
import { type ApiClient, createApi } from "./api/client.ts";
import type { Configuration, Organization } from "./api/types.ts";
import { type Auth, authFrom } from "./auth/auth.ts";

/** What every screen of the console stands on. */
export type App = { configuration: Configuration; organization: Organization; auth: Auth; api: ApiClient };

const AppContext = createContext<App | undefined>(undefined);

export function appFrom(configuration: Configuration, organization: Organization): App {
  const auth = authFrom(configuration);
  return { configuration, organization, auth, api: createApi(() => auth.token()) };
}

export function AppProvider({ app, children }: { app: App; children: ReactNode }) {
  return <AppContext value={app}>{children}</AppContext>;
}

export function useApp(): App {
  const app = use(AppContext);
  if (app === undefined) throw new Error("no app around this component");
  return app;
}
