import { useEffect } from "react";
import { hearKey, silence } from "./scanner.ts";

/** Listens for a wedge scanner wherever the focus is; typing in a field stays typing. */
export function useScanner(onScan: (text: string) => void): void {
  useEffect(() => {
    let state = silence;
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const heard = hearKey(state, event.key, event.timeStamp);
      state = heard.state;
      if (heard.scanned === undefined) return;
      // The Enter of a scan presses no button and submits no field.
      event.preventDefault();
      event.stopPropagation();
      onScan(heard.scanned);
    };
    window.addEventListener("keydown", hear, { capture: true });
    return () => window.removeEventListener("keydown", hear, { capture: true });
  }, [onScan]);
}
