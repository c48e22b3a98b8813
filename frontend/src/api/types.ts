import type { components } from "./schema.generated.ts";

/** Short names for what the API speaks; the shapes are generated from `openapi.json` (`npm run api`). */
type Schemas = components["schemas"];

export type Configuration = Schemas["Configuration"];
export type Organization = Schemas["OrganizationView"];
export type Me = Schemas["Me"];
export type ConsignmentEvent = Schemas["EventView"];
export type NextStatus = Schemas["NextStatus"];
export type ImportReport = Schemas["ImportReport"];
export type ImportRow = Schemas["RowReport"];
export type ImportOutcome = Schemas["Outcome"];
export type Item = Schemas["ItemView"];
export type Consignor = Schemas["ConsignorView"];
export type Session = Schemas["SessionView"];
export type SessionSummary = Schemas["Summary"];
export type Terminal = Schemas["TerminalView"];
export type TerminalStanding = Schemas["TerminalStanding"];
export type TerminalRight = Schemas["NewRights"]["rights"][number];
export type CloseReason = Schemas["NewCloseOver"]["reason"];
export type Conflict = Schemas["ConflictView"];
export type NewResolution = Schemas["NewResolution"];
export type ConflictEnding = NewResolution["how"];
export type UnlistedLine = Schemas["UnlistedView"];
export type NewIdentification = Schemas["NewIdentification"];
export type Drawer = Schemas["DrawerView"];
export type SessionReport = Schemas["SessionReport"];
export type TerminalSelf = Schemas["TerminalSelf"];
export type Catalogue = Schemas["Catalogue"];
export type SellingRules = Schemas["SellingRules"];
export type TerminalCommand = Schemas["TerminalCommand"];
export type TerminalAnswer = Schemas["TerminalAnswer"];
export type FoundReceipt = Schemas["FoundReceipt"];
export type Receipt = Schemas["ReceiptView"];
export type Tender = Schemas["TenderView"];
export type Position = Schemas["Position"];
export type ProblemBody = Schemas["Problem"];
