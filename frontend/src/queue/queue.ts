import { Problem } from "../api/problem.ts";
import type { ProblemBody } from "../api/types.ts";
import { backoffMs } from "../live/backoff.ts";

/**
 * Commands that must arrive exactly once. A command is stored before it is sent and carries an id that the
 * platform knows it by: sent twice, it gets its first answer again. So after a reload, a killed tab or a lost
 * answer the queue simply sends again, and neither loses nor doubles anything.
 */
export type Queued<Body, Reply> = {
  /** The Idempotency-Key: a uuid v7, so that ids sort by age. */
  id: string;
  body: Body;
  queued_at: number;
  attempts: number;
  state: "waiting" | "done" | "refused";
  reply?: Reply;
  problem?: ProblemBody;
};

/** Where the queue lives; every method is one transaction. */
export interface QueueStore<Body, Reply> {
  /** Commands without an answer, oldest first. */
  waiting(): Promise<Queued<Body, Reply>[]>;
  save(command: Queued<Body, Reply>): Promise<void>;
}

export type QueueOptions<Body, Reply> = {
  store: QueueStore<Body, Reply>;
  send: (body: Body, id: string) => Promise<Reply>;
  /** Called after a command got its answer, and with the number that still waits. */
  onChange: (changed: Queued<Body, Reply> | undefined, waiting: number) => void;
  /** The platform does not know this sender any more; the queue stops and keeps what it has. */
  onUnknownSender?: () => void;
  /** A try got no answer; it will be made again. */
  onUnreachable?: () => void;
  random?: () => number;
};

/** Refusals that a later try may turn around: time-outs, throttling, the platform's own trouble. */
const passing = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

export class Queue<Body, Reply> {
  #options: QueueOptions<Body, Reply>;
  #running: Promise<void> | undefined;
  #again = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(options: QueueOptions<Body, Reply>) {
    this.#options = options;
  }

  /** Sends what waits, now; joins a round that is under way. */
  pump(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#again = true;
    this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #rounds(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      await this.#round();
    }
  }

  async #round(): Promise<void> {
    const waiting = await this.#options.store.waiting();
    this.#options.onChange(undefined, waiting.length);
    for (const [index, command] of waiting.entries()) {
      const outcome = await this.#deliver(command);
      if (this.#stopped) return;
      if (outcome === undefined) {
        this.#later();
        return;
      }
      this.#failures = 0;
      await this.#options.store.save(outcome);
      this.#options.onChange(outcome, waiting.length - index - 1);
    }
  }

  /** The command with its answer; undefined when it has none yet. */
  async #deliver(command: Queued<Body, Reply>): Promise<Queued<Body, Reply> | undefined> {
    const tried = { ...command, attempts: command.attempts + 1 };
    try {
      return { ...tried, state: "done", reply: await this.#options.send(command.body, command.id) };
    } catch (error) {
      if (!(error instanceof Problem) || passing(error.status)) return undefined;
      if (error.status === 401) {
        this.stop();
        this.#options.onUnknownSender?.();
        return undefined;
      }
      return { ...tried, state: "refused", problem: error.body };
    }
  }

  #later(): void {
    this.#options.onUnreachable?.();
    this.#timer = setTimeout(() => void this.pump(), backoffMs(this.#failures, this.#options.random));
    this.#failures += 1;
  }
}
