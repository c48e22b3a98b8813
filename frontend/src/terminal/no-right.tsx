import { texts } from "../texts/en.ts";
import { Icon } from "../ui/icons.tsx";

const words = texts.terminal.noRight;

/** Why nothing can be done here, and who can change that. */
export function NoRight() {
  return (
    <div className="no-right" role="alert">
      <Icon name="warn" size={28} />
      <p>
        <strong>{words.title}</strong>
        <br />
        {words.help}
      </p>
    </div>
  );
}
