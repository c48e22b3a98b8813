import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count, moment } from "../../texts/format.ts";
import { Failure, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { useEvent } from "./layout.tsx";
import { type LogEntry, readLog, terminalNames } from "./log-export.ts";

const words = texts.log;

/** For support: who did what when, stream by stream, as recorded. */
export function Component() {
  const { api } = useApp();
  const event = useEvent();
  const streams = useQuery(queries.streams(api, event.id));
  const [address, setAddress] = useSearchParams();
  const chosen = address.get("stream") ?? streams.data?.items[0]?.stream;
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
                aria-current={stream.stream === chosen}
                onClick={() => setAddress({ stream: stream.stream }, { replace: true })}
              >
                <strong>{stream.title}</strong>
                <span className="soft small">
                  {words.kinds[stream.kind] ?? stream.kind} · {words.entries(stream.seq)}
                </span>
              </button>
            ))}
          </nav>
          {chosen !== undefined && <Entries stream={chosen} />}
        </div>
      )}
    </section>
  );
}

function Entries({ stream }: { stream: string }) {
  const { api } = useApp();
  const log = useQuery(queries.log(api, stream));
  if (log.isPending) return <Skeleton rows={6} />;
  if (log.isError) return <Failure error={log.error} retry={() => void log.refetch()} />;
  const entries = readLog(log.data);
  const names = terminalNames(entries);
  if (entries.length === 0) return <p className="soft">{words.empty}</p>;
  return (
    <ol className="log-entries" reversed>
      {entries.toReversed().map((entry) => (
        <Entry key={entry.seq} entry={entry} who={names.get(entry.actor) ?? entry.actor} />
      ))}
    </ol>
  );
}

function Entry({ entry, who }: { entry: LogEntry; who: string }) {
  const { organization } = useApp();
  return (
    <li className="log-entry">
      <span className="log-seq code">{count(entry.seq)}</span>
      <div className="log-what">
        <strong>{entry.kind.replaceAll("_", " ")}</strong>
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

/** The payload laid out for reading; what isn't JSON is shown as it is. */
function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
