import type { ReactNode, Ref } from "react";
import { FieldError, Input, Label, Text, TextField, type TextFieldProps } from "react-aria-components";

export type FieldProps = Omit<TextFieldProps, "className" | "children"> & {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  inputRef?: Ref<HTMLInputElement>;
};

/** A labelled text input; its place for an error is kept free, so that nothing jumps when one appears. */
export function Field({ label, hint, error, placeholder, inputRef, ...props }: FieldProps) {
  return (
    <TextField {...props} className="field" isInvalid={error !== undefined}>
      <Label className="field-label">{label}</Label>
      <Input
        className="field-input"
        {...(placeholder === undefined ? {} : { placeholder })}
        ref={inputRef ?? null}
      />
      <div className="field-below">
        {error === undefined && hint !== undefined && <Text slot="description">{hint}</Text>}
        <FieldError className="field-error">{error}</FieldError>
      </div>
    </TextField>
  );
}
