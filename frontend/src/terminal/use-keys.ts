import { useEffect, useRef } from "react";

/** What each key does on the screen that is up; keys by their `KeyboardEvent.key`. */
export type Keys = Record<string, (() => void) | undefined>;

const typing = (target: EventTarget | null) =>
  target instanceof HTMLInputElement ||
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement;

/**
 * Listens for a screen's keys. Function keys work from everywhere; a key that writes or edits is left to a field
 * that has the focus. While a dialog is up, its keys are its own.
 */
export function useKeys(keys: Keys): void {
  const newest = useRef(keys);
  newest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      const name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
      const act = newest.current[name];
      if (act === undefined) return;
      const writes = event.key.length === 1 || event.key === "Delete";
      const filled = event.target instanceof HTMLInputElement && event.target.value !== "";
      if (writes && typing(event.target) && (event.key !== "Delete" || filled)) return;
      if (document.querySelector("[role=dialog]") !== null) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
