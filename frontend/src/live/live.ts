import { backoffMs } from "./backoff.ts";

/** What a screen shows about its connection. `since` is when the present state began, ms since 1970. */
export type LiveState = { phase: "connecting" | "catching_up" | "live" | "offline"; since: number };

/** One frame of the socket, as the platform sends it: a message holds one or several, one a line. An entry's payload is the JSON text that was hashed. */
type LiveFrame =
  | { type: "entry"; seq: number; recorded_at: number; kind: string; payload: string; hash: string }
  | { type: "live"; head: number; hash: string }
  | { type: "restored"; head: number; hash: string }
  | ({ type: "held" } & Held)
  | {
      type: "accepted";
      id: string;
      first_seq: number;
      seq: number;
      repeated: boolean;
      entries: TakenEntry[];
    }
  | { type: "refused"; id: string; code: string; found: string; allowed: string }
  | { type: "unavailable"; id: string }
  | { type: "pong" };

/** An entry that a command made, its payload as it was hashed. */
export type TakenEntry = { seq: number; kind: string; payload: string };

/** What the platform answers to a command over the socket. */
export type SocketAnswer =
  | { taken: TakenEntry[] }
  | { refused: { code: string; found: string; allowed: string } };

/** What lies in a basket at another terminal; `until` by the platform's clock, ms since 1970. */
export type Held = { terminal: string; name: string; tags: string[]; until: number };

/** Where to listen, and as whom. */
export type LiveAddress = { url: string; token: string };

/** One entry of the followed log, its payload read. */
export type LiveEntry = {
  seq: number;
  recorded_at: number;
  kind: string;
  payload: Record<string, unknown>;
  hash: string;
};

/** A place in a log: the entry that a screen has last, with its hash where the screen knows it. */
export type Heard = { seq: number; hash?: string | undefined };

export type LiveOptions = {
  /** The socket's address for entries after `since`; asked anew for each try, as tokens are short-lived. */
  address: (since: Heard) => Promise<LiveAddress>;
  /** The last entry that the screen already has. */
  since: Heard;
  /** Called once per entry, in order, without gaps from `since` on. */
  onEntry: (entry: LiveEntry) => void;
  onState?: (state: LiveState) => void;
  /** Another terminal has said what lies in its basket. */
  onHeld?: (held: Held) => void;
  /** The platform has hung up for good: 4401 when this listener's token counts no more, 4403 when its organization is suspended. */
  onDismissed?: (code: number) => void;
  /** The log ends before `since` or has another entry there: it was restored to an earlier state, and what the screen has must be fetched anew. */
  onRestored?: () => void;
};

/** A socket that says nothing for this long is dead, whatever the browser thinks. */
const SILENCE_LIMIT_MS = 45_000;
/** We ask for a sign of life this often; the platform answers without waking. */
const PING_EVERY_MS = 15_000;
/** A command over the socket has this long for its answer, in ms; then it is sent another way, under the same id. */
const ANSWER_LIMIT_MS = 1_500;
/** A socket in doubt has this long to answer: a hall's network at its slowest, in ms. */
const DOUBT_LIMIT_MS = 4_000;
/** Close codes by which the platform says that coming back is of no use. */
const DISMISSALS = new Set([4401, 4403]);
const PING = JSON.stringify({ type: "ping" });

/**
 * Follows one stream: catches up from a position, then stays with it; comes back by itself with back-off and
 * jitter. An entry that was already seen is dropped, a gap makes it reconnect from the last one it has.
 */
export class Live {
  #options: LiveOptions;
  #seen: number;
  #hash: string | undefined;
  #attempt = 0;
  #stopped = false;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;
  #asking = new Map<string, (answer: SocketAnswer | undefined) => void>();
  #state: LiveState = { phase: "connecting", since: Date.now() };

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#seen = options.since.seq;
    this.#hash = options.since.hash;
  }

  /** The last seq handed to `onEntry`. */
  get position(): number {
    return this.#seen;
  }

  start(): this {
    window.addEventListener("online", this.#wake);
    window.addEventListener("offline", this.#lost);
    document.addEventListener("visibilitychange", this.#wake);
    void this.#connect();
    return this;
  }

  stop(): void {
    this.#stopped = true;
    window.removeEventListener("online", this.#wake);
    window.removeEventListener("offline", this.#lost);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** Says something that may be lost without harm; true when there was a socket to say it into. */
  say(frame: object): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  /** Asks a command over the socket; undefined when it gave no answer in time, and nobody knows what became of it. */
  async ask(id: string, command: object): Promise<SocketAnswer | undefined> {
    if (this.#state.phase !== "live" || !this.say({ type: "command", id, command })) return undefined;
    const timer = setTimeout(() => this.#asking.get(id)?.(undefined), ANSWER_LIMIT_MS);
    const answer = await new Promise<SocketAnswer | undefined>((resolve) => this.#asking.set(id, resolve));
    clearTimeout(timer);
    this.#asking.delete(id);
    return answer;
  }

  /** Something else could not be reached: asks the socket for a sign of life, now, and gives up on it without one. */
  doubt(): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const asked = Date.now();
    socket.send(PING);
    setTimeout(() => {
      if (this.#socket === socket && this.#heardAt < asked) this.#lost();
    }, DOUBT_LIMIT_MS);
  }

  #lost = () => {
    if (this.#stopped || this.#socket === undefined) return;
    this.#drop();
    this.#later();
  };

  #wake = () => {
    if (this.#stopped || document.visibilityState === "hidden" || this.#socket !== undefined) return;
    clearTimeout(this.#timer);
    this.#attempt = 0;
    void this.#connect();
  };

  async #connect(): Promise<void> {
    this.#enter("connecting");
    let address: LiveAddress;
    try {
      address = await this.#options.address({ seq: this.#seen, hash: this.#hash });
    } catch {
      this.#later();
      return;
    }
    if (this.#stopped || this.#socket !== undefined) return;
    // The token travels as a subprotocol: in the address it would end up in other people's logs.
    const socket = new WebSocket(address.url, `bearer.${address.token}`);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.onopen = () => this.#enter("catching_up");
    socket.onmessage = (event) => this.#hear(event.data);
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      if (DISMISSALS.has(code)) this.#options.onDismissed?.(code);
      this.#lost();
    };
    this.#pulse = setInterval(() => this.#beat(socket), PING_EVERY_MS);
  }

  #beat(socket: WebSocket): void {
    if (Date.now() - this.#heardAt > SILENCE_LIMIT_MS) this.#lost();
    else if (socket.readyState === WebSocket.OPEN) socket.send(PING);
  }

  #hear(data: unknown): void {
    this.#heardAt = Date.now();
    for (const frame of readFrames(data)) {
      this.#take(frame);
      // Whatever comes behind a gap comes again, to the next socket.
      if (this.#socket === undefined) return;
    }
  }

  #take(frame: LiveFrame): void {
    if (frame.type === "restored") this.#startAnew();
    if (frame.type === "live") this.#arrive(frame.head, frame.hash);
    if (frame.type === "accepted") this.#asking.get(frame.id)?.({ taken: frame.entries });
    if (frame.type === "refused") this.#asking.get(frame.id)?.({ refused: frame });
    if (frame.type === "unavailable") this.#asking.get(frame.id)?.(undefined);
    if (frame.type === "held") this.#options.onHeld?.(frame);
    if (frame.type !== "entry" || frame.seq <= this.#seen) return;
    if (frame.seq !== this.#seen + 1) {
      this.#lost();
      return;
    }
    [this.#seen, this.#hash] = [frame.seq, frame.hash];
    const { seq, recorded_at, kind, hash } = frame;
    this.#options.onEntry({ seq, recorded_at, kind, hash, payload: JSON.parse(frame.payload) });
  }

  #arrive(head: number, hash: string): void {
    this.#attempt = 0;
    if (head < this.#seen) {
      this.#startAnew();
      return;
    }
    if (head === this.#seen) this.#hash = hash;
    this.#enter("live");
  }

  #startAnew(): void {
    this.stop();
    this.#options.onRestored?.();
  }

  #later(): void {
    if (this.#stopped) return;
    this.#enter("offline");
    this.#timer = setTimeout(() => void this.#connect(), backoffMs(this.#attempt));
    this.#attempt += 1;
  }

  #drop(): void {
    clearInterval(this.#pulse);
    const socket = this.#socket;
    this.#socket = undefined;
    for (const answer of this.#asking.values()) answer(undefined);
    if (socket === undefined) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
  }

  #enter(phase: LiveState["phase"]): void {
    // While it tries again it is still offline to the person in front of it, and since then.
    if (phase === this.#state.phase || (phase === "connecting" && this.#state.phase === "offline")) return;
    this.#state = { phase, since: Date.now() };
    this.#options.onState?.(this.#state);
  }
}

function readFrames(data: unknown): LiveFrame[] {
  if (typeof data !== "string") return [];
  const frames = data.split("\n").map((line): unknown => JSON.parse(line));
  return frames.filter(
    (frame): frame is LiveFrame => typeof frame === "object" && frame !== null && "type" in frame,
  );
}

/** The live socket of a session on this host. */
export function liveAddress(session: string, token: string, since: Heard): LiveAddress {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const place = new URLSearchParams({ since: String(since.seq) });
  if (since.hash !== undefined) place.set("hash", since.hash);
  return {
    url: `${scheme}//${location.host}/api/v1/sessions/${encodeURIComponent(session)}/live?${place}`,
    token,
  };
}
