// A session's commands as its terminals and its event send them, for objects that are driven without an edge.

/** Damm's quasigroup of order ten, as the tags' check digit has it. */
const DAMM = [
  "0317598642",
  "7092154863",
  "4206871359",
  "1750983426",
  "6123045978",
  "3674209581",
  "5869720134",
  "8945362017",
  "9438617205",
  "2581436790",
];

/** Ten digits: the event's ordinal (1), the item's number, the check digit. */
export function tagOf(item: number): string {
  const digits = `001${String(item).padStart(6, "0")}`;
  let interim = 0;
  for (const digit of digits) interim = Number(DAMM[interim]?.[Number(digit)]);
  return digits + interim;
}

const uuid = (kind: number, number: number) =>
  `00000000-0000-7000-8000-${kind.toString(16)}${number.toString(16).padStart(11, "0")}`;

export const ORGANIZATION = uuid(1, 1);
const EVENT = uuid(2, 1);
const TERMINAL = uuid(4, 1);
/** Items of one page of a hand-over, as the event sends them. */
const PAGE_ITEMS = 500;
/** A price without tax: what a basket of one costs, in cents. */
const PRICE = 100;
/** The category is not taxed. */
const TAX_EXEMPT = 4;

export const streamOf = (session: number) => `${ORGANIZATION}/session/${uuid(3, session)}`;
export const terminal = `terminal:${TERMINAL}`;

type Envelope = { command_id: string; actor: string; if_match: null; command: unknown };
const fromEvent = `stream:${ORGANIZATION}/event/${EVENT}`;

/** What brings a session to selling `items` items, with one paired terminal. */
export function* opening(session: number, items: number): Generator<Envelope> {
  const id = uuid(3, session);
  const tier = { fee: 0, base: 6000, photos: 2, bonus: 0, bonus_from: 0 };
  const envelope = (name: string, actor: string, command: unknown): Envelope => ({
    command_id: `open/${name}`,
    actor,
    if_match: null,
    command,
  });
  yield envelope("schedule", fromEvent, {
    type: "schedule",
    session: id,
    event: EVENT,
    number: 1,
    name: "Measured",
    channels: ["floor"],
    currency: "USD",
    plan: {
      version: 1,
      regular: tier,
      super: tier,
      shift_points: 500,
      shift_steps: [],
      shifts_max: 3,
      cap: 9500,
      rounding: "half_up",
      scope: "per_line",
    },
    tax: { rate: 0, inclusive: false, exempt: [] },
    markdown: { steps: [], step: 25, floor: 25 },
  });
  const pages = Math.ceil(items / PAGE_ITEMS);
  for (let page = 1; page <= pages; page += 1) {
    const from = (page - 1) * PAGE_ITEMS;
    const size = Math.min(PAGE_ITEMS, items - from);
    yield envelope(`page-${page}`, fromEvent, {
      type: "take_custody",
      session: id,
      page,
      last: page === pages,
      items: Array.from({ length: size }, (_, index) => ({
        tag: tagOf(from + index + 1),
        consignor: 1 + ((from + index) % 1000),
        price: PRICE,
        flags: TAX_EXEMPT,
      })),
      terms:
        page === 1
          ? Array.from({ length: 1000 }, (_, index) => ({ consignor: index + 1, tier: "regular", shifts: 0 }))
          : [],
    });
  }
  const code_digest = "c".repeat(64);
  yield envelope("offer", "person:user_bench", { type: "offer_pairing", code_digest });
  yield envelope("pair", terminal, {
    type: "pair",
    code_digest,
    terminal: TERMINAL,
    name: "Till 1",
    token_digest: "d".repeat(64),
  });
}

/** A basket of one item, paid in cash: the sale's smallest. */
export function sale(number: number): Envelope {
  const receipt = uuid(5, number);
  return {
    command_id: `terminal/${TERMINAL}/${receipt}`,
    actor: terminal,
    if_match: null,
    command: {
      type: "complete_receipt",
      receipt,
      lines: [{ tag: tagOf(number), price_cents: PRICE, keyed: false }],
      tenders: [{ kind: "cash", amount_cents: PRICE }],
      change_cents: 0,
      occurred_at: 1_800_000_000_000,
    },
  };
}
