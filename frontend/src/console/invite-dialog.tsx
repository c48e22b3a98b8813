import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useCommandKey } from "../api/use-command-key.ts";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { isAddress } from "../ui/mail-dialog.tsx";
import { Failure } from "../ui/parts.tsx";

const words = texts.invite;
/** What somebody can be invited to, the most frequent first. */
const ROLES = ["cashier", "volunteer", "event_admin", "support", "organization_admin"];

/** Asks somebody by e-mail to take a role. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { api } = useApp();
  const cache = useQueryClient();
  const [address, setAddress] = useState("");
  const [role, setRole] = useState(ROLES[0] ?? "");
  const [tried, setTried] = useState(false);
  // Pressing twice, or trying again after a lost answer, invites once.
  const keyOf = useCommandKey();
  const invite = useMutation({
    mutationFn: () => {
      const body = { email: address.trim(), role };
      return api.invite(body, keyOf(body));
    },
    onSuccess: onClose,
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["emails"] });
      void cache.invalidateQueries({ queryKey: ["invitations"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isAddress(address) && !invite.isPending) invite.mutate();
  };
  return (
    <Dialog title={words.title} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Field
          type="email"
          inputMode="email"
          label={words.address}
          hint={words.hint}
          value={address}
          onChange={setAddress}
          error={tried && !isAddress(address) ? texts.receiptMail.wrong : undefined}
          autoFocus
        />
        <label className="field">
          <span className="field-label">{words.role}</span>
          <select className="field-input" value={role} onChange={(chosen) => setRole(chosen.target.value)}>
            {ROLES.map((name) => (
              <option key={name} value={name}>
                {texts.roles[name]}
              </option>
            ))}
          </select>
        </label>
        {invite.isError && <Failure error={invite.error} />}
        <div className="form-end">
          <Button look="quiet" onPress={onClose}>
            {words.notNow}
          </Button>
          <Button type="submit" look="primary" pending={invite.isPending}>
            {words.send}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
