import { freshId } from "../ids.ts";
import { MAX_MAILS } from "../limits.ts";
import type { Collection, Store } from "../store.ts";

export type MailStatus = "delivered" | "queued" | "scheduled" | "bounced";

export interface Attachment {
  name: string;
  type: string;
  /** Base64, as it was sent. */
  content: string;
}

/** A mail as it arrives; the mailbox adds an id, the time and the links. */
export interface NewMail {
  /** The id by which the sender's service knows it; a fresh one where it gives none. */
  id?: string | undefined;
  /** Which stand-in sent it. */
  source: "clerk" | "mailchimp";
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  template: string | null;
  status: MailStatus;
  tags: string[];
  metadata: Record<string, unknown>;
  attachments: Attachment[];
  /** When Mailchimp was told to send it; null for at once. */
  scheduled_for: string | null;
}

export interface Mail extends NewMail {
  id: string;
  /** RFC 3339, UTC. */
  received_at: string;
  /** Addresses in the text and the HTML, in order, each once. */
  links: string[];
}

/** Every mail that the stand-ins would have sent, newest first. */
export class Mailbox {
  readonly #mails: Collection<Mail>;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#mails = store.collection("mail", MAX_MAILS);
    this.#now = now;
  }

  receive(mail: NewMail): Mail {
    const received: Mail = {
      ...mail,
      id: mail.id ?? freshId("mail"),
      received_at: new Date(this.#now()).toISOString(),
      links: linksOf(mail),
    };
    this.#mails.put(received.id, received);
    return received;
  }

  mail(id: string): Mail | undefined {
    return this.#mails.get(id);
  }

  /** The newest mails, at most `limit`; only those to `to` where it is given. */
  newest(limit: number, to: string | null): Mail[] {
    const wanted = to?.trim().toLowerCase() ?? null;
    if (wanted === null || wanted === "") return this.#mails.newest(limit);
    return this.#mails
      .newest(MAX_MAILS)
      .filter((mail) => mail.to.toLowerCase() === wanted)
      .slice(0, limit);
  }

  clear(): void {
    this.#mails.clear();
  }
}

function linksOf(mail: NewMail): string[] {
  const inHtml = [...mail.html.matchAll(/href="(https?:[^"]+)"/g)].map((match) =>
    (match[1] ?? "").replaceAll("&amp;", "&"),
  );
  const inText = [...mail.text.matchAll(/https?:[^\s<>"]+/g)].map((match) => match[0]);
  return [...new Set([...inHtml, ...inText])];
}
