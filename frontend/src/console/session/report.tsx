import { useQuery } from "@tanstack/react-query";
import type { SessionReport } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { clock, count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Failure, Figure, Money, Skeleton } from "../../ui/parts.tsx";
import { Table, type TableProps } from "../../ui/table.tsx";
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
  const cents = (amount: number) => <Money cents={amount} currency={currency} />;
  return (
    <div className="report-parts">
      <Part
        label={words.byTender}
        rows={report.tenders}
        keyOf={(tender) => tender.kind}
        columns={[
          { head: words.kind, kind: "name", cell: ({ kind }) => texts.tenders[kind] ?? kind },
          { head: words.takenIn, kind: "figure", cell: (tender) => cents(tender.taken_cents) },
          { head: words.paidBack, kind: "figure", cell: (tender) => cents(tender.returned_cents) },
        ]}
      />
      <Part
        label={words.byHour}
        rows={report.hours}
        keyOf={({ hour }) => hour}
        columns={[
          { head: words.from, kind: "name", cell: ({ hour }) => clock(hour, zone) },
          { head: texts.session.receipts, kind: "figure", cell: (hour) => count(hour.receipts) },
          { head: words.sold, kind: "figure", cell: (hour) => cents(hour.gross_cents) },
        ]}
      />
      <Part
        label={words.byCategory}
        rows={report.categories}
        keyOf={({ category }) => category ?? ""}
        columns={[
          { head: words.category, kind: "name", cell: ({ category }) => category ?? words.notListed },
          { head: words.lines, kind: "figure", cell: (category) => count(category.lines) },
          { head: words.net, kind: "figure", cell: (category) => cents(category.net_cents) },
        ]}
      />
      <Part
        label={words.exceptions}
        rows={report.exceptions}
        keyOf={({ kind, reason }) => `${kind} ${reason ?? ""}`}
        columns={[
          {
            head: words.what,
            kind: "name",
            cell: ({ kind, reason }) => (
              <>
                {words.exceptionKinds[kind] ?? kind}
                {reason != null && <span className="soft small"> {reason.replaceAll("_", " ")}</span>}
              </>
            ),
          },
          { head: words.lines, kind: "figure", cell: (exception) => count(exception.lines) },
          { head: words.sold, kind: "figure", cell: (exception) => cents(exception.gross_cents) },
        ]}
      />
    </div>
  );
}

const Part = <Row,>(table: TableProps<Row>) => (
  <section>
    <h3>{table.label}</h3>
    <Table {...table} empty={<p className="soft">{words.nothing}</p>} />
  </section>
);
