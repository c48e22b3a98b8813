import { Link, type LinkProps } from "react-router";
import { type ButtonLook, buttonClasses } from "./button.tsx";

type Props = Omit<LinkProps, "className"> & ButtonLook;

/** A link that looks like a button; it still goes somewhere. */
export function LinkButton({ look = "plain", big = false, wide = false, ...props }: Props) {
  return <Link {...props} className={buttonClasses({ look, big, wide })} />;
}
