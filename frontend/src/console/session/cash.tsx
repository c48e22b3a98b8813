import { useQuery } from "@tanstack/react-query";
import type { Drawer, TerminalStanding } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { moment } from "../../texts/format.ts";
import { Chip, Empty, Failure, Money, Skeleton } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { queries } from "../queries.ts";
import { useDesk } from "./page.tsx";
import { Holding } from "./terminals.tsx";

const words = texts.desk;

/** Cash-up: drawer by drawer, what was counted against what the log says should be there. */
export function Component() {
  const { api } = useApp();
  const { session } = useDesk();
  const drawers = useQuery(queries.drawers(api, session.id));
  const moves = useQuery(queries.cashMovements(api, session.id));
  const standing = useQuery(queries.standing(api, session.id));
  const error = drawers.error ?? moves.error ?? standing.error;
  if (error !== null) return <Failure error={error} retry={() => void drawers.refetch()} />;
  if (drawers.data === undefined || moves.data === undefined || standing.data === undefined) {
    return <Skeleton rows={5} />;
  }
  return (
    <div className="stack-wide">
      <section aria-labelledby="drawers-title">
        <h2 id="drawers-title">{words.drawers}</h2>
        <p className="soft">{words.drawersLead}</p>
        <Drawers drawers={drawers.data} standing={standing.data.terminals} />
      </section>
      <section aria-labelledby="holding-title">
        <h2 id="holding-title">{words.holding}</h2>
        <p className="soft">{words.holdingLead}</p>
        <ul className="plain-list">
          {standing.data.terminals.map((terminal) => (
            <li key={terminal.terminal} className="plain-row">
              <strong>{terminal.name}</strong>
              <Holding standing={terminal} />
            </li>
          ))}
        </ul>
      </section>
      {moves.data.length > 0 && (
        <section aria-labelledby="moves-title">
          <h2 id="moves-title">{words.moves}</h2>
          <ul className="plain-list">
            {moves.data.map((move) => (
              <MoveRow key={move.seq} {...move} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Drawers({ drawers, standing }: { drawers: Drawer[]; standing: TerminalStanding[] }) {
  const { organization } = useApp();
  const { currency, time_zone: zone } = organization;
  const cents = (amount: number | null | undefined) =>
    amount == null ? texts.dash : <Money cents={amount} currency={currency} />;
  // An open drawer has no count yet; what should be in it, its session knows as of now.
  const now = new Map(standing.map((each) => [each.terminal, each.drawer_cents]));
  const expected = (drawer: Drawer) =>
    drawer.expected_cents ?? (drawer.closed_at == null ? now.get(drawer.terminal) : undefined);
  return (
    <Table
      label={words.drawers}
      rows={drawers}
      keyOf={(drawer) => drawer.opened_seq}
      empty={<Empty title={words.noDrawers}>{words.noDrawersHelp}</Empty>}
      columns={[
        { head: words.till, kind: "name", cell: (drawer) => drawer.terminal_name ?? drawer.terminal },
        { head: words.opened, minor: true, cell: (drawer) => moment(drawer.opened_at, zone) },
        { head: words.float, kind: "figure", minor: true, cell: (drawer) => cents(drawer.float_cents) },
        { head: words.expected, kind: "figure", cell: (drawer) => cents(expected(drawer)) },
        {
          head: words.counted,
          kind: "figure",
          cell: (drawer) =>
            drawer.closed_at == null ? <Chip tone="pen">{words.inUse}</Chip> : cents(drawer.counted_cents),
        },
        {
          head: words.difference,
          kind: "figure",
          cell: (drawer) => <Difference cents={drawer.difference_cents ?? undefined} />,
        },
      ]}
    />
  );
}

function Difference({ cents }: { cents: number | undefined }) {
  const { organization } = useApp();
  if (cents === undefined) return texts.dash;
  if (cents === 0) return <Chip tone="done">{words.exact}</Chip>;
  return (
    <Chip tone="look">
      {cents < 0 ? words.short : words.over}{" "}
      <Money cents={Math.abs(cents)} currency={organization.currency} />
    </Chip>
  );
}

type MoveProps = { terminal_name?: string | null; amount_cents: number; reason: string; recorded_at: string };

function MoveRow({ terminal_name, amount_cents, reason, recorded_at }: MoveProps) {
  const { organization } = useApp();
  return (
    <li className="plain-row">
      <span>
        <strong>{words.cashReasons[reason] ?? reason}</strong>{" "}
        <span className="soft small">
          {terminal_name ?? texts.dash} · {moment(recorded_at, organization.time_zone)}
        </span>
      </span>
      <Money cents={amount_cents} currency={organization.currency} />
    </li>
  );
}
