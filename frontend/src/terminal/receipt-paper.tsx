import { texts } from "../texts/en.ts";
import { count, moment, money, tagText } from "../texts/format.ts";
import type { QueuedReceipt } from "./model.ts";
import type { TillState } from "./till.ts";

const words = texts.terminal;

type Props = { sale: QueuedReceipt; state: TillState; tillName: string };

/** The receipt for an 80 mm printer: on paper only, never on the screen. */
export function ReceiptPaper({ sale, state, tillName }: Props) {
  const { basket, priced, command } = sale.body;
  const price = (cents: number) => money(cents, state.currency);
  return (
    <article className="print-receipt" aria-hidden="true">
      <header>
        <strong>{state.info?.event.name ?? texts.product}</strong>
        <span>{state.info?.session.name}</span>
        <span>
          {sale.reply === undefined ? words.paper.pending : words.result.doneNumber(count(sale.reply.number))}{" "}
          · {tillName}
        </span>
        <span>{moment(command.occurred_at)}</span>
      </header>
      <table>
        <tbody>
          {basket.map(({ item }, index) => (
            <tr key={item.tag}>
              <td>
                {item.title}
                <br />
                <small>{tagText(item.tag)}</small>
              </td>
              <td>{price(priced.lines[index]?.price_cents ?? item.price_cents)}</td>
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
          {command.tenders.map((tender, index) => (
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
      <small className="code">{sale.id}</small>
    </article>
  );
}
