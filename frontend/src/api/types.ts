/** What the API speaks. Written from the agreed slice; replaced by the types generated from `openapi.json`. */

export type Configuration = {
  organization: Organization | null;
  sign_in: { kind: "local"; url: string } | { kind: "clerk"; publishable_key: string };
  version: string;
};

export type Organization = { id: string; slug: string; name: string; currency: string; time_zone: string };

export type Me = { person: string; name?: string; organization: Organization; roles: string[] };

export type EventStatus =
  | "draft"
  | "registration"
  | "intake"
  | "selling"
  | "markdown"
  | "closed"
  | "returns"
  | "reconciliation"
  | "complete"
  | "cancelled";

export type ConsignmentEvent = {
  id: string;
  ordinal: number;
  name: string;
  status: EventStatus;
  starts_on: string | null;
  ends_on: string | null;
  items: number;
  sessions: number;
  created_at: string;
};

export type ImportOutcome = "accepted" | "accepted_with_warning" | "refused";

export type ImportRow = {
  row: number;
  outcome: ImportOutcome;
  tag?: string | null;
  code?: string | null;
  message?: string | null;
  column?: string | null;
};

export type ImportReport = {
  import: string;
  rows: number;
  accepted: number;
  warned: number;
  refused: number;
  consignors_new: number;
  results: ImportRow[];
  stream: string;
  seq: number;
};

export type Item = {
  tag: string;
  title: string;
  category: string | null;
  size: string | null;
  price_cents: number;
  consignor: number;
  status: string;
};

export type Consignor = {
  number: number;
  name: string;
  tier: "regular" | "super";
  items: number;
  sold: number;
  gross_cents: number;
  share_estimate_cents: number;
  house_estimate_cents: number;
};

export type SessionStatus = "scheduled" | "opening" | "open" | "paused" | "closing" | "closed" | "cancelled";

export type Session = {
  id: string;
  event: string;
  name: string;
  status: SessionStatus;
  channels: string[];
  items: number;
  created_at: string;
};

export type Pairing = { code: string; expires_at: string };

export type Claim = { terminal: string; session: string; token: string; organization: string };

export type TerminalInfo = {
  terminal: string;
  name: string;
  session: { id: string; name: string; status: SessionStatus };
  event: { id: string; name: string };
  settings: SaleSettings;
};

/** Handed to the domain's wasm as it is; the screens read only the currency. */
export type SaleSettings = { currency: string; tax: unknown; markdown: unknown };

/** tag, title, size, price in cents, consignor number, flags */
export type CatalogueRow = [string, string, string, number, number, number];

export type Catalogue = { position: number; items: CatalogueRow[]; settings: SaleSettings };

export type TenderKind = "cash" | "card" | "cheque" | "store_credit";

export type Tender = { kind: TenderKind; amount_cents: number };

export type ReceiptCommand = {
  receipt: string;
  lines: { tag: string; price_cents: number; keyed: boolean }[];
  tenders: Tender[];
  change_cents: number;
  occurred_at: string;
};

export type ReceiptLine = {
  tag: string;
  title?: string | null;
  consignor?: number | null;
  price_cents: number;
  tax_cents: number;
  share_estimate_cents?: number | null;
};

export type Receipt = {
  receipt: string;
  number: number;
  session: string;
  terminal: string;
  terminal_name?: string | null;
  lines: ReceiptLine[];
  tenders: Tender[];
  change_cents: number;
  subtotal_cents: number;
  tax_cents: number;
  total_cents: number;
  occurred_at: string;
  recorded_at: string;
  stream: string;
  seq: number;
};

export type SessionSummary = {
  receipts: number;
  lines: number;
  gross_cents: number;
  tax_cents: number;
  share_estimate_cents: number;
  house_estimate_cents: number;
  seq: number;
  terminals: TerminalTotals[];
};

export type TerminalTotals = {
  terminal: string;
  name: string;
  receipts: number;
  lines: number;
  gross_cents: number;
  last_sale_at: string | null;
};

export type StreamInfo = { stream: string; kind: string; title: string; seq: number };

export type Page<T> = { items: T[]; next_cursor: string | null };

export type Accepted = { stream: string; seq: number };

export type ProblemBody = {
  type?: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  rule?: string;
  found?: unknown;
  allowed?: unknown;
  request_id?: string;
};

/** One frame of the live socket. An entry's payload is the JSON text that was hashed. */
export type LiveFrame =
  | {
      type: "entry";
      seq: number;
      recorded_at: number;
      actor: string;
      kind: string;
      payload: string;
      hash: string;
    }
  | { type: "live"; head: number }
  | { type: "pong" };
