import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** The links to a page's sections. On a phone they scroll: the one that is shown stays in sight. */
export function SectionNav({ label, children }: { label: string; children: ReactNode }) {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address decides which link is the current one
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>("[aria-current=page]");
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav className="sections" aria-label={label} ref={nav}>
      {children}
    </nav>
  );
}
