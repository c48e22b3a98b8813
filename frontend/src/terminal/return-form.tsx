import { type FormEvent, useState } from "react";
import { Checkbox } from "react-aria-components";
import type { FoundReceipt } from "../api/types.ts";
import { texts } from "../texts/en.ts";
import { money, tagText } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Money } from "../ui/parts.tsx";
import { Choices } from "./choices.tsx";
import { type ReturnReason, returnReasons, takeBack, usualTender } from "./returns.ts";
import type { ReturnOutcome } from "./returns-desk.tsx";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal.returns;
const tenders = ["cash", "card", "cheque", "store_credit"] as const;

type Props = {
  till: Till;
  state: TillState;
  receipt: FoundReceipt;
  onDone: (outcome: ReturnOutcome) => void;
};

/** Which lines, why, and how the money goes back. */
export function ReturnForm({ till, state, receipt, onDone }: Props) {
  const [chosen, setChosen] = useState<number[]>([]);
  const [reason, setReason] = useState<ReturnReason>("faulty");
  const [restock, setRestock] = useState(true);
  const [tender, setTender] = useState<string>(usualTender(receipt));
  const [busy, setBusy] = useState(false);
  const { settings } = till;
  const back = receipt.lines.filter(({ line }) => chosen.includes(line));
  const paid = settings === undefined ? undefined : till.rules.payBack(back, settings);
  const cardBlocked = tender === "card" && !till.online;
  const amount = money(paid?.total_cents ?? 0, state.currency);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (paid === undefined || back.length === 0 || busy || cardBlocked) return;
    setBusy(true);
    const lines = back.map(({ line }) => ({ line, restock }));
    const answer = await takeBack(till, receipt, lines, reason, {
      kind: tender,
      amount_cents: paid.total_cents,
    });
    setBusy(false);
    if (answer.state === "refused")
      onDone({ tone: "refused", title: words.refused, help: answer.problem?.detail });
    else if (answer.state === "done") onDone({ tone: "done", title: words.done(amount) });
    else onDone({ tone: "look", title: words.waiting(amount) });
  };

  return (
    <form className="returns-form" onSubmit={(event) => void submit(event)} aria-busy={busy}>
      <fieldset className="returns-lines">
        <legend className="field-label">{words.choose}</legend>
        {receipt.lines.map(({ line, tag, title, price_cents, standing }) => (
          <Checkbox
            key={line}
            className="returns-line"
            isDisabled={standing !== "credited"}
            isSelected={chosen.includes(line)}
            onChange={(on) => setChosen(on ? [...chosen, line] : chosen.filter((other) => other !== line))}
          >
            <span className="check" aria-hidden="true">
              <Icon name="check" size={18} />
            </span>
            <span className="basket-what">
              <span className="basket-title">{title ?? texts.terminal.unlisted.reasons.no_tag}</span>
              <span className="soft small">
                {tag == null ? "" : tagText(tag)}
                {standing === "gone" && ` · ${words.gone}`}
                {(standing === "contested" || standing === "claimed") && ` · ${words.contested}`}
              </span>
            </span>
            <Money cents={price_cents} currency={state.currency} />
          </Checkbox>
        ))}
      </fieldset>
      <div className="returns-how">
        <Choices
          label={words.why}
          options={returnReasons}
          words={words.reasons}
          value={reason}
          onChange={setReason}
        />
        <Checkbox className="returns-line" isSelected={restock} onChange={setRestock}>
          <span className="check" aria-hidden="true">
            <Icon name="check" size={18} />
          </span>
          {words.restock}
        </Checkbox>
        <Choices
          label={words.back}
          options={tenders}
          words={texts.tenders as Record<(typeof tenders)[number], string>}
          value={tender as (typeof tenders)[number]}
          onChange={setTender}
        />
        <p className="field-error">{cardBlocked ? words.cardOffline : ""}</p>
        <p className="returns-total">
          <span>{words.total}</span>
          <strong>{amount}</strong>
        </p>
        <Button
          type="submit"
          look="primary"
          big
          wide
          isDisabled={back.length === 0 || cardBlocked}
          pending={busy}
        >
          {words.take(amount)}
        </Button>
      </div>
    </form>
  );
}
