import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import type { Conflict, ConflictEnding } from "../../api/types.ts";
import { useCommandKey } from "../../api/use-command-key.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Failure } from "../../ui/parts.tsx";

const words = texts.desk;

/** Two records of one item can end in three ways, two bodies of one receipt in two. */
const endingsOf = (kind: string): ConflictEnding[] =>
  kind === "receipt_id_reused"
    ? ["one_basket", "two_baskets"]
    : ["keep_first_refund_second", "keep_second_refund_first", "two_items"];

type Props = { session: string; conflict: Conflict; onClose: () => void };

/** How it was, in a person's words; what follows from it is said before it is decided. */
export function ResolutionDialog({ session, conflict, onClose }: Props) {
  const { api } = useApp();
  const cache = useQueryClient();
  const endings = endingsOf(conflict.kind);
  const [how, setHow] = useState<ConflictEnding>();
  const [consignor, setConsignor] = useState("");
  // What was typed counts only while the field is there to be read.
  const wrong = how === "two_items" && consignor !== "" && !/^\d{1,9}$/.test(consignor);
  const keyOf = useCommandKey();
  const resolve = useMutation({
    mutationFn: (ending: ConflictEnding) => {
      const body = {
        how: ending,
        receipts: conflict.receipts,
        ...(ending === "two_items" && consignor !== "" ? { consignor: Number(consignor) } : {}),
      };
      return api.resolveConflict(session, conflict.case, body, keyOf(body));
    },
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: ["session", session] }),
  });
  return (
    <Dialog title={words.resolveTitle} isOpen onClose={onClose}>
      <RadioGroup
        className="choices"
        value={how ?? null}
        onChange={(value) => setHow(value as ConflictEnding)}
      >
        <Label className="field-label">{words.resolveQuestion}</Label>
        {endings.map((ending) => (
          <Radio key={ending} value={ending} className="choice">
            <span className="choice-box choice-round" aria-hidden="true" />
            <span>
              {words.endings[ending]}
              <span className="soft small choice-help">{words.endingsHelp[ending]}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      {how === "two_items" && (
        <Field
          label={words.whose}
          hint={words.whoseHint}
          error={wrong ? words.whoseWrong : undefined}
          value={consignor}
          onChange={setConsignor}
          inputMode="numeric"
        />
      )}
      {resolve.isError && <Failure error={resolve.error} />}
      <div className="form-end">
        <Button look="quiet" onPress={onClose}>
          {words.notNow}
        </Button>
        <Button
          look="primary"
          isDisabled={how === undefined || wrong}
          pending={resolve.isPending}
          onPress={() => how !== undefined && resolve.mutate(how)}
        >
          {words.resolveDo}
        </Button>
      </div>
    </Dialog>
  );
}
