import type { LiveState } from "../live/live.ts";
import { texts } from "../texts/en.ts";

/** The connection, said in a word with a lamp beside it; never hidden. */
export function Lamp({ state, children }: { state: LiveState["phase"]; children?: string | undefined }) {
  return (
    <span className={`lamp lamp-${state}`} role="status">
      <span className="lamp-light" aria-hidden="true" />
      {children ?? texts.live[state]}
    </span>
  );
}
