import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Invitation } from "../api/types.ts";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { moment } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/parts.tsx";
import { queries } from "./queries.ts";

const words = texts.openInvitations;

/** Who was invited and has not come yet, each with a way to take the invitation back; nothing when there is nobody. */
export function OpenInvitations() {
  const { api, organization } = useApp();
  const open = useQuery(queries.openInvitations(api));
  if (open.isError) return <Failure error={open.error} retry={() => void open.refetch()} />;
  const items = open.data?.items.filter(({ status }) => status === "open") ?? [];
  if (items.length === 0) return null;
  return (
    <section className="page-part" aria-labelledby="invitations-title">
      <h2 id="invitations-title">{words.title}</h2>
      <div className="table-frame">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{words.who}</th>
              <th scope="col">{words.role}</th>
              <th scope="col" className="minor">
                {words.until}
              </th>
              <th scope="col">
                <span className="visually-hidden">{words.withdraw}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((invitation) => (
              <tr key={invitation.invitation}>
                <th scope="row" className="machine-words">
                  {invitation.email ?? texts.dash}
                </th>
                <td>{texts.roles[invitation.role] ?? invitation.role}</td>
                <td className="minor">{moment(invitation.until, organization.time_zone)}</td>
                <td className="numeric">
                  <Withdraw invitation={invitation} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Asked again before: the link in the mail stops working. */
function Withdraw({ invitation }: { invitation: Invitation }) {
  const { api } = useApp();
  const cache = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  const withdraw = useMutation({
    mutationFn: () => api.withdrawInvitation(invitation.invitation, key),
    onSettled: () => cache.invalidateQueries({ queryKey: ["invitations"] }),
  });
  if (!asked) return <Button onPress={() => setAsked(true)}>{words.withdraw}</Button>;
  return (
    <>
      <Button look="quiet" onPress={() => setAsked(false)}>
        {words.keep}
      </Button>
      <Button look="primary" pending={withdraw.isPending} onPress={() => withdraw.mutate()} autoFocus>
        {words.reallyWithdraw}
      </Button>
      {withdraw.isError && <Failure error={withdraw.error} />}
    </>
  );
}
