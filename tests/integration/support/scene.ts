// Where a table of commands plays: an organization of the file's own with an event that takes items, somebody who may do
// everything there, and somebody who may only look.
import { describe, test } from "node:test";
import { freshEvent, freshOrganization, Person } from "./edge.ts";
import { run, type Step } from "./steps.ts";

export interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
  total?: number;
}

export interface Scene {
  admin: Person;
  reader: Person;
  event: string;
}

export async function freshScene(): Promise<Scene> {
  const { admin, slug } = await freshOrganization();
  await admin.ok("PUT", "/api/v1/members/user_demo_sue/roles/support");
  return { admin, reader: new Person("user_demo_sue", slug), event: await freshEvent(admin) };
}

/** How tests speak of their scene, which is set by the time they run. */
export const on = (scene: () => Scene) => ({
  /** The path of something of the event. */
  of: (rest: string) => () => `/api/v1/events/${scene().event}${rest}`,
  /** The first page of a list. */
  list: <Row>(path: string) => scene().admin.ok<Page<Row>>("GET", path),
  /** A test for each step, in order: a step stands on those before it. */
  table: (name: string, steps: Step[]) => {
    describe(name, () => {
      for (const step of steps) test(step.what, () => run(step, scene().admin, scene().reader));
    });
  },
});
