import "../styles/terminal/index.css";
import { useEffect, useState } from "react";
import { texts } from "../texts/en.ts";
import { Failure } from "../ui/parts.tsx";
import { TillDb } from "./db.ts";
import { Loading } from "./loading.tsx";
import type { Pairing } from "./model.ts";
import { keepOfflineCopy } from "./offline-copy.ts";
import { PairPage } from "./pair.tsx";
import { loadRules, type Rules } from "./rules.ts";
import { TillPage } from "./till-page.tsx";

/** Held by the one tab that is this device's till. */
const TILL_LOCK = "hangtag-till";
/** A reload hands the lock over within this, in ms; who waits longer has another tab open. */
const LOCK_PATIENCE_MS = 700;

type Ready = { db: TillDb; rules: Rules };

/** The terminal: pair once, then sell. */
export function TerminalApp() {
  const [mine, setMine] = useState<boolean>();
  const [ready, setReady] = useState<Ready>();
  const [pairing, setPairing] = useState<Pairing | null>();
  const [error, setError] = useState<unknown>();

  useEffect(() => holdTill(setMine), []);
  // After the first screen: what is kept for later must not slow down what is needed now.
  useEffect(() => {
    if (ready !== undefined) void keepOfflineCopy().catch(() => undefined);
  }, [ready]);
  useEffect(() => {
    if (mine !== true) return;
    void prepare().then(async (prepared) => {
      setPairing((await prepared.db.get("pairing")) ?? null);
      setReady(prepared);
    }, setError);
  }, [mine]);

  const unpair = async () => {
    await ready?.db.unpair();
    setPairing(null);
  };

  if (error !== undefined) {
    return (
      <main className="till-lonely">
        <Failure error={error} retry={() => location.reload()} />
      </main>
    );
  }
  if (mine === false) {
    return (
      <main className="till-lonely">
        <h1>{texts.terminal.otherTab}</h1>
        <p className="soft">{texts.terminal.otherTabHelp}</p>
      </main>
    );
  }
  if (ready === undefined || pairing === undefined) return <Loading label={texts.terminal.loadingRules} />;
  return (
    <>
      <title>{`${texts.terminal.title} · ${texts.product}`}</title>
      {pairing === null ? (
        <PairPage db={ready.db} onPaired={setPairing} />
      ) : (
        <TillPage {...ready} pairing={pairing} onUnpair={() => void unpair()} />
      )}
    </>
  );
}

async function prepare(): Promise<Ready> {
  const [db, rules] = await Promise.all([TillDb.open(), loadRules()]);
  // Asks the browser not to clear this till's storage when space runs low; it may say no.
  void navigator.storage?.persist?.().catch(() => undefined);
  return { db, rules };
}

/** One device is one till: a second tab waits until the first one is closed. */
function holdTill(onHeld: (mine: boolean) => void): () => void {
  const leave = new AbortController();
  let release = () => {};
  const hold = () => {
    if (leave.signal.aborted) return undefined;
    clearTimeout(patience);
    onHeld(true);
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  const patience = setTimeout(() => onHeld(false), LOCK_PATIENCE_MS);
  // Leaving while it waits ends the request with an abort, which is what was asked for.
  navigator.locks.request(TILL_LOCK, { signal: leave.signal }, hold).catch(() => undefined);
  return () => {
    clearTimeout(patience);
    leave.abort();
    release();
  };
}
