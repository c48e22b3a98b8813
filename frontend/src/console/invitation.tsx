import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { Empty, Failure } from "../ui/parts.tsx";
import { forgetInvitationSecret, invitationSecret } from "./invitation-secret.ts";

const words = texts.invitation;

/** Where the link of an invitation leads: whoever has signed in accepts it with one press. */
export function Component() {
  const { api, organization } = useApp();
  const { invitation = "" } = useParams();
  const cache = useQueryClient();
  const [secret] = useState(() => invitationSecret(invitation));
  const [key] = useState(() => crypto.randomUUID());
  const accept = useMutation({
    mutationFn: (given: string) => api.acceptInvitation(invitation, given, key),
    onSuccess: () => {
      forgetInvitationSecret(invitation);
      void cache.invalidateQueries();
    },
  });
  return (
    <section className="stack" aria-labelledby="invitation-title">
      <title>{`${words.title(organization.name)} · ${texts.product}`}</title>
      <h1 id="invitation-title">{words.title(organization.name)}</h1>
      {accept.isSuccess ? (
        <Empty
          title={words.done}
          action={
            <LinkButton to="/events" look="primary">
              {words.go}
            </LinkButton>
          }
        >
          {words.doneHelp}
        </Empty>
      ) : secret === null ? (
        <Empty title={words.noLink}>{words.noLinkHelp}</Empty>
      ) : (
        <>
          <p>{words.lead}</p>
          {accept.isError && <Failure error={accept.error} />}
          <div>
            <Button look="primary" big pending={accept.isPending} onPress={() => accept.mutate(secret)}>
              {words.accept}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
