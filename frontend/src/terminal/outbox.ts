import { type ApiClient, createApi } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { TerminalAnswer } from "../api/types.ts";
import type { SocketAnswer, TakenEntry } from "../live/live.ts";
import { Queue } from "../queue/queue.ts";
import { uuid7 } from "../queue/uuid7.ts";
import type { TillDb } from "./db.ts";
import type { About, Pairing, QueuedCommand, Sale, SessionCommand } from "./model.ts";

/** Characters of a body's digest in a command's id: enough that two bodies never share it. */
const DIGEST_CHARS = 16;

/** What matters of an answer, whichever way it came. */
type Answer = Pick<TerminalAnswer, "entries"> | { entries: TakenEntry[] };

export type OutboxOptions = {
  db: TillDb;
  /** Whose outbox it is; commands of earlier pairings go by their own tokens. */
  terminal: string;
  /** This till's pairing, and earlier ones whose commands still wait. */
  pairings: () => Promise<Pairing[]>;
  onChange: (changed: QueuedCommand | undefined, waiting: number) => void;
  onUnreachable: () => void;
  /** Over the socket, where one is open that takes commands; undefined when there was no answer that way. */
  bySocket: (id: string, command: SessionCommand) => Promise<SocketAnswer | undefined>;
  /** This till's own token counts no more. What it holds goes on being handed in. */
  onRevoked: (terminal: string) => void;
};

/** What this till has to tell its session: stored, then sent until it is answered. */
export class Outbox {
  #options: OutboxOptions;
  #queue: Queue<QueuedCommand, Answer>;
  #apis = new Map<string, ApiClient>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#queue = new Queue({
      store: options.db,
      send: (command) => this.#send(command),
      answered,
      onChange: options.onChange,
      onUnreachable: options.onUnreachable,
    });
  }

  pump = (): Promise<void> => this.#queue.pump();

  stop(): void {
    this.#queue.stop();
  }

  #api(token: string): ApiClient {
    const api = this.#apis.get(token) ?? createApi(async () => token);
    this.#apis.set(token, api);
    return api;
  }

  async #send({ id, command, session, terminal }: QueuedCommand): Promise<Answer> {
    const pairing = (await this.#options.pairings()).find((paired) => paired.terminal === terminal);
    if (pairing === undefined) throw unpaired();
    const quick = terminal === this.#options.terminal ? await this.#options.bySocket(id, command) : undefined;
    if (quick !== undefined && "refused" in quick) throw refusal(quick.refused);
    if (quick !== undefined) return { entries: quick.taken };
    const api = this.#api(pairing.token);
    // The schema has no word for the session's commands, which the domain spells.
    const body = { id, command: command as unknown as Record<string, never> };
    try {
      return await api.command(session, body);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      this.#options.onRevoked(terminal);
      return api.lateCommand(session, body);
    }
  }
}

/** A command that is about to enter the queue. */
export function queued(
  pairing: Pairing,
  about: About,
  command: SessionCommand,
  key = uuid7(),
): QueuedCommand {
  const { session, terminal } = pairing;
  return {
    key,
    id: key,
    session,
    terminal,
    about,
    command,
    asked_at: Date.now(),
    attempts: 0,
    state: "waiting",
  };
}

/** A sale asked of the session. */
export const asked = (pairing: Pairing, sale: Sale, command: SessionCommand): QueuedCommand => ({
  ...queued(pairing, "sale", command, sale.receipt),
  sale,
});

/**
 * The id of a receipt made without a connection: the receipt's with a digest of its body, so that a second body
 * under one receipt id (a restored device, say) still reaches the session and is told apart there.
 */
export async function factId(receipt: string, command: SessionCommand): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(command));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${receipt}.offline.${hex.slice(0, DIGEST_CHARS)}`;
}

/** What an answer says about the command. An empty one says that the log had it all along. */
function answered(command: QueuedCommand, { entries }: Answer): QueuedCommand {
  const { problem: _, ...plain } = command;
  const learnt: Partial<QueuedCommand> = {};
  for (const { kind, payload } of entries) {
    const happened = JSON.parse(payload) as Record<string, unknown>;
    if (kind === "receipt_completed") learnt.number = Number(happened.number);
    if (kind === "drawer_closed") learnt.difference_cents = Number(happened.difference_cents);
  }
  return { ...plain, ...learnt };
}

/** A refusal over the socket says less than one over HTTP, and the same. */
const refusal = ({ code, found, allowed }: { code: string; found: string; allowed: string }) =>
  new Problem({
    type: "about:blank",
    title: "Refused",
    detail: `Found: ${found}. Allowed: ${allowed}.`,
    status: 422,
    code,
    found,
    allowed,
    request_id: "",
  });

const unpaired = () =>
  new Problem({
    type: "about:blank",
    title: "Unknown pairing",
    detail: "The pairing that this command was made under is gone from this device.",
    status: 410,
    code: "pairing_gone",
    request_id: "",
  });
