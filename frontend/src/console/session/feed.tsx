import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useApp } from "../../app.tsx";
import type { Floor } from "../../live/floor.ts";
import { texts } from "../../texts/en.ts";
import { clock, count } from "../../texts/format.ts";
import { Empty, Failure, Money, Skeleton } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";

const words = texts.session;

/** Receipts as they happen, newest on top. */
export function Feed({ session, floor }: { session: string; floor: Floor }) {
  const { api, organization } = useApp();
  const receipts = useQuery(queries.receipts(api, session));
  const fresh = new Set(floor.fresh.map(({ receipt }) => receipt));
  return (
    <section aria-labelledby="feed-title">
      <h2 id="feed-title">{words.feed}</h2>
      {receipts.isPending && <Skeleton rows={4} />}
      {receipts.isError && <Failure error={receipts.error} retry={() => void receipts.refetch()} />}
      {receipts.data?.items.length === 0 && <Empty title={words.noReceipts}>{words.noReceiptsHelp}</Empty>}
      <ol className="feed" aria-live="polite">
        {receipts.data?.items.map((receipt) => (
          <li
            key={receipt.receipt}
            className={fresh.has(receipt.receipt) ? "feed-row feed-fresh" : "feed-row"}
          >
            <Link to={`/receipts/${receipt.receipt}`} className="feed-link">
              <span className="feed-number code">{words.receiptLabel(count(receipt.number))}</span>
              <span className="feed-titles soft small">
                {receipt.lines.map((line) => line.title ?? (line.tag || texts.desk.notListed)).join(" · ")}
              </span>
              <span className="feed-meta small soft">
                {receipt.terminal_name ?? texts.dash} · {clock(receipt.recorded_at, organization.time_zone)} ·{" "}
                {words.lines(receipt.lines.length)}
              </span>
              <span className="feed-total">
                <Money cents={receipt.total_cents} currency={organization.currency} />
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </section>
  );
}
