import type { ReactNode } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";

type Props<Value extends string> = {
  label: string;
  options: readonly Value[];
  words: Record<Value, ReactNode>;
  value: Value;
  onChange: (value: Value) => void;
  disabled?: readonly Value[];
};

/** One of a few: reasons, kinds of payment. Arrow keys choose. */
export function Choices<Value extends string>({
  label,
  options,
  words,
  value,
  onChange,
  disabled,
}: Props<Value>) {
  return (
    <RadioGroup className="choices" value={value} onChange={(next) => onChange(next as Value)}>
      <Label className="field-label">{label}</Label>
      <div className="choices-list">
        {options.map((option) => (
          <Radio
            key={option}
            value={option}
            className="choice"
            isDisabled={disabled?.includes(option) ?? false}
          >
            {words[option]}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
