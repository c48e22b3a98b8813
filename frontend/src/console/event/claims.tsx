import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import type { Claim, ClaimHow } from "../../api/types.ts";
import { useCommandKey } from "../../api/use-command-key.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { moment, tagText } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { Chip, Empty, Failure, Money, Skeleton, TagNumber } from "../../ui/parts.tsx";
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
      {ended.length > 0 && <Ended claims={ended} />}
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
      {deciding && <EndingDialog event={event} claim={claim} onClose={() => setDeciding(false)} />}
    </article>
  );
}

type DialogProps = { event: string; claim: Claim; onClose: () => void };

function EndingDialog({ event, claim, onClose }: DialogProps) {
  const { api } = useApp();
  const cache = useQueryClient();
  const [how, setHow] = useState<ClaimHow>();
  const keyOf = useCommandKey();
  const resolve = useMutation({
    mutationFn: (ending: ClaimHow) => {
      const body = { session: claim.session, how: ending };
      return api.resolveClaim(event, claim.case, body, keyOf(body));
    },
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: ["event", event] }),
  });
  return (
    <Dialog title={texts.desk.resolveTitle} isOpen onClose={onClose}>
      <RadioGroup className="choices" value={how ?? null} onChange={(value) => setHow(value as ClaimHow)}>
        <Label className="field-label">{texts.desk.resolveQuestion}</Label>
        {endings.map((ending) => (
          <Radio key={ending} value={ending} className="choice">
            <span className="choice-box choice-round" aria-hidden="true" />
            <span>
              {words.endings[claim.kind]?.[ending]}
              <span className="soft small choice-help">{words.endingsHelp[claim.kind]?.[ending]}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      {resolve.isError && <Failure error={resolve.error} />}
      <div className="form-end">
        <Button look="quiet" onPress={onClose}>
          {texts.desk.notNow}
        </Button>
        <Button
          look="primary"
          isDisabled={how === undefined}
          pending={resolve.isPending}
          onPress={() => how !== undefined && resolve.mutate(how)}
        >
          {texts.desk.resolveDo}
        </Button>
      </div>
    </Dialog>
  );
}

function Ended({ claims }: { claims: Claim[] }) {
  const { organization } = useApp();
  return (
    <section aria-labelledby="claims-ended">
      <h2 id="claims-ended">{words.ended}</h2>
      <div className="table-frame">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{texts.desk.what}</th>
              <th scope="col">{words.session}</th>
              <th scope="col">{texts.desk.how}</th>
              <th scope="col" className="minor">
                {texts.desk.when}
              </th>
              <th scope="col" className="numeric">
                {texts.desk.charged}
              </th>
            </tr>
          </thead>
          <tbody>
            {claims.map((claim) => (
              <tr key={`${claim.session}/${claim.case}`}>
                <th scope="row">{nameOf(claim)}</th>
                <td>{claim.session_name ?? texts.dash}</td>
                <td>{words.statuses[claim.status] ?? claim.status}</td>
                <td className="minor">
                  {moment(claim.resolved_at ?? claim.taken_at, organization.time_zone)}
                </td>
                <td className="numeric">
                  <Money cents={claim.price_cents} currency={organization.currency} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
