import { freshId } from "../ids.ts";
import { MAX_EMAIL_LENGTH, MAX_MEMBERSHIPS, MAX_ORGANIZATIONS, MAX_PEOPLE } from "../limits.ts";
import type { Collection, Store } from "../store.ts";
import { DEMO_ORGANIZATIONS, DEMO_PEOPLE } from "./demo-people.ts";

/** That a person belongs to an organization, with Clerk's role key without its `org:`. */
export interface Membership {
  id: string;
  organization: string;
  role: string;
}

export interface Person {
  id: string;
  email: string;
  first_name: string;
  last_name: string;
  memberships: Membership[];
  /** Shown on the sign-in page, with these words; null for people that tests or links made. */
  demo: { title: string; may: string } | null;
  created_at_ms: number;
  updated_at_ms: number;
}

/** An organization as Clerk knows it: who belongs together, not what they may do. */
export interface Organization {
  id: string;
  slug: string;
  name: string;
  created_at_ms: number;
}

/** What a test says about a person; left-out fields keep their value or get a plausible one. */
export interface PersonInput {
  id?: string | undefined;
  email?: string | undefined;
  first_name?: string | undefined;
  last_name?: string | undefined;
  memberships?: { organization: string; role: string }[] | undefined;
}

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ROLE = /^[a-z][a-z0-9_]{0,62}$/;
const PERSON_ID = /^user_[A-Za-z0-9_]{1,64}$/;
const EMAIL = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/;

/** Whether `text` can be an organization's slug, which is also its host label. */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

/** The address in lower case, or undefined where it is none. */
export function normalizeEmail(text: string): string | undefined {
  const email = text.trim().toLowerCase();
  return email.length <= MAX_EMAIL_LENGTH && EMAIL.test(email) ? email : undefined;
}

export function fullName(person: Person): string {
  return `${person.first_name} ${person.last_name}`.trim();
}

/** The people and organizations that this stand-in knows. Throws `RangeError` on input it cannot keep. */
export class Directory {
  readonly #people: Collection<Person>;
  readonly #idByEmail: Collection<string>;
  readonly #organizations: Collection<Organization>;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#people = store.collection("clerk.person", MAX_PEOPLE);
    this.#idByEmail = store.collection("clerk.person_by_email", MAX_PEOPLE);
    this.#organizations = store.collection("clerk.organization", MAX_ORGANIZATIONS);
    this.#now = now;
    for (const organization of DEMO_ORGANIZATIONS)
      this.#ensureOrganization(organization.slug, organization.name);
    for (const { title, may, ...input } of DEMO_PEOPLE) {
      if (this.#people.get(input.id) === undefined)
        this.#write({ ...this.save(input), demo: { title, may } });
    }
  }

  person(id: string): Person | undefined {
    return this.#people.get(id);
  }

  personByEmail(email: string): Person | undefined {
    const id = this.#idByEmail.get(email);
    return id === undefined ? undefined : this.#people.get(id);
  }

  everybody(): Person[] {
    return this.#people.all();
  }

  organization(slug: string): Organization | undefined {
    return this.#organizations.get(slug);
  }

  organizationById(id: string): Organization | undefined {
    return this.#organizations.all().find((organization) => organization.id === id);
  }

  membership(person: Person, slug: string): Membership | undefined {
    return person.memberships.find((membership) => membership.organization === slug);
  }

  /** The person who signs in with `email`; someone new is signed up, as with Clerk. */
  personForSignIn(email: string): Person {
    return this.personByEmail(email) ?? this.save({ email, first_name: email.split("@")[0], last_name: "" });
  }

  /** Makes or changes a person, and the organizations that its memberships name. */
  save(input: PersonInput): Person {
    const id = input.id ?? freshId("user");
    if (!PERSON_ID.test(id)) throw new RangeError("id must look like user_…");
    const known = this.#people.get(id);
    // Making room would push out the demo people, who came first.
    if (known === undefined && this.#people.count() >= MAX_PEOPLE) {
      throw new RangeError(`the sandbox knows ${MAX_PEOPLE} people already; start it with an empty state`);
    }
    const email = normalizeEmail(
      input.email ?? known?.email ?? `${id.replaceAll("_", ".").toLowerCase()}@example.org`,
    );
    if (email === undefined) throw new RangeError("email is not an e-mail address");
    const holder = this.#idByEmail.get(email);
    if (holder !== undefined && holder !== id) throw new RangeError(`email already belongs to ${holder}`);

    const person: Person = {
      id,
      email,
      first_name: input.first_name ?? known?.first_name ?? "Test",
      last_name: input.last_name ?? known?.last_name ?? "Person",
      memberships:
        input.memberships === undefined
          ? (known?.memberships ?? [])
          : this.#memberships(input.memberships, known),
      demo: known?.demo ?? null,
      created_at_ms: known?.created_at_ms ?? this.#now(),
      updated_at_ms: this.#now(),
    };
    if (known !== undefined && known.email !== email) this.#idByEmail.delete(known.email);
    this.#write(person);
    return person;
  }

  #memberships(wanted: { organization: string; role: string }[], known: Person | undefined): Membership[] {
    if (wanted.length > MAX_MEMBERSHIPS) throw new RangeError(`at most ${MAX_MEMBERSHIPS} memberships`);
    return wanted.map(({ organization, role }) => {
      const key = role.replace(/^org:/, "");
      if (!ROLE.test(key)) throw new RangeError(`${role} cannot be a role`);
      this.#ensureOrganization(organization, organization);
      const kept = known?.memberships.find((membership) => membership.organization === organization);
      return { id: kept?.id ?? freshId("orgmem"), organization, role: key };
    });
  }

  #ensureOrganization(slug: string, name: string): void {
    if (!isSlug(slug)) throw new RangeError(`${slug} cannot be an organization's slug`);
    if (this.#organizations.get(slug) !== undefined) return;
    if (this.#organizations.count() >= MAX_ORGANIZATIONS) {
      throw new RangeError(`the sandbox knows ${MAX_ORGANIZATIONS} organizations already`);
    }
    this.#organizations.put(slug, { id: freshId("org"), slug, name, created_at_ms: this.#now() });
  }

  #write(person: Person): void {
    this.#people.put(person.id, person);
    this.#idByEmail.put(person.email, person.id);
  }
}
