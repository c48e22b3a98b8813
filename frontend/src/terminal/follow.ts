import type { ApiClient } from "../api/client.ts";
import type { LiveEntry } from "../live/live.ts";
import { type HeardEntry, read, Shelf } from "./catalogue.ts";
import type { CatalogueAsSent, KnownReceipt, TillDb } from "./db.ts";
import { Ledger } from "./ledger.ts";

/** Late arrivals come in pages; their titles are fetched once after the last page, this long after it, in ms. */
const FETCH_AFTER_MS = 300;

export type FollowOptions = {
  db: TillDb;
  api: ApiClient;
  session: string;
  /** The shelf is another one: all that was shown of it is to be looked up again. */
  onShelf: (shelf: Shelf) => void;
  /** An entry, read and taken into the shelf already. */
  onHeard: (heard: HeardEntry) => void;
  onSold: (receipt: KnownReceipt) => void;
};

/** Keeps the shelf in step with the session's log, in memory at once and on disk a moment later. */
export class Follower {
  #options: FollowOptions;
  #ledger: Ledger;
  #shelf: Shelf | undefined;
  #fetching: ReturnType<typeof setTimeout> | undefined;
  #anew = false;
  #since = Number.POSITIVE_INFINITY;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#ledger = new Ledger(options.db);
  }

  get shelf(): Shelf | undefined {
    return this.#shelf;
  }

  /** The shelf as this device last knew it, or fetched when it knows none. */
  async restore(): Promise<void> {
    const stored = await this.#options.db.catalogue();
    if (stored === undefined) await this.fetchAnew();
    else this.#take(new Shelf(stored, stored.sold));
  }

  stop(): void {
    clearTimeout(this.#fetching);
    this.#ledger.stop();
  }

  hear(entry: LiveEntry): void {
    const shelf = this.#shelf;
    if (shelf === undefined) return;
    [shelf.position, shelf.hash] = [entry.seq, entry.hash];
    const heard = read(entry);
    if (heard.kind === "sold") this.#sold(shelf, heard.receipt);
    if (heard.kind === "taken_back") {
      for (const tag of heard.restocked) shelf.sold.delete(tag);
      this.#ledger.takenBack(heard.number, heard.lines, heard.restocked, heard.whole);
    }
    if (heard.kind === "items_arrived") {
      shelf.add(heard.rows);
      this.#ledger.arrived(heard.rows);
      this.#since = Math.min(this.#since, entry.seq - 1);
      this.#fetchSoon();
    }
    if (heard.kind === "recount") {
      this.#anew = true;
      this.#fetchSoon();
    }
    this.#options.onHeard(heard);
    this.#ledger.soon(() => this.#shelf);
  }

  #sold(shelf: Shelf, receipt: KnownReceipt): void {
    for (const { tag } of receipt.lines) if (tag !== undefined) shelf.sold.set(tag, receipt.number);
    this.#ledger.sold(receipt);
    this.#options.onSold(receipt);
  }

  #fetchSoon(): void {
    clearTimeout(this.#fetching);
    // Until it comes the till sells by what it has; where the network is away, the next connection asks again.
    this.#fetching = setTimeout(() => void this.catchUp().catch(() => undefined), FETCH_AFTER_MS);
  }

  /** Fetches what came in and is not known by name yet. */
  async catchUp(): Promise<void> {
    const [anew, since] = [this.#anew, this.#since];
    if (anew) {
      await this.fetchAnew();
      return;
    }
    if (since === Number.POSITIVE_INFINITY) return;
    const { whole, ...part } = await this.#options.api.catalogue(this.#options.session, since);
    if (whole) {
      await this.fetchAnew();
      return;
    }
    this.#since = Number.POSITIVE_INFINITY;
    const { items } = part as unknown as CatalogueAsSent;
    this.#shelf?.add(items);
    this.#ledger.arrived(items);
    this.#ledger.soon(() => this.#shelf);
    if (this.#shelf !== undefined) this.#options.onShelf(this.#shelf);
  }

  /** Fetches the whole catalogue. What the log has said behind its position since then still counts. */
  async fetchAnew(): Promise<void> {
    const sent = (await this.#options.api.catalogue(this.#options.session)) as unknown as CatalogueAsSent;
    const before = this.#shelf;
    const fresh = new Shelf(sent);
    if (before !== undefined) {
      // Receipt numbers are known here only; what was sold behind the fetched position is, too.
      for (const [tag, number] of before.sold) {
        if (fresh.sold.has(tag) || before.position > sent.position) fresh.sold.set(tag, number);
      }
      if (before.position >= sent.position) [fresh.position, fresh.hash] = [before.position, before.hash];
    }
    const { position, hash } = fresh;
    await this.#options.db.replaceCatalogue({ ...sent, position, hash }, fresh.sold);
    [this.#anew, this.#since] = [false, Number.POSITIVE_INFINITY];
    this.#take(fresh);
  }

  /** The session's log was restored to an earlier state: what this till learnt from the lost part is void. */
  async forget(): Promise<void> {
    this.#shelf = undefined;
    await this.fetchAnew();
  }

  #take(shelf: Shelf): void {
    this.#shelf = shelf;
    this.#options.onShelf(shelf);
  }
}
