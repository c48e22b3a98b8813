import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { Problem } from "../api/problem.ts";
import type { ConsignmentEvent } from "../api/types.ts";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { dayRange, ordinalText } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { Empty, Failure, Skeleton } from "../ui/parts.tsx";
import { EventForm } from "./event-form.tsx";
import { queries } from "./queries.ts";
import { EventStatusChip } from "./status.tsx";

const words = texts.events;

/** All events of the organization, each on its tag. */
export function Component() {
  const { api } = useApp();
  const events = useInfiniteQuery(queries.events(api));
  const [creating, setCreating] = useState(false);
  // Whoever has roles on the floor alone is at home on another page.
  const onFloorOnly = events.error instanceof Problem && events.error.status === 403;
  const all = events.data?.pages.flatMap((page) => page.items) ?? [];
  const create = (
    <Button look="primary" onPress={() => setCreating(true)}>
      <Icon name="plus" />
      {words.create}
    </Button>
  );
  return (
    <>
      <title>{`${words.title} · ${texts.product}`}</title>
      <div className="page-head">
        <div>
          <h1>{words.title}</h1>
          <p className="soft">{words.lead}</p>
        </div>
        {all.length > 0 && create}
      </div>
      {events.isPending && <Skeleton rows={3} />}
      {events.isError && !onFloorOnly && <Failure error={events.error} retry={() => void events.refetch()} />}
      {onFloorOnly && (
        <Empty
          title={words.floorOnly}
          action={
            <LinkButton look="primary" to="/terminal" reloadDocument>
              {words.toTheTill}
            </LinkButton>
          }
        >
          {words.floorOnlyHelp}
        </Empty>
      )}
      {events.isSuccess && all.length === 0 && (
        <Empty title={words.empty} action={create}>
          {words.emptyHelp}
        </Empty>
      )}
      <ul className="event-tags">
        {all.map((event) => (
          <EventTag key={event.id} event={event} />
        ))}
      </ul>
      {events.hasNextPage && <Button onPress={() => void events.fetchNextPage()}>{words.more}</Button>}
      <EventForm isOpen={creating} onClose={() => setCreating(false)} />
    </>
  );
}

function EventTag({ event }: { event: ConsignmentEvent }) {
  return (
    <li className="event-tag">
      <Link to={`/events/${event.id}`} className="event-tag-link">
        <span className="event-tag-stub" aria-hidden="true">
          <span className="tag-hole" />
          <span className="event-tag-ordinal code">{ordinalText(event.ordinal)}</span>
        </span>
        <span className="event-tag-body">
          <span className="event-tag-name">{event.name}</span>
          <span className="soft">{dayRange(event.starts_on, event.ends_on) ?? words.noDates}</span>
          <span className="event-tag-facts">
            <EventStatusChip status={event.status} />
            <span className="soft">{words.items(event.items)}</span>
            <span className="soft">{words.sessions(event.sessions)}</span>
          </span>
        </span>
      </Link>
    </li>
  );
}
