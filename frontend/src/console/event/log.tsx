import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count, moment } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Failure, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { useEvent } from "./layout.tsx";
import { type LogEntry, readLog } from "./log-export.ts";

const words = texts.log;
/** Entries shown at first, the latest ones; asked for more, twice as many. An entry may hold five hundred items. */
const ENTRIES_AT_FIRST = 50;

/** For support: who did what when, stream by stream, as recorded. */
export function Component() {
  const { api } = useApp();
  const event = useEvent();
  const streams = useQuery(queries.streams(api, event.id));
  const [address, setAddress] = useSearchParams();
  const asked = address.get("stream");
  const chosen = streams.data?.items.find(({ stream }) => asked === null || stream === asked);
  return (
    <section aria-labelledby="log-title">
      <h2 id="log-title">{words.title}</h2>
      <p className="soft">{words.lead}</p>
      {streams.isPending && <Skeleton rows={4} />}
      {streams.isError && <Failure error={streams.error} retry={() => void streams.refetch()} />}
      {streams.isSuccess && (
        <div className="log-desk">
          <nav aria-label={words.streams} className="log-streams">
            {streams.data.items.map((stream) => (
              <button
                key={stream.stream}
                type="button"
                className="log-stream"
                aria-current={stream === chosen}
                onClick={() => setAddress({ stream: stream.stream }, { replace: true })}
              >
                <strong>{stream.title}</strong>
                <span className="soft small">
                  {words.kinds[stream.kind] ?? stream.kind} · {words.entries(stream.seq)}
                </span>
              </button>
            ))}
          </nav>
          {chosen !== undefined && <Entries key={chosen.stream} {...chosen} />}
        </div>
      )}
    </section>
  );
}

/** The latest entries of a stream whose last one is `seq`. */
function Entries({ stream, kind, seq }: { stream: string; kind: string; seq: number }) {
  const { api } = useApp();
  const [shown, setShown] = useState(ENTRIES_AT_FIRST);
  const from = Math.max(1, seq - shown + 1);
  const log = useQuery(queries.log(api, stream, from));
  const session = stream.split("/").at(-1) ?? "";
  const standing = useQuery({ ...queries.standing(api, session), enabled: kind === "session" });
  if (log.isPending) return <Skeleton rows={6} />;
  if (log.isError) return <Failure error={log.error} retry={() => void log.refetch()} />;
  const entries = readLog(log.data);
  const names = new Map(standing.data?.terminals.map(({ terminal, name }) => [`terminal:${terminal}`, name]));
  if (entries.length === 0) return <p className="soft">{words.empty}</p>;
  return (
    <div>
      <ol className="log-entries" reversed>
        {entries.toReversed().map((entry) => (
          <Entry key={entry.seq} entry={entry} who={names.get(entry.actor) ?? entry.actor} />
        ))}
      </ol>
      {from > 1 && (
        <Button pending={log.isPlaceholderData} onPress={() => setShown(shown * 2)}>
          {words.earlier}
        </Button>
      )}
    </div>
  );
}

function Entry({ entry, who }: { entry: LogEntry; who: string }) {
  const { organization } = useApp();
  return (
    <li className="log-entry">
      <span className="log-seq code">{count(entry.seq)}</span>
      <div className="log-what">
        <strong>{titleOf(entry.kind)}</strong>
        <span className="soft small">
          {moment(entry.recorded_at, organization.time_zone)} · {who}
        </span>
        <details>
          <summary className="small">{words.payload}</summary>
          <pre className="code log-payload">{pretty(entry.payload)}</pre>
          <p className="code small faint log-hash">
            {words.hash} {entry.hash}
          </p>
        </details>
      </div>
    </li>
  );
}

/** `receipt_completed` as people read it: `Receipt completed`. */
const titleOf = (kind: string) => `${kind.charAt(0).toUpperCase()}${kind.slice(1).replaceAll("_", " ")}`;

/** The payload laid out for reading; what isn't JSON is shown as it is. */
function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
