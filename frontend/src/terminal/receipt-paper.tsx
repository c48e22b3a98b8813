import { texts } from "../texts/en.ts";
import { count, dated, money, tagText } from "../texts/format.ts";
import { nameOf } from "./basket.ts";
import type { QueuedSale } from "./model.ts";
import type { TillState } from "./state.ts";

const words = texts.terminal;

type Props = { sale: QueuedSale; state: TillState; tillName: string };

/** The receipt for an 80 mm printer: on paper only, never on the screen. */
export function ReceiptPaper({ sale: queued, state, tillName }: Props) {
  const { sale } = queued;
  const { basket, priced } = sale;
  const price = (cents: number) => money(cents, state.currency);
  return (
    <article className="print-receipt" aria-hidden="true">
      <header>
        <strong>{state.info?.event.name ?? texts.product}</strong>
        <span>{state.info?.session.name}</span>
        <span>
          {queued.number === undefined ? words.paper.pending : words.result.doneNumber(count(queued.number))}{" "}
          · {tillName}
        </span>
        <span>{dated(sale.occurred_at)}</span>
        {sale.fact && <span>{words.paper.offline}</span>}
      </header>
      <table>
        <tbody>
          {basket.map((line, index) => (
            <tr key={line.id}>
              <td>
                {nameOf(line)}
                <br />
                <small>{line.kind === "item" ? tagText(line.item.tag) : tagText(line.tag ?? "")}</small>
              </td>
              <td>{price(priced.lines[index]?.price_cents ?? 0)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>{words.subtotal}</td>
            <td>{price(priced.gross_cents)}</td>
          </tr>
          <tr>
            <td>{words.tax}</td>
            <td>{price(priced.tax_cents)}</td>
          </tr>
          <tr className="print-total">
            <td>{words.total}</td>
            <td>{price(priced.total_cents)}</td>
          </tr>
          {sale.tenders.map((tender, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tenders have no id and never change
            <tr key={index}>
              <td>{texts.tenders[tender.kind]}</td>
              <td>{price(tender.amount_cents)}</td>
            </tr>
          ))}
          {priced.change_cents > 0 && (
            <tr>
              <td>{words.tender.change}</td>
              <td>{price(priced.change_cents)}</td>
            </tr>
          )}
        </tfoot>
      </table>
      <footer>{words.paper.thanks}</footer>
      <small className="code">{sale.receipt}</small>
    </article>
  );
}
