import { memo } from "react";
import { texts } from "../texts/en.ts";
import { money } from "../texts/format.ts";
import { Icon } from "../ui/icons.tsx";
import { Chip, Money, TagNumber } from "../ui/parts.tsx";
import { markOf, nameOf } from "./basket.ts";
import type { BasketLine, PricedLine } from "./model.ts";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal;

type Props = { till: Till; state: TillState; onPrice: (id: string) => void };

/** The basket's lines, the newest on top, where the eye is after a scan. */
export function BasketLines({ till, state, onPrice }: Props) {
  const { basket, priced, currency, held, latest } = state;
  if (basket.length === 0) return <Ready sells={till.sells} />;
  const lines = basket
    .map((line, index) => ({ line, place: index + 1, price: priced.lines[index] }))
    .toReversed();
  return (
    <ol className="basket" reversed aria-label={words.items(basket.length)}>
      {lines.map(({ line, place, price }) => (
        <Line
          key={line.id}
          till={till}
          onPrice={onPrice}
          line={line}
          place={place}
          currency={currency}
          latest={line.id === latest}
          gone={till.soldOn(line.id) !== undefined}
          heldBy={held.get(line.id)?.name}
          {...figures(line, price)}
        />
      ))}
    </ol>
  );
}

function Ready({ sells }: { sells: boolean }) {
  return (
    <div className="basket-empty">
      <span className="empty-tag" aria-hidden="true" />
      <h2>{sells ? words.emptyTitle : words.emptyNotSelling}</h2>
      {sells && (
        <ol className="basket-steps">
          {words.emptySteps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** As plain values, so that a line whose figures are what they were is not drawn again. */
const figures = (line: BasketLine, price: PricedLine | undefined) => ({
  cents: price?.price_cents ?? (line.kind === "item" ? line.item.price_cents : line.price_cents),
  printed: line.kind === "item" ? line.item.price_cents : undefined,
  fault: price?.fault !== undefined,
});

type LineProps = {
  till: Till;
  onPrice: (id: string) => void;
  line: BasketLine;
  place: number;
  currency: string;
  latest: boolean;
  gone: boolean;
  heldBy: string | undefined;
  cents: number;
  printed: number | undefined;
  fault: boolean;
};

const Line = memo(
  function Line(props: LineProps) {
    const { till, line, place, currency, latest, gone, heldBy, cents, printed, fault, onPrice } = props;
    const name = nameOf(line);
    const mark = line.kind === "item" ? markOf(line.item) : undefined;
    const struck = printed !== undefined && printed !== cents ? printed : undefined;
    const price = (
      <>
        {struck !== undefined && <s className="faint small">{money(struck, currency)}</s>}
        <Money cents={cents} currency={currency} />
      </>
    );
    return (
      <li className={`basket-line${latest ? " basket-latest" : ""}${gone || fault ? " basket-gone" : ""}`}>
        <span className="basket-place faint code" aria-hidden="true">
          {place}
        </span>
        <span className="basket-what">
          <span className="basket-title">{name}</span>
          <span className="soft small basket-small">
            {gone && <Chip tone="refused">{words.sold}</Chip>}
            {mark !== undefined && <Chip tone="look">{mark}</Chip>}
            {line.kind === "item" && line.override !== undefined && (
              <Chip tone="pen">{words.price.chip[line.override.reason]}</Chip>
            )}
            {heldBy !== undefined && <Chip tone="look">{words.heldChip(heldBy)}</Chip>}
            <span>
              {line.kind === "item" ? <TagNumber tag={line.item.tag} /> : (line.tag ?? "")}
              {line.kind === "item" && line.item.size !== "" ? ` · ${line.item.size}` : ""}
            </span>
          </span>
        </span>
        {line.kind === "item" ? (
          <button
            type="button"
            className="basket-price basket-price-button"
            aria-label={`${words.changePrice(name)}: ${money(cents, currency)}`}
            onClick={() => onPrice(line.id)}
          >
            {price}
          </button>
        ) : (
          <span className="basket-price">{price}</span>
        )}
        <button
          type="button"
          className="icon-button"
          aria-label={words.remove(name)}
          onClick={() => till.basket.remove(line.id)}
        >
          <Icon name="cross" size={18} />
        </button>
      </li>
    );
  },
  // The handlers are made anew with every drawing and always do the same.
  (before, after) =>
    (Object.keys(after) as (keyof LineProps)[]).every(
      (name) => name === "onPrice" || before[name] === after[name],
    ),
);
