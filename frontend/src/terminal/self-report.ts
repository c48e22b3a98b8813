import type { TerminalSelf } from "../api/types.ts";
import type { SocketAnswer } from "../live/live.ts";
import type { TillDb } from "./db.ts";
import type { SessionCommand } from "./model.ts";

export type SelfReportOptions = {
  db: Pick<TillDb, "waiting">;
  /** Whose report it is; sales of earlier pairings are not its own. */
  terminal: string;
  /** Whether it is worth saying anything now. */
  online: () => boolean;
  /** Hands a word to the session; rejects when it did not arrive. */
  send: (command: SessionCommand) => Promise<unknown>;
};

/**
 * What a till tells its session about itself: how many sales it holds, as a session must not be closed over the heads
 * of tills that hold some, and which of its rights it knows. What does not arrive is said again with the next
 * connection.
 */
export class SelfReport {
  #options: SelfReportOptions;
  /** Sales held, as the session was told last; undefined where that is not known. */
  #told: number | undefined;
  /** The last word about sales held, until it is answered. */
  #saying: Promise<void> = Promise.resolve();

  constructor(options: SelfReportOptions) {
    this.#options = options;
  }

  /** The session has said what it was told last. */
  learn({ waiting }: Pick<TerminalSelf, "waiting">): void {
    this.#told = waiting ?? undefined;
  }

  /**
   * Says how many sales this till holds, unless that was said. One word at a time, or an older one could arrive last
   * and stand.
   */
  salesHeld(): Promise<void> {
    const report = async () => {
      const waiting = await this.#count();
      if (!this.#options.online() || waiting === this.#told) return;
      this.#told = waiting;
      await this.#say({ type: "report_waiting", waiting });
    };
    // A device whose storage fails says so elsewhere.
    this.#saying = this.#saying.then(report).catch(() => undefined);
    return this.#saying;
  }

  /** Says that this till keeps to its rights as of `version`. */
  rightsKnown(version: number): Promise<void> {
    return this.#say({ type: "acknowledge", version });
  }

  /** Tries another way to the session with a word that may be lost. True when there was an answer, of whatever kind. */
  async tryOver(ask: (command: SessionCommand) => Promise<SocketAnswer | undefined>): Promise<boolean> {
    const waiting = await this.#count();
    const answer = await ask({ type: "report_waiting", waiting });
    if (answer === undefined) return false;
    if ("taken" in answer) this.#told = waiting;
    // What was sold or handed in meanwhile may have been told before this was answered.
    void this.salesHeld();
    return true;
  }

  async #count(): Promise<number> {
    const waiting = await this.#options.db.waiting();
    return waiting.filter(({ about, terminal }) => about === "sale" && terminal === this.#options.terminal)
      .length;
  }

  async #say(command: SessionCommand): Promise<void> {
    await this.#options.send(command).catch(() => {
      this.#told = undefined;
    });
  }
}
