import { type ReactNode, useId } from "react";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { moment } from "../texts/format.ts";
import { Money } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

const words = texts.desk;

/** A case that has ended: what it was about, where (if cases of several sessions stand together), how, when, and a sum. */
export type EndedCase = {
  key: string;
  what: ReactNode;
  where?: string;
  how: string;
  at: string | null | undefined;
  cents: number;
};

type Props = { title: string; cases: EndedCase[]; whereTitle?: string; centsTitle: string };

/** The cases that have ended; nothing when there are none. */
export function EndedCases({ title, cases, whereTitle, centsTitle }: Props) {
  const { organization } = useApp();
  const id = useId();
  if (cases.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <Table
        label={title}
        rows={cases}
        keyOf={({ key }) => key}
        columns={[
          { head: words.what, kind: "name", cell: ({ what }) => what },
          ...(whereTitle === undefined ? [] : [{ head: whereTitle, cell: ({ where }: EndedCase) => where }]),
          { head: words.how, cell: ({ how }) => how },
          {
            head: words.when,
            minor: true,
            cell: ({ at }) => (at == null ? texts.dash : moment(at, organization.time_zone)),
          },
          {
            head: centsTitle,
            kind: "figure",
            cell: ({ cents }) => <Money cents={cents} currency={organization.currency} />,
          },
        ]}
      />
    </section>
  );
}
