import { texts } from "../texts/en.ts";
import { money, tagText } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import type { Till, TillState } from "./till.ts";

const words = texts.terminal;

/** What stands in the way of selling, and sales that the platform refused after they were kept here. */
export function Attention({ till, state }: { till: Till; state: TillState }) {
  const status = state.info?.session.status;
  const shown = state.step.name === "result" ? state.step.sale.id : undefined;
  const refused = state.refused.filter(({ id }) => id !== shown);
  return (
    <>
      {status !== undefined && status !== "open" && (
        <div className="attention" role="status">
          <strong>{sessionWords(status)}</strong>
          <span>{words.sessionState.help}</span>
        </div>
      )}
      {refused.map((sale) => (
        <div key={sale.id} className="attention attention-refused" role="alert">
          <strong>{sale.problem?.title ?? words.attention(1)}</strong>
          <span>
            {sale.problem?.detail} {words.attentionHelp}
          </span>
          <span className="code small">
            {money(sale.body.priced.total_cents, state.currency)} ·{" "}
            {sale.body.basket.map(({ item }) => tagText(item.tag)).join(", ")}
          </span>
          {state.basket.length === 0 && (
            <Button onPress={() => void till.reopen(sale)}>{words.result.backToBasket}</Button>
          )}
        </div>
      ))}
    </>
  );
}

function sessionWords(status: string): string {
  if (status === "paused") return words.sessionState.paused;
  return status === "scheduled" || status === "opening"
    ? words.sessionState.scheduled
    : words.sessionState.closed;
}
