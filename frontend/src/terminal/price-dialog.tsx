import { type FormEvent, useState } from "react";
import { texts } from "../texts/en.ts";
import { decimal, money, parseAmount } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { AmountField } from "./amount-field.tsx";
import { titled } from "./basket.ts";
import { Choices } from "./choices.tsx";
import { type ItemLine, type Override, overrideReasons } from "./model.ts";
import { NoRight } from "./no-right.tsx";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal.price;
type Reason = Override["reason"];

type Props = { till: Till; state: TillState; line: ItemLine; onClose: () => void };

/** Another price than the rules give, with its reason. The rules themselves judge it while it is keyed. */
export function PriceDialog({ till, state, line, onClose }: Props) {
  const [reason, setReason] = useState<Reason>(line.override?.reason ?? "printed_tag");
  const [text, setText] = useState(() => keyedBefore(line.override));
  const cents = parseAmount(text);
  const override = cents === undefined ? undefined : overrideOf(reason, cents);
  const plain = till.basket.tryPrice(line.id, undefined);
  const tried = override === undefined ? undefined : till.basket.tryPrice(line.id, override);
  const price = (amount: number) => money(amount, state.currency);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (override === undefined || tried?.fault !== undefined) return;
    till.basket.setPrice(line.id, override);
    onClose();
  };
  const reset = () => {
    till.basket.setPrice(line.id, undefined);
    onClose();
  };
  return (
    <Dialog title={`${words.title}: ${titled(line.item)}`} isOpen onClose={onClose}>
      {till.may("override_prices") ? (
        <form className="form" onSubmit={submit}>
          <p className="soft">{words.rules(price(plain?.price_cents ?? line.item.price_cents))}</p>
          <Choices
            label={words.why}
            options={overrideReasons}
            words={words.reasons}
            value={reason}
            onChange={setReason}
          />
          <AmountField
            label={reason === "printed_tag" ? words.onTag : words.asked}
            hint={tried === undefined ? hintOf(reason) : words.comesTo(price(tried.price_cents))}
            error={tried?.fault === undefined ? undefined : words.faults[tried.fault]}
            text={text}
            onText={setText}
            autoFocus
          />
          <div className="form-end">
            {line.override !== undefined && (
              <Button look="quiet" onPress={reset}>
                {words.reset}
              </Button>
            )}
            <Button
              type="submit"
              look="primary"
              big
              isDisabled={override === undefined || tried?.fault !== undefined}
            >
              {words.set}
            </Button>
          </div>
        </form>
      ) : (
        <NoRight />
      )}
    </Dialog>
  );
}

const hintOf = (reason: Reason) => (reason === "printed_tag" ? words.onTagHelp : undefined);

const overrideOf = (reason: Reason, cents: number): Override =>
  reason === "printed_tag" ? { reason, tag_says_cents: cents } : { reason, asked_cents: cents };

function keyedBefore(override: Override | undefined): string {
  if (override === undefined) return "";
  return decimal(override.reason === "printed_tag" ? override.tag_says_cents : override.asked_cents);
}
