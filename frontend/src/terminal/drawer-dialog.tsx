import { type FormEvent, useState } from "react";
import { texts } from "../texts/en.ts";
import { money, parseAmount } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { AmountField } from "./amount-field.tsx";
import { Choices } from "./choices.tsx";
import type { QueuedCommand, SessionCommand } from "./model.ts";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal.drawer;
const reasons = ["bank_drop", "change", "expense", "correction"] as const;
const directions = ["out", "in"] as const;

type Props = { till: Till; state: TillState; onClose: () => void };

/** The cash drawer: what it begins with, what moves without a sale, what is in it at the end. */
export function DrawerDialog({ till, state, onClose }: Props) {
  const [said, setSaid] = useState<Said>();
  const [busy, setBusy] = useState(false);
  const { standing } = state;
  const ask = async (command: SessionCommand, open: boolean) => {
    setBusy(true);
    const change = { standing: { ...standing, drawer_open: open } };
    const answer = await till.ask("drawer", command, change);
    if (answer.state !== "refused") till.set(change);
    setBusy(false);
    setSaid(outcome(answer, state.currency));
  };
  return (
    <Dialog title={words.title} isOpen onClose={onClose}>
      <p aria-live="polite" className={said === undefined ? "soft" : `drawer-said drawer-${said.tone}`}>
        {said?.text ?? (standing.drawer_open ? words.opened : words.closed)}
      </p>
      {standing.drawer_open ? (
        <>
          <CountForm
            busy={busy}
            onCount={(counted_cents) => ask({ type: "close_drawer", counted_cents }, false)}
          />
          <MoveForm
            busy={busy}
            onMove={(amount_cents, reason) => ask({ type: "move_cash", amount_cents, reason }, true)}
          />
        </>
      ) : (
        <AmountForm
          label={words.float}
          submit={words.open}
          busy={busy}
          onAmount={(float_cents) => ask({ type: "open_drawer", float_cents }, true)}
        />
      )}
    </Dialog>
  );
}

type AmountFormProps = {
  label: string;
  hint?: string;
  submit: string;
  busy: boolean;
  onAmount: (cents: number) => void;
};

function AmountForm({ label, hint, submit, busy, onAmount }: AmountFormProps) {
  const [text, setText] = useState("");
  const cents = parseAmount(text);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (cents === undefined || busy) return;
    setText("");
    onAmount(cents);
  };
  return (
    <form className="form" onSubmit={send}>
      <AmountField label={label} hint={hint} text={text} onText={setText} autoFocus />
      <div className="form-end">
        <Button type="submit" look="primary" isDisabled={cents === undefined} pending={busy}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

const CountForm = ({ busy, onCount }: { busy: boolean; onCount: (cents: number) => void }) => (
  <AmountForm
    label={words.counted}
    hint={words.countedHelp}
    submit={words.close}
    busy={busy}
    onAmount={onCount}
  />
);

function MoveForm({ busy, onMove }: { busy: boolean; onMove: (cents: number, reason: string) => void }) {
  const [direction, setDirection] = useState<(typeof directions)[number]>("out");
  const [reason, setReason] = useState<(typeof reasons)[number]>("bank_drop");
  const [text, setText] = useState("");
  const cents = parseAmount(text);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (cents === undefined || cents === 0 || busy) return;
    setText("");
    onMove(direction === "out" ? -cents : cents, reason);
  };
  return (
    <details className="drawer-move">
      <summary>{words.move}</summary>
      <form className="form" onSubmit={send}>
        <Choices
          label={words.move}
          options={directions}
          words={words.directions}
          value={direction}
          onChange={setDirection}
        />
        <Choices
          label={words.reason}
          options={reasons}
          words={words.reasons}
          value={reason}
          onChange={setReason}
        />
        <AmountField label={words.amount} text={text} onText={setText} />
        <div className="form-end">
          <Button type="submit" isDisabled={cents === undefined || cents === 0} pending={busy}>
            {words.moveNow}
          </Button>
        </div>
      </form>
    </details>
  );
}

/** What became of it, and whether it wants a look. */
type Said = { tone: "done" | "look" | "refused"; text: string };

function outcome({ state, problem, difference_cents, command }: QueuedCommand, currency: string): Said {
  if (state === "refused") return { tone: "refused", text: problem?.detail ?? texts.errors.title };
  if (command.type !== "close_drawer") return { tone: "done", text: words.recorded };
  if (difference_cents === undefined) return { tone: "look", text: words.waiting };
  if (difference_cents === 0) return { tone: "done", text: words.right };
  const amount = money(Math.abs(difference_cents), currency);
  return { tone: "look", text: difference_cents > 0 ? words.over(amount) : words.under(amount) };
}
