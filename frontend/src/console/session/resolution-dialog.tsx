import { useState } from "react";
import type { Conflict, ConflictEnding } from "../../api/types.ts";
import { useCommandKey } from "../../api/use-command-key.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Field } from "../../ui/field.tsx";
import { EndingDialog } from "../ending-dialog.tsx";

const words = texts.desk;

/** Two records of one item can end in three ways, two bodies of one receipt in two. */
const endingsOf = (kind: string): ConflictEnding[] =>
  kind === "receipt_id_reused"
    ? ["one_basket", "two_baskets"]
    : ["keep_first_refund_second", "keep_second_refund_first", "two_items"];

type Props = { session: string; conflict: Conflict; onClose: () => void };

/** Two items under one tag: whose the second one is may be said at once. */
export function ResolutionDialog({ session, conflict, onClose }: Props) {
  const { api } = useApp();
  const [consignor, setConsignor] = useState("");
  const wrong = consignor !== "" && !/^\d{1,9}$/.test(consignor);
  const keyOf = useCommandKey();
  const decide = (how: ConflictEnding) => {
    // What was typed counts only while the field is there to be read.
    const named = how === "two_items" && consignor !== "" ? { consignor: Number(consignor) } : {};
    const body = { how, receipts: conflict.receipts, ...named };
    return api.resolveConflict(session, conflict.case, body, keyOf(body));
  };
  const whose = (
    <Field
      label={words.whose}
      hint={words.whoseHint}
      error={wrong ? words.whoseWrong : undefined}
      value={consignor}
      onChange={setConsignor}
      inputMode="numeric"
    />
  );
  return (
    <EndingDialog
      endings={endingsOf(conflict.kind).map((how) => ({
        how,
        label: words.endings[how],
        help: words.endingsHelp[how],
      }))}
      decide={decide}
      changes={["session", session]}
      onClose={onClose}
      more={(how) => (how === "two_items" ? { asked: whose, wrong } : { asked: undefined, wrong: false })}
    />
  );
}
