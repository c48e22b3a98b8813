import { MAX_TEMPLATES } from "../limits.ts";
import type { Collection, Store } from "../store.ts";
import { DEFAULT_TEMPLATES } from "./default-templates.ts";

/** A template as the account holds it. Only published ones can be sent. */
export interface Template {
  /** The immutable key by which requests name it. */
  slug: string;
  name: string;
  subject: string;
  from_email: string;
  from_name: string;
  /** HTML with merge tags and `mc:edit` regions. */
  code: string;
  /** Plain text with merge tags. */
  text: string;
}

export class Templates {
  readonly #templates: Collection<Template>;

  constructor(store: Store) {
    this.#templates = store.collection("mailchimp.template", MAX_TEMPLATES);
    for (const template of DEFAULT_TEMPLATES) {
      if (this.#templates.get(template.slug) === undefined) this.#templates.put(template.slug, template);
    }
  }

  /** Found by its name or its slug, as with Mailchimp. */
  find(nameOrSlug: string): Template | undefined {
    return this.#templates.get(slugOf(nameOrSlug));
  }

  save(template: Omit<Template, "slug">): Template {
    const saved = { ...template, slug: slugOf(template.name) };
    this.#templates.put(saved.slug, saved);
    return saved;
  }

  count(): number {
    return this.#templates.count();
  }

  all(): Template[] {
    return this.#templates.all();
  }
}

function slugOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}
