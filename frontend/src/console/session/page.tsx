import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/lamp.tsx";
import { Failure, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { SessionStatusChip } from "../status.tsx";
import { Board } from "./board.tsx";
import { Feed } from "./feed.tsx";
import { PairingDialog } from "./pairing.tsx";
import { Steering } from "./steering.tsx";
import { Terminals } from "./terminals.tsx";
import { useFloor } from "./use-floor.ts";

const words = texts.session;

/** The organizer's desk for one sale session: steer it, watch it. */
export function Component() {
  const { api } = useApp();
  const { session: id = "" } = useParams();
  const session = useQuery(queries.session(api, id));
  const event = useQuery({
    ...queries.event(api, session.data?.event ?? ""),
    enabled: session.data !== undefined,
  });
  const summary = useQuery(queries.summary(api, id));
  const receipts = useQuery(queries.receipts(api, id));
  const { floor, live } = useFloor(id, summary.data?.seq);
  const [pairing, setPairing] = useState(false);

  if (session.isPending) return <Skeleton rows={6} />;
  if (session.isError) return <Failure error={session.error} retry={() => void session.refetch()} />;
  const { name, status, event: eventId } = session.data;
  const selling = status === "open" || status === "paused";
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
      {status === "scheduled" || status === "opening" ? (
        <Steering session={session.data} large eventItems={event.data?.items} />
      ) : (
        <div className="floor">
          {summary.isPending && <Skeleton rows={4} />}
          {summary.isError && <Failure error={summary.error} retry={() => void summary.refetch()} />}
          {summary.isSuccess && (
            <Board
              summary={summary.data}
              receipts={receipts.data?.items ?? []}
              floor={floor}
              session={session.data}
            />
          )}
          <div className="floor-columns">
            <Feed session={id} floor={floor} />
            {summary.isSuccess && (
              <Terminals
                terminals={summary.data.terminals}
                onPair={() => setPairing(true)}
                canPair={selling}
              />
            )}
          </div>
        </div>
      )}
      <PairingDialog session={id} isOpen={pairing} onClose={() => setPairing(false)} />
    </>
  );
}
