import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import type { Tender } from "../api/types.ts";
import { texts } from "../texts/en.ts";
import { decimal, money, parseAmount } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icons.tsx";
import { Key } from "../ui/key.tsx";
import { Money } from "../ui/parts.tsx";
import { cashSuggestions } from "./cash.ts";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";
import { useKeys } from "./use-keys.ts";

const words = texts.terminal.tender;
/** Kinds of payment, each with its key. */
const kinds = [
  { name: "cash", key: "F1" },
  { name: "card", key: "F2" },
  { name: "cheque", key: "F3" },
  { name: "store_credit", key: "F4" },
] as const;
/** What a scanner types: ten digits, which no amount has. */
const TAG = /^\d{10}$/;
/** Change from which on the till asks whether the amount was mistyped: more than the largest note anybody pays with. */
const MUCH_CHANGE_CENTS = 100_00;
/** Parts of one payment, as the platform takes them. */
const MAX_TENDERS = 8;

type Props = { till: Till; state: TillState; recording: boolean };

/** Takes the money, in one part or several. An empty amount means exactly what is due. */
export function PayDesk({ till, state, recording }: Props) {
  const { currency, taken: tenders } = state;
  const [kind, setKind] = useState<string>("cash");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const before = till.payment(tenders);
  const amount = text.trim() === "" ? before.due_cents : parseAmount(text);
  const offered: Tender[] =
    amount === undefined || amount === 0 ? tenders : [...tenders, { kind, amount_cents: amount }];
  const after = till.payment(offered);
  const paysAll = amount !== undefined && after.settled;
  const error = TAG.test(text.trim())
    ? words.isATag
    : whatIsWrong(amount, after.due_cents, after.settled, offered.length);
  const choose = (next: string) => {
    setKind(next);
    // After the press that chose it, which takes the focus along: a scan or a sum goes to the field, never to Enter alone.
    setTimeout(() => field.current?.focus());
  };

  useEffect(() => field.current?.focus(), []);
  useKeys({
    Escape: recording ? undefined : () => till.checkout.back(),
    ...Object.fromEntries(kinds.map(({ name, key }) => [key, recording ? undefined : () => choose(name)])),
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (recording || error !== undefined) return;
    if (paysAll) {
      void till.checkout.complete(offered);
      return;
    }
    till.checkout.take(offered);
    setText("");
    setTried(false);
    field.current?.focus();
  };
  return (
    <form className="pay" onSubmit={submit} onKeyDown={notFromAChoice} aria-busy={recording}>
      <div className="pay-due">
        <span className="tag-hole" aria-hidden="true" />
        <dl>
          <dt>{words.due}</dt>
          <dd className="pay-figure">
            <Money cents={before.due_cents} currency={currency} />
          </dd>
          <dt className="pay-change-label">{words.change}</dt>
          <dd className="pay-change">
            <Money cents={after.change_cents} currency={currency} />
          </dd>
        </dl>
        <p className="pay-doubt" role="status">
          {after.change_cents >= MUCH_CHANGE_CENTS && words.muchChange}
        </p>
      </div>
      <div className="pay-take">
        <h2>{words.title}</h2>
        <RadioGroup
          className="kinds"
          aria-label={words.title}
          value={kind}
          onChange={choose}
          isDisabled={recording}
        >
          {kinds.map(({ name, key }) => (
            <Radio key={name} value={name} className="kind">
              {texts.tenders[name]} <Key name={key} />
            </Radio>
          ))}
        </RadioGroup>
        <Field
          label={words.amount}
          hint={kind === "card" ? words.cardHelp : undefined}
          value={text}
          onChange={setText}
          error={tried || text !== "" ? error : undefined}
          inputMode="decimal"
          autoComplete="off"
          placeholder={decimal(before.due_cents)}
          inputRef={field}
          isDisabled={recording}
        />
        <div className="row pay-cash">
          {kind === "cash" && (
            <>
              <Button isDisabled={recording} onPress={() => setText("")}>
                {words.exact}
              </Button>
              {cashSuggestions(before.due_cents).map((cents) => (
                <Button key={cents} isDisabled={recording} onPress={() => setText(decimal(cents))}>
                  {money(cents, currency)}
                </Button>
              ))}
            </>
          )}
        </div>
        {tenders.length > 0 && (
          <ul className="taken" aria-label={words.taken}>
            {tenders.map((tender, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two equal tenders are told apart by their place
              <li key={index} className="taken-row">
                <span>{texts.tenders[tender.kind]}</span>
                <Money cents={tender.amount_cents} currency={currency} />
                <button
                  type="button"
                  className="icon-button"
                  disabled={recording}
                  aria-label={words.takeOff(texts.tenders[tender.kind] ?? tender.kind)}
                  onClick={() => till.checkout.take(tenders.filter((other) => other !== tender))}
                >
                  <Icon name="cross" size={18} />
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className="pay-end">
          <Button look="quiet" big isDisabled={recording} onPress={() => till.checkout.back()}>
            {words.back} <Key name={texts.terminal.keys.back.key} />
          </Button>
          <Button type="submit" look="primary" big pending={recording}>
            {recording ? words.completing : paysAll ? words.complete : words.add}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** Enter on a kind of payment completes nothing: whoever presses it there, or scans, has not looked at the amount. */
function notFromAChoice(event: KeyboardEvent): void {
  const choice = event.target instanceof HTMLInputElement && event.target.type === "radio";
  if (choice && event.key === "Enter") event.preventDefault();
}

/** The domain says what is settled; this puts its answer in words. */
function whatIsWrong(
  amount: number | undefined,
  due: number,
  settled: boolean,
  parts: number,
): string | undefined {
  if (amount === undefined || (amount === 0 && !settled)) return words.badAmount;
  if (parts > MAX_TENDERS) return words.tooMany(MAX_TENDERS);
  return due === 0 && !settled ? words.tooMuch : undefined;
}
