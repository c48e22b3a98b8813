import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Conflict, Receipt } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count, moment, money, tagText } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { Chip, Empty, Failure, Skeleton, TagNumber } from "../../ui/parts.tsx";
import { EndedCases } from "../ended-cases.tsx";
import { queries } from "../queries.ts";
import { useDesk } from "./page.tsx";
import { ResolutionDialog } from "./resolution-dialog.tsx";

const words = texts.desk;

/** Records that cannot both be true, side by side, until a person has said how it was. */
export function Component() {
  const { api } = useApp();
  const { session } = useDesk();
  const conflicts = useQuery(queries.conflicts(api, session.id));
  if (conflicts.isPending) return <Skeleton rows={4} />;
  if (conflicts.isError) return <Failure error={conflicts.error} retry={() => void conflicts.refetch()} />;
  const open = conflicts.data.filter((conflict) => conflict.resolved_at == null);
  const ended = conflicts.data.filter((conflict) => conflict.resolved_at != null);
  return (
    <div className="stack-wide">
      <section aria-labelledby="conflicts-title">
        <h2 id="conflicts-title">{words.conflicts}</h2>
        <p className="soft">{words.conflictsLead}</p>
        {open.length === 0 && <Empty title={words.noConflicts}>{words.noConflictsHelp}</Empty>}
        {open.map((conflict) => (
          <OpenConflict key={conflict.case} session={session.id} conflict={conflict} />
        ))}
      </section>
      <EndedCases title={words.ended} centsTitle={words.givenBack} cases={ended.map(endedCase)} />
    </div>
  );
}

function OpenConflict({ session, conflict }: { session: string; conflict: Conflict }) {
  const { api, organization } = useApp();
  const [resolving, setResolving] = useState(false);
  const receipts = useQueries({ queries: conflict.receipts.map((id) => queries.receipt(api, id)) });
  return (
    <article className="conflict" aria-label={conflict.title ?? words.kinds[conflict.kind]}>
      <header className="conflict-head">
        <div>
          <h3>{conflict.title ?? words.kinds[conflict.kind]}</h3>
          <p className="row soft small">
            <Chip tone="look">{words.kinds[conflict.kind] ?? conflict.kind}</Chip>
            {conflict.tag != null && <TagNumber tag={conflict.tag} />}
            <span>{words.foundAt(moment(conflict.opened_at, organization.time_zone))}</span>
          </p>
        </div>
        <Button look="primary" onPress={() => setResolving(true)}>
          {words.resolve}
        </Button>
      </header>
      <div className="evidence">
        {receipts.map((receipt, index) => (
          <Evidence
            key={conflict.receipts[index]}
            place={index}
            receipt={receipt.data}
            error={receipt.error}
            tag={conflict.tag ?? undefined}
          />
        ))}
      </div>
      {resolving && (
        <ResolutionDialog session={session} conflict={conflict} onClose={() => setResolving(false)} />
      )}
    </article>
  );
}

type EvidenceProps = {
  place: number;
  receipt: Receipt | undefined;
  error: Error | null;
  tag: string | undefined;
};

/** One side: what this receipt says, when by which clock, and how it was paid. */
function Evidence({ place, receipt, error, tag }: EvidenceProps) {
  const { organization } = useApp();
  const { currency, time_zone: zone } = organization;
  if (error !== null) return <Failure error={error} />;
  if (receipt === undefined) return <Skeleton rows={3} />;
  const line = receipt.lines.find((line) => line.tag === tag);
  return (
    <section className="evidence-side">
      <h4>
        {words.side(place)} · {texts.receipt.title(count(receipt.number))}
      </h4>
      <dl className="facts">
        <Fact name={words.till}>{receipt.terminal_name ?? receipt.terminal}</Fact>
        <Fact name={words.soldAt}>{moment(receipt.occurred_at, zone)}</Fact>
        <Fact name={words.recordedAt}>{moment(receipt.recorded_at, zone)}</Fact>
        {line !== undefined && <Fact name={words.charged}>{money(line.price_cents, currency)}</Fact>}
        <Fact name={words.basket}>
          {`${texts.session.lines(receipt.lines.length)} · ${money(receipt.total_cents, currency)}`}
        </Fact>
        <Fact name={words.paidBy}>
          {receipt.tenders.map((tender) => texts.tenders[tender.kind] ?? tender.kind).join(", ")}
        </Fact>
      </dl>
      <LinkButton to={`/receipts/${receipt.receipt}`} look="quiet">
        {words.seeReceipt}
      </LinkButton>
    </section>
  );
}

const Fact = ({ name, children }: { name: string; children: string }) => (
  <div className="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** A conflict that has ended, as a row. */
const endedCase = (conflict: Conflict) => ({
  key: conflict.case,
  what: (
    <>
      {conflict.title ?? words.kinds[conflict.kind]}
      {conflict.tag != null && <span className="soft small code"> {tagText(conflict.tag)}</span>}
    </>
  ),
  how: words.endings[conflict.resolution?.how ?? ""] ?? texts.dash,
  at: conflict.resolved_at,
  cents: conflict.refund_cents ?? 0,
});
