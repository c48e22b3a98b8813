import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { clock, count } from "../../texts/format.ts";
import { Lamp } from "../../ui/lamp.tsx";
import { Estimate, Failure, Money, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { Pace } from "./board.tsx";
import { useFloor } from "./use-floor.ts";

const words = texts.session;

/** The hall's big screen: a few figures, read from the other end of the room, that follow the sale by themselves. */
export function Component() {
  const { api, organization } = useApp();
  const { session: id = "" } = useParams();
  const session = useQuery(queries.session(api, id));
  const summary = useQuery(queries.summary(api, id));
  const receipts = useQuery(queries.receipts(api, id));
  const conflicts = useQuery(queries.conflicts(api, id));
  const { floor, live } = useFloor(id, summary.data?.seq);
  if (session.isError) return <Failure error={session.error} />;
  if (session.data === undefined || summary.data === undefined) return <Skeleton rows={5} />;
  const currency = organization.currency;
  const open = conflicts.data?.filter((conflict) => conflict.resolved_at == null).length ?? 0;
  const moments = receipts.data?.items.map((receipt) => Date.parse(receipt.recorded_at)) ?? [];
  const heard = floor.fresh.map((receipt) => receipt.at);
  const last = receipts.data?.items[0];
  return (
    <section className="hall" aria-label={words.sections.screen}>
      <title>{`${session.data.name} · ${texts.product}`}</title>
      <header className="hall-head">
        <h1>{session.data.name}</h1>
        <p className="row">
          <span>{texts.sessionStatus[session.data.status] ?? session.data.status}</span>
          <Lamp state={live} />
        </p>
      </header>
      <dl className="hall-figures">
        <div className="hall-figure hall-sales">
          <dt>{words.sales}</dt>
          <dd>
            <Money cents={summary.data.gross_cents} currency={currency} />
          </dd>
        </div>
        <div className="hall-figure">
          <dt>{words.itemsSold}</dt>
          <dd>{count(summary.data.lines)}</dd>
        </div>
        <div className="hall-figure">
          <dt>{words.receipts}</dt>
          <dd>{count(summary.data.receipts)}</dd>
        </div>
        <div className="hall-figure">
          <dt>
            {words.shares} <Estimate />
          </dt>
          <dd>
            <Money cents={summary.data.share_estimate_cents} currency={currency} />
          </dd>
        </div>
        <div className="hall-figure">
          <dt>{words.terminals}</dt>
          <dd>{count(summary.data.terminals.filter((terminal) => terminal.revoked_at == null).length)}</dd>
        </div>
        <Pace moments={[...new Set([...moments, ...heard])]} />
      </dl>
      <footer className="hall-foot">
        {last !== undefined && (
          <p>
            {words.lastSale(clock(last.recorded_at, organization.time_zone))} ·{" "}
            <Money cents={last.total_cents} currency={currency} />
          </p>
        )}
        {open > 0 && <p className="hall-look">{texts.desk.openConflicts(open)}</p>}
      </footer>
    </section>
  );
}
