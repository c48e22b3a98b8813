import { texts } from "../texts/en.ts";
import { Dialog } from "../ui/dialog.tsx";

const words = texts.terminal.keys;
const { title, scanner, ...keys } = words;

/** Every key there is. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <dl className="keys">
        {Object.values(keys).map(({ key, label }) => (
          <div key={key}>
            <dt>
              <kbd className="key">{key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">{scanner}</p>
    </Dialog>
  );
}
