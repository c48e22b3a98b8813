import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { texts } from "../texts/en.ts";
import { Button } from "../ui/button.tsx";
import { wholeScan } from "./scanner.ts";
import type { Till } from "./till.ts";
import { useScanner } from "./use-scanner.ts";

const words = texts.terminal;

/** Where tags are keyed. Scanners are heard everywhere; digits find their way here by themselves. */
export function ScanField({ till }: { till: Till }) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  // A scanner types like a keyboard: what it left in the field goes with the scan.
  const scanned = useCallback(
    (heard: string) => {
      const isTag = (text: string) => !("error" in till.rules.checkTag(text));
      till.basket.scan(wholeScan(heard, field.current?.value ?? "", isTag), false);
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
    till.basket.scan(text, true);
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
