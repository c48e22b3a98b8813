import { useQuery } from "@tanstack/react-query";
import { useApp } from "../../app.tsx";
import { queries } from "../queries.ts";
import { Board } from "./board.tsx";
import { Feed } from "./feed.tsx";
import { useDesk } from "./page.tsx";
import { Terminals } from "./terminals.tsx";

/** The floor as it is now: figures, receipts as they happen, tills. */
export function Component() {
  const { api } = useApp();
  const { session, summary, floor, pair } = useDesk();
  const receipts = useQuery(queries.receipts(api, session.id));
  const selling = session.status === "open" || session.status === "paused";
  return (
    <div className="floor">
      <Board summary={summary} receipts={receipts.data?.items ?? []} floor={floor} session={session} />
      <div className="floor-columns">
        <Feed session={session.id} floor={floor} />
        <Terminals session={session.id} terminals={summary.terminals} onPair={pair} canPair={selling} />
      </div>
    </div>
  );
}
