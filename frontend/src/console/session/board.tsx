import { useEffect, useState } from "react";
import type { Receipt, Session, SessionSummary } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { type Floor, paceByMinute } from "../../live/floor.ts";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Estimate, Figure, Money } from "../../ui/parts.tsx";

const words = texts.session;
const PACE_TICK_MS = 10_000;

type Props = { summary: SessionSummary; receipts: Receipt[]; floor: Floor; session: Session };

/** The session's figures, large enough to be read from across the desk. */
export function Board({ summary, receipts, floor, session }: Props) {
  const { organization } = useApp();
  const currency = organization.currency;
  // The list knows what was sold before this page opened, the socket what came since; each receipt counts once.
  const listed = receipts.map((receipt): [string, number] => [
    receipt.receipt,
    Date.parse(receipt.recorded_at),
  ]);
  const heard = floor.fresh.map((receipt): [string, number] => [receipt.receipt, receipt.at]);
  const moments = [...new Map([...listed, ...heard]).values()];
  return (
    <section className="board" aria-label={words.board}>
      <dl className="board-figures">
        <Figure name={words.sales} className="board-sales">
          <Money cents={summary.gross_cents} currency={currency} />
        </Figure>
        <Figure name={words.receipts}>{count(summary.receipts)}</Figure>
        <Figure
          name={words.itemsSold}
          note={words.left(count(session.items - summary.lines), count(session.items))}
        >
          {count(summary.lines)}
        </Figure>
        <Figure name={words.tax}>
          <Money cents={summary.tax_cents} currency={currency} />
        </Figure>
        <Figure
          name={
            <>
              {words.shares} <Estimate />
            </>
          }
        >
          <Money cents={summary.share_estimate_cents} currency={currency} />
        </Figure>
        <Figure
          name={
            <>
              {words.house} <Estimate />
            </>
          }
        >
          <Money cents={summary.house_estimate_cents} currency={currency} />
        </Figure>
        <Pace moments={moments} />
      </dl>
    </section>
  );
}

export function Pace({ moments }: { moments: number[] }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), PACE_TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const minutes = paceByMinute(moments, Math.max(now, ...moments));
  const most = Math.max(...minutes, 1);
  return (
    <Figure name={words.perMinute} note={words.perMinuteNote}>
      <span className="pace" role="img" aria-label={minutes.join(", ")}>
        {minutes.map((receipts, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is the minute
          <span key={index} className="pace-bar" style={{ blockSize: `${(receipts / most) * 100}%` }} />
        ))}
      </span>
    </Figure>
  );
}
