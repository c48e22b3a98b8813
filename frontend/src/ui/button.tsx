import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";

export type ButtonLook = {
  look?: "primary" | "plain" | "quiet" | "danger";
  big?: boolean;
  wide?: boolean;
};

type Props = Omit<AriaButtonProps, "className" | "children"> & ButtonLook & { children: ReactNode };

export function Button({ look = "plain", big = false, wide = false, ...props }: Props) {
  return <AriaButton {...props} className={buttonClasses({ look, big, wide })} />;
}

export const buttonClasses = ({ look, big, wide }: Required<ButtonLook>): string =>
  `button button-${look}${big ? " button-big" : ""}${wide ? " button-wide" : ""}`;
