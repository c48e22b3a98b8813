import type { ReactNode } from "react";
import { texts } from "../texts/en.ts";
import { parseAmount } from "../texts/format.ts";
import { Field } from "../ui/field.tsx";

type Props = {
  label: string;
  text: string;
  onText: (text: string) => void;
  hint?: ReactNode;
  /** Shown in place of the words for what is no amount. */
  error?: string | undefined;
  autoFocus?: boolean;
  placeholder?: string;
};

/** A sum of money, keyed as people write it. */
export function AmountField({
  label,
  text,
  onText,
  hint,
  error,
  autoFocus = false,
  placeholder = "0.00",
}: Props) {
  const unreadable = text !== "" && parseAmount(text) === undefined;
  return (
    <Field
      label={label}
      hint={hint}
      value={text}
      onChange={onText}
      error={unreadable ? texts.terminal.tender.badAmount : error}
      inputMode="decimal"
      autoComplete="off"
      autoFocus={autoFocus}
      placeholder={placeholder}
    />
  );
}
