import { Problem } from "../api/problem.ts";
import type { ProblemBody } from "../api/types.ts";
import { backoffMs } from "../live/backoff.ts";

/**
 * Commands that must arrive exactly once. A command is stored before it is sent and carries an id that the
 * platform knows it by: sent twice, it gets its first answer again. So after a reload, a killed tab or a lost
 * answer the queue simply sends again, and neither loses nor doubles anything.
 */
export type Queued = {
  /** Its place in the storage: a uuid v7, so that commands sort by age. */
  key: string;
  /** The id under which it is sent. It changes when what is sent changes: a request that became a fact. */
  id: string;
  attempts: number;
  state: "waiting" | "done" | "refused";
  problem?: ProblemBody;
};

/** Where the queue lives; every method is one transaction. */
export interface QueueStore<Command extends Queued> {
  /** Commands without an answer, oldest first. */
  waiting(): Promise<Command[]>;
  /**
   * Puts an answered command in the place of the waiting one that was sent. Undefined, and nothing changed, when
   * another command stands there by now and the answer was a refusal: what was refused is not wanted any more.
   */
  settle(answered: Command): Promise<Command | undefined>;
}

export type QueueOptions<Command extends Queued, Reply> = {
  store: QueueStore<Command>;
  send: (command: Command) => Promise<Reply>;
  /** The command with what its answer says. */
  answered: (command: Command, reply: Reply) => Command;
  /** Called after a command got its answer, and with the number that still waits. */
  onChange: (changed: Command | undefined, waiting: number) => void;
  /** A try got no answer; it will be made again. */
  onUnreachable?: () => void;
  random?: () => number;
};

/**
 * Refusals that a later try may turn around: time-outs, throttling, the platform's own trouble, a suspension that is
 * lifted again; and answers that are not the platform's at all, such as a hall's log-in page.
 */
const passing = ({ status, code }: ProblemBody) =>
  status === 408 ||
  status === 425 ||
  status === 429 ||
  status >= 500 ||
  code === "organization_suspended" ||
  code === "unknown";

export class Queue<Command extends Queued, Reply> {
  #options: QueueOptions<Command, Reply>;
  #running: Promise<void> | undefined;
  #again = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(options: QueueOptions<Command, Reply>) {
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
    let left = waiting.length;
    this.#options.onChange(undefined, left);
    for (const command of waiting) {
      const outcome = await this.#deliver(command);
      if (this.#stopped) return;
      if (outcome === undefined) {
        this.#later();
        return;
      }
      this.#failures = 0;
      const settled = await this.#options.store.settle(outcome);
      if (settled === undefined) this.#again = true;
      else left -= 1;
      this.#options.onChange(settled, left);
    }
  }

  /** The command with its answer; undefined when it has none yet. */
  async #deliver(command: Command): Promise<Command | undefined> {
    const tried = { ...command, attempts: command.attempts + 1 };
    try {
      return this.#options.answered({ ...tried, state: "done" }, await this.#options.send(command));
    } catch (error) {
      if (!(error instanceof Problem) || passing(error.body)) return undefined;
      return { ...tried, state: "refused", problem: error.body };
    }
  }

  #later(): void {
    this.#options.onUnreachable?.();
    this.#timer = setTimeout(() => void this.pump(), backoffMs(this.#failures, this.#options.random));
    this.#failures += 1;
  }
}
