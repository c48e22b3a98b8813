import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { Problem } from "../../api/problem.ts";
import type { CloseReason, Session } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { Holding } from "./terminals.tsx";

const words = texts.session;
const reasons: CloseReason[] = ["comes_later", "hall_closed", "terminal_lost"];
/** The session's own refusal: tills may hold sales that the log does not have. */
const HOLDING = "terminals_hold_sales";

type Props = { session: Session; onClose: () => void };

/** Closes a session. Over tills that may hold sales only with a reason, which goes on record beside them. */
export function ClosingDialog({ session, onClose }: Props) {
  const { api } = useApp();
  const cache = useQueryClient();
  const standing = useQuery(queries.standing(api, session.id));
  const [reason, setReason] = useState<CloseReason>();
  const close = useMutation({
    mutationFn: (over: CloseReason | undefined) =>
      over === undefined
        ? api.steer(session.id, "close", crypto.randomUUID())
        : api.closeOver(session.id, over, crypto.randomUUID()),
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: ["session", session.id] }),
  });
  const refused = close.error instanceof Problem && close.error.body.code === HOLDING;
  const holding = standing.data?.terminals.filter((terminal) => terminal.waiting !== 0) ?? [];
  const over = refused || holding.length > 0;
  return (
    <Dialog title={words.closeTitle} isOpen onClose={onClose}>
      <p>{words.closeHelp}</p>
      {over && (
        <>
          <p className="note">{words.closeOverHelp}</p>
          <ul className="plain-list">
            {holding.map((terminal) => (
              <li key={terminal.terminal} className="plain-row">
                <strong>{terminal.name}</strong>
                <Holding standing={terminal} />
              </li>
            ))}
          </ul>
          <RadioGroup
            className="choices"
            value={reason ?? null}
            onChange={(value) => setReason(value as CloseReason)}
          >
            <Label className="field-label">{words.closeOverWhy}</Label>
            {reasons.map((choice) => (
              <Radio key={choice} value={choice} className="choice">
                <span className="choice-box choice-round" aria-hidden="true" />
                <span>{words.closeReasons[choice]}</span>
              </Radio>
            ))}
          </RadioGroup>
        </>
      )}
      {close.isError && !refused && <Failure error={close.error} />}
      <div className="form-end">
        <Button look="quiet" onPress={onClose}>
          {words.cancel}
        </Button>
        <Button
          look="danger"
          isDisabled={over && reason === undefined}
          pending={close.isPending}
          onPress={() => close.mutate(over ? reason : undefined)}
        >
          {over ? words.closeOver : words.close}
        </Button>
      </div>
    </Dialog>
  );
}
