import type { UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox, CheckboxGroup, Label } from "react-aria-components";
import type { TerminalRight, TerminalStanding } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure } from "../../ui/parts.tsx";
import { Holding } from "./terminals.tsx";

const words = texts.session;
const rights: TerminalRight[] = ["override_prices", "sell_exceptions", "take_returns", "void_receipts"];

type Props = {
  session: string;
  terminal: TerminalStanding;
  command: UseMutationResult<unknown, Error, () => Promise<unknown>>;
  onClose: () => void;
};

/** What one till may do, whether it knows, and how to end its pairing. */
export function TerminalDialog({ session, terminal, command, onClose }: Props) {
  const { api } = useApp();
  const [chosen, setChosen] = useState<string[]>(terminal.rights);
  const [ending, setEnding] = useState(false);
  const key = () => crypto.randomUUID();
  const save = () =>
    command.mutate(() =>
      api.setTerminalRights(
        session,
        terminal.terminal,
        rights.filter((right) => chosen.includes(right)),
        key(),
      ),
    );
  return (
    <Dialog title={terminal.name} isOpen onClose={onClose}>
      <p className="row">
        <Holding standing={terminal} />
        {!terminal.revoked && (
          <span className="soft small">{terminal.informed ? words.informed : words.notInformed}</span>
        )}
      </p>
      {!terminal.revoked && (
        <CheckboxGroup className="choices" value={chosen} onChange={setChosen}>
          <Label className="field-label">{words.rightsTitle}</Label>
          {rights.map((right) => (
            <Checkbox key={right} value={right} className="choice">
              <span className="choice-box" aria-hidden="true" />
              <span>
                {words.rights[right]}
                <span className="soft small choice-help">{words.rightsHelp[right]}</span>
              </span>
            </Checkbox>
          ))}
        </CheckboxGroup>
      )}
      {command.isError && <Failure error={command.error} />}
      {ending && <p className="note">{words.revokeHelp}</p>}
      <div className="form-end">
        {!terminal.revoked && terminal.waiting != null && (
          <Button
            look="quiet"
            pending={command.isPending}
            onPress={() => command.mutate(() => api.reportUnreachable(session, terminal.terminal, key()))}
          >
            {words.markUnreachable}
          </Button>
        )}
        {!terminal.revoked && (
          <Button
            look="danger"
            pending={command.isPending}
            onPress={() =>
              ending
                ? command.mutate(() => api.revokeTerminal(session, terminal.terminal, key()))
                : setEnding(true)
            }
          >
            {ending ? words.revokeSure : words.revoke}
          </Button>
        )}
        {terminal.revoked ? (
          <Button look="primary" onPress={onClose}>
            {words.done}
          </Button>
        ) : (
          <Button look="primary" pending={command.isPending} onPress={save}>
            {words.saveRights}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
