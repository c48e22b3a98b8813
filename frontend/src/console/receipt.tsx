import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import type { Receipt } from "../api/types.ts";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { count, moment, money, percent } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { MailDialog } from "../ui/mail-dialog.tsx";
import { Failure, Money, Skeleton, TagNumber } from "../ui/parts.tsx";
import { queries } from "./queries.ts";

const words = texts.receipt;
/** A receipt that reached the log later than this was made without the network, in ms. */
const LATE_AFTER_MS = 60_000;

/** One receipt, and the story the log tells about it. */
export function Component() {
  const { api } = useApp();
  const { receipt: id = "" } = useParams();
  const receipt = useQuery(queries.receipt(api, id));
  if (receipt.isPending) return <Skeleton rows={6} />;
  if (receipt.isError) return <Failure error={receipt.error} retry={() => void receipt.refetch()} />;
  return (
    <>
      <title>{`${words.title(count(receipt.data.number))} · ${texts.product}`}</title>
      <Link to={`/sessions/${receipt.data.session}`} className="back">
        <Icon name="back" size={16} />
        {words.back}
      </Link>
      <div className="receipt-page">
        <Paper receipt={receipt.data} />
        <Story receipt={receipt.data} />
      </div>
    </>
  );
}

function Paper({ receipt }: { receipt: Receipt }) {
  const { api, organization } = useApp();
  const currency = organization.currency;
  const [mailing, setMailing] = useState(false);
  return (
    <article className="paper" aria-labelledby="receipt-title">
      <h1 id="receipt-title">{words.title(count(receipt.number))}</h1>
      <p className="soft small">
        {receipt.terminal_name ?? receipt.terminal} · {moment(receipt.occurred_at, organization.time_zone)}
      </p>
      <ul className="paper-lines">
        {receipt.lines.map((line) => (
          <li key={line.tag} className="paper-line">
            <span>{line.title ?? (line.tag ? texts.dash : texts.desk.notListed)}</span>
            <Money cents={line.price_cents} currency={currency} />
            <TagNumber tag={line.tag} />
          </li>
        ))}
      </ul>
      <dl className="paper-sums">
        <Sum name={words.subtotal} cents={receipt.gross_cents} currency={currency} />
        <Sum name={words.tax} cents={receipt.tax_cents} currency={currency} />
        <Sum name={words.total} cents={receipt.total_cents} currency={currency} strong />
        {receipt.tenders.map((tender, index) => (
          <Sum
            // biome-ignore lint/suspicious/noArrayIndexKey: tenders have no id and never change
            key={index}
            name={texts.tenders[tender.kind] ?? tender.kind}
            cents={tender.amount_cents}
            currency={currency}
          />
        ))}
        {receipt.change_cents > 0 && (
          <Sum name={words.change} cents={receipt.change_cents} currency={currency} />
        )}
      </dl>
      <Button onPress={() => setMailing(true)}>{texts.receiptMail.open}</Button>
      {mailing && (
        <MailDialog
          onClose={() => setMailing(false)}
          send={(email, key) => api.mailReceipt(receipt.receipt, email, key)}
        />
      )}
    </article>
  );
}

type SumProps = { name: string; cents: number; currency: string; strong?: boolean };

const Sum = ({ name, cents, currency, strong = false }: SumProps) => (
  <div className={strong ? "paper-sum paper-sum-strong" : "paper-sum"}>
    <dt>{name}</dt>
    <dd>
      <Money cents={cents} currency={currency} />
    </dd>
  </div>
);

function Story({ receipt }: { receipt: Receipt }) {
  const { organization } = useApp();
  const { currency, time_zone: zone } = organization;
  const lateBy = new Date(receipt.recorded_at).getTime() - new Date(receipt.occurred_at).getTime();
  return (
    <section className="story" aria-labelledby="story-title">
      <h2 id="story-title">{words.story}</h2>
      <ol className="story-steps">
        <li>
          <span className="soft small">{moment(receipt.occurred_at, zone)}</span>
          <p>
            {words.storyTold(
              receipt.terminal_name ?? receipt.terminal,
              texts.session.lines(receipt.lines.length),
            )}
          </p>
        </li>
        <li>
          <span className="soft small">{moment(receipt.recorded_at, zone)}</span>
          <p>{words.storyRecorded(count(receipt.seq))}</p>
          {lateBy > LATE_AFTER_MS && <p>{words.late(`${Math.round(lateBy / 60_000)} min`)}</p>}
        </li>
        {receipt.lines.map((line) => (
          <li key={line.tag}>
            <p>
              {words.storyLine(
                line.title ?? (line.tag || texts.desk.notListed),
                money(line.price_cents, currency),
              )}
              {line.consignor != null && line.share_estimate_cents != null && (
                <>
                  {"; "}
                  {words.storyShare(
                    line.consignor,
                    money(line.share_estimate_cents, currency),
                    percent(line.rate_bp),
                  )}
                </>
              )}
            </p>
          </li>
        ))}
      </ol>
      <p className="note">{texts.estimateNote}</p>
    </section>
  );
}
