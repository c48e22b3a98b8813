import { type FormEvent, useState } from "react";
import { texts } from "../texts/en.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Failure } from "./parts.tsx";

const words = texts.receiptMail;
/** As long as an address may be (the platform refuses longer ones). */
const MAX_ADDRESS_LENGTH = 254;

/** True for what can be an address at all; whether anybody reads it, only a mail can tell. */
export const isAddress = (text: string) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text.trim());

type Props = { onClose: () => void; send: (email: string, key: string) => Promise<unknown> };

/** Asks for an address and has a receipt sent there; at the till and in the console. */
export function MailDialog({ onClose, send }: Props) {
  const [address, setAddress] = useState("");
  // One key for this address: pressing twice, or trying again after a lost answer, sends one mail.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<unknown>();
  const change = (text: string) => {
    setAddress(text);
    setKey(crypto.randomUUID());
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || !isAddress(address)) return;
    setBusy(true);
    setError(undefined);
    try {
      await send(address.trim(), key);
      setSent(true);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <Dialog title={words.title} isOpen onClose={onClose}>
      {sent ? (
        <>
          <p role="status">{words.sent}</p>
          <div className="form-end">
            <Button look="primary" onPress={onClose} autoFocus>
              {words.close}
            </Button>
          </div>
        </>
      ) : (
        <form className="form" onSubmit={(event) => void submit(event)} noValidate>
          <Field
            type="email"
            inputMode="email"
            autoComplete="off"
            label={words.address}
            hint={words.hint}
            value={address}
            onChange={change}
            error={tried && !isAddress(address) ? words.wrong : undefined}
            maxLength={MAX_ADDRESS_LENGTH}
            autoFocus
          />
          {error !== undefined && <Failure error={error} />}
          <div className="form-end">
            <Button look="quiet" onPress={onClose}>
              {words.notNow}
            </Button>
            <Button type="submit" look="primary" pending={busy}>
              {words.send}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
