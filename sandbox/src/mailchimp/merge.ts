/**
 * Mailchimp's merge language as far as our mails use it: `*|NAME|*`, with
 * `*|HTML:NAME|*` for markup, and `mc:edit` regions. In HTML, plain values are
 * escaped; a tag without a value stays empty, as it does there.
 */

export type MergeValues = ReadonlyMap<string, string>;

const TAG = /\*\|(HTML:)?([A-Za-z0-9_]{1,64})\|\*/g;

/** Names count without regard to case; later lists win over earlier ones. */
export function mergeValues(...lists: { name: string; content: string }[][]): MergeValues {
  const values = new Map<string, string>();
  for (const { name, content } of lists.flat()) values.set(name.toUpperCase(), content);
  return values;
}

export function mergeHtml(markup: string, values: MergeValues): string {
  return markup.replaceAll(TAG, (_tag, raw: string | undefined, name: string) => {
    const value = values.get(name.toUpperCase()) ?? "";
    return raw === undefined ? escapeHtml(value) : value;
  });
}

export function mergeText(text: string, values: MergeValues): string {
  return text.replaceAll(TAG, (_tag, _raw, name: string) => values.get(name.toUpperCase()) ?? "");
}

/** Puts content into empty or filled `mc:edit` regions by their names. */
export function fillRegions(markup: string, regions: { name: string; content: string }[]): string {
  return regions.reduce((filled, { name, content }) => {
    const safeName = name.replaceAll(/[^A-Za-z0-9_-]/g, "");
    const region = new RegExp(`(<(\\w+)[^>]*\\smc:edit="${safeName}"[^>]*>)[\\s\\S]*?(</\\2>)`, "g");
    return filled.replaceAll(
      region,
      (_all, open: string, _element, close: string) => `${open}${content}${close}`,
    );
  }, markup);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
