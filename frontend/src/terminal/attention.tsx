import { texts } from "../texts/en.ts";
import { money } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { nameOf } from "./basket.ts";
import { isSale } from "./checkout.ts";
import type { QueuedCommand } from "./model.ts";
import { stateHelp, stateName } from "./session-words.ts";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal;

/** What stands in the way of selling, and what the platform refused after the till had let it pass. */
export function Attention({ till, state, onUnpair }: { till: Till; state: TillState; onUnpair: () => void }) {
  const status = state.info?.session.status;
  const shown = state.step.name === "result" ? state.step.sale.key : undefined;
  return (
    <>
      <Dismissed state={state} onUnpair={onUnpair} />
      {status !== undefined && status !== "open" && (
        <div className="attention" role="status">
          <strong>{stateName(status)}</strong>
          <span>{till.online ? stateHelp(status) : words.sessionState.helpOffline}</span>
        </div>
      )}
      {state.refused
        .filter(({ key }) => key !== shown)
        .map((command) => (
          <Refused key={command.key} till={till} state={state} command={command} />
        ))}
    </>
  );
}

function Dismissed({ state, onUnpair }: { state: TillState; onUnpair: () => void }) {
  if (state.dismissed === undefined) return null;
  const revoked = state.dismissed === "revoked";
  return (
    <div className="attention attention-refused" role="alert">
      <strong>{revoked ? words.revoked : words.suspended}</strong>
      <span>
        {revoked ? words.revokedHelp : words.suspendedHelp}{" "}
        {revoked && state.waiting > 0 && words.revokedWaiting(state.waiting)}
      </span>
      {revoked && <Button onPress={onUnpair}>{words.pairTitle}</Button>}
    </div>
  );
}

type RefusedProps = { till: Till; state: TillState; command: QueuedCommand };

function Refused({ till, state, command }: RefusedProps) {
  return (
    <div className="attention attention-refused" role="alert">
      <strong>{words.attention.title[command.about]}</strong>
      <span>
        {command.problem?.detail} {words.attention.help}
      </span>
      {isSale(command) && (
        <span className="code small">
          {money(command.sale.priced.total_cents, state.currency)} ·{" "}
          {command.sale.basket.map(nameOf).join(", ")}
        </span>
      )}
      {isSale(command) && !command.sale.fact
        ? state.basket.length === 0 && (
            <Button onPress={() => void till.checkout.reopen(command)}>{words.result.backToBasket}</Button>
          )
        : // A fact that was refused stays: it is the only record of money that was taken.
          !isSale(command) && (
            <Button onPress={() => void till.dismiss(command)}>{words.attention.seen}</Button>
          )}
    </div>
  );
}
