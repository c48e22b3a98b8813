import type { Terminal } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { clock } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Money } from "../../ui/parts.tsx";

const words = texts.session;

type Props = { terminals: Terminal[]; canPair: boolean; onPair: () => void };

/** The tills of this session and what each has sold. */
export function Terminals({ terminals, canPair, onPair }: Props) {
  const { organization } = useApp();
  return (
    <section aria-labelledby="terminals-title">
      <h2 id="terminals-title">{words.terminals}</h2>
      {terminals.length === 0 && (
        <Empty title={words.noTerminals} action={canPair && <Button onPress={onPair}>{words.pair}</Button>}>
          {words.noTerminalsHelp}
        </Empty>
      )}
      <ul className="terminals">
        {terminals.map((terminal) => (
          <li key={terminal.terminal} className="terminal-card">
            <strong>{terminal.name}</strong>
            <span className="soft small">
              {terminal.last_sale_at == null
                ? words.noSale
                : words.lastSale(clock(terminal.last_sale_at, organization.time_zone))}
            </span>
            <span className="terminal-card-sum">
              <Money cents={terminal.gross_cents} currency={organization.currency} />
            </span>
            <span className="soft small">
              {words.receiptCount(terminal.receipts)} · {words.lines(terminal.lines)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
