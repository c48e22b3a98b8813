import type { ImportRow } from "../../api/types.ts";

const HEADER = ["line", "outcome", "tag", "code", "column", "message"] as const;

/** The report as RFC 4180 text, for a spreadsheet. */
export function reportCsv(rows: ImportRow[]): string {
  const lines = rows.map((row) => HEADER.map((name) => cell(row[name])).join(","));
  return `${[HEADER.join(","), ...lines].join("\r\n")}\r\n`;
}

/** Quoted where needed; a leading sign is defused, so that no spreadsheet takes a message for a formula. */
function cell(value: string | number | null | undefined): string {
  const text = value == null ? "" : String(value);
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hands `text` to the person as a file. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
