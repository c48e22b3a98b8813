/**
 * How Mailchimp shall behave next. Not kept between starts: a sandbox that
 * comes up broken helps nobody.
 */
export class Conduct {
  /** Requests still to be answered with 429. */
  #limited = 0;
  /** Requests still to be answered with 503. */
  #unavailable = 0;
  /** Requests still to be accepted, and then answered with a cut connection's blank 502. */
  #lostReplies = 0;

  set(switches: {
    limited?: number | undefined;
    unavailable?: number | undefined;
    lostReplies?: number | undefined;
  }): void {
    this.#limited = switches.limited ?? this.#limited;
    this.#unavailable = switches.unavailable ?? this.#unavailable;
    this.#lostReplies = switches.lostReplies ?? this.#lostReplies;
  }

  /** What is still to come. */
  pending(): { rate_limited_requests: number; unavailable_requests: number; lost_replies: number } {
    return {
      rate_limited_requests: this.#limited,
      unavailable_requests: this.#unavailable,
      lost_replies: this.#lostReplies,
    };
  }

  /** What befalls the request that has just come in, before it is looked at. */
  befallsRequest(): "limited" | "unavailable" | null {
    if (this.#limited > 0) {
      this.#limited -= 1;
      return "limited";
    }
    if (this.#unavailable > 0) {
      this.#unavailable -= 1;
      return "unavailable";
    }
    return null;
  }

  /** Whether the answer to a request that was carried out gets lost: the unknown outcome. */
  losesReply(): boolean {
    if (this.#lostReplies === 0) return false;
    this.#lostReplies -= 1;
    return true;
  }
}
