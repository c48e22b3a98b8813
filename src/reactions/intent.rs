//! Which entries cause a mail, and which mail: pure, the same for the same entry always.

use domain::ids::{Actor, AddressRef, InvitationId, ReceiptId};
use domain::journal::{DecodeError, EventCodec as _, RawEntry};
use domain::rights::Role;
use domain::stream::StreamId;
use domain::{organization, sale_session};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Keeps ids of mails apart from every other digest.
const DOMAIN: &str = "hangtag.email.v1";

/// What a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Asks somebody to take a role.
    Invitation,
    /// Tells somebody of a role that they were given.
    RoleGranted,
    /// A shopper's receipt.
    Receipt,
}

impl Purpose {
    /// The name in rows and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::RoleGranted => "role_granted",
            Self::Receipt => "receipt",
        }
    }
}

/// What a mail is about: opaque ids and words of ours, never a name or an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An invitation.
    Invitation {
        /// Which.
        invitation: InvitationId,
        /// To what.
        role: Role,
    },
    /// A role.
    Role {
        /// Whose.
        person: String,
        /// Which.
        role: Role,
    },
    /// A receipt.
    Receipt {
        /// Which.
        receipt: ReceiptId,
        /// Where the address is.
        address: AddressRef,
    },
}

impl About {
    /// What a mail about it is for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        match self {
            Self::Invitation { .. } => Purpose::Invitation,
            Self::Role { .. } => Purpose::RoleGranted,
            Self::Receipt { .. } => Purpose::Receipt,
        }
    }

    /// Whose address it goes to, in the vault.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Invitation { invitation, .. } => invited(*invitation),
            Self::Role { person, .. } => format!("person:{person}"),
            Self::Receipt { address, .. } => shopper(*address),
        }
    }
}

/// The vault's subject of somebody who was invited.
#[must_use]
pub fn invited(invitation: InvitationId) -> String {
    format!("invitation:{invitation}")
}

/// The vault's subject of a shopper who wants one mail.
#[must_use]
pub fn shopper(address: AddressRef) -> String {
    format!("address:{address}")
}

/// A mail that an entry causes, as its row says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// Its id: the same for the same entry and purpose.
    pub id: String,
    /// The entry.
    pub seq: u64,
    /// What it is for.
    pub purpose: Purpose,
    /// Whose address it goes to, in the vault.
    pub subject: String,
    /// What it is about, as JSON.
    pub about: String,
}

/// The mail that `entry` of `stream` causes, if any. Kinds that cause none are not even read: no entry that only a
/// newer build knows holds up the others.
///
/// # Errors
/// When an entry that matters cannot be read.
pub fn of(stream: &StreamId, entry: &RawEntry) -> Result<Option<Intent>, DecodeError> {
    let about = match (stream, entry.kind.as_str()) {
        (StreamId::Organization(_), "person_invited" | "role_granted") => of_organization(entry)?,
        (StreamId::Session(..), "receipt_mail_asked") => of_session(entry)?,
        _ => None,
    };
    Ok(about.and_then(|about| {
        Some(Intent {
            id: id(stream, entry, about.purpose()),
            seq: entry.seq,
            purpose: about.purpose(),
            subject: about.subject(),
            about: serde_json::to_string(&about).ok()?,
        })
    }))
}

fn of_organization(entry: &RawEntry) -> Result<Option<About>, DecodeError> {
    Ok(match organization::Event::decode(entry)?.event {
        organization::Event::PersonInvited(invited) => {
            Some(About::Invitation { invitation: invited.invitation, role: invited.role })
        }
        organization::Event::RoleGranted(granted) => {
            // Who takes a role by an invitation knows it; what the platform or a seed grants, nobody is told of.
            let by_another = match entry.actor.parse() {
                Ok(Actor::Person(by)) => by != granted.person,
                _ => false,
            };
            by_another.then_some(About::Role { person: granted.person.0, role: granted.role })
        }
        _ => None,
    })
}

fn of_session(entry: &RawEntry) -> Result<Option<About>, DecodeError> {
    Ok(match sale_session::Event::decode(entry)?.event {
        sale_session::Event::ReceiptMailAsked(asked) => {
            Some(About::Receipt { receipt: asked.receipt, address: asked.address })
        }
        _ => None,
    })
}

/// The entry's hash covers everything before it too: should a log be restored and go on otherwise, its new entries have
/// ids of their own, and the old ones keep theirs.
fn id(stream: &StreamId, entry: &RawEntry, purpose: Purpose) -> String {
    let mut digest = Sha256::new();
    for part in [DOMAIN, &stream.to_string(), &entry.hash.to_string(), purpose.name()] {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use domain::ids::{OrganizationId, PersonId, SessionId};
    use domain::journal::{GENESIS, Hash};
    use domain::organization::{PersonInvited, RoleGranted};
    use domain::sale_session::ReceiptMailAsked;
    use uuid::Uuid;

    use super::*;

    fn stream() -> StreamId {
        StreamId::Organization(OrganizationId(Uuid::from_u128(1)))
    }

    fn entry(kind: &str, actor: &str, payload: &impl Serialize) -> RawEntry {
        RawEntry {
            seq: 7,
            recorded_at: 1,
            command_id: "c".into(),
            actor: actor.into(),
            kind: kind.into(),
            version: 1,
            payload: serde_json::to_string(payload).unwrap(),
            hash: GENESIS,
        }
    }

    fn invited(actor: &str) -> RawEntry {
        let invitation = InvitationId(Uuid::from_u128(5));
        entry("person_invited", actor, &PersonInvited { invitation, role: Role::Cashier, until: 9 })
    }

    #[test]
    fn the_same_entry_always_causes_the_same_mail_and_another_history_another_one() {
        let entry = invited("person:user_olivia");
        let first = of(&stream(), &entry).unwrap().unwrap();
        assert_eq!(of(&stream(), &entry).unwrap().unwrap(), first);
        assert_eq!((first.seq, first.purpose), (7, Purpose::Invitation));
        assert_eq!(first.subject, format!("invitation:{}", Uuid::from_u128(5)));
        let other = RawEntry { hash: Hash([9; 32]), ..entry };
        assert_ne!(of(&stream(), &other).unwrap().unwrap().id, first.id);
    }

    #[test]
    fn a_role_is_told_to_whom_somebody_else_gave_it() {
        let granted = RoleGranted {
            person: PersonId("user_kim".into()),
            role: Role::Support,
            roles: Vec::new(),
            tell: Vec::new(),
        };
        let of = |actor: &str| of(&stream(), &entry("role_granted", actor, &granted)).unwrap();
        assert_eq!(of("person:user_olivia").unwrap().subject, "person:user_kim");
        assert_eq!(of("person:user_kim"), None);
        assert_eq!(of("system:seed"), None);
    }

    #[test]
    fn a_receipt_goes_to_an_address_in_the_vault() {
        let session = StreamId::Session(OrganizationId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
        let asked = ReceiptMailAsked {
            receipt: ReceiptId(Uuid::from_u128(3)),
            number: 12,
            address: AddressRef(Uuid::from_u128(4)),
        };
        let intent = of(&session, &entry("receipt_mail_asked", "terminal:x", &asked)).unwrap().unwrap();
        assert_eq!(intent.subject, format!("address:{}", Uuid::from_u128(4)));
        let about: About = serde_json::from_str(&intent.about).unwrap();
        assert_eq!(about.purpose(), Purpose::Receipt);
    }

    #[test]
    fn other_entries_cause_nothing_readable_or_not() {
        assert_eq!(of(&stream(), &entry("from_the_future", "system:x", &())).unwrap(), None);
        assert!(of(&stream(), &entry("person_invited", "system:x", &())).is_err());
    }
}
