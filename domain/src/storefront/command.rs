//! What can be asked of a storefront.

use serde::{Deserialize, Serialize};

use super::event::{Access, AgreedSale, AgreementKind, Change, DisconnectReason, Failure, Via};
use crate::ids::{EventId, RemoteId, SessionId};
use crate::journal::Hash;
use crate::reconciliation::EntryRef;
use crate::sale_session::CancelReason;
use crate::tag::Tag;

/// An agreement as the store tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The agreement.
    pub agreement: RemoteId,
    /// What kind.
    pub kind: AgreementKind,
    /// When it was made, ms since 1970 UTC.
    pub happened_at: i64,
    /// The refund it stands for, where it is one.
    #[serde(default)]
    pub refund: Option<RemoteId>,
    /// What was agreed.
    pub sales: Vec<AgreedSale>,
}

/// An order as fetched: everything the store has on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedOrder {
    /// The store's id.
    pub order: RemoteId,
    /// When it was placed, ms since 1970 UTC.
    pub placed_at: i64,
    /// When it changed last, by the store's clock.
    pub updated_at: i64,
    /// Paid for.
    pub paid: bool,
    /// Sent off or handed out.
    pub fulfilled: bool,
    /// Why it was cancelled, if it was.
    #[serde(default)]
    pub cancelled: Option<CancelReason>,
    /// A test order: no order.
    #[serde(default)]
    pub test: bool,
    /// All its agreements.
    pub agreements: Vec<Agreement>,
    /// How we came to ask.
    pub via: Via,
    /// Keyed digest of the body.
    pub evidence: Hash,
}

/// Commands; the edge checks rights and signatures before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Connects the store.
    Connect {
        /// Its permanent domain at Shopify.
        domain: String,
        /// How we are let in.
        access: Access,
        /// Points its cost bucket holds.
        budget_points: u32,
        /// Points per second.
        restore_per_second: u32,
        /// Its prices contain the tax.
        tax_included: bool,
    },
    /// Disconnects it.
    Disconnect {
        /// Why.
        reason: DisconnectReason,
    },
    /// What the store says about its subscriptions.
    CheckSubscriptions {
        /// Topics it sends to us.
        subscribed: Vec<String>,
    },
    /// Lines of an event's items go to this session from now on.
    RouteEvent {
        /// First digits of its tags.
        ordinal: u16,
        /// The event.
        event: EventId,
        /// Its session with the online channel.
        session: SessionId,
    },
    /// A webhook came; its event id is the command's id, so that a repetition is one.
    Nudge {
        /// The order it is about.
        order: RemoteId,
        /// Its topic.
        topic: String,
    },
    /// An order was fetched.
    RecordOrder(Box<FetchedOrder>),
    /// Hands over lines that no session took before.
    RerouteOrder {
        /// The order.
        order: RemoteId,
    },
    /// All orders changed up to here were asked for.
    MoveCursor {
        /// The store's clock, ms since 1970 UTC.
        updated_at: i64,
    },
    /// Something must change at the store.
    QueueChange {
        /// The item.
        tag: Tag,
        /// What must be so.
        target: Change,
        /// The entry that caused it.
        source: EntryRef,
    },
    /// The host sends changes.
    SendChanges {
        /// Which.
        changes: Vec<u64>,
    },
    /// The store took them.
    ConfirmChanges {
        /// Which.
        changes: Vec<u64>,
    },
    /// A change did not go through.
    FailChange {
        /// Which.
        change: u64,
        /// Why.
        failure: Failure,
    },
}
