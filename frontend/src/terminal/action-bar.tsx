import { Button as AriaButton } from "react-aria-components";
import { texts } from "../texts/en.ts";
import { Icon } from "../ui/icons.tsx";
import { Key } from "../ui/key.tsx";

const { keys } = texts.terminal;

export type Action = "unlisted" | "park" | "recall" | "price" | "returns" | "drawer" | "camera" | "help";

const icons = {
  unlisted: "tag",
  park: "pause",
  recall: "recall",
  price: "price",
  returns: "returns",
  drawer: "drawer",
  camera: "camera",
  help: "keys",
} as const;

type Props = { actions: Partial<Record<Action, (() => void) | undefined>>; badge: number };

/** Everything but scanning and paying, each with its key. An action without a function is out of place now. */
export function ActionBar({ actions, badge }: Props) {
  return (
    <div className="actions" role="toolbar" aria-label={keys.title}>
      {(Object.keys(icons) as Action[]).map((name) => (
        <AriaButton
          key={name}
          className={`action action-${name}`}
          isDisabled={actions[name] === undefined}
          onPress={() => actions[name]?.()}
        >
          <Icon name={icons[name]} size={22} />
          <span>
            {keys[name].label}
            {name === "recall" && badge > 0 && <b className="action-badge"> {badge}</b>}
          </span>
          <Key name={keys[name].key} />
        </AriaButton>
      ))}
    </div>
  );
}
