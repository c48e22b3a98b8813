import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count, moment } from "../../texts/format.ts";
import { Empty, Failure, Money, Skeleton } from "../../ui/parts.tsx";
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
      {returns.data.length === 0 ? (
        <Empty title={words.noReturns}>{words.noReturnsHelp}</Empty>
      ) : (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{words.receipt}</th>
                <th scope="col">{words.why}</th>
                <th scope="col" className="minor">
                  {words.where}
                </th>
                <th scope="col" className="minor">
                  {words.when}
                </th>
                <th scope="col" className="numeric">
                  {words.lines}
                </th>
                <th scope="col" className="numeric">
                  {words.givenBack}
                </th>
              </tr>
            </thead>
            <tbody>
              {returns.data.map((back) => (
                <tr key={back.id}>
                  <th scope="row">
                    <Link to={`/receipts/${back.receipt}`}>{texts.receipt.title(count(back.number))}</Link>
                  </th>
                  <td>{words.returnReasons[back.reason] ?? back.reason}</td>
                  <td className="minor">{back.terminal_name ?? words.atDesk}</td>
                  <td className="minor">{moment(back.recorded_at, organization.time_zone)}</td>
                  <td className="numeric">{count(back.lines)}</td>
                  <td className="numeric strong">
                    <Money cents={back.total_cents} currency={organization.currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
