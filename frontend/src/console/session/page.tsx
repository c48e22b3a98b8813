import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, NavLink, Outlet, useOutletContext, useParams } from "react-router";
import type { Session, SessionSummary } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import type { Floor } from "../../live/floor.ts";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/lamp.tsx";
import { Failure, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { SectionNav } from "../section-nav.tsx";
import { SessionStatusChip } from "../status.tsx";
import { PairingDialog } from "./pairing.tsx";
import { Steering } from "./steering.tsx";
import { useFloor } from "./use-floor.ts";

const words = texts.session;

/** What a page of the desk stands on. */
export type Desk = { session: Session; summary: SessionSummary; floor: Floor; pair: () => void };
export const useDesk = () => useOutletContext<Desk>();

/** The organizer's desk for one sale session: steer it, watch it, put right what went wrong. */
export function Component() {
  const { api } = useApp();
  const { session: id = "" } = useParams();
  const session = useQuery(queries.session(api, id));
  const event = useQuery({
    ...queries.event(api, session.data?.event ?? ""),
    enabled: session.data !== undefined,
  });
  const summary = useQuery(queries.summary(api, id));
  const { floor, live } = useFloor(id, summary.data?.seq);
  const [pairing, setPairing] = useState(false);

  if (session.isPending) return <Skeleton rows={6} />;
  if (session.isError) return <Failure error={session.error} retry={() => void session.refetch()} />;
  const { name, status, event: eventId } = session.data;
  const selling = status === "open" || status === "paused";
  const planned = status === "scheduled" || status === "opening";
  return (
    <>
      <title>{`${name} · ${texts.product}`}</title>
      <Link to={`/events/${eventId}`} className="back">
        <Icon name="back" size={16} />
        {event.data?.name ?? texts.event.back}
      </Link>
      <div className="page-head">
        <div>
          <h1>{name}</h1>
          <p className="row">
            <SessionStatusChip status={status} />
            <Lamp state={live} />
          </p>
        </div>
        <div className="row">
          {selling && (
            <Button look="primary" onPress={() => setPairing(true)}>
              <Icon name="plus" />
              {words.pair}
            </Button>
          )}
          <Steering session={session.data} />
        </div>
      </div>
      {planned && <Steering session={session.data} large eventItems={event.data?.items} />}
      {!planned && <Sections session={id} />}
      {!planned && summary.isPending && <Skeleton rows={4} />}
      {!planned && summary.isError && <Failure error={summary.error} retry={() => void summary.refetch()} />}
      {!planned && summary.isSuccess && (
        <Outlet
          context={
            {
              session: session.data,
              summary: summary.data,
              floor,
              pair: () => setPairing(true),
            } satisfies Desk
          }
        />
      )}
      <PairingDialog session={id} isOpen={pairing} onClose={() => setPairing(false)} />
    </>
  );
}

/** The desk's sections; what waits for a person has its number beside it. */
function Sections({ session }: { session: string }) {
  const { api } = useApp();
  const conflicts = useQuery(queries.conflicts(api, session));
  const unlisted = useQuery(queries.unlisted(api, session));
  const open = conflicts.data?.filter((conflict) => conflict.resolved_at == null).length ?? 0;
  const sections = [
    { to: "", label: words.sections.floor, waiting: 0 },
    { to: "conflicts", label: words.sections.conflicts, waiting: open },
    { to: "returns", label: words.sections.returns, waiting: 0 },
    { to: "unlisted", label: words.sections.unlisted, waiting: unlisted.data?.length ?? 0 },
    { to: "cash", label: words.sections.cash, waiting: 0 },
    { to: "report", label: words.sections.report, waiting: 0 },
  ];
  return (
    <SectionNav label={words.sections.label}>
      {sections.map(({ to, label, waiting }) => (
        <NavLink key={to} to={to} end={to === ""} className="sections-link">
          {label}
          {waiting > 0 && (
            <span className="badge">
              {count(waiting)}
              <span className="visually-hidden"> {words.sections.waiting}</span>
            </span>
          )}
        </NavLink>
      ))}
      <Link to="screen" className="sections-link sections-end" target="_blank" rel="noreferrer">
        {words.sections.screen}
      </Link>
    </SectionNav>
  );
}
