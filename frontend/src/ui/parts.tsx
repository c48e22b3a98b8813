import type { ReactNode } from "react";
import { Problem } from "../api/problem.ts";
import { texts } from "../texts/en.ts";
import { money as moneyText, tagText } from "../texts/format.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icons.tsx";

export type Tone = "neutral" | "pen" | "done" | "look" | "refused";

/** A status as a word on a coloured ground; the dot's shape is decoration, the word carries the meaning. */
export function Chip({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`chip chip-${tone}`}>{children}</span>;
}

export function Money({ cents, currency }: { cents: number; currency: string }) {
  return <span className="money">{moneyText(cents, currency)}</span>;
}

export const TagNumber = ({ tag }: { tag: string }) => (
  <span className="code tag-number">{tagText(tag)}</span>
);

/** Marks a figure that is no promise. Stands wherever a share is shown before the settlement. */
export const Estimate = () => <span className="estimate">{texts.estimate}</span>;

export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-tag" aria-hidden="true" />
      <div className="stack">
        <h3>{title}</h3>
        {children !== undefined && <p className="soft">{children}</p>}
        {action}
      </div>
    </div>
  );
}

/** A refusal or a failure, in words, with its reference for support and a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const body = error instanceof Problem ? error.body : undefined;
  return (
    <div className="failure" role="alert">
      <Icon name="warn" />
      <div className="stack">
        <div>
          <strong>{body?.title ?? texts.errors.title}</strong>
          <p>{body?.detail ?? (body === undefined && error instanceof Error ? error.message : null)}</p>
          {body?.request_id !== undefined && (
            <p className="small code">{texts.errors.reference(body.request_id)}</p>
          )}
        </div>
        {retry !== undefined && <Button onPress={retry}>{texts.errors.retry}</Button>}
      </div>
    </div>
  );
}

/** Grey bars in the shape of what is coming, so that the page keeps its measure. */
export function Skeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{texts.loading}</span>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike
        <span key={index} className="skeleton-bar" />
      ))}
    </div>
  );
}

type FigureProps = { name: ReactNode; children: ReactNode; note?: ReactNode; className?: string };

/** A figure with its name, as on a summary strip. */
export function Figure({ name, children, note, className = "" }: FigureProps) {
  return (
    <div className={`figure ${className}`}>
      <dt>{name}</dt>
      <dd>
        {children}
        {note !== undefined && <span className="figure-note">{note}</span>}
      </dd>
    </div>
  );
}
