import { type ReactNode, useEffect, useRef, useState } from "react";

export type Column<Row> = {
  /** What heads it; no two columns of a table have the same. */
  head: string;
  cell: (row: Row) => ReactNode;
  /** A `name` heads its row; a `figure` stands at the end; so does an `act`, a button whose head is for ears only. */
  kind?: "name" | "figure" | "act";
  /** A phone leaves it out. */
  minor?: boolean;
};

export type TableProps<Row> = {
  /** What the table is called by who cannot see the heading above it. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string | number;
  /** What stands in its place when there are no rows. */
  empty?: ReactNode;
};

/** Rows under the heads of their columns. */
export function Table<Row>({ label, columns, rows, keyOf, empty = null }: TableProps<Row>) {
  if (rows.length === 0) return empty;
  return (
    <TableFrame label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.head} scope="col" className={classOf(column)}>
              {column.kind === "act" ? <span className="visually-hidden">{column.head}</span> : column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column) => {
              const Cell = column.kind === "name" ? "th" : "td";
              return (
                <Cell
                  key={column.head}
                  scope={column.kind === "name" ? "row" : undefined}
                  className={classOf(column)}
                >
                  {column.cell(row)}
                </Cell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

const classOf = ({ kind, minor }: Column<never>) =>
  [kind === "figure" || kind === "act" ? "numeric" : "", minor ? "minor" : ""].join(" ").trim() || undefined;

/** Around the rows of any table, also those that a page writes itself; what is too wide scrolls in it, by keys too. */
export function TableFrame({ label, children }: { label: string; children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const box = frame.current;
    if (box === null) return;
    const watch = new ResizeObserver(() => setScrolls(box.scrollWidth > box.clientWidth));
    for (const each of [box, ...box.children]) watch.observe(each);
    return () => watch.disconnect();
  }, []);
  // Only where there is something to scroll, lest every table be a stop of the Tab key. A group, not a region: the
  // section around it is one of the same name already.
  const reachable = scrolls ? { role: "group", "aria-label": label, tabIndex: 0 } : {};
  return (
    <div className="table-frame" ref={frame} {...reachable}>
      <table className="table" aria-label={label}>
        {children}
      </table>
    </div>
  );
}
