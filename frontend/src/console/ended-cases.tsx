import { type ReactNode, useId } from "react";
import { useApp } from "../app.tsx";
import { texts } from "../texts/en.ts";
import { moment } from "../texts/format.ts";
import { Money } from "../ui/parts.tsx";

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
      <div className="table-frame">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{words.what}</th>
              {whereTitle !== undefined && <th scope="col">{whereTitle}</th>}
              <th scope="col">{words.how}</th>
              <th scope="col" className="minor">
                {words.when}
              </th>
              <th scope="col" className="numeric">
                {centsTitle}
              </th>
            </tr>
          </thead>
          <tbody>
            {cases.map(({ key, what, where, how, at, cents }) => (
              <tr key={key}>
                <th scope="row">{what}</th>
                {whereTitle !== undefined && <td>{where}</td>}
                <td>{how}</td>
                <td className="minor">{at == null ? texts.dash : moment(at, organization.time_zone)}</td>
                <td className="numeric">
                  <Money cents={cents} currency={organization.currency} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
