import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Invitation } from "../api/types.ts";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { moment } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
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
      <Table
        label={words.title}
        rows={items}
        keyOf={({ invitation }) => invitation}
        columns={[
          {
            head: words.who,
            kind: "name",
            cell: ({ email }) => <span className="machine-words">{email ?? texts.dash}</span>,
          },
          { head: words.role, cell: ({ role }) => texts.roles[role] ?? role },
          { head: words.until, minor: true, cell: ({ until }) => moment(until, organization.time_zone) },
          { head: words.withdraw, kind: "act", cell: (invitation) => <Withdraw invitation={invitation} /> },
        ]}
      />
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
