import { Mark } from "../ui/icons.tsx";

export function Loading({ label }: { label: string }) {
  return (
    <main className="till-lonely" role="status">
      <Mark size={64} />
      <p className="soft">{label}…</p>
    </main>
  );
}
