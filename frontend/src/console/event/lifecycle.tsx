import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ConsignmentEvent, EventStatus } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Failure } from "../../ui/parts.tsx";

const words = texts.event;

/** The steps in their order, as the string carries them. Markdown is optional: selling may close without it. */
const steps: EventStatus[] = [
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

/** Where the event stands, as rings on a cord, with the step that comes next. */
export function Lifecycle({ event }: { event: ConsignmentEvent }) {
  const { api } = useApp();
  const cache = useQueryClient();
  const current = steps.indexOf(event.status);
  const next = current === -1 ? undefined : steps[current + 1];
  const move = useMutation({
    mutationFn: (to: EventStatus) => api.moveEvent(event.id, to),
    onSuccess: (_, to) => {
      cache.setQueryData(["event", event.id], { ...event, status: to });
      void cache.invalidateQueries({ queryKey: ["events"] });
    },
  });
  return (
    <section className="panel" aria-labelledby="lifecycle-title">
      <h2 id="lifecycle-title" className="panel-title">
        {words.steps}
      </h2>
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
      {next !== undefined && (
        <div className="cord-next">
          <p className="soft">{words.moveExplained[next]}</p>
          <Button
            look={current < steps.indexOf("selling") ? "primary" : "plain"}
            pending={move.isPending}
            onPress={() => move.mutate(next)}
          >
            {move.isPending ? words.moving : words.moveTo(texts.eventStatus[next])}
          </Button>
        </div>
      )}
      {move.isError && <Failure error={move.error} />}
    </section>
  );
}
