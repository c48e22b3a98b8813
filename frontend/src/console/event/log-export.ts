/** One entry of an exported log, as far as the page shows it. */
export type LogEntry = {
  seq: number;
  recorded_at: number;
  actor: string;
  kind: string;
  payload: string;
  hash: string;
};

/**
 * Reads an exported log: a header line, one line per entry, a closing line. Lines that are no entries are left out;
 * a line that cannot be read is left out too: checking an export is the replay tool's work, this page only shows.
 */
export function readLog(ndjson: string): LogEntry[] {
  return ndjson.split("\n").flatMap((line) => {
    const entry = readLine(line);
    return entry === undefined ? [] : [entry];
  });
}

function readLine(line: string): LogEntry | undefined {
  if (line.trim() === "") return undefined;
  try {
    const value = JSON.parse(line) as Partial<LogEntry>;
    return typeof value.seq === "number" && typeof value.kind === "string" && "payload" in value
      ? ({ ...value, payload: textOf(value.payload) } as LogEntry)
      : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (payload: unknown) => (typeof payload === "string" ? payload : JSON.stringify(payload));
