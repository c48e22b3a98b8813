import { useQuery } from "@tanstack/react-query";
import type { Drawer } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { moment } from "../../texts/format.ts";
import { Chip, Empty, Failure, Money, Skeleton } from "../../ui/parts.tsx";
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
  const expected = new Map(
    standing.data.terminals.map((terminal) => [terminal.terminal, terminal.drawer_cents ?? undefined]),
  );
  return (
    <div className="stack-wide">
      <section aria-labelledby="drawers-title">
        <h2 id="drawers-title">{words.drawers}</h2>
        <p className="soft">{words.drawersLead}</p>
        {drawers.data.length === 0 ? (
          <Empty title={words.noDrawers}>{words.noDrawersHelp}</Empty>
        ) : (
          <div className="table-frame">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{words.till}</th>
                  <th scope="col" className="minor">
                    {words.opened}
                  </th>
                  <th scope="col" className="numeric minor">
                    {words.float}
                  </th>
                  <th scope="col" className="numeric">
                    {words.expected}
                  </th>
                  <th scope="col" className="numeric">
                    {words.counted}
                  </th>
                  <th scope="col" className="numeric">
                    {words.difference}
                  </th>
                </tr>
              </thead>
              <tbody>
                {drawers.data.map((drawer) => (
                  <DrawerRow
                    key={drawer.opened_seq}
                    drawer={drawer}
                    // An open drawer has no count yet; what should be in it, its session knows as of now.
                    now={drawer.closed_at == null ? expected.get(drawer.terminal) : undefined}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
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

function DrawerRow({ drawer, now }: { drawer: Drawer; now: number | undefined }) {
  const { organization } = useApp();
  const { currency, time_zone: zone } = organization;
  const cents = (amount: number | null | undefined) =>
    amount == null ? texts.dash : <Money cents={amount} currency={currency} />;
  return (
    <tr>
      <th scope="row">{drawer.terminal_name ?? drawer.terminal}</th>
      <td className="minor">{moment(drawer.opened_at, zone)}</td>
      <td className="numeric minor">{cents(drawer.float_cents)}</td>
      <td className="numeric">{cents(drawer.expected_cents ?? now)}</td>
      <td className="numeric">
        {drawer.closed_at == null ? <Chip tone="pen">{words.inUse}</Chip> : cents(drawer.counted_cents)}
      </td>
      <td className="numeric strong">
        <Difference cents={drawer.difference_cents ?? undefined} />
      </td>
    </tr>
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
