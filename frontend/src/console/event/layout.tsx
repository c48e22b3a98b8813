import { useQuery } from "@tanstack/react-query";
import { Link, NavLink, Outlet, useOutletContext, useParams } from "react-router";
import type { ConsignmentEvent } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count, dayRange, ordinalText } from "../../texts/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { Failure, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { SectionNav } from "../section-nav.tsx";
import { EventStatusChip } from "../status.tsx";

const words = texts.event;
const sections = [
  { to: "", label: words.overview },
  { to: "items", label: words.items },
  { to: "import", label: words.importing },
  { to: "claims", label: words.claims },
  { to: "log", label: words.log },
];

/** The event that the page around stands on. */
export const useEvent = () => useOutletContext<ConsignmentEvent>();

/** Head and sections of one event's pages. */
export function Component() {
  const { api } = useApp();
  const { event: id = "" } = useParams();
  const event = useQuery(queries.event(api, id));
  const claims = useQuery(queries.claims(api, id));
  const contested = claims.data?.filter(({ status }) => status === "contested").length ?? 0;
  if (event.isPending) return <Skeleton rows={5} />;
  if (event.isError) return <Failure error={event.error} retry={() => void event.refetch()} />;
  const { name, ordinal, status, starts_on, ends_on } = event.data;
  return (
    <>
      <title>{`${name} · ${texts.product}`}</title>
      <Link to="/events" className="back">
        <Icon name="back" size={16} />
        {words.back}
      </Link>
      <div className="event-head">
        <span className="event-head-tag" aria-hidden="true">
          <span className="tag-hole" />
          <span className="code">{ordinalText(ordinal)}</span>
        </span>
        <div>
          <h1>{name}</h1>
          <p className="row soft">
            <EventStatusChip status={status} />
            <span>{dayRange(starts_on, ends_on) ?? texts.events.noDates}</span>
            <span className="code small">{texts.events.tags(ordinalText(ordinal))}</span>
          </p>
        </div>
      </div>
      <SectionNav label={words.sections}>
        {sections.map((section) => (
          <NavLink key={section.to} to={section.to} end={section.to === ""} className="sections-link">
            {section.label}
            {section.to === "claims" && contested > 0 && (
              <span className="badge">
                {count(contested)}
                <span className="visually-hidden"> {texts.claims.waiting}</span>
              </span>
            )}
          </NavLink>
        ))}
      </SectionNav>
      <Outlet context={event.data} />
    </>
  );
}
