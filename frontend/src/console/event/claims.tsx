import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Claim, ClaimHow } from "../../api/types.ts";
import { useCommandKey } from "../../api/use-command-key.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { moment, tagText } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { Chip, Empty, Failure, Money, Skeleton, TagNumber } from "../../ui/parts.tsx";
import { EndedCases } from "../ended-cases.tsx";
import { EndingDialog } from "../ending-dialog.tsx";
import { queries } from "../queries.ts";
import { useEvent } from "./layout.tsx";

const words = texts.claims;
const endings: ClaimHow[] = ["upheld", "dismissed"];

/** What sessions said of items that were no longer theirs; what contradicts the record waits for a person. */
export function Component() {
  const { api } = useApp();
  const event = useEvent();
  const claims = useQuery(queries.claims(api, event.id));
  if (claims.isPending) return <Skeleton rows={4} />;
  if (claims.isError) return <Failure error={claims.error} retry={() => void claims.refetch()} />;
  const contested = claims.data.filter(({ status }) => status === "contested");
  const ended = claims.data.filter(({ status }) => status !== "contested");
  return (
    <div className="stack-wide">
      <section aria-labelledby="claims-title">
        <h2 id="claims-title">{words.title}</h2>
        <p className="soft">{words.lead}</p>
        {contested.length === 0 && <Empty title={words.none}>{words.noneHelp}</Empty>}
        {contested.map((claim) => (
          <Contested key={`${claim.session}/${claim.case}`} event={event.id} claim={claim} />
        ))}
      </section>
      <EndedCases
        title={words.ended}
        whereTitle={words.session}
        centsTitle={texts.desk.charged}
        cases={ended.map((claim) => ({
          key: `${claim.session}/${claim.case}`,
          what: nameOf(claim),
          where: claim.session_name ?? texts.dash,
          how: words.statuses[claim.status] ?? claim.status,
          at: claim.resolved_at ?? claim.taken_at,
          cents: claim.price_cents,
        }))}
      />
    </div>
  );
}

const nameOf = (claim: Claim) => claim.title ?? tagText(claim.tag);

function Contested({ event, claim }: { event: string; claim: Claim }) {
  const { organization } = useApp();
  const [deciding, setDeciding] = useState(false);
  const found = claim.found == null ? words.unknown : (texts.itemStatus[claim.found] ?? claim.found);
  return (
    <article className="conflict" aria-label={nameOf(claim)}>
      <header className="conflict-head">
        <div>
          <h3>{nameOf(claim)}</h3>
          <p className="row soft small">
            <Chip tone="look">{words.kinds[claim.kind] ?? claim.kind}</Chip>
            <TagNumber tag={claim.tag} />
          </p>
        </div>
        <Button look="primary" onPress={() => setDeciding(true)}>
          {texts.desk.resolve}
        </Button>
      </header>
      <div className="evidence">
        <section className="evidence-side">
          <h4>{words.said(claim.session_name ?? texts.dash)}</h4>
          <p>
            {words.saidWhat[claim.kind] ?? claim.kind} {moment(claim.occurred_at, organization.time_zone)}
            {" · "}
            <Money cents={claim.price_cents} currency={organization.currency} />
          </p>
          <LinkButton to={`/receipts/${claim.receipt}`} look="quiet">
            {texts.desk.seeReceipt}
          </LinkButton>
        </section>
        <section className="evidence-side">
          <h4>{words.record}</h4>
          <p>{found}</p>
          {claim.holder != null && (
            <LinkButton to={`/sessions/${claim.holder}`} look="quiet">
              {claim.holder_name ?? words.holder}
            </LinkButton>
          )}
        </section>
      </div>
      {deciding && <ClaimDialog event={event} claim={claim} onClose={() => setDeciding(false)} />}
    </article>
  );
}

type DialogProps = { event: string; claim: Claim; onClose: () => void };

function ClaimDialog({ event, claim, onClose }: DialogProps) {
  const { api } = useApp();
  const keyOf = useCommandKey();
  const decide = (how: ClaimHow) => {
    const body = { session: claim.session, how };
    return api.resolveClaim(event, claim.case, body, keyOf(body));
  };
  return (
    <EndingDialog
      endings={endings.map((how) => ({
        how,
        label: words.endings[claim.kind]?.[how],
        help: words.endingsHelp[claim.kind]?.[how],
      }))}
      decide={decide}
      changes={["event", event]}
      onClose={onClose}
    />
  );
}
