import type { JsonObject } from "../requests.ts";
import type { Services } from "../services.ts";
import type { Membership, Organization, Person } from "./people.ts";

/** Clerk's webhook bodies, made from the people this stand-in knows. */

/** `data` of user.created and user.updated. */
export function userData(person: Person): JsonObject {
  const addressId = `idn_${person.id}`;
  return {
    object: "user",
    id: person.id,
    external_id: null,
    username: null,
    first_name: person.first_name,
    last_name: person.last_name === "" ? null : person.last_name,
    primary_email_address_id: addressId,
    primary_phone_number_id: null,
    email_addresses: [
      {
        object: "email_address",
        id: addressId,
        email_address: person.email,
        verification: { status: "verified", strategy: "email_link" },
        linked_to: [],
      },
    ],
    phone_numbers: [],
    external_accounts: [],
    public_metadata: {},
    private_metadata: null,
    unsafe_metadata: {},
    has_image: false,
    banned: false,
    locked: false,
    created_at: person.created_at_ms,
    updated_at: person.updated_at_ms,
  };
}

/** `data` of organization.created and organization.updated. */
export function organizationData(organization: Organization): JsonObject {
  return {
    object: "organization",
    id: organization.id,
    slug: organization.slug,
    name: organization.name,
    has_image: false,
    public_metadata: {},
    private_metadata: {},
    created_at: organization.created_at_ms,
    updated_at: organization.created_at_ms,
  };
}

/** `data` of organizationMembership.*. */
export function membershipData(services: Services, person: Person, membership: Membership): JsonObject {
  const organization = services.directory.organization(membership.organization);
  return {
    object: "organization_membership",
    id: membership.id,
    role: `org:${membership.role}`,
    permissions: [],
    public_metadata: {},
    private_metadata: {},
    organization: organization === undefined ? null : organizationData(organization),
    public_user_data: {
      user_id: person.id,
      identifier: person.email,
      first_name: person.first_name,
      last_name: person.last_name === "" ? null : person.last_name,
      has_image: false,
    },
    created_at: person.created_at_ms,
    updated_at: person.updated_at_ms,
  };
}

/** The `data` for a type about `user` (and `organization`), or undefined where it cannot be made from them. */
export function dataFor(
  services: Services,
  type: string,
  person: Person | undefined,
  organization: Organization | undefined,
): JsonObject | undefined {
  if (type === "user.deleted" && person !== undefined)
    return { object: "user", id: person.id, deleted: true };
  if (type.startsWith("user.") && person !== undefined) return userData(person);
  if (type === "organization.deleted" && organization !== undefined) {
    return { object: "organization", id: organization.id, slug: organization.slug, deleted: true };
  }
  if (type.startsWith("organization.") && organization !== undefined) return organizationData(organization);
  if (type.startsWith("organizationMembership.") && person !== undefined && organization !== undefined) {
    const membership = services.directory.membership(person, organization.slug);
    return membership === undefined ? undefined : membershipData(services, person, membership);
  }
  return undefined;
}
