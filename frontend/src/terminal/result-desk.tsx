import { useEffect, useRef } from "react";
import { texts } from "../texts/en.ts";
import { count, money } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Money } from "../ui/parts.tsx";
import type { QueuedReceipt } from "./model.ts";
import type { Till, TillState } from "./till.ts";

const words = texts.terminal.result;
const looks = { done: "done", waiting: "look", refused: "refused" } as const;
const icons = { done: "check", waiting: "warn", refused: "cross" } as const;

/** What became of the sale: recorded, kept here, or refused. Fills the screen in its colour. */
export function ResultDesk({ till, state, sale }: { till: Till; state: TillState; sale: QueuedReceipt }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), []);
  const refused = sale.state === "refused";
  const go = () => void (refused ? till.reopen(sale) : till.next());
  useEffect(() => {
    // Enter goes on from wherever the focus is, unless it is on a button of its own.
    const press = (event: KeyboardEvent) => {
      if (event.key === "Enter" && document.activeElement?.tagName !== "BUTTON") go();
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
        {sale.state === "done" && sale.reply !== undefined && (
          <p className="result-number">{words.doneNumber(count(sale.reply.number))}</p>
        )}
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
            {words.print}
          </Button>
        )}
        <Button look="primary" big onPress={go}>
          {refused ? words.backToBasket : words.next}
        </Button>
      </div>
    </section>
  );
}

/** In the till's own words where it has them; for items already sold, which ones. */
function Why({ till, sale }: { till: Till; sale: QueuedReceipt }) {
  const { problem } = sale;
  const gone = sale.body.basket.flatMap(({ item }) => {
    const receipt = till.soldOn(item.tag);
    return receipt === undefined ? [] : [words.soldLine(item.title, receipt)];
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

function Change({ sale, currency }: { sale: QueuedReceipt; currency: string }) {
  const { priced, command } = sale.body;
  return (
    <div className="result-change">
      <p className="result-change-label">{priced.change_cents > 0 ? words.change : words.noChange}</p>
      {priced.change_cents > 0 && (
        <p className="result-change-figure">
          <Money cents={priced.change_cents} currency={currency} />
        </p>
      )}
      <p>
        {texts.terminal.items(command.lines.length)} · {texts.terminal.total}{" "}
        {money(priced.total_cents, currency)}
      </p>
    </div>
  );
}
