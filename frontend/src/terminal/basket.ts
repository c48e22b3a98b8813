import { uuid7 } from "../queue/uuid7.ts";
import { texts } from "../texts/en.ts";
import { tagText } from "../texts/format.ts";
import type { Shelf } from "./catalogue.ts";
import type { KnownReceipt } from "./db.ts";
import {
  type BasketLine,
  type HeldBy,
  type Item,
  itemLine,
  MAX_BASKET_LINES,
  MISSING_FLAG,
  type Notice,
  type Override,
  type ParkedBasket,
  type PricedLine,
  REJECTED_FLAG,
  saidByTags,
  type UnlistedLine,
} from "./model.ts";
import { afterPaint, measureScan } from "./pace.ts";
import { play } from "./sound.ts";
import type { Store } from "./state.ts";
import type { Till } from "./till.ts";

const words = texts.terminal;

type Sources = {
  shelf: () => Shelf | undefined;
  heldBy: (tag: string) => HeldBy | undefined;
  onChange: () => void;
};

/** The basket on the counter: what comes in, what it costs, what is put aside. */
export class Basket {
  #till: Till;
  #store: Store;
  #sources: Sources;
  #notices = 0;
  #keeping = false;

  constructor(till: Till, store: Store, sources: Sources) {
    this.#till = till;
    this.#store = store;
    this.#sources = sources;
  }

  get #state() {
    return this.#store.snapshot();
  }

  /** A tag came in: from the scanner, the camera, or keyed by hand. */
  scan(text: string, keyed: boolean): void {
    if (this.#state.step.name !== "basket" || text.trim() === "") return;
    measureScan();
    this.#store.drop("unknown");
    const checked = this.#till.rules.checkTag(text);
    if ("error" in checked) {
      const slip = checked.error === "check_digit";
      this.say(
        "refused",
        slip ? words.notATag : words.notDigits,
        slip ? words.notATagHelp : words.notDigitsHelp,
      );
    } else this.#ring(checked.tag, checked.grouped, keyed);
  }

  #ring(tag: string, grouped: string, keyed: boolean): void {
    const { basket } = this.#state;
    const shelf = this.#sources.shelf();
    const item = shelf?.item(tag);
    const soldOn = shelf?.sold.get(tag);
    if (basket.some(({ id }) => id === tag)) {
      this.say("look", words.already, item?.title ?? grouped);
    } else if (this.#till.soldHere(tag)) {
      this.say("refused", `${words.sold}: ${item === undefined ? grouped : titled(item)}`, words.soldHere);
    } else if (item === undefined) {
      this.say("refused", words.unknown, words.unknownHelp(grouped));
      this.#store.set({ unknown: { tag, why: "unknown_tag" } });
    } else if (soldOn !== undefined) {
      const help = soldOn === 0 ? words.soldSomewhere : words.soldHelp(String(soldOn));
      this.say("refused", `${words.sold}: ${titled(item)}`, help);
    } else if (basket.length >= MAX_BASKET_LINES) {
      this.say("refused", words.tooMany(MAX_BASKET_LINES));
    } else this.#take(item, grouped, keyed);
  }

  #take(item: Item, grouped: string, keyed: boolean): void {
    const marked = markOf(item);
    if (marked !== undefined && !this.#till.may("sell_exceptions")) {
      this.say("refused", `${marked}: ${titled(item)}`, words.needsRight);
      return;
    }
    this.#put([...this.#state.basket, itemLine(item, keyed)], item.tag);
    const parked = this.#state.parked.find(({ tags }) => tags.includes(item.tag));
    const held = this.#sources.heldBy(item.tag);
    if (marked !== undefined) this.say("look", titled(item), `${marked}. ${words.soldAsFound}`);
    else if (parked !== undefined) this.say("look", titled(item), words.parkedBy(parked.by));
    else if (held !== undefined) this.say("look", titled(item), words.heldBy(held.name));
    else this.say("done", titled(item), grouped);
  }

  /** Something that the session does not know, at a price that a person names. */
  addUnlisted(line: Omit<UnlistedLine, "kind" | "id">): void {
    const id = line.tag ?? uuid7();
    if (this.#state.basket.some((other) => other.id === id)) {
      this.say("look", words.already);
      return;
    }
    if (this.#state.basket.length >= MAX_BASKET_LINES) {
      this.say("refused", words.tooMany(MAX_BASKET_LINES));
      return;
    }
    this.#store.drop("unknown");
    this.#put([...this.#state.basket, { kind: "unlisted", id, ...line }], id);
    this.say("done", words.unlisted.reasons[line.why]);
  }

  /** What the line would cost with `override`, by the rules; nothing changes yet. */
  tryPrice(id: string, override: Override | undefined): PricedLine | undefined {
    const line = this.#state.basket.find((other) => other.id === id);
    if (line?.kind !== "item") return undefined;
    return this.#till.price([priced(line, override)]).lines[0];
  }

  setPrice(id: string, override: Override | undefined): void {
    const basket = this.#state.basket.map((line) =>
      line.id === id && line.kind === "item" ? priced(line, override) : line,
    );
    this.#put(basket, id);
  }

  remove(id: string): void {
    const line = this.#state.basket.find((other) => other.id === id);
    if (line === undefined) return;
    this.#put(this.#state.basket.filter((other) => other !== line));
    this.say("look", words.removed(nameOf(line)));
  }

  clear(): void {
    this.#put([]);
    this.#store.drop("notice", "unknown").set({});
  }

  // --- put aside, taken up again

  /**
   * Puts the basket aside. Its items are kept for it at every till, unless its tags do not say all that is in it: then
   * it stays on this till, and its items are kept for nobody.
   */
  async park(): Promise<void> {
    const { basket, parked } = this.#state;
    const lines = basket.flatMap((line) => (line.kind === "item" ? [line] : []));
    if (basket.length === 0) return;
    const hereOnly = !saidByTags(basket);
    const aside: ParkedBasket = {
      basket: uuid7(),
      by: this.#till.pairing.name,
      tags: lines.map(({ id }) => id),
      lines: basket,
      ...(hereOnly ? { hereOnly } : {}),
    };
    const now = [...parked, aside];
    this.#store
      .drop("latest", "notice", "unknown")
      .set({ basket: [], priced: this.#till.price([]), parked: now });
    this.#sources.onChange();
    if (hereOnly) {
      await Promise.all([this.#till.db.set("draft", []), this.#till.db.set("parked", now)]);
      this.say("look", words.parked.done, words.parked.hereOnlyHelp);
      return;
    }
    const asked = lines.map(({ item, keyed }, index) => ({
      tag: item.tag,
      price_cents: this.#till.price(lines).lines[index]?.price_cents ?? item.price_cents,
      keyed,
    }));
    const command = { type: "park_basket", basket: aside.basket, lines: asked };
    const answer = await this.#till.ask("park", command, { draft: [], parked: now });
    // Refused or not, the basket is safe here; a refusal only means that other tills do not keep its items free.
    if (answer.state === "refused") this.say("look", words.parked.onlyHere, answer.problem?.detail);
    else this.say("done", words.parked.done);
  }

  /** Takes a basket up again. Its lines come from here when this till put it aside, else from its tags. */
  async recall(aside: ParkedBasket): Promise<void> {
    if (this.#state.basket.length > 0) {
      this.say("look", words.parked.basketFirst);
      return;
    }
    const shelf = this.#sources.shelf();
    const fromTags = aside.tags.flatMap((tag) => {
      const item = shelf?.item(tag);
      return item === undefined ? [] : [itemLine(item, false)];
    });
    const basket = aside.lines ?? fromTags;
    const parked = this.#state.parked.filter((other) => other.basket !== aside.basket);
    this.#store.set({ basket, priced: this.#till.price(basket), parked });
    this.#sources.onChange();
    if (aside.hereOnly) {
      await Promise.all([this.#till.db.set("draft", basket), this.#till.db.set("parked", parked)]);
      this.say("done", words.parked.recalled);
      return;
    }
    const command = { type: "recall_basket", basket: aside.basket };
    const answer = await this.#till.ask("recall", command, { draft: basket, parked });
    if (answer.state === "refused" && aside.lines === undefined)
      this.say("look", words.parked.takenElsewhere);
    else this.say("done", words.parked.recalled);
  }

  // --- what comes from outside

  soldElsewhere({ lines, number }: KnownReceipt, ours: boolean): void {
    const gone = ours ? undefined : this.#state.basket.find(({ id }) => lines.some(({ tag }) => tag === id));
    if (gone !== undefined)
      this.say("refused", `${words.sold}: ${nameOf(gone)}`, words.soldHelp(String(number)));
  }

  /** Which lines of this basket lie in another till's basket, too. */
  showHolds(): void {
    const held = new Map<string, HeldBy>();
    for (const { id } of this.#state.basket) {
      const by = this.#sources.heldBy(id);
      if (by !== undefined) held.set(id, by);
    }
    if (held.size > 0 || this.#state.held.size > 0) this.#store.set({ held });
  }

  /** Prices may have changed: another catalogue, another clock. */
  reprice(): void {
    const { basket, step } = this.#state;
    if (step.name === "basket" && basket.length > 0) this.#store.set({ priced: this.#till.price(basket) });
  }

  say(tone: Notice["tone"], title: string, help?: string): void {
    this.#notices += 1;
    this.#store.set({ notice: { tone, title, id: this.#notices, ...(help === undefined ? {} : { help }) } });
    play(tone);
  }

  #put(basket: BasketLine[], latest?: string): void {
    this.#store.drop("latest");
    this.#store.set({
      basket,
      priced: this.#till.price(basket),
      ...(latest === undefined ? {} : { latest }),
    });
    this.#keepSoon();
    this.#sources.onChange();
    this.showHolds();
  }

  /** Writes the basket down right after the screen has it: a long one takes a few ms that the eye would wait for. */
  #keepSoon(): void {
    if (this.#keeping) return;
    this.#keeping = true;
    afterPaint(() => {
      this.#keeping = false;
      // A sale that was completed meanwhile has taken the basket with it, in a transaction of its own.
      if (this.#state.step.name !== "basket" && this.#state.step.name !== "paying") return;
      void this.#till.db.set("draft", this.#state.basket);
    });
  }
}

/** What a line is called on the screen. An item that came in late has no title yet. */
export const nameOf = (line: BasketLine): string =>
  line.kind === "item" ? titled(line.item) : words.unlisted.reasons[line.why];

export const titled = (item: Item): string =>
  item.title === "" ? words.untitled(tagText(item.tag)) : item.title;

export function markOf({ flags }: Item): string | undefined {
  if ((flags & MISSING_FLAG) !== 0) return words.markedMissing;
  return (flags & REJECTED_FLAG) === 0 ? undefined : words.markedRejected;
}

function priced<Line extends BasketLine & { kind: "item" }>(
  line: Line,
  override: Override | undefined,
): Line {
  const { override: _, ...plain } = line;
  return (override === undefined ? plain : { ...plain, override }) as Line;
}
