import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { OperatedStream } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Chip, Failure, Skeleton, type Tone } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { queries } from "../queries.ts";
import { CompareDialog } from "./compare-dialog.tsx";
import { DeadLetters } from "./letters.tsx";
import { ParkedStreams } from "./parked.tsx";

const words = texts.operations;

/** Lags move by themselves: they are asked for again this often, in ms. */
const LOOK_AGAIN_MS = 5_000;

/** How the lists follow the logs, for support and admins. */
export function Component() {
  return (
    <>
      <title>{`${words.title} · ${texts.product}`}</title>
      <div className="page-head">
        <div>
          <h1>{words.title}</h1>
          <p className="soft">{words.lead}</p>
        </div>
      </div>
      <div className="stack-wide">
        <ParkedStreams />
        <DeadLetters />
        <Streams />
      </div>
    </>
  );
}

/** What a stream is called where it stands alone. */
export const streamName = ({ stream, title }: { stream: string; title?: string | null }): string =>
  title ?? stream.split("/").slice(1).join("/");

function Streams() {
  const { api } = useApp();
  const streams = useQuery({ ...queries.operatedStreams(api), refetchInterval: LOOK_AGAIN_MS });
  const [compared, setCompared] = useState<OperatedStream>();
  return (
    <section aria-labelledby="streams-title">
      <h2 id="streams-title">{words.streams}</h2>
      {streams.isPending && <Skeleton rows={4} />}
      {streams.isError && <Failure error={streams.error} retry={() => void streams.refetch()} />}
      {streams.isSuccess && (
        <Table
          label={words.streams}
          rows={streams.data}
          keyOf={({ stream }) => stream}
          columns={[
            { head: words.stream, kind: "name", cell: (stream) => <NameAndState stream={stream} /> },
            {
              head: words.entries,
              kind: "figure",
              minor: true,
              cell: ({ head_seq }) => (head_seq == null ? texts.dash : count(head_seq)),
            },
            { head: words.behind, minor: true, cell: lagOf },
            {
              head: words.compare,
              kind: "act",
              cell: (stream) => (
                <Button
                  onPress={() => setCompared(stream)}
                  aria-label={words.compareThis(streamName(stream))}
                >
                  {words.compare}
                </Button>
              ),
            },
          ]}
        />
      )}
      {compared !== undefined && <CompareDialog stream={compared} onClose={() => setCompared(undefined)} />}
    </section>
  );
}

function NameAndState({ stream }: { stream: OperatedStream }) {
  const [state, tone] = stateOf(stream);
  return (
    <>
      {streamName(stream)}
      <div className="row">
        <Chip tone={tone}>{words.states[state]}</Chip>
        <span className="soft small">{words.kinds[stream.kind] ?? stream.kind}</span>
      </div>
    </>
  );
}

function lagOf({ lag_entries, lag_ms }: OperatedStream): string {
  if ((lag_entries ?? 0) === 0) return texts.dash;
  return words.lag(lag_entries ?? 0, Math.round((lag_ms ?? 0) / 1_000));
}

function stateOf(stream: OperatedStream): [keyof typeof words.states, Tone] {
  if (stream.parked) return ["parked", "refused"];
  if (stream.head_seq == null) return ["unreachable", "look"];
  if (stream.diverged === true) return ["diverged", "look"];
  return (stream.lag_entries ?? 0) > 0 ? ["behind", "pen"] : ["current", "done"];
}
