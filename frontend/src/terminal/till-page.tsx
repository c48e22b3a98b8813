import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/parts.tsx";
import { Attention } from "./attention.tsx";
import { BasketDesk } from "./basket-desk.tsx";
import type { TillDb } from "./db.ts";
import { Loading } from "./loading.tsx";
import type { Pairing } from "./model.ts";
import { PayDesk } from "./pay-desk.tsx";
import { ReceiptPaper } from "./receipt-paper.tsx";
import { Recording } from "./recording.tsx";
import { ResultDesk } from "./result-desk.tsx";
import type { Rules } from "./rules.ts";
import { StatusBar } from "./status-bar.tsx";
import { Till } from "./till.ts";
import { useSteadyHand } from "./use-steady-hand.ts";

const words = texts.terminal;
const ReturnsDesk = lazy(async () => ({ default: (await import("./returns-desk.tsx")).ReturnsDesk }));

type Props = { db: TillDb; rules: Rules; pairing: Pairing; onUnpair: () => void };

/** The till at work: one screen per step of a sale, under a bar that always tells how it stands. */
export function TillPage({ db, rules, pairing, onUnpair }: Props) {
  const [till] = useState(() => new Till(db, rules, pairing));
  useEffect(() => {
    void till.start();
    return () => till.stop();
  }, [till]);
  useSteadyHand(till);
  const state = useSyncExternalStore(till.subscribe, till.snapshot);
  if (state.phase === "loading") return <Loading label={words.loadingCatalogue} />;
  if (state.phase === "failed") {
    return (
      <main className="till-lonely">
        <Failure error={state.error} retry={() => location.reload()} />
        <Button look="quiet" onPress={onUnpair}>
          {words.unpair}
        </Button>
      </main>
    );
  }
  const { step } = state;
  return (
    <div className="till">
      <StatusBar state={state} pairing={pairing} onUnpair={onUnpair} />
      <main className="till-main">
        <h1 className="visually-hidden">{words.title}</h1>
        <Attention till={till} state={state} onUnpair={onUnpair} />
        <div className="till-step">
          {step.name === "basket" && <BasketDesk till={till} state={state} />}
          {(step.name === "paying" || (step.name === "recording" && state.basket.length > 0)) && (
            <PayDesk till={till} state={state} recording={step.name === "recording"} />
          )}
          {step.name === "recording" && state.basket.length === 0 && <Recording />}
          {step.name === "returns" && (
            <Suspense fallback={null}>
              <ReturnsDesk till={till} state={state} />
            </Suspense>
          )}
          {step.name === "result" && <ResultDesk till={till} state={state} sale={step.sale} />}
        </div>
      </main>
      {step.name === "result" && <ReceiptPaper sale={step.sale} state={state} tillName={pairing.name} />}
    </div>
  );
}
