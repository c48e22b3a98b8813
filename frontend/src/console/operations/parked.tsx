import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ParkedStream } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count, moment } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Failure, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { streamName } from "./page.tsx";

const words = texts.operations;

/** Logs that stand still at an entry, each with the way on. */
export function ParkedStreams() {
  const { api } = useApp();
  const parked = useQuery(queries.parkedStreams(api));
  return (
    <section aria-labelledby="parked-title">
      <h2 id="parked-title">{words.parked}</h2>
      <p className="soft">{words.parkedLead}</p>
      {parked.isPending && <Skeleton rows={2} />}
      {parked.isError && <Failure error={parked.error} retry={() => void parked.refetch()} />}
      {parked.data?.length === 0 && <Empty title={words.noParked}>{words.noParkedHelp}</Empty>}
      {parked.data?.map((stream) => (
        <Parked key={stream.stream} stream={stream} />
      ))}
    </section>
  );
}

function Parked({ stream }: { stream: ParkedStream }) {
  const { api, organization } = useApp();
  const cache = useQueryClient();
  const name = streamName(stream);
  const resume = useMutation({
    mutationFn: () => api.resumeStream(stream.stream),
    onSettled: () => void cache.invalidateQueries({ queryKey: ["operations"] }),
  });
  return (
    <article className="conflict" aria-label={name}>
      <header className="conflict-head">
        <div>
          <h3>{name}</h3>
          <p className="soft small">
            {words.entry(count(stream.seq), stream.kind, moment(stream.parked_at, organization.time_zone))}
          </p>
        </div>
        <Button
          look="primary"
          pending={resume.isPending}
          onPress={() => resume.mutate()}
          aria-label={words.resumeThis(name)}
        >
          {words.resume}
        </Button>
      </header>
      <p className="code small machine-words">{stream.error}</p>
      <div role="status">{resume.data?.parked === true && <p>{words.stillParked}</p>}</div>
      {resume.isError && <Failure error={resume.error} />}
    </article>
  );
}
