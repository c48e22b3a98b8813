import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { SessionReport } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { clock, count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Failure, Figure, Money, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { useDesk } from "./page.tsx";

const words = texts.desk;

/** What an organizer prints when the hall is dark. */
export function Component() {
  const { api, organization } = useApp();
  const { session, summary } = useDesk();
  const report = useQuery(queries.report(api, session.id));
  if (report.isPending) return <Skeleton rows={6} />;
  if (report.isError) return <Failure error={report.error} retry={() => void report.refetch()} />;
  const currency = organization.currency;
  return (
    <div className="stack-wide report">
      <div className="section-head">
        <h2>{words.report}</h2>
        <Button onPress={() => window.print()}>
          <Icon name="print" />
          {words.print}
        </Button>
      </div>
      <dl className="report-figures">
        <Figure name={texts.session.sales}>
          <Money cents={summary.gross_cents} currency={currency} />
        </Figure>
        <Figure name={texts.session.tax}>
          <Money cents={summary.tax_cents} currency={currency} />
        </Figure>
        <Figure name={texts.session.receipts}>{count(summary.receipts)}</Figure>
        <Figure name={texts.session.itemsSold}>{count(summary.lines)}</Figure>
      </dl>
      <Parts report={report.data} currency={currency} zone={organization.time_zone} />
    </div>
  );
}

function Parts({ report, currency, zone }: { report: SessionReport; currency: string; zone: string }) {
  return (
    <div className="report-parts">
      <Part title={words.byTender} heads={[words.kind, words.takenIn, words.paidBack]}>
        {report.tenders.map((tender) => (
          <tr key={tender.kind}>
            <th scope="row">{texts.tenders[tender.kind] ?? tender.kind}</th>
            <Cents cents={tender.taken_cents} currency={currency} />
            <Cents cents={tender.returned_cents} currency={currency} />
          </tr>
        ))}
      </Part>
      <Part title={words.byHour} heads={[words.from, texts.session.receipts, words.sold]}>
        {report.hours.map((hour) => (
          <tr key={hour.hour}>
            <th scope="row">{clock(hour.hour, zone)}</th>
            <td className="numeric">{count(hour.receipts)}</td>
            <Cents cents={hour.gross_cents} currency={currency} />
          </tr>
        ))}
      </Part>
      <Part title={words.byCategory} heads={[words.category, words.lines, words.net]}>
        {report.categories.map((category) => (
          <tr key={category.category ?? ""}>
            <th scope="row">{category.category ?? words.notListed}</th>
            <td className="numeric">{count(category.lines)}</td>
            <Cents cents={category.net_cents} currency={currency} />
          </tr>
        ))}
      </Part>
      <Part title={words.exceptions} heads={[words.what, words.lines, words.sold]}>
        {report.exceptions.map((exception) => (
          <tr key={`${exception.kind} ${exception.reason ?? ""}`}>
            <th scope="row">
              {words.exceptionKinds[exception.kind] ?? exception.kind}
              {exception.reason != null && (
                <span className="soft small"> {exception.reason.replaceAll("_", " ")}</span>
              )}
            </th>
            <td className="numeric">{count(exception.lines)}</td>
            <Cents cents={exception.gross_cents} currency={currency} />
          </tr>
        ))}
      </Part>
    </div>
  );
}

function Part({ title, heads, children }: { title: string; heads: string[]; children: ReactNode[] }) {
  return (
    <section>
      <h3>{title}</h3>
      {children.length === 0 ? (
        <p className="soft">{words.nothing}</p>
      ) : (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                {heads.map((head, index) => (
                  <th key={head} scope="col" className={index === 0 ? undefined : "numeric"}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{children}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const Cents = ({ cents, currency }: { cents: number; currency: string }) => (
  <td className="numeric">
    <Money cents={cents} currency={currency} />
  </td>
);
