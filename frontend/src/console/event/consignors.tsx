import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import type { ConsignmentEvent, Consignor } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { LinkButton } from "../../ui/link-button.tsx";
import { Chip, Empty, Estimate, Failure, Money, Skeleton } from "../../ui/parts.tsx";
import { TableFrame } from "../../ui/table.tsx";

const words = texts.event;
type SortKey = "number" | "name" | "items" | "sold" | "gross_cents" | "share_estimate_cents";

type Column = { key: SortKey; label: string; numeric: boolean; estimate?: boolean; minor?: boolean };
const columns: Column[] = [
  { key: "number", label: words.columns.number, numeric: true, minor: true },
  { key: "name", label: words.columns.name, numeric: false },
  { key: "items", label: words.columns.items, numeric: true, minor: true },
  { key: "sold", label: words.columns.sold, numeric: true },
  { key: "gross_cents", label: words.columns.gross, numeric: true, minor: true },
  { key: "share_estimate_cents", label: words.columns.share, numeric: true, estimate: true },
];

/** Who brought what, and what it has earned so far. */
export function Consignors({
  query,
  event,
}: {
  query: UseQueryResult<Consignor[]>;
  event: ConsignmentEvent;
}) {
  return (
    <section aria-labelledby="consignors-title">
      <div className="section-head">
        <h2 id="consignors-title">{words.consignors}</h2>
      </div>
      {query.isPending && <Skeleton rows={6} />}
      {query.isError && <Failure error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && (
        <Empty
          title={words.noConsignors}
          action={<LinkButton to={`/events/${event.id}/import`}>{words.importNow}</LinkButton>}
        >
          {words.noConsignorsHelp}
        </Empty>
      )}
      {query.data !== undefined && query.data.length > 0 && <ConsignorTable consignors={query.data} />}
    </section>
  );
}

function ConsignorTable({ consignors }: { consignors: Consignor[] }) {
  const { organization } = useApp();
  const [sort, setSort] = useState<SortKey>("share_estimate_cents");
  const sorted = consignors.toSorted((a, b) => compare(a, b, sort));
  const currency = organization.currency;
  return (
    <>
      <p className="note">{texts.estimateNote}</p>
      <TableFrame label={words.consignors}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={cellClass(column)}
                aria-sort={sort === column.key ? (descends(sort) ? "descending" : "ascending") : undefined}
              >
                <button type="button" className="sort" onClick={() => setSort(column.key)}>
                  {column.label}
                </button>
                {column.estimate && <Estimate />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((consignor) => (
            <tr key={consignor.number}>
              <td className="numeric code minor">{consignor.number}</td>
              <th scope="row">
                {nameOf(consignor)} {consignor.tier === "super" && <Chip tone="pen">{words.tier.super}</Chip>}
                <span className="phone-only soft small code">{consignor.number}</span>
              </th>
              <td className="numeric minor">{count(consignor.items)}</td>
              <td className={quiet(consignor.sold)}>{count(consignor.sold)}</td>
              <td className={quiet(consignor.gross_cents, "minor")}>
                <Money cents={consignor.gross_cents} currency={currency} />
              </td>
              <td className={quiet(consignor.share_estimate_cents, "strong")}>
                <Money cents={consignor.share_estimate_cents} currency={currency} />
              </td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </>
  );
}

const cellClass = (column: Column) =>
  [column.numeric ? "numeric" : "", column.minor ? "minor" : ""].join(" ").trim() || undefined;

/** Noughts stand back, so that the eye finds who has sold. */
const quiet = (figure: number, also = "") => `numeric ${also} ${figure === 0 ? "faint" : ""}`;

/** A name may have been erased on its owner's request; the number stays. */
const nameOf = (consignor: Consignor) => consignor.name ?? words.unnamed(consignor.number);

/** Figures are read from the top, names and numbers from the start. */
const descends = (key: SortKey) => key !== "number" && key !== "name";

function compare(a: Consignor, b: Consignor, key: SortKey): number {
  if (key === "name") return nameOf(a).localeCompare(nameOf(b));
  return (descends(key) ? b[key] - a[key] : a[key] - b[key]) || a.number - b.number;
}
