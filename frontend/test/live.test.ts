import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live, type LiveEntry } from "../src/live/live.ts";

/** A socket whose other end is the test. */
class Socket {
  static readonly OPEN = 1;
  static last: Socket | undefined;
  readyState = Socket.OPEN;
  said: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    Socket.last = this;
  }

  send(text: string): void {
    this.said.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  /** One message with these frames. */
  hear(...frames: object[]): void {
    this.onmessage?.({ data: frames.map((frame) => JSON.stringify(frame)).join("\n") });
  }
}

const entry = (seq: number) => ({
  type: "entry",
  seq,
  recorded_at: 0,
  kind: "receipt_completed",
  payload: "{}",
  hash: `hash-${seq}`,
});

async function listening(options: Partial<ConstructorParameters<typeof Live>[0]> = {}) {
  const heard: LiveEntry[] = [];
  const live = new Live({
    address: async () => ({ url: "ws://x", token: "t" }),
    since: { seq: 0 },
    onEntry: (heardEntry) => heard.push(heardEntry),
    ...options,
  }).start();
  await vi.advanceTimersByTimeAsync(0);
  const socket = Socket.last;
  if (socket === undefined) throw new Error("no socket was opened");
  socket.onopen?.();
  socket.hear({ type: "live", head: 0, hash: "hash-0" });
  return { live, socket, heard };
}

beforeEach(() => {
  vi.useFakeTimers();
  const nowhere = { addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.stubGlobal("window", nowhere);
  vi.stubGlobal("document", { ...nowhere, visibilityState: "visible" });
  vi.stubGlobal("WebSocket", Socket);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("commands over the socket", () => {
  it("are answered with the entries that they made, which come by once more like everybody's", async () => {
    const { live, socket, heard } = await listening();
    const answer = live.ask("a", { type: "report_waiting", waiting: 1 });
    expect(JSON.parse(socket.said.at(-1) ?? "")).toMatchObject({ type: "command", id: "a" });
    const made = [2, 3].map((seq) => ({ seq, kind: "receipt_completed", payload: "{}" }));
    socket.hear({ type: "accepted", id: "a", first_seq: 2, seq: 3, repeated: false, entries: made });
    expect(await answer).toEqual({ taken: made });
    expect(heard).toEqual([]);
    socket.hear(entry(1), entry(2), entry(3));
    expect(heard.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    live.stop();
  });

  it("are heard several in a message, and nothing behind a gap is believed", async () => {
    const { live, socket, heard } = await listening();
    socket.hear(entry(1), entry(2), entry(4), entry(5));
    expect(heard.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(live.position).toBe(2);
    live.stop();
  });

  it("bring old entries with the answer when they were taken before, and refusals with their code", async () => {
    const { live, socket } = await listening();
    const again = live.ask("a", {});
    const old = { seq: 7, kind: "receipt_completed", payload: "{}" };
    socket.hear({ type: "accepted", id: "a", first_seq: 7, seq: 7, repeated: true, entries: [old] });
    expect(await again).toEqual({ taken: [old] });
    const refused = live.ask("b", {});
    socket.hear({ type: "refused", id: "b", code: "item_already_sold", found: "x", allowed: "y" });
    expect(await refused).toMatchObject({ refused: { code: "item_already_sold" } });
    live.stop();
  });

  it("stay unanswered when the socket is silent, lost or says that nobody knows", async () => {
    const { live, socket } = await listening();
    const silent = live.ask("a", {});
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await silent).toBeUndefined();
    const unknown = live.ask("b", {});
    socket.hear({ type: "unavailable", id: "b" });
    expect(await unknown).toBeUndefined();
    const lost = live.ask("c", {});
    socket.onclose?.({ code: 1006 });
    expect(await lost).toBeUndefined();
    expect(await live.ask("d", {}), "not while it is away").toBeUndefined();
    live.stop();
  });
});

describe("other frames", () => {
  it("tell what other tills hold, and when coming back is of no use", async () => {
    const onHeld = vi.fn();
    const onDismissed = vi.fn();
    const { live, socket } = await listening({ onHeld, onDismissed });
    socket.hear({ type: "held", terminal: "terminal:2", name: "Till 2", tags: ["0010000017"], until: 9 });
    expect(onHeld).toHaveBeenCalledWith(expect.objectContaining({ name: "Till 2" }));
    socket.onclose?.({ code: 4401 });
    expect(onDismissed).toHaveBeenCalledWith(4401);
    live.stop();
  });
});

describe("the history that a screen knows", () => {
  it("is named by the hash of the last entry when it comes back", async () => {
    const address = vi.fn(async () => ({ url: "ws://x", token: "t" }));
    const { live, socket } = await listening({ address });
    expect(address).toHaveBeenLastCalledWith({ seq: 0, hash: undefined });
    socket.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(address).toHaveBeenLastCalledWith({ seq: 0, hash: "hash-0" });
    Socket.last?.hear(entry(1));
    Socket.last?.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(address).toHaveBeenLastCalledWith({ seq: 1, hash: "hash-1" });
    live.stop();
  });

  it("is given up when the log has another one, however long that is", async () => {
    const onRestored = vi.fn();
    const { socket, heard } = await listening({ onRestored });
    socket.hear({ type: "restored", head: 9, hash: "other" });
    expect(onRestored).toHaveBeenCalledOnce();
    socket.hear({ type: "live", head: 9, hash: "other" });
    expect(onRestored).toHaveBeenCalledOnce();
    expect(heard).toEqual([]);
  });
});
