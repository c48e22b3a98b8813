import type { Catalogue, Receipt, SellingRules } from "../api/types.ts";
import type { QueueStore } from "../queue/queue.ts";
import type { BasketLine, CatalogueRow, Pairing, QueuedReceipt, QueuedSale } from "./model.ts";

const DATABASE = "hangtag-terminal";
const VERSION = 1;
/** Catalogue rows in one record: 100,000 single records would take seconds to write, 50 of these do not. */
const CHUNK_ROWS = 2_000;
/** Answered receipts kept for looking back and printing again. */
const MAX_KEPT_RECEIPTS = 200;

/** What the platform sends; the schema has no word for rows that are tuples. */
export type CatalogueAsSent = Omit<Catalogue, "items"> & { items: CatalogueRow[] };
export type StoredCatalogue = CatalogueAsSent & { sold: [string, number][] };

type Meta = {
  pairing: Pairing;
  draft: BasketLine[];
  showing: string;
  position: number;
  settings: SellingRules;
};

/** All that a till must not lose, in IndexedDB. One till, one database; one tab at a time holds it. */
export class TillDb implements QueueStore<QueuedSale, Receipt> {
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
      db.createObjectStore("commands", { keyPath: "id" }).createIndex("state", "state");
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

  /**
   * Completes a sale: the command enters the queue, the basket is empty and the receipt is what is shown, all in
   * one transaction that is on disk before this returns. From here on a killed tab loses nothing.
   */
  async complete(command: QueuedReceipt): Promise<void> {
    await this.#write(["commands", "meta"], (store) => {
      store("commands").add(command);
      store("meta").delete("draft");
      store("meta").put(command.id, "showing");
    });
  }

  /** Takes a refused sale back: its basket is the draft again, in the transaction that forgets the command. */
  async reopen(command: QueuedReceipt): Promise<void> {
    await this.#write(["commands", "meta"], (store) => {
      store("commands").delete(command.id);
      store("meta").put(command.body.basket, "draft");
      store("meta").delete("showing");
    });
  }

  async command(id: string): Promise<QueuedReceipt | undefined> {
    return settled(this.#read("commands").get(id));
  }

  async waiting(): Promise<QueuedReceipt[]> {
    return settled(this.#read("commands").index("state").getAll("waiting"));
  }

  async refused(): Promise<QueuedReceipt[]> {
    return settled(this.#read("commands").index("state").getAll("refused"));
  }

  async save(command: QueuedReceipt): Promise<void> {
    await this.#write(["commands"], (store) => store("commands").put(command));
  }

  /** Forgets the oldest answered receipts beyond what is kept. */
  async prune(): Promise<void> {
    const done = await settled(this.#read("commands").index("state").getAllKeys("done"));
    const surplus = done.slice(0, Math.max(0, done.length - MAX_KEPT_RECEIPTS));
    if (surplus.length === 0) return;
    await this.#write(["commands"], (store) => {
      for (const id of surplus) store("commands").delete(id);
    });
  }

  /** Replaces the catalogue; what was known as sold belongs to the old one and goes. */
  async replaceCatalogue(catalogue: CatalogueAsSent, sold: Map<string, number>): Promise<void> {
    await this.#write(["catalogue", "sold", "meta"], (store) => {
      store("catalogue").clear();
      store("sold").clear();
      for (let start = 0; start < catalogue.items.length; start += CHUNK_ROWS) {
        store("catalogue").put(catalogue.items.slice(start, start + CHUNK_ROWS), start);
      }
      for (const [tag, receipt] of sold) store("sold").put(receipt, tag);
      store("meta").put(catalogue.position, "position");
      store("meta").put(catalogue.settings, "settings");
    });
  }

  /** The catalogue as last stored; undefined when there is none. */
  async catalogue(): Promise<StoredCatalogue | undefined> {
    const [position, settings] = await Promise.all([this.get("position"), this.get("settings")]);
    if (position === undefined || settings === undefined) return undefined;
    const chunks: CatalogueRow[][] = await settled(this.#read("catalogue").getAll());
    const soldStore = this.#read("sold");
    const [tags, receipts] = await Promise.all([
      settled(soldStore.getAllKeys()),
      settled(soldStore.getAll()),
    ]);
    const sold = tags.map((tag, index): [string, number] => [String(tag), Number(receipts[index])]);
    return { position, settings, items: chunks.flat(), sold };
  }

  /** What the log said since, with the position it said it at. */
  async advance(position: number, sold: [string, number][]): Promise<void> {
    await this.#write(["sold", "meta"], (store) => {
      for (const [tag, receipt] of sold) store("sold").put(receipt, tag);
      store("meta").put(position, "position");
    });
  }

  /** The till forgets its session: pairing, catalogue, basket. Commands stay until they are answered. */
  async unpair(): Promise<void> {
    await this.#write(["meta", "catalogue", "sold"], (store) => {
      store("meta").clear();
      store("catalogue").clear();
      store("sold").clear();
    });
  }

  #read(store: string): IDBObjectStore {
    return this.#db.transaction(store, "readonly").objectStore(store);
  }

  async #write(stores: string[], work: (store: (name: string) => IDBObjectStore) => void): Promise<void> {
    // Strict: done means on disk, not on its way there. A sale must survive the battery falling out.
    const transaction = this.#db.transaction(stores, "readwrite", { durability: "strict" });
    work((name) => transaction.objectStore(name));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the till's storage gave up"));
    });
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the till's storage did not answer"));
  });
}
