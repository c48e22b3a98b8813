import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import type { Email } from "../api/types.ts";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { moment } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Chip, Empty, Failure, Skeleton, type Tone } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { OpenInvitations } from "./open-invitations.tsx";
import { queries } from "./queries.ts";

const words = texts.emails;
const tones: Record<string, Tone> = {
  intended: "neutral",
  attempted: "neutral",
  sent: "done",
  rejected: "refused",
  bounced: "refused",
  failed: "look",
  unknown: "look",
};
/** Where only a person's command has a mail sent again. */
const RESENDABLE = ["rejected", "bounced", "failed", "unknown"];
/** Who may have a mail sent again, and who may invite. */
const RESENDS = ["organization_admin", "event_admin"];
const INVITES = "organization_admin";

/** Every mail that the organization has sent, and what became of it. */
export function Component() {
  const { api } = useApp();
  const [status, setStatus] = useState("");
  const [inviting, setInviting] = useState(false);
  const me = useQuery(queries.me(api));
  const emails = useInfiniteQuery(queries.emails(api, status));
  const mayInvite = me.data?.roles.includes(INVITES) ?? false;
  const mayResend = me.data?.roles.some((role) => RESENDS.includes(role)) ?? false;
  return (
    <section aria-labelledby="emails-title">
      <title>{`${words.title} · ${texts.product}`}</title>
      <div className="page-head">
        <div>
          <h1 id="emails-title">{words.title}</h1>
          <p className="soft">{words.lead}</p>
        </div>
        {mayInvite && (
          <Button look="primary" onPress={() => setInviting(true)}>
            {words.invite}
          </Button>
        )}
      </div>
      {mayInvite && <OpenInvitations />}
      <label className="select filter-alone">
        <span className="visually-hidden">{words.show}</span>
        <select className="field-input" value={status} onChange={(change) => setStatus(change.target.value)}>
          <option value="">{words.all}</option>
          {Object.keys(tones).map((name) => (
            <option key={name} value={name}>
              {words.statuses[name]}
            </option>
          ))}
        </select>
      </label>
      {emails.isPending ? (
        <Skeleton rows={5} />
      ) : emails.isError ? (
        <Failure error={emails.error} retry={() => void emails.refetch()} />
      ) : (
        <>
          <Emails emails={emails.data.pages.flatMap(({ items }) => items)} mayResend={mayResend} />
          {emails.hasNextPage && (
            <Button pending={emails.isFetchingNextPage} onPress={() => void emails.fetchNextPage()}>
              {texts.events.more}
            </Button>
          )}
        </>
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </section>
  );
}

function Emails({ emails, mayResend }: { emails: Email[]; mayResend: boolean }) {
  const { organization } = useApp();
  return (
    <Table
      label={words.title}
      rows={emails}
      keyOf={(email) => email.email}
      empty={<Empty title={words.none}>{words.noneHelp}</Empty>}
      columns={[
        { head: words.what, kind: "name", cell: (email) => <What email={email} /> },
        { head: words.to, minor: true, cell: (email) => email.address ?? texts.dash },
        { head: words.outcome, cell: (email) => <Outcome email={email} /> },
        { head: words.when, minor: true, cell: (email) => moment(email.changed_at, organization.time_zone) },
        {
          head: words.resend,
          kind: "act",
          cell: (email) => mayResend && RESENDABLE.includes(email.status) && <Resend email={email} />,
        },
      ]}
    />
  );
}

function What({ email }: { email: Email }) {
  const about = email.about as Record<string, string | undefined>;
  const purpose = words.purposes[email.purpose] ?? email.purpose;
  if (about.receipt !== undefined) return <Link to={`/receipts/${about.receipt}`}>{purpose}</Link>;
  const role = about.role === undefined ? undefined : (texts.roles[about.role] ?? about.role);
  return role === undefined ? purpose : words.asRole(purpose, role);
}

function Outcome({ email }: { email: Email }) {
  const { organization } = useApp();
  const reason = email.reason == null ? undefined : (words.reasons[email.reason] ?? email.reason);
  const again =
    email.retry_at == null ? undefined : words.again(moment(email.retry_at, organization.time_zone));
  const said = [reason, again, email.status === "unknown" ? words.unknownHelp : undefined].filter(
    (part) => part !== undefined,
  );
  return (
    <>
      <Chip tone={tones[email.status] ?? "neutral"}>{words.statuses[email.status] ?? email.status}</Chip>
      {said.length > 0 && <p className="small soft">{said.join(" · ")}</p>}
    </>
  );
}

function Resend({ email }: { email: Email }) {
  const { api } = useApp();
  const cache = useQueryClient();
  const [key] = useState(() => crypto.randomUUID());
  const resend = useMutation({
    mutationFn: () => api.resendEmail(email.email, key),
    onSettled: () => void cache.invalidateQueries({ queryKey: ["emails"] }),
  });
  return (
    <>
      <Button pending={resend.isPending} onPress={() => resend.mutate()}>
        {words.resend}
      </Button>
      {resend.isError && <Failure error={resend.error} />}
    </>
  );
}
