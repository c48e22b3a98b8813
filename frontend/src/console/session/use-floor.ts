import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApp } from "../../app.tsx";
import { emptyFloor, type Floor, hear } from "../../live/floor.ts";
import { Live, type LiveState, liveAddress } from "../../live/live.ts";

/** Totals are asked for at most this often while receipts pour in, in ms. */
const TOTALS_PAUSE_MS = 400;

/** Follows a session's log from `since` on, and has the page's figures asked for again as they move. */
export function useFloor(
  session: string,
  since: number | undefined,
): { floor: Floor; live: LiveState["phase"] } {
  const { api, auth, organization } = useApp();
  const cache = useQueryClient();
  const [floor, setFloor] = useState<Floor>(() => emptyFloor(since ?? 0));
  const [phase, setPhase] = useState<LiveState["phase"]>("connecting");
  // The log was restored: what was heard of it is void, and everything is to be heard again from its beginning.
  const [restored, setRestored] = useState(0);
  const known = since !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `since` is where we begin; from then on the log itself leads
  useEffect(() => {
    if (since === undefined) return;
    const from = restored === 0 ? since : 0;
    setFloor(emptyFloor(from));
    const live = new Live({
      since: { seq: from },
      address: async (position) => liveAddress(session, await auth.token(), position),
      onEntry: (entry) => setFloor((current) => hear(current, entry)),
      onState: (state) => setPhase(state.phase),
      onRestored: () => setRestored((times) => times + 1),
    }).start();
    return () => live.stop();
  }, [session, known, auth, restored]);

  useEffect(() => {
    if (floor.totalsVersion === 0 && floor.sessionVersion === 0) return;
    // Whatever is asked for from now on must know at least what the socket has told.
    api.seen({ stream: `${organization.id}/session/${session}`, seq: floor.seq });
    const timer = setTimeout(
      () => void cache.invalidateQueries({ queryKey: ["session", session] }),
      TOTALS_PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [floor.totalsVersion, floor.sessionVersion, floor.seq, api, organization.id, cache, session]);

  return { floor, live: phase };
}
