import { lazy, Suspense, useState } from "react";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Key } from "../ui/key.tsx";
import { Money } from "../ui/parts.tsx";
import { type Action, ActionBar } from "./action-bar.tsx";
import { BasketLines } from "./basket-lines.tsx";
import { partsOf } from "./checkout.ts";
import { NoticeBand } from "./notice.tsx";
import { ScanField } from "./scan-field.tsx";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";
import { useKeys } from "./use-keys.ts";

const words = texts.terminal;

// What is not needed for a plain sale comes when it is asked for; the service worker has it by then.
const UnlistedDialog = lazy(async () => ({
  default: (await import("./unlisted-dialog.tsx")).UnlistedDialog,
}));
const PriceDialog = lazy(async () => ({ default: (await import("./price-dialog.tsx")).PriceDialog }));
const RecallDialog = lazy(async () => ({ default: (await import("./recall-dialog.tsx")).RecallDialog }));
const DrawerDialog = lazy(async () => ({ default: (await import("./drawer-dialog.tsx")).DrawerDialog }));
const KeysDialog = lazy(async () => ({ default: (await import("./keys-dialog.tsx")).KeysDialog }));
const Camera = lazy(async () => ({ default: (await import("./camera.tsx")).Camera }));

type Open = { name: Exclude<Action, "park" | "returns" | "price"> } | { name: "price"; id: string };

/** Scan, see, sum up. */
export function BasketDesk({ till, state }: { till: Till; state: TillState }) {
  const [open, setOpen] = useState<Open>();
  const { basket } = state;
  const close = () => setOpen(undefined);
  const last = basket.findLast(({ id }) => id === state.latest) ?? basket.at(-1);
  const priced = last?.kind === "item" ? last : undefined;
  const actions: Record<Action, (() => void) | undefined> = {
    unlisted: () => setOpen({ name: "unlisted" }),
    park: basket.length === 0 || state.taken.length > 0 ? undefined : () => void till.basket.park(),
    recall: () => setOpen({ name: "recall" }),
    price: priced === undefined ? undefined : () => setOpen({ name: "price", id: priced.id }),
    returns: basket.length > 0 ? undefined : () => till.set({ step: { name: "returns" } }),
    drawer: () => setOpen({ name: "drawer" }),
    camera: () => setOpen({ name: "camera" }),
    help: () => setOpen({ name: "help" }),
  };
  const keyed = Object.entries(actions).map(([name, act]) => [words.keys[name as Action].key, act]);
  useKeys({
    ...Object.fromEntries(keyed),
    [words.keys.pay.key]: () => till.checkout.pay(),
    [words.keys.remove.key]: last === undefined ? undefined : () => till.basket.remove(last.id),
  });
  return (
    <div className="desk">
      <section className="desk-scan" aria-label={words.basket}>
        <ScanField till={till} />
        <NoticeBand notice={state.notice} />
        <BasketLines till={till} state={state} onPrice={(id) => setOpen({ name: "price", id })} />
      </section>
      <ActionBar actions={actions} badge={state.parked.length} />
      <Totals till={till} state={state} />
      <Suspense fallback={null}>
        {open?.name === "unlisted" && <UnlistedDialog till={till} state={state} onClose={close} />}
        {open?.name === "recall" && <RecallDialog till={till} state={state} onClose={close} />}
        {open?.name === "drawer" && <DrawerDialog till={till} state={state} onClose={close} />}
        {open?.name === "help" && <KeysDialog onClose={close} />}
        {open?.name === "camera" && (
          <Camera onScan={(text) => till.basket.scan(text, false)} notice={state.notice} onClose={close} />
        )}
        {open?.name === "price" && <PriceOf till={till} state={state} id={open.id} onClose={close} />}
      </Suspense>
    </div>
  );
}

function PriceOf({
  till,
  state,
  id,
  onClose,
}: {
  till: Till;
  state: TillState;
  id: string;
  onClose: () => void;
}) {
  const line = state.basket.find((other) => other.id === id);
  return line?.kind === "item" ? (
    <PriceDialog till={till} state={state} line={line} onClose={onClose} />
  ) : null;
}

function Totals({ till, state }: { till: Till; state: TillState }) {
  const { basket, priced, currency, taken } = state;
  const [clearing, setClearing] = useState(false);
  const clear = () => {
    setClearing(false);
    till.basket.clear();
    till.checkout.take([]);
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
        {taken.length > 0 && (
          <div className="totals-small">
            <dt>{words.tender.taken}</dt>
            <dd>{partsOf(taken, currency)}</dd>
          </div>
        )}
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
        <Button look="primary" big isDisabled={basket.length === 0} onPress={() => till.checkout.pay()}>
          {words.pay} <Key name={words.keys.pay.key} />
        </Button>
      </div>
      <Dialog title={words.clearTitle} isOpen={clearing} onClose={() => setClearing(false)}>
        <p>{words.clearHelp(words.items(basket.length))}</p>
        {taken.length > 0 && <p>{words.clearTaken(partsOf(taken, currency))}</p>}
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
