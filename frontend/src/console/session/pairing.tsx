import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { clock } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure, Skeleton } from "../../ui/parts.tsx";

const words = texts.session;

type Props = { session: string; isOpen: boolean; onClose: () => void };

/** A code for one till, big enough to be read across the hall, and the same as a link. */
export function PairingDialog({ session, isOpen, onClose }: Props) {
  return (
    <Dialog title={words.pairTitle} isOpen={isOpen} onClose={onClose}>
      <Code session={session} onClose={onClose} />
    </Dialog>
  );
}

function Code({ session, onClose }: { session: string; onClose: () => void }) {
  const { api, organization } = useApp();
  const [copied, setCopied] = useState(false);
  // A new code for each time the dialog opens: an old one may have been used.
  const pairing = useQuery({
    queryKey: ["pairing", session],
    queryFn: () => api.pairing(session),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (pairing.isPending) return <Skeleton rows={2} />;
  if (pairing.isError) return <Failure error={pairing.error} retry={() => void pairing.refetch()} />;
  const { code, expires_at } = pairing.data;
  const link = new URL(`/terminal?code=${code.replaceAll(" ", "")}`, location.origin).href;
  const copy = async () => {
    await navigator.clipboard.writeText(link);
    setCopied(true);
  };
  return (
    <div className="pairing">
      <p>{words.pairHelp}</p>
      <p className="code pairing-address">{new URL("/terminal", location.origin).host}/terminal</p>
      <p className="pairing-code code">
        <span className="visually-hidden">{words.pairCode}</span>
        <strong>{code}</strong>
      </p>
      <p className="soft">{words.pairEnds(clock(expires_at, organization.time_zone))}</p>
      <div className="row">
        <a className="button button-plain" href={link} target="_blank" rel="noreferrer">
          {words.pairLink}
        </a>
        <Button onPress={() => void copy()}>{copied ? words.pairCopied : words.pairCopy}</Button>
        <Button look="quiet" onPress={() => void pairing.refetch()}>
          {words.pairNew}
        </Button>
      </div>
      <div className="form-end">
        <Button look="primary" onPress={onClose}>
          {words.done}
        </Button>
      </div>
    </div>
  );
}
