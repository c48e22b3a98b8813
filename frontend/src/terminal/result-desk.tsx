import { useCallback, useEffect, useRef, useState } from "react";
import { texts } from "../texts/en.ts";
import { count, money } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Key } from "../ui/key.tsx";
import { MailDialog } from "../ui/mail-dialog.tsx";
import { Money } from "../ui/parts.tsx";
import { nameOf } from "./basket.ts";
import type { QueuedSale } from "./model.ts";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";
import { useKeys } from "./use-keys.ts";
import { useScanner } from "./use-scanner.ts";

const words = texts.terminal.result;
const looks = { done: "done", waiting: "look", refused: "refused" } as const;
const icons = { done: "check", waiting: "warn", refused: "cross" } as const;
const { keys } = texts.terminal;

/** What became of the sale: recorded, kept here, or refused. Fills the screen in its colour. */
export function ResultDesk({ till, state, sale }: { till: Till; state: TillState; sale: QueuedSale }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), []);
  const [mailing, setMailing] = useState(false);
  const refused = sale.state === "refused";
  const go = () => void (refused ? till.checkout.reopen(sale) : till.checkout.next());
  useKeys({
    [keys.print.key]: refused ? undefined : () => window.print(),
  });
  // The next customer's first thing may be scanned while the last receipt is still on the screen.
  useScanner(
    useCallback(
      (tag: string) => {
        if (refused) return;
        void till.checkout.next();
        till.basket.scan(tag, false);
      },
      [till, refused],
    ),
  );
  useEffect(() => {
    // Enter goes on from wherever the focus is, unless it is on a button of its own.
    const press = (event: KeyboardEvent) => {
      const elsewhere =
        document.activeElement?.tagName === "BUTTON" || document.querySelector("[role=dialog]") !== null;
      if (event.key === "Enter" && !elsewhere) go();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
  return (
    <section
      className={`result result-${looks[sale.state]}`}
      ref={place}
      tabIndex={-1}
      aria-labelledby="result-title"
    >
      <div className="result-head" role={refused ? "alert" : "status"}>
        <Icon name={icons[sale.state]} size={72} />
        <h2 id="result-title">
          {refused ? words.refused : sale.state === "done" ? words.done : words.waiting}
        </h2>
        {sale.number !== undefined && <p className="result-number">{words.doneNumber(count(sale.number))}</p>}
        {sale.state === "waiting" && <p>{words.waitingHelp}</p>}
        {refused && (
          <>
            <Why till={till} sale={sale} />
            <p>{words.refusedHelp}</p>
          </>
        )}
      </div>
      {!refused && <Change sale={sale} currency={state.currency} />}
      <div className="result-end">
        {!refused && (
          <Button big onPress={() => window.print()}>
            <Icon name="print" />
            {words.print} <Key name={keys.print.key} />
          </Button>
        )}
        {sale.state === "done" && (
          <Button big onPress={() => setMailing(true)}>
            {texts.receiptMail.open}
          </Button>
        )}
        <Button look="primary" big onPress={go}>
          {refused ? words.backToBasket : words.next} <Key name={keys.enter.key} />
        </Button>
      </div>
      {mailing && (
        <MailDialog
          onClose={() => setMailing(false)}
          send={(email, key) => till.api.mailReceipt(sale.sale.receipt, email, key)}
        />
      )}
    </section>
  );
}

/** In the till's own words where it has them; for items already sold, which ones. */
function Why({ till, sale }: { till: Till; sale: QueuedSale }) {
  const { problem } = sale;
  const gone = sale.sale.basket.flatMap((line) => {
    const receipt = till.soldOn(line.id);
    return receipt === undefined ? [] : [words.soldLine(nameOf(line), receipt)];
  });
  return (
    <>
      <p className="result-why">{words.why[problem?.code ?? ""] ?? problem?.detail}</p>
      {gone.length > 0 && (
        <ul className="result-gone">
          {gone.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Change({ sale, currency }: { sale: QueuedSale; currency: string }) {
  const { priced, basket } = sale.sale;
  return (
    <div className="result-change">
      <p className="result-change-label">{priced.change_cents > 0 ? words.change : words.noChange}</p>
      {priced.change_cents > 0 && (
        <p className="result-change-figure">
          <Money cents={priced.change_cents} currency={currency} />
        </p>
      )}
      <p>
        {texts.terminal.items(basket.length)} · {texts.terminal.total} {money(priced.total_cents, currency)}
      </p>
    </div>
  );
}
