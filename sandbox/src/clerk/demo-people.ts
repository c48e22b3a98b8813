/**
 * The people a fresh sandbox knows. Their ids are fixed, so that seeds and
 * tests can name them. `title` and `may` are words for the sign-in page; what
 * they really may do is decided by the platform's own log.
 */

export const DEMO_ORGANIZATIONS = [
  { slug: "demo", name: "Demo Kids’ Sale" },
  { slug: "other", name: "Other Side Exchange" },
];

export const DEMO_PEOPLE = [
  {
    id: "user_demo_olivia",
    email: "olivia@example.org",
    first_name: "Olivia",
    last_name: "Organizer",
    memberships: [{ organization: "demo", role: "admin" }],
    title: "Organization admin",
    may: "Runs everything in Demo Kids’ Sale: events, imports, sale sessions, people, money.",
  },
  {
    id: "user_demo_ed",
    email: "ed@example.org",
    first_name: "Ed",
    last_name: "Events",
    memberships: [{ organization: "demo", role: "event_admin" }],
    title: "Event admin",
    may: "Prepares and runs events and their sale sessions.",
  },
  {
    id: "user_demo_sue",
    email: "sue@example.org",
    first_name: "Sue",
    last_name: "Support",
    memberships: [{ organization: "demo", role: "support" }],
    title: "Support",
    may: "Reads everything and replays logs; decides nothing about money.",
  },
  {
    id: "user_demo_val",
    email: "val@example.org",
    first_name: "Val",
    last_name: "Volunteer",
    memberships: [{ organization: "demo", role: "member" }],
    title: "Volunteer",
    may: "Checks items in and hands them back.",
  },
  {
    id: "user_demo_cora",
    email: "cora@example.org",
    first_name: "Cora",
    last_name: "Consignor",
    memberships: [{ organization: "demo", role: "member" }],
    title: "Consignor",
    may: "Sees her own items, sales and statements.",
  },
  {
    id: "user_demo_super",
    email: "sam@example.org",
    first_name: "Sam",
    last_name: "Super",
    memberships: [],
    title: "Platform super admin",
    may: "Creates, suspends and helps organizations, on record.",
  },
  {
    id: "user_other_otto",
    email: "otto@example.org",
    first_name: "Otto",
    last_name: "Other",
    memberships: [{ organization: "other", role: "admin" }],
    title: "Organization admin",
    may: "Runs Other Side Exchange, and must not see a thing of Demo Kids’ Sale.",
  },
];
