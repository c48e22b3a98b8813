import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ProgressBar } from "react-aria-components";
import type { Session } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Failure } from "../../ui/parts.tsx";
import { ClosingDialog } from "./closing-dialog.tsx";

const words = texts.session;
type Step = "open" | "pause" | "resume" | "cancel";

function useSteer(session: Session) {
  const { api } = useApp();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (step: Step) => api.steer(session.id, step, crypto.randomUUID()),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["session", session.id] });
      void cache.invalidateQueries({ queryKey: ["event", session.event] });
    },
  });
}

type Props = { session: Session; large?: boolean; eventItems?: number | undefined };

/** What the session can be told now. `large`: as the page's one thing to do, before it has opened. */
export function Steering({ session, large = false, eventItems }: Props) {
  return large ? <Opening session={session} eventItems={eventItems ?? 0} /> : <Running session={session} />;
}

function Opening({ session, eventItems }: { session: Session; eventItems: number }) {
  const steer = useSteer(session);
  const opening = session.status === "opening" || steer.isPending;
  return (
    <section className="opening" aria-labelledby="opening-title">
      <span className="tag-hole" aria-hidden="true" />
      <h2 id="opening-title">{words.scheduledTitle}</h2>
      <p>{words.scheduledHelp(texts.events.items(eventItems))}</p>
      {opening ? (
        <Custody taken={session.items} of={eventItems} />
      ) : (
        <div className="row">
          <Button look="primary" big onPress={() => steer.mutate("open")}>
            {words.open}
          </Button>
          <Button look="quiet" onPress={() => steer.mutate("cancel")}>
            {words.callOff}
          </Button>
        </div>
      )}
      {steer.isError && <Failure error={steer.error} />}
    </section>
  );
}

function Custody({ taken, of }: { taken: number; of: number }) {
  const label = words.custodyCount(count(taken), count(of));
  return (
    <ProgressBar className="progress" aria-label={words.custody} value={taken} maxValue={Math.max(of, 1)}>
      {({ percentage }) => (
        <>
          <p>
            {words.opening} <span className="soft">{label}</span>
          </p>
          <span className="progress-track">
            <span className="progress-fill" style={{ inlineSize: `${percentage ?? 0}%` }} />
          </span>
        </>
      )}
    </ProgressBar>
  );
}

function Running({ session }: { session: Session }) {
  const steer = useSteer(session);
  const [closing, setClosing] = useState(false);
  return (
    <>
      {session.status === "open" && (
        <Button pending={steer.isPending} onPress={() => steer.mutate("pause")}>
          {words.pause}
        </Button>
      )}
      {session.status === "paused" && (
        <Button pending={steer.isPending} onPress={() => steer.mutate("resume")}>
          {words.resume}
        </Button>
      )}
      {(session.status === "open" || session.status === "paused") && (
        <Button look="quiet" onPress={() => setClosing(true)}>
          {words.close}
        </Button>
      )}
      {steer.isError && <Failure error={steer.error} />}
      {closing && <ClosingDialog session={session} onClose={() => setClosing(false)} />}
    </>
  );
}
