import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ConsignmentEvent } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Failure } from "../../ui/parts.tsx";
import { type Move, WithReason } from "./with-reason.tsx";

const words = texts.event;

/** The steps in their order, as the string carries them. Markdown is optional: selling may close without it. */
const steps = [
  "draft",
  "registration",
  "intake",
  "selling",
  "markdown",
  "closed",
  "returns",
  "reconciliation",
  "complete",
];

/** So long after a step the next one cannot be taken, ms: a second click was meant for the first, and few steps go back. */
const SETTLE_MS = 1_000;

/** Whether the status has been what it is for a while. */
function useSettled(status: string): boolean {
  const [settled, setSettled] = useState(status);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(status), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [status]);
  return settled === status;
}

/** Where the event stands, as rings on a cord, with the step that comes next. */
export function Lifecycle({ event }: { event: ConsignmentEvent }) {
  const { api } = useApp();
  const cache = useQueryClient();
  const current = steps.indexOf(event.status);
  // Of the steps that the platform allows now: those that lead on, and those that need a reason.
  const onward = event.next.filter(({ needs_reason }) => !needs_reason).map(({ to }) => to);
  const reasoned = event.next.filter(({ needs_reason }) => needs_reason).map(({ to }) => to);
  const move = useMutation({
    mutationFn: ({ to, reason }: Move) => api.moveEvent(event.id, to, reason, crypto.randomUUID()),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ["events"] });
      return cache.invalidateQueries({ queryKey: ["event", event.id] });
    },
    // Somebody else may have moved it: what is shown then is where it stands.
    onError: () => cache.invalidateQueries({ queryKey: ["event", event.id] }),
  });
  const settled = useSettled(event.status);
  return (
    <section className="panel" aria-labelledby="lifecycle-title">
      <div className="panel-head">
        <h2 id="lifecycle-title">{words.steps}</h2>
        <div className="row">
          {onward.map((next, index) => (
            <Button
              key={next}
              look={index === 0 && current < steps.indexOf("selling") ? "primary" : "plain"}
              pending={move.isPending}
              isDisabled={!settled}
              onPress={() => move.mutate({ to: next, reason: null })}
            >
              {move.isPending && move.variables.to === next
                ? words.moving
                : words.moveTo(texts.eventStatus[next] ?? next)}
            </Button>
          ))}
          {reasoned.map((to) => (
            <WithReason key={to} to={to} pending={move.isPending} onMove={move.mutate} />
          ))}
        </div>
      </div>
      <ol className="cord">
        {steps.map((step, index) => (
          <li
            key={step}
            className={`cord-step ${index < current ? "cord-past" : index === current ? "cord-now" : "cord-later"}`}
            aria-current={index === current ? "step" : undefined}
          >
            <span className="cord-ring" aria-hidden="true" />
            <span className="cord-label">{texts.eventStatus[step]}</span>
            {index < current && <span className="visually-hidden">{words.stepDone}</span>}
          </li>
        ))}
      </ol>
      {onward.length > 0 && (
        <ul className="cord-next soft">
          {onward.map((next) => (
            <li key={next}>
              <strong>{texts.eventStatus[next]}:</strong> {words.moveExplained[next]}
            </li>
          ))}
        </ul>
      )}
      {move.isError && <Failure error={move.error} />}
    </section>
  );
}
