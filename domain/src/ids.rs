//! Typed ids. An id of one thing does not fit where another's is asked for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::spelling::from_text;

macro_rules! uuid_ids {
    ($( $(#[$meta:meta])* $name:ident ),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+ };
}

uuid_ids! {
    /// A tenant.
    OrganizationId,
    /// A consignment event.
    EventId,
    /// A sale session.
    SessionId,
    /// A paired device in one session.
    TerminalId,
    /// A completed purchase; made by the terminal, so that offline receipts have a name from the start.
    ReceiptId,
    /// A connected Shopify store.
    ShopId,
    /// One CSV import.
    ImportId,
    /// A return of one or more lines of a receipt.
    ReturnId,
    /// A discrepancy or an offline conflict, wherever one thing needs one resolution.
    CaseId,
    /// A note in the vault: free text that may name people stays out of the log.
    NoteRef,
    /// A shift, drop-off slot or pick-up slot.
    SlotId,
    /// One place taken in a slot.
    BookingId,
    /// A stock count.
    CountId,
    /// A registered outbound webhook.
    WebhookId,
    /// One settlement calculation of an event, over pinned heads.
    SettlementId,
    /// One run of a reconciliation.
    RunId,
    /// A parked basket; made by the terminal.
    BasketId,
    /// An invitation by e-mail; whom it went to is in the vault.
    InvitationId,
    /// An e-mail address in the vault, for one mail.
    AddressRef,
}

/// A consignor's number in the organization, from 1. Printed on tags; no personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsignorNumber(pub u32);

impl fmt::Display for ConsignorNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An id that a store gave: a whole number beyond what a JavaScript number holds, so a string in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RemoteId(pub i64);

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for RemoteId {
    /// Digits as a string in JSON; the bare number in compact formats.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for RemoteId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            from_text(deserializer, |digits| digits.parse().map(Self))
        } else {
            i64::deserialize(deserializer).map(Self)
        }
    }
}

/// A person as the identity provider names them: an opaque id (`user_…`), no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who causes an entry. Stored as text: `person:user_…`, `terminal:{uuid}`, `system:{what}`, `stream:{stream id}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A signed-in person.
    Person(PersonId),
    /// A paired terminal.
    Terminal(TerminalId),
    /// The platform itself: a timer, a seed, a webhook delivery.
    System(String),
    /// Another aggregate, handing something over; carries its stream id.
    Stream(String),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "person:{person}"),
            Self::Terminal(terminal) => write!(f, "terminal:{terminal}"),
            Self::System(what) => write!(f, "system:{what}"),
            Self::Stream(stream) => write!(f, "stream:{stream}"),
        }
    }
}

/// A text that names no actor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no actor")]
pub struct NotAnActor(String);

impl FromStr for Actor {
    type Err = NotAnActor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || NotAnActor(text.to_owned());
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        match kind {
            "person" => Ok(Self::Person(PersonId(id.to_owned()))),
            "terminal" => id.parse().map(Self::Terminal).map_err(|_| unknown()),
            "system" => Ok(Self::System(id.to_owned())),
            "stream" => Ok(Self::Stream(id.to_owned())),
            _ => Err(unknown()),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, str::parse)
    }
}
