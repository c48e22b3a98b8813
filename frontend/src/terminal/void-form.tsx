import { useState } from "react";
import type { FoundReceipt } from "../api/types.ts";
import { texts } from "../texts/en.ts";
import { count, money } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Choices } from "./choices.tsx";
import { paidByCard, type VoidReason, voidReasons, voidReceipt } from "./returns.ts";
import type { ReturnOutcome } from "./returns-desk.tsx";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal.returns;

type Props = {
  till: Till;
  state: TillState;
  receipt: FoundReceipt;
  onDone: (outcome: ReturnOutcome) => void;
  onClose: () => void;
};

/** Undoes a whole receipt. */
export function VoidForm({ till, state, receipt, onDone, onClose }: Props) {
  const [reason, setReason] = useState<VoidReason>("mistake");
  const [busy, setBusy] = useState(false);
  const blocked = paidByCard(receipt) && !till.online;
  const go = async () => {
    setBusy(true);
    const answer = await voidReceipt(till, receipt, reason);
    onClose();
    const title = words.voided_done(money(receipt.total_cents, state.currency));
    if (answer.state === "refused")
      onDone({ tone: "refused", title: words.refused, help: answer.problem?.detail });
    else onDone({ tone: answer.state === "done" ? "done" : "look", title });
  };
  return (
    <Dialog title={words.voidTitle(count(receipt.number))} isOpen onClose={onClose}>
      <p>{words.voidHelp}</p>
      <Choices
        label={words.why}
        options={voidReasons}
        words={words.voidReasons}
        value={reason}
        onChange={setReason}
      />
      {blocked && <p className="field-error">{words.cardOffline}</p>}
      <div className="form-end">
        <Button look="quiet" onPress={onClose}>
          {texts.terminal.tender.back}
        </Button>
        <Button look="danger" isDisabled={blocked} pending={busy} onPress={() => void go()}>
          {words.voidNow}
        </Button>
      </div>
    </Dialog>
  );
}
