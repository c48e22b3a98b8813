import { Icon } from "../ui/icons.tsx";
import type { Notice } from "./model.ts";

const icons = { done: "check", look: "warn", refused: "cross" } as const;

/** What the last scan came to, in colour, sign and words. Its place is always kept. */
export function NoticeBand({ notice }: { notice: Notice | undefined }) {
  return (
    <div className="notice-place" aria-live="assertive" aria-atomic="true">
      {notice !== undefined && (
        <p key={notice.id} className={`notice notice-${notice.tone}`}>
          <Icon name={icons[notice.tone]} size={28} />
          <span>
            <strong className="notice-title">{notice.title}</strong>
            {notice.help !== undefined && <span className="notice-help">{notice.help}</span>}
          </span>
        </p>
      )}
    </div>
  );
}
