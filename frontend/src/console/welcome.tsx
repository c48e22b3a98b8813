import { Navigate } from "react-router";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { LinkButton } from "../ui/link-button.tsx";

/** The door: sign in to organize, or open a till. */
export function Component() {
  const { auth, organization } = useApp();
  if (auth.signedIn()) return <Navigate to="/events" replace />;
  return (
    <div className="welcome">
      <div className="welcome-tag">
        <span className="tag-hole" aria-hidden="true" />
        <p className="welcome-organization">{organization.name}</p>
        <h1>{texts.auth.title}</h1>
        <p>{texts.auth.lead(organization.name)}</p>
        <Button look="primary" big onPress={() => auth.signIn(new URL("/events", window.location.href).href)}>
          {texts.auth.signIn}
        </Button>
      </div>
      <div className="welcome-till">
        <LinkButton to="/terminal" reloadDocument>
          {texts.auth.terminal}
        </LinkButton>
        <p className="soft small">{texts.auth.terminalHelp}</p>
      </div>
    </div>
  );
}
