import type { EventStatus, ImportOutcome, SessionStatus } from "../api/types.ts";
import { texts } from "../texts/en.ts";
import { Chip, type Tone } from "../ui/parts.tsx";

const eventTones: Partial<Record<EventStatus, Tone>> = {
  selling: "done",
  markdown: "done",
  returns: "look",
  reconciliation: "look",
  cancelled: "refused",
};

export const EventStatusChip = ({ status }: { status: EventStatus }) => (
  <Chip tone={eventTones[status] ?? "neutral"}>{texts.eventStatus[status]}</Chip>
);

const sessionTones: Partial<Record<SessionStatus, Tone>> = {
  opening: "look",
  open: "done",
  paused: "look",
  closing: "look",
  cancelled: "refused",
};

export const SessionStatusChip = ({ status }: { status: SessionStatus }) => (
  <Chip tone={sessionTones[status] ?? "neutral"}>{texts.sessionStatus[status]}</Chip>
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
