import { texts } from "../texts/en.ts";
import { Mark } from "../ui/icons.tsx";

const words = texts.terminal.tender;

/** A sale that was on its way when the tab went away: a moment's patience, then it is told what became of it. */
export function Recording() {
  return (
    <section className="recording" role="status">
      <Mark size={64} />
      <h2>{words.completing}</h2>
      <p className="soft">{words.completingHelp}</p>
    </section>
  );
}
