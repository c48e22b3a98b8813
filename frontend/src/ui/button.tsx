import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";

export type ButtonLook = {
  look?: "primary" | "plain" | "quiet" | "danger";
  big?: boolean;
  wide?: boolean;
};

type Props = Omit<AriaButtonProps, "className" | "children" | "isPending"> &
  ButtonLook & {
    /** What it does is under way: it keeps the focus, but presses do nothing (forms guard their own submit). */
    pending?: boolean;
    children: ReactNode;
  };

export function Button({
  look = "plain",
  big = false,
  wide = false,
  pending = false,
  onPress,
  ...props
}: Props) {
  const press = pending || onPress === undefined ? {} : { onPress };
  return (
    <AriaButton
      {...props}
      {...press}
      className={`${buttonClasses({ look, big, wide })}${pending ? " button-pending" : ""}`}
    />
  );
}

export const buttonClasses = ({ look, big, wide }: Required<ButtonLook>): string =>
  `button button-${look}${big ? " button-big" : ""}${wide ? " button-wide" : ""}`;
