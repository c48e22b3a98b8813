import { type FormEvent, useState } from "react";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Failure } from "../ui/parts.tsx";
import type { QueuedSale } from "./model.ts";
import type { Till } from "./till.ts";

const words = texts.terminal.mail;
/** The address is checked by the mail's own path; this only catches a slip of the keys. */
const LOOKS_LIKE_AN_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Sends a recorded receipt to the shopper. The address goes into the vault, never into a log, and not onto this device. */
export function MailDialog({ till, sale, onClose }: { till: Till; sale: QueuedSale; onClose: () => void }) {
  const [address, setAddress] = useState("");
  const [step, setStep] = useState<"asking" | "sending" | "sent">("asking");
  const [error, setError] = useState<unknown>();
  const good = LOOKS_LIKE_AN_ADDRESS.test(address.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!good || step === "sending") return;
    setStep("sending");
    setError(undefined);
    till.api.mailReceipt(sale.sale.receipt, address.trim()).then(
      () => setStep("sent"),
      (failure: unknown) => {
        setStep("asking");
        setError(failure);
      },
    );
  };
  return (
    <Dialog title={words.title} isOpen onClose={onClose}>
      {sale.state !== "done" ? (
        <p>{words.offline}</p>
      ) : step === "sent" ? (
        <p role="status">{words.sent}</p>
      ) : (
        <form className="form" onSubmit={submit}>
          <Field
            label={words.address}
            type="email"
            value={address}
            onChange={setAddress}
            error={address.includes("@") && address.includes(" ") ? words.bad : undefined}
            autoComplete="off"
            autoFocus
          />
          {error !== undefined && <Failure error={error} />}
          <div className="form-end">
            <Button type="submit" look="primary" big isDisabled={!good} pending={step === "sending"}>
              {step === "sending" ? words.sending : words.send}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
