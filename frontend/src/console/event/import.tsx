import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DropZone, FileTrigger, ProgressBar } from "react-aria-components";
import { importInventory, MAX_IMPORT_BYTES } from "../../api/import.ts";
import type { ImportReport } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Failure } from "../../ui/parts.tsx";
import { ImportReportView } from "./import-report.tsx";
import { useEvent } from "./layout.tsx";

const words = texts.imports;

type Sending = { file: File; rows: number; sent: number };

/** Brings an inventory in, and answers for every row of it. */
export function Component() {
  const { auth } = useApp();
  const event = useEvent();
  const cache = useQueryClient();
  const [sending, setSending] = useState<Sending>();
  const [wrong, setWrong] = useState<string>();
  const send = useMutation<ImportReport, Error, File>({
    mutationFn: async (file) => {
      const rows = countRows(await file.text());
      setSending({ file, rows, sent: 0 });
      return importInventory(
        event.id,
        file,
        () => auth.token(),
        (sent) => setSending({ file, rows, sent }),
      );
    },
    onSuccess: () => void cache.invalidateQueries({ queryKey: ["event", event.id] }),
  });
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    const problem = whatIsWrong(file);
    setWrong(problem);
    if (problem === undefined) send.mutate(file);
  };

  if (send.isSuccess && sending !== undefined) {
    return (
      <ImportReportView event={event} file={sending.file.name} report={send.data} onAgain={send.reset} />
    );
  }
  return (
    <section className="import" aria-labelledby="import-title">
      <div>
        <h2 id="import-title">{words.title}</h2>
        <p className="soft">{words.lead}</p>
      </div>
      {send.isPending && sending !== undefined ? (
        <Progress sending={sending} />
      ) : (
        <DropZone
          className="drop"
          aria-label={words.drop}
          getDropOperation={(types) =>
            types.has("text/plain") && !types.has("text/csv") ? "cancel" : "copy"
          }
          onDrop={async ({ items }) => {
            const dropped = items.find((item) => item.kind === "file");
            if (dropped !== undefined) take(await dropped.getFile());
          }}
        >
          <Icon name="upload" size={36} />
          <p className="drop-title">{words.drop}</p>
          <p className="soft">{words.or}</p>
          <FileTrigger acceptedFileTypes={[".csv", "text/csv"]} onSelect={(files) => take(files?.[0])}>
            <Button look="primary">{words.choose}</Button>
          </FileTrigger>
          <p className="soft small">{words.limit}</p>
        </DropZone>
      )}
      {wrong !== undefined && <Failure error={new Error(wrong)} />}
      {send.isError && <Failure error={send.error} />}
    </section>
  );
}

function Progress({ sending }: { sending: Sending }) {
  const deciding = sending.sent >= 1;
  const label = deciding ? words.deciding(sending.rows) : words.uploading(sending.file.name);
  return (
    <ProgressBar
      className="progress"
      aria-label={label}
      value={sending.sent * 100}
      isIndeterminate={deciding}
    >
      {({ percentage }) => (
        <>
          <p className="drop-title">{label}…</p>
          <span className={`progress-track${deciding ? " progress-unknown" : ""}`}>
            <span
              className="progress-fill"
              style={{ inlineSize: `${deciding ? 100 : (percentage ?? 0)}%` }}
            />
          </span>
        </>
      )}
    </ProgressBar>
  );
}

function whatIsWrong(file: File): string | undefined {
  if (!file.name.toLowerCase().endsWith(".csv") && file.type !== "text/csv") return words.notCsv(file.name);
  if (file.size > MAX_IMPORT_BYTES) return words.tooLarge(`${(file.size / 1024 / 1024).toFixed(1)} MiB`);
  return undefined;
}

/** Only to tell the person what is being decided; the report counts for real. */
const countRows = (text: string) =>
  Math.max(0, text.split(/\r?\n/).filter((line) => line.trim() !== "").length - 1);
