import type { Row } from "./generate.ts";

/** A row that the importer must have something to say about, made from a good one beside it. */
export interface AwkwardRow {
  /** What is odd about it, for the README. */
  what: string;
  make: (good: Row) => Row;
}

/** Each stands among the rows of the consignor whose neighbour it copies, with a reference of its own. */
export const AWKWARD_ROWS: readonly AwkwardRow[] = [
  { what: "price off the step of 0.25 (`4.60`)", make: (good) => ({ ...good, price: "4.60" }) },
  { what: "no title", make: (good) => ({ ...good, title: "" }) },
  { what: "price below the minimum (`0.25`)", make: (good) => ({ ...good, price: "0.25" }) },
  { what: "unknown category (`spaceships`)", make: (good) => ({ ...good, category: "spaceships" }) },
  {
    what: "accents, quotes and commas in the title; nothing is wrong with it",
    make: (good) => ({ ...good, title: 'Déguisement "Chat botté", cape, bottes & épée' }),
  },
  { what: "the line before it once more, reference and all", make: (good) => good },
  { what: "price as a spreadsheet shows it (`$4.50`)", make: (good) => ({ ...good, price: "$4.50" }) },
  { what: "negative price (`-3.00`)", make: (good) => ({ ...good, price: "-3.00" }) },
  {
    what: "title far too long for a label (149 characters)",
    make: (good) => ({
      ...good,
      title: `${"Hand-knitted merino cardigan with wooden buttons, ".repeat(3).trimEnd()}`,
    }),
  },
  { what: "unknown tier (`platinum`)", make: (good) => ({ ...good, consignor_tier: "platinum" }) },
  { what: "no consignor number", make: (good) => ({ ...good, consignor_number: "" }) },
  {
    what: "title that a spreadsheet would run (`=SUM(A1)`)",
    make: (good) => ({ ...good, title: "=SUM(A1)" }),
  },
  { what: "decimal comma (`12,50`)", make: (good) => ({ ...good, price: "12,50" }) },
];
