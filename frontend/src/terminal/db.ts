import type { Catalogue, SellingRules, TerminalSelf } from "../api/types.ts";
import type { QueueStore } from "../queue/queue.ts";
import type {
  BasketLine,
  CatalogueRow,
  Pairing,
  ParkedBasket,
  QueuedCommand,
  SessionCommand,
  Standing,
  Tender,
} from "./model.ts";

const DATABASE = "hangtag-till";
const VERSION = 1;
/** Catalogue rows in one record: 100,000 single records would take seconds to write, 50 of these do not. */
const CHUNK_ROWS = 2_000;
/** Answered commands kept for looking back and printing again. */
const MAX_KEPT_COMMANDS = 200;

/** What the platform sends; the schema has no word for rows that are tuples. */
export type CatalogueAsSent = Omit<Catalogue, "items" | "whole"> & {
  items: CatalogueRow[];
  /** The hash of the entry at `position`, where the log has said it. */
  hash?: string | undefined;
};
export type StoredCatalogue = CatalogueAsSent & { sold: [string, number][] };

/** A receipt that came by in the log: enough to take its goods back while the network is away. */
export type KnownReceipt = {
  number: number;
  receipt: string;
  terminal: string;
  occurred_at: number;
  total_cents: number;
  tenders: { kind: string; amount_cents: number }[];
  lines: { line: number; tag?: string; price_cents: number; tax_cents: number }[];
  /** Lines that were taken back since. */
  gone: number[];
  voided: boolean;
};

type Meta = {
  pairing: Pairing;
  /** Pairings that ended while commands of theirs still waited. */
  former: Pairing[];
  draft: BasketLine[];
  /** Parts of its payment that were taken already. */
  taken: Tender[];
  showing: string;
  position: number;
  position_hash: string;
  settings: SellingRules;
  standing: Standing;
  parked: ParkedBasket[];
  info: TerminalSelf;
};

/** What the log said in a while, written down together with the position it said it at. */
export type Heard = {
  position: number;
  hash: string | undefined;
  sold: [string, number][];
  unsold: string[];
  receipts: KnownReceipt[];
  arrived: CatalogueRow[];
};

/** All that a till must not lose, in IndexedDB. One till, one database; one tab at a time holds it. */
export class TillDb implements QueueStore<QueuedCommand> {
  #db: IDBDatabase;

  private constructor(db: IDBDatabase) {
    this.#db = db;
  }

  static async open(factory: IDBFactory = indexedDB): Promise<TillDb> {
    const request = factory.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("meta");
      db.createObjectStore("catalogue");
      db.createObjectStore("sold");
      db.createObjectStore("receipts", { keyPath: "number" }).createIndex("tag", "lines_tags", {
        multiEntry: true,
      });
      db.createObjectStore("commands", { keyPath: "key" }).createIndex("state", "state");
    };
    return new TillDb(await settled(request));
  }

  close(): void {
    this.#db.close();
  }

  async get<K extends keyof Meta>(key: K): Promise<Meta[K] | undefined> {
    return settled(this.#read("meta").get(key));
  }

  async set<K extends keyof Meta>(key: K, value: Meta[K]): Promise<void> {
    await this.#write(["meta"], (store) => store("meta").put(value, key));
  }

  async delete(key: keyof Meta): Promise<void> {
    await this.#write(["meta"], (store) => store("meta").delete(key));
  }

  // --- commands

  /**
   * Completes a sale: the command enters the queue, the basket is empty and the receipt is what is shown, all in
   * one transaction that is on disk before this returns. From here on a killed tab loses nothing.
   */
  async complete(command: QueuedCommand): Promise<void> {
    await this.#write(["commands", "meta"], (store) => {
      store("commands").add(command);
      store("meta").delete("draft");
      store("meta").delete("taken");
      store("meta").put(command.key, "showing");
    });
  }

  /** A command enters the queue, with what it changes here, in one transaction. */
  async enqueue(
    command: QueuedCommand,
    change: Partial<Pick<Meta, "draft" | "parked" | "standing">> = {},
  ): Promise<void> {
    await this.#write(["commands", "meta"], (store) => {
      store("commands").add(command);
      for (const [key, value] of Object.entries(change)) store("meta").put(value, key);
    });
  }

  /**
   * Turns a sale that was asked for into a fact, before the goods are handed over without an answer. Undefined
   * when the answer came first.
   */
  async promote(key: string, id: string, command: SessionCommand): Promise<QueuedCommand | undefined> {
    return this.#change(key, (found) => {
      if (found?.sale === undefined || found.state !== "waiting") return undefined;
      return { ...found, id, command, sale: { ...found.sale, fact: true } };
    });
  }

  async settle(answered: QueuedCommand): Promise<QueuedCommand | undefined> {
    return this.#change(answered.key, (found) => {
      if (found === undefined) return undefined;
      if (found.id === answered.id || found.state !== "waiting") return answered;
      // It became a fact while its request was under way: taken is taken, but a refusal no longer counts.
      if (answered.state === "refused" || found.sale === undefined) return undefined;
      return { ...answered, id: found.id, command: found.command, sale: found.sale };
    });
  }

  /** The log has told a receipt's number before (or without) the answer to its command. */
  async number(key: string, number: number): Promise<QueuedCommand | undefined> {
    return this.#change(key, (found) =>
      found === undefined || found.number !== undefined ? undefined : { ...found, number },
    );
  }

  /** Takes a refused sale back: its basket is the draft again, in the transaction that forgets the command. */
  async reopen(command: QueuedCommand): Promise<void> {
    await this.#write(["commands", "meta"], (store) => {
      store("commands").delete(command.key);
      store("meta").put(command.sale?.basket ?? [], "draft");
      store("meta").delete("showing");
    });
  }

  /** A refused command was seen by a person and is not needed any more. */
  async dismiss(key: string): Promise<void> {
    await this.#write(["commands"], (store) => store("commands").delete(key));
  }

  async command(key: string): Promise<QueuedCommand | undefined> {
    return settled(this.#read("commands").get(key));
  }

  async waiting(): Promise<QueuedCommand[]> {
    return settled(this.#read("commands").index("state").getAll("waiting"));
  }

  async refused(): Promise<QueuedCommand[]> {
    return settled(this.#read("commands").index("state").getAll("refused"));
  }

  /** Forgets the oldest answered commands beyond what is kept. */
  async prune(): Promise<void> {
    const done = await settled(this.#read("commands").index("state").getAllKeys("done"));
    const surplus = done.slice(0, Math.max(0, done.length - MAX_KEPT_COMMANDS));
    if (surplus.length === 0) return;
    await this.#write(["commands"], (store) => {
      for (const key of surplus) store("commands").delete(key);
    });
  }

  // --- the catalogue, and what the log said

  /** Replaces the catalogue; what was known as sold belongs to the old one and goes. */
  async replaceCatalogue(catalogue: CatalogueAsSent, sold: Map<string, number>): Promise<void> {
    await this.#write(["catalogue", "sold", "meta"], (store) => {
      store("catalogue").clear();
      store("sold").clear();
      for (let start = 0; start < catalogue.items.length; start += CHUNK_ROWS) {
        store("catalogue").put(catalogue.items.slice(start, start + CHUNK_ROWS), chunkKey(start));
      }
      for (const [tag, receipt] of sold) store("sold").put(receipt, tag);
      putPlace(store("meta"), catalogue.position, catalogue.hash);
      store("meta").put(catalogue.settings, "settings");
    });
  }

  /** The catalogue as last stored; undefined when there is none. Later chunks are newer. */
  async catalogue(): Promise<StoredCatalogue | undefined> {
    const [position, hash, settings] = await Promise.all([
      this.get("position"),
      this.get("position_hash"),
      this.get("settings"),
    ]);
    if (position === undefined || settings === undefined) return undefined;
    const chunks: CatalogueRow[][] = await settled(this.#read("catalogue").getAll());
    const soldStore = this.#read("sold");
    const [tags, receipts] = await Promise.all([
      settled(soldStore.getAllKeys()),
      settled(soldStore.getAll()),
    ]);
    const sold = tags.map((tag, index): [string, number] => [String(tag), Number(receipts[index])]);
    return { position, hash, settings, items: chunks.flat(), sold };
  }

  /** What the log said since, with the position it said it at. */
  async advance({ position, hash, sold, unsold, receipts, arrived }: Heard): Promise<void> {
    await this.#write(["catalogue", "sold", "receipts", "meta"], (store) => {
      for (const [tag, receipt] of sold) store("sold").put(receipt, tag);
      for (const tag of unsold) store("sold").delete(tag);
      for (const receipt of receipts) store("receipts").put(withTags(receipt));
      if (arrived.length > 0) store("catalogue").put(arrived, `b-${String(position).padStart(12, "0")}`);
      putPlace(store("meta"), position, hash);
    });
  }

  async receiptByNumber(number: number): Promise<KnownReceipt | undefined> {
    return settled(this.#read("receipts").get(number));
  }

  /** The newest receipt that holds `tag`. */
  async receiptByTag(tag: string): Promise<KnownReceipt | undefined> {
    const found: KnownReceipt[] = await settled(this.#read("receipts").index("tag").getAll(tag));
    return found.findLast(({ voided }) => !voided) ?? found.at(-1);
  }

  /** The till forgets its session: pairing, catalogue, basket. Commands stay until they are answered. */
  async unpair(): Promise<void> {
    const [pairing, former, waiting] = await Promise.all([
      this.get("pairing"),
      this.get("former"),
      this.waiting(),
    ]);
    const needed = [...(former ?? []), ...(pairing === undefined ? [] : [pairing])].filter((old) =>
      waiting.some(({ terminal }) => terminal === old.terminal),
    );
    await this.#write(["meta", "catalogue", "sold", "receipts"], (store) => {
      store("meta").clear();
      store("catalogue").clear();
      store("sold").clear();
      store("receipts").clear();
      if (needed.length > 0) store("meta").put(needed, "former");
    });
  }

  #read(store: string): IDBObjectStore {
    return this.#db.transaction(store, "readonly").objectStore(store);
  }

  /** Reads a command, decides and writes in one transaction; undefined when nothing was to be changed. */
  async #change(
    key: string,
    decide: (found: QueuedCommand | undefined) => QueuedCommand | undefined,
  ): Promise<QueuedCommand | undefined> {
    let changed: QueuedCommand | undefined;
    await this.#write(["commands"], (store) => {
      const request = store("commands").get(key);
      request.onsuccess = () => {
        changed = decide(request.result as QueuedCommand | undefined);
        if (changed !== undefined) store("commands").put(changed);
      };
    });
    return changed;
  }

  async #write(stores: string[], work: (store: (name: string) => IDBObjectStore) => void): Promise<void> {
    // What the session is told must survive the battery falling out: done means on disk, not on its way there. All
    // else can be had again, and does not keep a line that was just scanned waiting for the disk.
    const durability = stores.includes("commands") ? "strict" : "relaxed";
    const transaction = this.#db.transaction(stores, "readwrite", { durability });
    work((name) => transaction.objectStore(name));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the till's storage gave up"));
    });
  }
}

/** Where the log stands, and the hash of the entry there: one is never kept with the other's predecessor. */
function putPlace(meta: IDBObjectStore, position: number, hash: string | undefined): void {
  meta.put(position, "position");
  if (hash === undefined) meta.delete("position_hash");
  else meta.put(hash, "position_hash");
}

/** Chunks of a fetched catalogue sort before what arrived later. */
const chunkKey = (start: number) => `a-${String(start).padStart(9, "0")}`;

/** An index over several tags needs them in one place. */
const withTags = (receipt: KnownReceipt) => ({
  ...receipt,
  lines_tags: receipt.lines.flatMap(({ tag }) => (tag === undefined ? [] : [tag])),
});

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the till's storage did not answer"));
  });
}
