import { useQuery } from "@tanstack/react-query";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { count } from "../../texts/format.ts";
import { Figure, Money } from "../../ui/parts.tsx";
import { queries } from "../queries.ts";
import { Consignors } from "./consignors.tsx";
import { useEvent } from "./layout.tsx";
import { Lifecycle } from "./lifecycle.tsx";
import { Sessions } from "./sessions.tsx";

const words = texts.event;
/** Sales move the shares; the page asks this often while someone looks at it, in ms. */
const LOOK_AGAIN_MS = 5_000;

/** Status, sessions and consignors of one event. */
export function Component() {
  const { api, organization } = useApp();
  const event = useEvent();
  const consignors = useQuery({ ...queries.consignors(api, event.id), refetchInterval: LOOK_AGAIN_MS });
  const list = consignors.data;
  const sold = list?.reduce((sum, consignor) => sum + consignor.sold, 0);
  const gross = list?.reduce((sum, consignor) => sum + consignor.gross_cents, 0);
  return (
    <div className="event-page">
      <dl className="figures">
        <Figure name={words.figures.items}>{count(event.items)}</Figure>
        <Figure name={words.figures.consignors}>
          {list === undefined ? texts.dash : count(list.length)}
        </Figure>
        <Figure name={words.figures.sold}>{sold === undefined ? texts.dash : count(sold)}</Figure>
        <Figure name={words.figures.gross}>
          {gross === undefined ? texts.dash : <Money cents={gross} currency={organization.currency} />}
        </Figure>
      </dl>
      <Lifecycle event={event} />
      <Sessions event={event} />
      <Consignors query={consignors} event={event} />
    </div>
  );
}
