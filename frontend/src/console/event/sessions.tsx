import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Form } from "react-aria-components";
import { Link, useNavigate } from "react-router";
import type { ConsignmentEvent } from "../../api/types.ts";
import { useCommandKey } from "../../api/use-command-key.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Empty, Failure, Money, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { SessionStatusChip } from "../status.tsx";

const words = texts.event;
/** SES-1. */
const MAX_NAME_LENGTH = 80;

/** The event's selling windows. */
export function Sessions({ event }: { event: ConsignmentEvent }) {
  const { api, organization } = useApp();
  const sessions = useQuery(queries.sessions(api, event.id));
  const [creating, setCreating] = useState(false);
  const create = (
    <Button onPress={() => setCreating(true)}>
      <Icon name="plus" />
      {words.newSession}
    </Button>
  );
  return (
    <section aria-labelledby="sessions-title">
      <div className="section-head">
        <h2 id="sessions-title">{words.sessions}</h2>
        {sessions.data !== undefined && sessions.data.length > 0 && create}
      </div>
      {sessions.isPending && <Skeleton rows={1} />}
      {sessions.isError && <Failure error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.data?.length === 0 && (
        <Empty title={words.noSessions} action={create}>
          {words.noSessionsHelp}
        </Empty>
      )}
      <ul className="session-list">
        {sessions.data?.map((session) => (
          <li key={session.id}>
            <Link to={`/sessions/${session.id}`} className="session-link">
              <span className="session-name">{session.name}</span>
              <SessionStatusChip status={session.status} />
              <span className="soft">
                {words.soldOf(count(session.sold), texts.events.items(session.items))}
              </span>
              <Money cents={session.gross_cents} currency={organization.currency} />
              <Icon name="arrow" />
            </Link>
          </li>
        ))}
      </ul>
      <Dialog title={words.newSession} isOpen={creating} onClose={() => setCreating(false)}>
        <SessionForm event={event.id} onClose={() => setCreating(false)} />
      </Dialog>
    </section>
  );
}

function SessionForm({ event, onClose }: { event: string; onClose: () => void }) {
  const { api } = useApp();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const keyOf = useCommandKey();
  const create = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), channels: ["floor"] };
      return api.createSession(event, body, keyOf(body));
    },
    onSuccess: async ({ id }) => {
      void cache.invalidateQueries({ queryKey: ["event", event] });
      await navigate(`/sessions/${id}`);
    },
  });
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    if (name.trim() !== "" && !create.isPending) create.mutate();
  };
  return (
    <Form className="form" onSubmit={submit}>
      <Field
        label={words.sessionName}
        placeholder={words.sessionNamePlaceholder}
        value={name}
        onChange={setName}
        maxLength={MAX_NAME_LENGTH}
        isRequired
        autoFocus
      />
      {create.isError && <Failure error={create.error} />}
      <div className="form-end">
        <Button look="quiet" onPress={onClose}>
          {texts.eventForm.cancel}
        </Button>
        <Button type="submit" look="primary" pending={create.isPending}>
          {words.createSession}
        </Button>
      </div>
    </Form>
  );
}
