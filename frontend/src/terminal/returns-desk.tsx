import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import type { FoundReceipt } from "../api/types.ts";
import { texts } from "../texts/en.ts";
import { count, moment, money } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Key } from "../ui/key.tsx";
import { Failure } from "../ui/parts.tsx";
import { NoRight } from "./no-right.tsx";
import { ReturnForm } from "./return-form.tsx";
import { type Found, findReceipt } from "./returns.ts";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";
import { useKeys } from "./use-keys.ts";
import { useScanner } from "./use-scanner.ts";
import { VoidForm } from "./void-form.tsx";

const words = texts.terminal.returns;

/** What became of it, large enough to act on. */
export type ReturnOutcome = { tone: "done" | "look" | "refused"; title: string; help?: string | undefined };

/** Goods come back: find the receipt, choose the lines, pay back. */
export function ReturnsDesk({ till, state }: { till: Till; state: TillState }) {
  const [found, setFound] = useState<Found>();
  const [outcome, setOutcome] = useState<ReturnOutcome>();
  const [error, setError] = useState<unknown>();
  const find = useCallback(
    (text: string) => {
      setOutcome(undefined);
      setError(undefined);
      setFound(undefined);
      findReceipt(till, text).then(setFound, setError);
    },
    [till],
  );
  const close = () => till.set({ step: { name: "basket" } });
  useKeys({ Escape: close });
  const finish = (told: ReturnOutcome) => {
    setFound(undefined);
    setOutcome(told);
  };
  return (
    <section className="returns" aria-labelledby="returns-title">
      <div className="returns-head">
        <h2 id="returns-title">{words.title}</h2>
        <Button look="quiet" onPress={close}>
          {words.close} <Key name={texts.terminal.keys.back.key} />
        </Button>
      </div>
      {till.may("take_returns") || till.may("void_receipts") ? (
        <>
          <FindField onFind={find} />
          <div className="returns-body" aria-live="polite">
            {error !== undefined && <Failure error={error} />}
            {outcome !== undefined && <Told outcome={outcome} />}
            {typeof found === "string" && <Nothing found={found} />}
            {typeof found === "object" && (
              <Receipt till={till} state={state} receipt={found.receipt} onDone={finish} />
            )}
          </div>
        </>
      ) : (
        <NoRight />
      )}
    </section>
  );
}

function FindField({ onFind }: { onFind: (text: string) => void }) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  // A scanner types like a keyboard: what it left in the field goes with the scan.
  const scanned = useCallback(
    (tag: string) => {
      onFind(tag);
      setText("");
    },
    [onFind],
  );
  useScanner(scanned);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") onFind(text);
    setText("");
  };
  return (
    <form className="scan" onSubmit={submit}>
      <label className="scan-label" htmlFor="find">
        {words.number} <span className="soft small">{words.lead}</span>
      </label>
      <input
        ref={field}
        id="find"
        className="scan-field code"
        value={text}
        onChange={(event) => setText(event.target.value)}
        inputMode="numeric"
        autoComplete="off"
      />
      <Button type="submit" big>
        {words.find}
      </Button>
    </form>
  );
}

const Nothing = ({ found }: { found: Exclude<Found, object> }) => (
  <div className="attention">
    <strong>{words.none}</strong>
    <span>{found === "not_known_offline" ? words.noneOffline : words.noneHelp}</span>
  </div>
);

const Told = ({ outcome }: { outcome: ReturnOutcome }) => (
  <div className={`returns-told notice-${outcome.tone}`} role="status">
    <strong>{outcome.title}</strong>
    {outcome.help !== undefined && <span>{outcome.help}</span>}
  </div>
);

type ReceiptProps = {
  till: Till;
  state: TillState;
  receipt: FoundReceipt;
  onDone: (outcome: ReturnOutcome) => void;
};

function Receipt({ till, state, receipt, onDone }: ReceiptProps) {
  const [voiding, setVoiding] = useState(false);
  const blocked = receipt.online ? words.online : receipt.standing === "stands" ? undefined : words.voided;
  const whole = receipt.lines.every(({ standing }) => standing === "credited");
  return (
    <div className="returns-receipt">
      <header className="returns-receipt-head">
        <h3>{words.receipt(count(receipt.number))}</h3>
        <span className="soft">
          {receipt.terminal_name === null
            ? moment(receipt.occurred_at)
            : words.madeBy(receipt.terminal_name ?? "", moment(receipt.occurred_at))}
          {" · "}
          {money(receipt.total_cents, state.currency)}
        </span>
        {blocked === undefined && whole && till.may("void_receipts") && (
          <Button look="danger" onPress={() => setVoiding(true)}>
            {words.void}
          </Button>
        )}
      </header>
      {blocked === undefined ? (
        till.may("take_returns") && (
          <ReturnForm key={receipt.receipt} till={till} state={state} receipt={receipt} onDone={onDone} />
        )
      ) : (
        <p className="attention">{blocked}</p>
      )}
      {voiding && (
        <VoidForm
          till={till}
          state={state}
          receipt={receipt}
          onDone={onDone}
          onClose={() => setVoiding(false)}
        />
      )}
    </div>
  );
}
