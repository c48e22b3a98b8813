import { useState } from "react";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";

const words = texts.event;

/** A step of an event's lifecycle, with the reason that goes on record. */
export type Move = { to: string; reason: string | null };

/** Reasons that make sense for a step, of those that the platform knows. */
const reasonsFor = (to: string): string[] =>
  to === "cancelled"
    ? ["venue", "weather", "safety", "too_small", "mistake", "other"]
    : ["late_returns", "figures", "mistake", "other"];

type Props = { to: string; pending: boolean; onMove: (move: Move) => void };

/** Calling an event off, or going a step back: asked first, with a reason from a list. */
export function WithReason({ to, pending, onMove }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const off = to === "cancelled";
  const label = off ? words.cancelEvent : words.stepBack(texts.eventStatus[to] ?? to);
  const move = () => {
    setOpen(false);
    onMove({ to, reason });
  };
  return (
    <>
      <Button look="quiet" pending={pending} onPress={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog
        title={off ? words.cancelTitle : words.backTitle}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      >
        <p>{off ? words.cancelHelp : words.backHelp}</p>
        <label className="field">
          <span className="field-label">{words.reason}</span>
          <select
            className="field-input"
            value={reason}
            onChange={(change) => setReason(change.target.value)}
          >
            <option value="" disabled>
              {words.chooseReason}
            </option>
            {reasonsFor(to).map((name) => (
              <option key={name} value={name}>
                {words.reasons[name]}
              </option>
            ))}
          </select>
        </label>
        <div className="form-end">
          <Button look="quiet" onPress={() => setOpen(false)}>
            {words.keepAsIs}
          </Button>
          <Button look={off ? "danger" : "primary"} isDisabled={reason === ""} onPress={move}>
            {label}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
