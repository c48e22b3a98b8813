import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count, moment } from "../../texts/format.ts";
import { Empty, Failure, Money, Skeleton } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { queries } from "../queries.ts";
import { useDesk } from "./page.tsx";

const words = texts.desk;

/** What shoppers brought back. */
export function Component() {
  const { api, organization } = useApp();
  const { session } = useDesk();
  const returns = useQuery(queries.returns(api, session.id));
  if (returns.isPending) return <Skeleton rows={4} />;
  if (returns.isError) return <Failure error={returns.error} retry={() => void returns.refetch()} />;
  return (
    <section aria-labelledby="returns-title">
      <h2 id="returns-title">{words.returns}</h2>
      <p className="soft">{words.returnsLead}</p>
      <Table
        label={words.returns}
        rows={returns.data}
        keyOf={(back) => back.id}
        empty={<Empty title={words.noReturns}>{words.noReturnsHelp}</Empty>}
        columns={[
          {
            head: words.receipt,
            kind: "name",
            cell: (back) => (
              <Link to={`/receipts/${back.receipt}`}>{texts.receipt.title(count(back.number))}</Link>
            ),
          },
          { head: words.why, cell: (back) => words.returnReasons[back.reason] ?? back.reason },
          { head: words.where, minor: true, cell: (back) => back.terminal_name ?? words.atDesk },
          { head: words.when, minor: true, cell: (back) => moment(back.recorded_at, organization.time_zone) },
          { head: words.lines, kind: "figure", cell: (back) => count(back.lines) },
          {
            head: words.givenBack,
            kind: "figure",
            cell: (back) => (
              <strong>
                <Money cents={back.total_cents} currency={organization.currency} />
              </strong>
            ),
          },
        ]}
      />
    </section>
  );
}
