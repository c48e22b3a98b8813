import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { OperatedStream } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Chip, Failure, Skeleton, type Tone } from "../../ui/parts.tsx";
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
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{words.stream}</th>
                <th scope="col" className="numeric minor">
                  {words.entries}
                </th>
                <th scope="col" className="minor">
                  {words.behind}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{words.compare}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {streams.data.map((stream) => (
                <StreamRow key={stream.stream} stream={stream} onCompare={() => setCompared(stream)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {compared !== undefined && <CompareDialog stream={compared} onClose={() => setCompared(undefined)} />}
    </section>
  );
}

function StreamRow({ stream, onCompare }: { stream: OperatedStream; onCompare: () => void }) {
  const [state, tone] = stateOf(stream);
  const behind = (stream.lag_entries ?? 0) > 0;
  return (
    <tr>
      <th scope="row">
        {streamName(stream)}
        <div className="row">
          <Chip tone={tone}>{words.states[state]}</Chip>
          <span className="soft small">{words.kinds[stream.kind] ?? stream.kind}</span>
        </div>
      </th>
      <td className="numeric minor">{stream.head_seq == null ? texts.dash : count(stream.head_seq)}</td>
      <td className="minor">
        {behind ? words.lag(stream.lag_entries ?? 0, Math.round((stream.lag_ms ?? 0) / 1_000)) : texts.dash}
      </td>
      <td className="numeric">
        <Button onPress={onCompare} aria-label={words.compareThis(streamName(stream))}>
          {words.compare}
        </Button>
      </td>
    </tr>
  );
}

function stateOf(stream: OperatedStream): [keyof typeof words.states, Tone] {
  if (stream.parked) return ["parked", "refused"];
  if (stream.head_seq == null) return ["unreachable", "look"];
  if (stream.diverged === true) return ["diverged", "look"];
  return (stream.lag_entries ?? 0) > 0 ? ["behind", "pen"] : ["current", "done"];
}
