import { useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { ConsignmentEvent, ImportOutcome, ImportReport, ImportRow } from "../../api/types.ts";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { TagNumber } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { OutcomeChip } from "../status.tsx";
import { reportCsv, saveText } from "./report-csv.ts";

const words = texts.imports;
/** Rows shown at a time; a browser lays out this many without a pause. */
const PAGE_ROWS = 100;

type Props = { event: ConsignmentEvent; file: string; report: ImportReport; onAgain: () => void };
type Filter = ImportOutcome | "all";

/** Row by row, what became of an imported file. */
export function ImportReportView({ event, file, report, onAgain }: Props) {
  const [filter, setFilter] = useState<Filter>(firstFilter(report));
  const [page, setPage] = useState(0);
  const filters: { id: Filter; label: string; rows: number }[] = [
    { id: "all", label: words.all, rows: report.rows },
    { id: "refused", label: words.refused, rows: report.refused },
    { id: "accepted_with_warning", label: words.warned, rows: report.warned },
    { id: "accepted", label: words.accepted, rows: report.accepted },
  ];
  const rows = filter === "all" ? report.results : report.results.filter((row) => row.outcome === filter);
  return (
    <section aria-labelledby="report-title">
      <div className="section-head">
        <div>
          <h2 id="report-title">{words.done(file)}</h2>
          <p className="soft">
            {words.newConsignors(report.consignors_new)}
            {report.ignored_columns.length > 0 && ` ${words.ignored(report.ignored_columns.join(", "))}`}
          </p>
        </div>
        <div className="row">
          <Button onPress={() => saveText(words.reportFile(file), reportCsv(report.results))}>
            <Icon name="download" />
            {words.download}
          </Button>
          <Button onPress={onAgain}>{words.again}</Button>
          <LinkButton to={`/events/${event.id}/items`} look="primary">
            {words.seeItems}
          </LinkButton>
        </div>
      </div>
      <ToggleButtonGroup
        className="tally"
        aria-label={words.filter}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[filter]}
        onSelectionChange={(keys) => {
          setFilter([...keys][0] as Filter);
          setPage(0);
        }}
      >
        {filters.map((choice) => (
          <ToggleButton key={choice.id} id={choice.id} className={`tally-option tally-${choice.id}`}>
            <span className="tally-count">{count(choice.rows)}</span>
            <span>{choice.label}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <Table
        label={words.done(file)}
        rows={rows.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)}
        keyOf={(row) => row.row}
        empty={<p className="soft report-empty">{words.empty}</p>}
        columns={[
          {
            head: words.columns.row,
            kind: "figure",
            cell: (row) => <span className="code">{row.line}</span>,
          },
          {
            head: words.columns.outcome,
            // Where all rows have the same one, a phone has better use for the room.
            minor: filter !== "all",
            cell: (row) => <OutcomeChip outcome={row.outcome} />,
          },
          {
            head: words.columns.tag,
            minor: true,
            cell: (row) => (row.tag ? <TagNumber tag={row.tag} /> : texts.dash),
          },
          { head: words.columns.message, cell: (row) => <AllFound row={row} /> },
        ]}
      />
      {rows.length > PAGE_ROWS && <Pager total={rows.length} page={page} onPage={setPage} />}
    </section>
  );
}

/** What needs a person's eye comes first. */
function firstFilter(report: ImportReport): Filter {
  if (report.refused > 0) return "refused";
  return report.warned > 0 ? "accepted_with_warning" : "all";
}

const AllFound = ({ row }: { row: ImportRow }) => (
  <>
    <Found message={row.message} column={row.column} />
    {row.more?.map((note) => (
      <Found key={`${note.code} ${note.column}`} {...note} />
    ))}
  </>
);

type FoundProps = { message?: string | null | undefined; column?: string | null | undefined };

/** One thing that was found in a row, with the column it stands in. */
const Found = ({ message, column }: FoundProps) => (
  <p>
    {message ?? texts.dash}
    {column != null && <span className="soft small"> · {words.inColumn(column)}</span>}
  </p>
);

function Pager({ total, page, onPage }: { total: number; page: number; onPage: (page: number) => void }) {
  const from = page * PAGE_ROWS;
  const to = Math.min(total, from + PAGE_ROWS);
  return (
    <div className="table-end">
      <span className="soft small" role="status">
        {words.page(from + 1, to, total)}
      </span>
      <div className="row">
        <Button isDisabled={page === 0} onPress={() => onPage(page - 1)}>
          {words.previous}
        </Button>
        <Button isDisabled={to === total} onPress={() => onPage(page + 1)}>
          {words.next}
        </Button>
      </div>
    </div>
  );
}
