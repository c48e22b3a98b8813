import { type FormEvent, useState } from "react";
import { texts } from "../texts/en.ts";
import { parseAmount, tagText } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { AmountField } from "./amount-field.tsx";
import { Choices } from "./choices.tsx";
import { type UnlistedReason, unlistedReasons } from "./model.ts";
import { NoRight } from "./no-right.tsx";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal.unlisted;

type Props = { till: Till; state: TillState; onClose: () => void };

/** Sells what has no good tag, at a price that a person names. */
export function UnlistedDialog({ till, state, onClose }: Props) {
  const { unknown } = state;
  const [why, setWhy] = useState<UnlistedReason>(unknown?.why ?? "no_tag");
  const [text, setText] = useState("");
  const price = parseAmount(text);
  const tag = why === "no_tag" ? undefined : unknown?.tag;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (price === undefined) return;
    till.basket.addUnlisted({ why, price_cents: price, keyed: true, ...(tag === undefined ? {} : { tag }) });
    onClose();
  };
  return (
    <Dialog title={words.title} isOpen onClose={onClose}>
      {till.may("sell_exceptions") ? (
        <form className="form" onSubmit={submit}>
          <p className="soft">{words.lead}</p>
          <Choices
            label={words.why}
            options={unknown === undefined ? unlistedReasons.slice(0, 2) : unlistedReasons}
            words={words.reasons}
            value={why}
            onChange={setWhy}
          />
          {tag !== undefined && <p className="code">{words.number(tagText(tag))}</p>}
          <AmountField label={words.price} text={text} onText={setText} autoFocus />
          <div className="form-end">
            <Button type="submit" look="primary" big isDisabled={price === undefined}>
              {words.add}
            </Button>
          </div>
        </form>
      ) : (
        <NoRight />
      )}
    </Dialog>
  );
}
