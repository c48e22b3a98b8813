import { useEffect } from "react";
import type { Till } from "./till.ts";

/** A second press within so long was not meant, ms: a double click, a key that was hit twice. */
const TREMBLE_MS = 350;
/** So far apart two presses are of different things, px. */
const ELSEWHERE_PX = 30;
/** What follows a press of the pointer. */
const FOLLOWING = ["pointerup", "mousedown", "mouseup", "click"] as const;

/**
 * While money is taken, one press does one thing: what comes too soon after a press of the same key or in the same place
 * is swallowed, wherever the first one led.
 */
export function useSteadyHand(till: Till): void {
  useEffect(() => {
    const takesMoney = () => ["paying", "recording", "result"].includes(till.snapshot().step.name);
    const last = { enter: Number.NEGATIVE_INFINITY, press: Number.NEGATIVE_INFINITY, x: 0, y: 0 };
    let swallowing = false;
    const swallow = (event: Event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      const soon = event.timeStamp - last.enter < TREMBLE_MS;
      last.enter = event.timeStamp;
      if (soon && takesMoney()) swallow(event);
    };
    const press = (event: PointerEvent) => {
      const near = Math.hypot(event.clientX - last.x, event.clientY - last.y) < ELSEWHERE_PX;
      swallowing = near && event.timeStamp - last.press < TREMBLE_MS && takesMoney();
      Object.assign(last, { press: event.timeStamp, x: event.clientX, y: event.clientY });
      if (swallowing) swallow(event);
    };
    const follow = (event: Event) => {
      if (swallowing) swallow(event);
    };
    window.addEventListener("keydown", key, true);
    window.addEventListener("pointerdown", press, true);
    for (const name of FOLLOWING) window.addEventListener(name, follow, true);
    return () => {
      window.removeEventListener("keydown", key, true);
      window.removeEventListener("pointerdown", press, true);
      for (const name of FOLLOWING) window.removeEventListener(name, follow, true);
    };
  }, [till]);
}
