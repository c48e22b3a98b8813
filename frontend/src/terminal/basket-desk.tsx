import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { texts } from "../texts/en.ts";
import { money } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { Chip, Money, TagNumber } from "../ui/parts.tsx";
import { NoticeBand } from "./notice.tsx";
import type { Till, TillState } from "./till.ts";
import { useScanner } from "./use-scanner.ts";

const words = texts.terminal;

/** Scan, see, sum up. */
export function BasketDesk({ till, state }: { till: Till; state: TillState }) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === words.payKey) {
        event.preventDefault();
        till.pay();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [till]);
  return (
    <div className="desk">
      <section className="desk-scan" aria-label={words.basket}>
        <ScanField till={till} />
        <NoticeBand notice={state.notice} />
        <BasketLines till={till} state={state} />
      </section>
      <Totals till={till} state={state} />
    </div>
  );
}

function ScanField({ till }: { till: Till }) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  // A scanner types like a keyboard: what it left in the field goes with the scan.
  const scanned = useCallback(
    (tag: string) => {
      till.scan(tag, false);
      setText("");
    },
    [till],
  );
  useScanner(scanned);
  useEffect(() => {
    field.current?.focus();
    // A digit pressed anywhere on this desk belongs in the field.
    const gather = (event: KeyboardEvent) => {
      const busy = document.querySelector("[role=dialog]") !== null;
      if (!busy && /^\d$/.test(event.key) && document.activeElement?.tagName !== "INPUT")
        field.current?.focus();
    };
    window.addEventListener("keydown", gather);
    return () => window.removeEventListener("keydown", gather);
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    till.scan(text, true);
    setText("");
    field.current?.focus();
  };
  return (
    <form className="scan" onSubmit={submit}>
      <label className="scan-label" htmlFor="scan">
        {words.scan} <span className="soft small">{words.scanHint}</span>
      </label>
      <input
        ref={field}
        id="scan"
        className="scan-field code"
        value={text}
        onChange={(event) => setText(event.target.value)}
        inputMode="numeric"
        autoComplete="off"
        enterKeyHint="done"
        placeholder="000-000000-0"
      />
      <Button type="submit" big>
        {words.add}
      </Button>
    </form>
  );
}

function BasketLines({ till, state }: { till: Till; state: TillState }) {
  const { basket, priced, currency } = state;
  if (basket.length === 0) {
    return (
      <div className="basket-empty">
        <span className="empty-tag" aria-hidden="true" />
        <h2>{words.emptyTitle}</h2>
        <p className="soft">{words.emptyHelp}</p>
      </div>
    );
  }
  // The newest on top, where the eye is after a scan.
  const lines = basket.map((line, index) => ({ ...line, priced: priced.lines[index] })).toReversed();
  return (
    <ol className="basket" reversed aria-label={words.items(basket.length)}>
      {lines.map(({ item, priced: price }, index) => (
        <li
          key={item.tag}
          className={lineClass(item.tag === state.latest, till.soldOn(item.tag) !== undefined)}
        >
          <span className="basket-place faint code" aria-hidden="true">
            {lines.length - index}
          </span>
          <span className="basket-what">
            <span className="basket-title">{item.title}</span>
            <span className="soft small">
              {till.soldOn(item.tag) !== undefined && <Chip tone="refused">{words.sold}</Chip>}{" "}
              <TagNumber tag={item.tag} />
              {item.size === "" ? "" : ` · ${item.size}`}
            </span>
          </span>
          <span className="basket-price">
            {price !== undefined && price.reduction_bp > 0 && (
              <s className="faint small">{money(item.price_cents, currency)}</s>
            )}
            <Money cents={price?.price_cents ?? item.price_cents} currency={currency} />
          </span>
          <button
            type="button"
            className="icon-button"
            aria-label={words.remove(item.title)}
            onClick={() => till.remove(item.tag)}
          >
            <Icon name="cross" size={18} />
          </button>
        </li>
      ))}
    </ol>
  );
}

const lineClass = (latest: boolean, gone: boolean) =>
  `basket-line${latest ? " basket-latest" : ""}${gone ? " basket-gone" : ""}`;

function Totals({ till, state }: { till: Till; state: TillState }) {
  const { basket, priced, currency } = state;
  const [clearing, setClearing] = useState(false);
  const clear = () => {
    setClearing(false);
    till.clear();
  };
  return (
    <section className="totals" aria-label={words.total}>
      <span className="tag-hole" aria-hidden="true" />
      <dl className="totals-sums">
        <div className="totals-small">
          <dt>{words.items(basket.length)}</dt>
          <dd>
            <Money cents={priced.gross_cents} currency={currency} />
          </dd>
        </div>
        <div className="totals-small">
          <dt>{words.tax}</dt>
          <dd>
            <Money cents={priced.tax_cents} currency={currency} />
          </dd>
        </div>
        <div className="totals-large">
          <dt>{words.total}</dt>
          <dd>
            <Money cents={priced.total_cents} currency={currency} />
          </dd>
        </div>
      </dl>
      <div className="totals-end">
        <Button look="quiet" isDisabled={basket.length === 0} onPress={() => setClearing(true)}>
          {words.clear}
        </Button>
        <Button look="primary" big isDisabled={basket.length === 0} onPress={() => till.pay()}>
          {words.pay} <kbd>{words.payKey}</kbd>
        </Button>
      </div>
      <Dialog title={words.clearTitle} isOpen={clearing} onClose={() => setClearing(false)}>
        <p>{words.clearHelp(words.items(basket.length))}</p>
        <div className="form-end">
          <Button look="quiet" onPress={() => setClearing(false)}>
            {words.clearKeep}
          </Button>
          <Button look="danger" onPress={clear}>
            {words.clear}
          </Button>
        </div>
      </Dialog>
    </section>
  );
}
