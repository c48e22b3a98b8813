import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { OperatedStream, RowsBeside } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure, Skeleton } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { streamName } from "./page.tsx";

const words = texts.operations;

/** A long log is read anew in several requests; this long between two, in ms. */
const GO_ON_MS = 300;

type Props = { stream: OperatedStream; onClose: () => void };

/** Reads a log anew beside the lists that everybody reads, says what differs, and puts the fresh rows in place. */
export function CompareDialog({ stream, onClose }: Props) {
  const { api } = useApp();
  const cache = useQueryClient();
  const beside = useQuery({
    queryKey: ["operations", "beside", stream.stream],
    queryFn: () => api.compareStream(stream.stream),
    refetchInterval: (query) => (query.state.data?.stage === "building" ? GO_ON_MS : false),
    staleTime: 0,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  const end = useMutation({
    mutationFn: (how: "switch" | "discard") =>
      how === "switch" ? api.switchStream(stream.stream) : api.discardBeside(stream.stream),
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: ["operations", "streams"] }),
  });
  const ready = beside.data?.stage === "apart" || beside.data?.equal === false;
  return (
    <Dialog title={words.compareTitle(streamName(stream))} isOpen onClose={onClose}>
      <div className="stack">
        {beside.isPending && <Skeleton rows={2} />}
        {beside.isError && <Failure error={beside.error} retry={() => void beside.refetch()} />}
        {beside.data !== undefined && <Said beside={beside.data} />}
        {end.isError && <Failure error={end.error} />}
        <div className="row">
          {ready && (
            <>
              <Button look="primary" pending={end.isPending} onPress={() => end.mutate("switch")}>
                {words.takeFresh}
              </Button>
              <Button pending={end.isPending} onPress={() => end.mutate("discard")}>
                {words.throwAway}
              </Button>
            </>
          )}
          <Button look="quiet" onPress={onClose}>
            {words.close}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Said({ beside }: { beside: RowsBeside }) {
  const { stage, equal, tables } = beside;
  if (stage === "building") {
    return <p role="status">{words.comparing(count(beside.seq), count(beside.head_seq))}</p>;
  }
  if (stage === "stuck") return <p role="status">{words.stuck(beside.error ?? "")}</p>;
  if (stage === "apart") return <p role="status">{words.apart}</p>;
  if (equal === true) {
    const rows = tables.reduce((sum, table) => sum + table.live_rows, 0);
    return <p role="status">{words.equal(count(rows))}</p>;
  }
  return (
    <>
      <p role="status">{words.differs}</p>
      <Table
        label={words.differs}
        rows={tables.filter((table) => table.first.length > 0)}
        keyOf={({ table }) => table}
        columns={[
          { head: words.table, kind: "name", cell: ({ table }) => <span className="code">{table}</span> },
          { head: words.differing, kind: "figure", cell: words.rows },
        ]}
      />
    </>
  );
}
