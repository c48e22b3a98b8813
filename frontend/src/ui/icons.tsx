/** Few icons, drawn for 24 px with a round 2 px pen; always beside a word or with a label on their button. */
const paths = {
  check: "M5 12.5l4.5 4.5L19 7",
  warn: "M12 4l9 16H3zM12 10v4M12 17.2v.1",
  cross: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  upload: "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
  download: "M12 4v12M7 11l5 5 5-5M4 16v4h16v-4",
  print: "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M19 5l-1.4 1.4M6.4 17.6L5 19",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  device: "M4 5h16v11H4zM9 20h6M12 16v4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c.8-4 4-6 8-6s7.2 2 8 6",
  more: "M12 5.5v.1M12 12v.1M12 18.5v.1",
  sound: "M4 9v6h4l5 4V5L8 9zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11",
  mute: "M4 9v6h4l5 4V5L8 9zM17 9.5l5 5M22 9.5l-5 5",
  tag: "M11 4h8a1 1 0 0 1 1 1v8l-8.5 7.5L3.5 12zM15.7 8.3v.1",
  pause: "M8 5v14M16 5v14",
  recall: "M4 12a8 8 0 1 0 3-6.2M4 4v4.5h4.5",
  price: "M7 17L17 7M8 8.5a1 1 0 1 0 .1 0M16 15.5a1 1 0 1 0 .1 0",
  returns: "M9 7L4 12l5 5M4 12h11a5 5 0 0 1 0 10h-2",
  drawer: "M3 13h18v7H3zM6 13V5h12v8M10 16.5h4",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  keys: "M3 7h18v10H3zM7 11v.1M11 11v.1M15 11v.1M8 14h8",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21",
} as const;

export function Icon({ name, size = 20 }: { name: keyof typeof paths; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The mark: a tag, its ring, three strokes of a pen. */
export function Mark({ size = 34 }: { size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path className="mark-cord" d="M10.5 16C6 15 3 11 2 4" fill="none" />
      <path className="mark-card" d="M12 6h16a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H12l-7-6v-8z" />
      <circle className="mark-ring" cx="11" cy="16" r="3" />
      <path className="mark-pen" d="M18.5 12h7M18.5 16h7M18.5 20h4" />
    </svg>
  );
}
