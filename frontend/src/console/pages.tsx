import { useRouteError } from "react-router";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { LinkButton } from "../ui/link-button.tsx";

/** Shown when a page throws or its chunk cannot be fetched. */
export function CrashPage() {
  const error = useRouteError();
  console.error(error);
  return (
    <main className="lonely">
      <h1>{texts.errors.crashedTitle}</h1>
      <p>{texts.errors.crashed}</p>
      <Button look="primary" onPress={() => location.reload()}>
        {texts.errors.reload}
      </Button>
    </main>
  );
}

export function NotFoundPage() {
  return (
    <div className="stack">
      <h1>{texts.errors.notFoundTitle}</h1>
      <p className="soft">{texts.errors.notFound}</p>
      <LinkButton to="/events" look="primary">
        {texts.errors.home}
      </LinkButton>
    </div>
  );
}
