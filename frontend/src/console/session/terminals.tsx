import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Terminal, TerminalStanding } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { clock } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Chip, Empty, Money } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { TerminalDialog } from "./terminal-dialog.tsx";

const words = texts.session;

type Props = { session: string; terminals: Terminal[]; canPair: boolean; onPair: () => void };

/** The tills of this session: what each has sold, and what it still holds. */
export function Terminals({ session, terminals, canPair, onPair }: Props) {
  const { api } = useApp();
  const cache = useQueryClient();
  const standing = useQuery(queries.standing(api, session));
  const [chosen, setChosen] = useState<string>();
  const command = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: () => void cache.invalidateQueries({ queryKey: ["session", session] }),
    onSuccess: () => setChosen(undefined),
  });
  const close = () => {
    command.reset();
    setChosen(undefined);
  };
  const known = new Map(standing.data?.terminals.map((terminal) => [terminal.terminal, terminal]));
  const open = known.get(chosen ?? "");
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
          <TerminalCard
            key={terminal.terminal}
            terminal={terminal}
            standing={known.get(terminal.terminal)}
            onManage={() => setChosen(terminal.terminal)}
          />
        ))}
      </ul>
      {open !== undefined && (
        <TerminalDialog session={session} terminal={open} command={command} onClose={close} />
      )}
    </section>
  );
}

type CardProps = { terminal: Terminal; standing: TerminalStanding | undefined; onManage: () => void };

function TerminalCard({ terminal, standing, onManage }: CardProps) {
  const { organization } = useApp();
  return (
    <li className="terminal-card">
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
      {standing !== undefined && (
        <span className="terminal-card-end row">
          <Holding standing={standing} />
          <Button look="quiet" onPress={onManage} aria-label={words.manage(terminal.name)}>
            {words.manageShort}
          </Button>
        </span>
      )}
    </li>
  );
}

/** Whether the log has all that this till has sold. Not knowing is said as not knowing. */
export function Holding({ standing }: { standing: TerminalStanding }) {
  if (standing.revoked) return <Chip tone="refused">{words.revoked}</Chip>;
  if (standing.waiting == null) return <Chip tone="look">{words.unreachable}</Chip>;
  if (standing.waiting > 0) return <Chip tone="look">{words.holds(standing.waiting)}</Chip>;
  return <Chip tone="done">{words.holdsNothing}</Chip>;
}
