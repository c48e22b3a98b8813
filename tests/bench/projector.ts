// The projector, against a batch of the very rows that it wrote, a page's at once, into tables with the same keys and
// indexes and no triggers.

/** The tables that a sale's rows go to. */
const TABLES = ["receipt", "receipt_line", "history_entry", "history_subject"];
/** The projector's page, in entries: a bare batch writes as many entries' rows at once. */
const PAGE = 200;
/** Rounds that a projection takes at most: a stream that stands still is an error, not a long measurement. */
const CATCH_UP_ROUNDS_MAX = 1_000;

/** Asks the runtime that is measured. */
type Ask = (path: string, body: string) => Promise<string>;
type Row = Record<string, unknown>;

/** What one round took, for so many rows. */
export type ProjectorTook = { rows: number; oursMs: number; bareMs: number };

/** `sold` makes a stream, lets the projector catch up with what comes before, and sells. */
export async function besideBareBatches(
  ask: Ask,
  rounds: number,
  sold: (round: number, before: (stream: string) => Promise<void>) => Promise<string>,
): Promise<ProjectorTook[]> {
  const d1 = async (sql: string) => JSON.parse(await ask("/door/d1", sql)) as Row[];
  const reached = async (stream: string) => {
    const [place] = await d1(`SELECT seq FROM checkpoint WHERE stream = '${stream}'`);
    return Number(place?.seq ?? 0);
  };
  const tables = await Promise.all(TABLES.map((name) => bareTable(d1, name)));
  const took: ProjectorTook[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let opened = 0;
    const stream = await sold(round, async (fresh) => {
      await catchUp(ask, fresh);
      opened = await reached(fresh);
    });
    const begun = performance.now();
    await catchUp(ask, stream);
    const oursMs = performance.now() - begun;
    const pages: { at: number; rows: string }[][] = [];
    let rows = 0;
    for (let from = opened; from < (await reached(stream)); from += PAGE) {
      const page: { at: number; rows: string }[] = [];
      for (const [at, { name }] of tables.entries()) {
        const found = await d1(rowsOf(name, stream, from, from + PAGE));
        rows += found.length;
        page.push({ at, rows: JSON.stringify(found) });
      }
      pages.push(page);
    }
    for (const { name } of tables) await d1(`DELETE FROM bare_${name}`);
    const started = performance.now();
    await ask("/rows", JSON.stringify({ sql: tables.map(({ insert }) => insert), pages }));
    took.push({ rows, oursMs, bareMs: performance.now() - started });
  }
  return took;
}

/** Projects a stream to its head. */
export async function catchUp(ask: Ask, stream: string): Promise<void> {
  for (let round = 0; round < CATCH_UP_ROUNDS_MAX; round += 1) {
    const text = await ask(`/door/projector/${encodeURIComponent(stream)}/catch_up`, "");
    const progress = JSON.parse(text) as Row;
    if ("complete" in progress) return;
    if (!("unfinished" in progress)) throw new Error(`${stream} is not projected: ${text}`);
  }
  throw new Error(`${stream} is not projected to its end`);
}

/** Makes a table like `name`, with its keys and indexes, and says how rows go into it. */
async function bareTable(
  d1: (sql: string) => Promise<Row[]>,
  name: string,
): Promise<{ name: string; insert: string }> {
  const made = await d1(
    `SELECT type, name, sql FROM sqlite_master WHERE tbl_name = '${name}' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC`,
  );
  await d1(`DROP TABLE IF EXISTS bare_${name}`);
  for (const { type, name: own, sql } of made) {
    const [head = "", ...body] = String(sql).split("(");
    const index = head
      .replace(String(own), `bare_${own}`)
      .replace(new RegExp(`ON "?${name}"?`), `ON bare_${name}`);
    await d1(`${type === "table" ? `CREATE TABLE bare_${name} ` : index}(${body.join("(")}`);
  }
  const columns = (await d1(`SELECT name FROM pragma_table_info('${name}')`)).map((column) => column.name);
  const values = columns.map((column) => `value->>'${column}'`).join(", ");
  return {
    name,
    insert: `INSERT INTO bare_${name} (${columns.join(", ")}) SELECT ${values} FROM json_each(?1)`,
  };
}

/** Selects the rows of a table that the entries behind `from` up to `to` wrote. */
function rowsOf(table: string, stream: string, from: number, to: number): string {
  const [organization, ...rest] = stream.split("/");
  const session = rest.at(-1);
  const entries = `seq > ${from} AND seq <= ${to}`;
  if (table.startsWith("history")) {
    return `SELECT * FROM ${table} WHERE organization = '${organization}' AND stream = '${rest.join("/")}' AND ${entries}`;
  }
  const sold = `SELECT receipt FROM receipt WHERE organization = '${organization}' AND session = '${session}' AND ${entries}`;
  return table === "receipt"
    ? sold.replace("SELECT receipt", "SELECT *")
    : `SELECT * FROM ${table} WHERE organization = '${organization}' AND session = '${session}' AND receipt IN (${sold})`;
}
