import { texts } from "../texts/en.ts";
import { clock } from "../texts/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { nameOf } from "./basket.ts";
import type { ParkedBasket } from "./model.ts";
import type { TillState } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal;

type Props = { till: Till; state: TillState; onClose: () => void };

/** Baskets on hold, here and at other tills, the oldest first. */
export function RecallDialog({ till, state, onClose }: Props) {
  const take = (basket: ParkedBasket) => {
    onClose();
    void till.basket.recall(basket);
  };
  const parked = state.parked.toSorted((a, b) => (a.basket < b.basket ? -1 : 1));
  return (
    <Dialog title={words.parked.title} isOpen onClose={onClose}>
      {parked.length === 0 ? (
        <div>
          <strong>{words.parked.none}</strong>
          <p className="soft">{words.parked.noneHelp}</p>
        </div>
      ) : (
        <ul className="parked">
          {parked.map((basket, index) => (
            <li key={basket.basket} className="parked-row">
              <span className="parked-what">
                <strong>{words.items(basket.lines?.length ?? basket.tags.length)}</strong>
                <span className="soft small">{words.parked.by(basket.by, clock(madeAt(basket.basket)))}</span>
                {basket.hereOnly && <span className="small">{words.parked.hereOnly}</span>}
                <span className="soft small parked-titles">{titles(till, basket)}</span>
              </span>
              <Button
                look={index === 0 ? "primary" : "plain"}
                autoFocus={index === 0}
                onPress={() => take(basket)}
              >
                {words.parked.take}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

const titles = (till: Till, { tags, lines }: ParkedBasket) =>
  (lines?.map(nameOf) ?? tags.map((tag) => till.titleOf(tag) ?? tag)).join(", ");

/** A version 7 uuid begins with its moment, in ms. */
const madeAt = (uuid: string) => Number.parseInt(uuid.replaceAll("-", "").slice(0, 12), 16);
