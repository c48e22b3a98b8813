/** Figures and moments as people read them. Cents stay whole numbers until the very last step. */

const LOCALE = "en-US";
const moneyFormats = new Map<string, Intl.NumberFormat>();

/** Whole cents as money: 1250 → "$12.50". */
export function money(cents: number, currency: string): string {
  let format = moneyFormats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat(LOCALE, { style: "currency", currency });
    moneyFormats.set(currency, format);
  }
  // As a decimal string, never divided: a float would be shown exactly only by luck.
  return format.format(decimal(cents) as Intl.StringNumericLiteral);
}

/** Whole cents as a plain decimal: -5 → "-0.05". */
export function decimal(cents: number): `${number}` {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}` as `${number}`;
}

/** The longest amount a person keys: 9,999,999.99. */
const MAX_WHOLE_DIGITS = 7;

/** What a person keyed as an amount, in whole cents; undefined when it is none. "20" and "20.5" and "20,50" are. */
export function parseAmount(text: string): number | undefined {
  const match = /^(\d*)(?:[.,](\d{0,2}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = "", cents = ""] = match;
  if ((whole === "" && cents === "") || whole.length > MAX_WHOLE_DIGITS) return undefined;
  return Number(whole + cents.padEnd(2, "0"));
}

/** Basis points as a percentage: 6500 → "65 %", 6250 → "62.5 %". */
export const percent = (basisPoints: number): string =>
  `${(basisPoints / 100).toLocaleString(LOCALE, { maximumFractionDigits: 2 })} %`;

export const count = (value: number): string => value.toLocaleString(LOCALE);

/** Ten digits as on the printed label: "0010001234" → "001-000123-4". */
export function tagText(tag: string): string {
  return tag.length === 10 ? `${tag.slice(0, 3)}-${tag.slice(3, 9)}-${tag.slice(9)}` : tag;
}

/** An event's ordinal as its tags begin: 7 → "007". */
export const ordinalText = (ordinal: number): string => String(ordinal).padStart(3, "0");

export function clock(instant: string | number, timeZone?: string): string {
  return new Date(instant).toLocaleTimeString(
    LOCALE,
    zoned({ hour: "numeric", minute: "2-digit" }, timeZone),
  );
}

export function moment(instant: string | number, timeZone?: string): string {
  const parts: Intl.DateTimeFormatOptions = {
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
  };
  return new Date(instant).toLocaleString(LOCALE, zoned(parts, timeZone));
}

/** As it stands on paper, which is read years later. */
export const dated = (instant: string | number): string =>
  new Date(instant).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });

/** A calendar day ("2027-03-18"), which belongs to no time zone. */
export function day(date: string): string {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString(LOCALE, {
    month: "short",
    day: "numeric",
    year: "numeric",
    timeZone: "UTC",
  });
}

export function dayRange(from: string | null | undefined, to: string | null | undefined): string | undefined {
  if (from == null) return to == null ? undefined : day(to);
  return to == null || to === from ? day(from) : `${day(from)} – ${day(to)}`;
}

function zoned(
  options: Intl.DateTimeFormatOptions,
  timeZone: string | undefined,
): Intl.DateTimeFormatOptions {
  return timeZone === undefined ? options : { ...options, timeZone };
}
