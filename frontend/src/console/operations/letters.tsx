import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import type { DeadLetter } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { moment } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Failure, Skeleton } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { queries } from "../queries.ts";

const words = texts.operations;

/** Messages that a queue gave up on, newest first. */
export function DeadLetters() {
  const { api, organization } = useApp();
  const letters = useInfiniteQuery(queries.deadLetters(api));
  const all = letters.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="letters-title">
      <h2 id="letters-title">{words.letters}</h2>
      <p className="soft">{words.lettersLead}</p>
      {letters.isPending && <Skeleton rows={2} />}
      {letters.isError && <Failure error={letters.error} retry={() => void letters.refetch()} />}
      <Table
        label={words.letters}
        rows={all}
        keyOf={({ letter }) => letter}
        empty={letters.isSuccess && <Empty title={words.noLetters}>{words.noLettersHelp}</Empty>}
        columns={[
          {
            head: words.died,
            kind: "name",
            cell: (letter) => (
              <>
                {moment(letter.died_at, organization.time_zone)}
                <div className="soft small code">{letter.queue}</div>
              </>
            ),
          },
          {
            head: words.says,
            minor: true,
            cell: (letter) => <span className="code small machine-words">{letter.body}</span>,
          },
          { head: words.redrive, kind: "act", cell: (letter) => <Redrive letter={letter} /> },
        ]}
      />
      {letters.hasNextPage && (
        <Button onPress={() => void letters.fetchNextPage()}>{texts.events.more}</Button>
      )}
    </section>
  );
}

function Redrive({ letter }: { letter: DeadLetter }) {
  const { api, organization } = useApp();
  const cache = useQueryClient();
  const redrive = useMutation({
    mutationFn: () => api.redriveLetter(letter.letter),
    onSettled: () => void cache.invalidateQueries({ queryKey: ["operations"] }),
  });
  return (
    <>
      {letter.redriven_at == null ? (
        <Button pending={redrive.isPending} onPress={() => redrive.mutate()}>
          {words.redrive}
        </Button>
      ) : (
        <span className="soft">{words.redriven(moment(letter.redriven_at, organization.time_zone))}</span>
      )}
      {redrive.isError && <Failure error={redrive.error} />}
    </>
  );
}
