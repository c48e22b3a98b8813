import type { ImportOutcome } from "../api/types.ts";
import { texts } from "../texts/en.ts";
import { Chip, type Tone } from "../ui/parts.tsx";

const eventTones: Record<string, Tone> = {
  selling: "done",
  markdown: "done",
  returns: "look",
  reconciliation: "look",
  cancelled: "refused",
};

export const EventStatusChip = ({ status }: { status: string }) => (
  <Chip tone={eventTones[status] ?? "neutral"}>{texts.eventStatus[status] ?? status}</Chip>
);

const sessionTones: Record<string, Tone> = {
  opening: "look",
  open: "done",
  paused: "look",
  closing: "look",
  cancelled: "refused",
};

export const SessionStatusChip = ({ status }: { status: string }) => (
  <Chip tone={sessionTones[status] ?? "neutral"}>{texts.sessionStatus[status] ?? status}</Chip>
);

const itemTones: Record<string, Tone> = {
  sold: "done",
  on_floor: "pen",
  rejected: "refused",
  missing: "look",
};

export const ItemStatusChip = ({ status }: { status: string }) => (
  <Chip tone={itemTones[status] ?? "neutral"}>{texts.itemStatus[status] ?? status}</Chip>
);

const outcomeTones: Record<ImportOutcome, Tone> = {
  accepted: "done",
  accepted_with_warning: "look",
  refused: "refused",
};

export const OutcomeChip = ({ outcome }: { outcome: ImportOutcome }) => (
  <Chip tone={outcomeTones[outcome]}>{texts.imports.outcome[outcome]}</Chip>
);
