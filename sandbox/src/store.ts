import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * What the stand-ins remember between two starts: named collections of JSON
 * documents in one SQLite file. `order` grows with every insertion, so that
 * "the oldest go first" needs no clock.
 */
export class Store {
  readonly #database: DatabaseSync;

  /** Opens (or makes) `sandbox.sqlite` in `stateDir`; `":memory:"` keeps nothing. */
  constructor(stateDir: string) {
    if (stateDir !== ":memory:") mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const file = stateDir === ":memory:" ? stateDir : join(stateDir, "sandbox.sqlite");
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS document (
        "order" INTEGER PRIMARY KEY AUTOINCREMENT,
        collection TEXT NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (collection, id)
      );
    `);
  }

  /** The collection `name`; with `limit`, its oldest documents make room for new ones. */
  collection<T>(name: string, limit: number): Collection<T> {
    return new Collection<T>(this.#database, name, limit);
  }

  /** A single value, made by `make` the first time it is asked for. */
  remembered<T>(name: string, make: () => T): T {
    const values = this.collection<T>("value", Number.MAX_SAFE_INTEGER);
    const known = values.get(name);
    if (known !== undefined) return known;
    const fresh = make();
    values.put(name, fresh);
    return fresh;
  }

  close(): void {
    this.#database.close();
  }
}

interface Row {
  id: string;
  body: string;
}

export class Collection<T> {
  readonly #database: DatabaseSync;
  readonly #name: string;
  readonly #limit: number;

  constructor(database: DatabaseSync, name: string, limit: number) {
    this.#database = database;
    this.#name = name;
    this.#limit = limit;
  }

  get(id: string): T | undefined {
    const row = this.#database
      .prepare("SELECT id, body FROM document WHERE collection = ? AND id = ?")
      .get(this.#name, id) as Row | undefined;
    return row === undefined ? undefined : (JSON.parse(row.body) as T);
  }

  /** Writes `value` under `id`; an existing document keeps its place in the order. */
  put(id: string, value: T): void {
    this.#database
      .prepare(
        `INSERT INTO document (collection, id, body) VALUES (?, ?, ?)
         ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body`,
      )
      .run(this.#name, id, JSON.stringify(value));
    this.#trim();
  }

  delete(id: string): boolean {
    const result = this.#database
      .prepare("DELETE FROM document WHERE collection = ? AND id = ?")
      .run(this.#name, id);
    return Number(result.changes) > 0;
  }

  /** Removes `id` and hands it over: what is taken once cannot be taken twice. */
  take(id: string): T | undefined {
    const row = this.#database
      .prepare("DELETE FROM document WHERE collection = ? AND id = ? RETURNING id, body")
      .all(this.#name, id)[0] as Row | undefined;
    return row === undefined ? undefined : (JSON.parse(row.body) as T);
  }

  /** All documents, oldest first. */
  all(): T[] {
    const rows = this.#database
      .prepare('SELECT id, body FROM document WHERE collection = ? ORDER BY "order"')
      .all(this.#name) as unknown as Row[];
    return rows.map((row) => JSON.parse(row.body) as T);
  }

  /** The newest `count` documents, newest first. */
  newest(count: number): T[] {
    const rows = this.#database
      .prepare('SELECT id, body FROM document WHERE collection = ? ORDER BY "order" DESC LIMIT ?')
      .all(this.#name, count) as unknown as Row[];
    return rows.map((row) => JSON.parse(row.body) as T);
  }

  clear(): void {
    this.#database.prepare("DELETE FROM document WHERE collection = ?").run(this.#name);
  }

  count(): number {
    const row = this.#database
      .prepare("SELECT COUNT(*) AS n FROM document WHERE collection = ?")
      .get(this.#name) as { n: number };
    return row.n;
  }

  #trim(): void {
    const surplus = this.count() - this.#limit;
    if (surplus <= 0) return;
    this.#database
      .prepare(
        `DELETE FROM document WHERE "order" IN (
           SELECT "order" FROM document WHERE collection = ? ORDER BY "order" LIMIT ?)`,
      )
      .run(this.#name, surplus);
  }
}
