import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import type { UnlistedLine } from "../../api/types.ts";
import { useCommandKey } from "../../api/use-command-key.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count, moment } from "../../texts/format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Empty, Failure, Money, Skeleton, TagNumber } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { queries } from "../queries.ts";
import { useDesk } from "./page.tsx";

const words = texts.desk;

/** Things that were sold without a tag that the session knows: whose were they? */
export function Component() {
  const { api, organization } = useApp();
  const { session } = useDesk();
  const unlisted = useQuery(queries.unlisted(api, session.id));
  const [chosen, setChosen] = useState<UnlistedLine>();
  if (unlisted.isPending) return <Skeleton rows={4} />;
  if (unlisted.isError) return <Failure error={unlisted.error} retry={() => void unlisted.refetch()} />;
  return (
    <section aria-labelledby="unlisted-title">
      <h2 id="unlisted-title">{words.unlisted}</h2>
      <p className="soft">{words.unlistedLead}</p>
      <Table
        label={words.unlisted}
        rows={unlisted.data}
        keyOf={(line) => line.place}
        empty={<Empty title={words.noUnlisted}>{words.noUnlistedHelp}</Empty>}
        columns={[
          {
            head: words.receipt,
            kind: "name",
            cell: (line) => (
              <Link to={`/receipts/${line.receipt}`}>{texts.receipt.title(count(line.number))}</Link>
            ),
          },
          {
            head: words.tagRead,
            cell: (line) =>
              line.read_tag == null ? (
                (words.unlistedReasons[line.unlisted] ?? line.unlisted)
              ) : (
                <TagNumber tag={line.read_tag} />
              ),
          },
          { head: words.where, minor: true, cell: (line) => line.terminal_name ?? texts.dash },
          { head: words.when, minor: true, cell: (line) => moment(line.recorded_at, organization.time_zone) },
          {
            head: words.charged,
            kind: "figure",
            cell: (line) => <Money cents={line.price_cents} currency={organization.currency} />,
          },
          {
            head: words.identify,
            kind: "act",
            cell: (line) => <Button onPress={() => setChosen(line)}>{words.identify}</Button>,
          },
        ]}
      />
      {chosen !== undefined && (
        <Identify session={session.id} line={chosen} onClose={() => setChosen(undefined)} />
      )}
    </section>
  );
}

type Props = { session: string; line: UnlistedLine; onClose: () => void };

function Identify({ session, line, onClose }: Props) {
  const { api } = useApp();
  const cache = useQueryClient();
  const [tag, setTag] = useState("");
  const [consignor, setConsignor] = useState("");
  const keyOf = useCommandKey();
  const digits = tag.replaceAll(/[\s-]/g, "");
  const badTag = digits !== "" && !/^\d{10}$/.test(digits);
  const badConsignor = consignor !== "" && !/^\d{1,9}$/.test(consignor);
  const identify = useMutation({
    mutationFn: () => {
      const body = {
        ...(digits === "" ? {} : { tag: digits }),
        ...(consignor === "" ? {} : { consignor: Number(consignor) }),
      };
      return api.identifyLine(session, line, body, keyOf(body));
    },
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: ["session", session] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    identify.mutate();
  };
  const empty = digits === "" && consignor === "";
  return (
    <Dialog title={words.identifyTitle} isOpen onClose={onClose}>
      <form onSubmit={submit} className="form">
        <p>{words.identifyHelp}</p>
        <Field
          label={words.tag}
          value={tag}
          onChange={setTag}
          inputMode="numeric"
          error={badTag ? texts.terminal.notATag : undefined}
        />
        <Field
          label={words.whose}
          hint={words.identifyWhoseHint}
          value={consignor}
          onChange={setConsignor}
          inputMode="numeric"
          error={badConsignor ? words.whoseWrong : undefined}
        />
        {identify.isError && <Failure error={identify.error} />}
        <div className="form-end">
          <Button look="quiet" onPress={onClose}>
            {words.notNow}
          </Button>
          <Button
            look="primary"
            type="submit"
            isDisabled={empty || badTag || badConsignor}
            pending={identify.isPending}
          >
            {words.identifyDo}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
