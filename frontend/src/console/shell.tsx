import "../styles/console/index.css";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import {
  Button as AriaButton,
  Header,
  type Key,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
} from "react-aria-components";
import { NavLink, Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";
import { createApi } from "../api/client.ts";
import type { Configuration } from "../api/types.ts";
import { type App, AppProvider, appFrom, useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { Icon, Mark } from "../ui/icons.tsx";
import { Failure, Skeleton } from "../ui/parts.tsx";
import { ThemeSwitch } from "../ui/theme-switch.tsx";
import { keepInvitationSecret } from "./invitation-secret.ts";
import { createQueryClient, queries } from "./queries.ts";

/** The permission behind the page of operations. */
const REPAIR = "repair_read_models";

/** The console's frame: who we are, where we are, and the page. */
export function Component() {
  const [configuration, setConfiguration] = useState<Configuration>();
  const [error, setError] = useState<unknown>();
  const load = () => {
    setError(undefined);
    createApi().configuration().then(setConfiguration, setError);
  };
  useEffect(load, []);

  if (error !== undefined) {
    return (
      <main className="lonely">
        <Failure error={error} retry={load} />
      </main>
    );
  }
  if (configuration === undefined) {
    return (
      <main className="lonely">
        <Skeleton />
      </main>
    );
  }
  if (configuration.organization == null) {
    return (
      <main className="lonely">
        <h1>{texts.errors.noOrganization}</h1>
        <p className="soft">{texts.errors.noOrganizationHelp}</p>
      </main>
    );
  }
  return <Frame configuration={configuration} organization={configuration.organization} />;
}

function Frame({ configuration, organization }: Pick<App, "configuration" | "organization">) {
  const [app] = useState(() => {
    keepInvitationSecret();
    return appFrom(configuration, organization);
  });
  // Whoever is signed out meanwhile signs in again and comes back to the page they were on.
  const [queryClient] = useState(() => createQueryClient(() => app.auth.signIn(window.location.href)));
  const location = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(location.pathname);
  useEffect(() => {
    // A new page is read from its top, by eyes and by screen readers.
    if (shown.current !== location.pathname) main.current?.focus({ preventScroll: true });
    shown.current = location.pathname;
  }, [location.pathname]);
  const signedIn = app.auth.signedIn();
  return (
    <AppProvider app={app}>
      <QueryClientProvider client={queryClient}>
        <a className="skip-link" href="#content">
          {texts.skip}
        </a>
        <header className="top">
          <div className="top-inner">
            <NavLink to="/" className="brand">
              <Mark />
              <span className="brand-name">{texts.product}</span>
              <span className="brand-organization">{organization.name}</span>
            </NavLink>
            {signedIn && (
              <nav aria-label={texts.nav.label}>
                <NavLink to="/events" className="top-link">
                  {texts.nav.events}
                </NavLink>
                <NavLink to="/emails" className="top-link">
                  {texts.nav.emails}
                </NavLink>
              </nav>
            )}
            <div className="top-end">
              <ThemeSwitch />
              {signedIn && <Account />}
            </div>
          </div>
        </header>
        <ScrollRestoration />
        <main id="content" className="page" tabIndex={-1} ref={main}>
          {signedIn || location.pathname === "/" ? <Outlet /> : <SendToSignIn />}
        </main>
      </QueryClientProvider>
    </AppProvider>
  );
}

function SendToSignIn() {
  const { auth } = useApp();
  useEffect(() => auth.signIn(window.location.href), [auth]);
  return <Skeleton />;
}

function Account() {
  const { api, auth } = useApp();
  const me = useQuery(queries.me(api));
  const navigate = useNavigate();
  const act = async (what: Key) => {
    if (what === "operations") {
      await navigate("/operations");
      return;
    }
    await auth.signOut();
    window.location.assign("/");
  };
  return (
    <MenuTrigger>
      <AriaButton className="icon-button" aria-label={texts.nav.account}>
        <Icon name="person" />
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={texts.nav.account} onAction={(what) => void act(what)}>
          <MenuSection>
            <Header className="menu-header">
              <span className="small soft">{texts.auth.signedInAs}</span>
              <strong>{me.data?.person ?? texts.dash}</strong>
              <span className="small soft">
                {me.data?.roles.map((role) => texts.roles[role] ?? role).join(", ")}
              </span>
            </Header>
            {me.data?.permissions.includes(REPAIR) === true && (
              <MenuItem id="operations" className="menu-item">
                {texts.nav.operations}
              </MenuItem>
            )}
            <MenuItem id="leave" className="menu-item">
              {texts.auth.signOut}
            </MenuItem>
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
