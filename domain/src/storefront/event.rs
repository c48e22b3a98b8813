//! What can happen between us and one store.

use serde::{Deserialize, Serialize};

use super::agreement::upcast_agreement;
pub use super::agreement::{AgreedSale, AgreementKind, AgreementRecorded, SaleKind, Via};
use crate::ids::{EventId, RemoteId, SessionId};
use crate::journal::events;
use crate::money::Cents;
use crate::reconciliation::EntryRef;
use crate::sale_session::CancelReason;
use crate::tag::Tag;

events! {
    /// Entries of a storefront's log.
    pub enum Event {
        /// The store is connected.
        StoreConnected = "store_connected" v 1,
        /// The store is connected no more.
        StoreDisconnected = "store_disconnected" v 1,
        /// Which webhook topics the store sends.
        SubscriptionsChecked = "subscriptions_checked" v 1,
        /// Where lines of an event's items go.
        EventRouted = "event_routed" v 1,
        /// A webhook told of an order.
        OrderNudged = "order_nudged" v 1,
        /// One agreement of an order is on record.
        AgreementRecorded = "agreement_recorded" v 2 upcast upcast_agreement,
        /// An order as far as it is known, and what goes to which session.
        OrderRouted = "order_routed" v 1,
        /// All orders up to here were asked for.
        CursorMoved = "cursor_moved" v 1,
        /// Something must change at the store.
        ChangeQueued = "change_queued" v 1,
        /// Changes are under way.
        ChangesSent = "changes_sent" v 1,
        /// The store took changes.
        ChangesConfirmed = "changes_confirmed" v 1,
        /// The store refused a change, or nobody knows.
        ChangeFailed = "change_failed" v 1,
        /// The store is not well: no calls for a while.
        CircuitOpened = "circuit_opened" v 1,
        /// The store answers again.
        CircuitClosed = "circuit_closed" v 1,
    }
}

/// How we are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Own app, own store: tokens that last a day.
    ClientCredentials,
    /// A stored token.
    OfflineToken,
}

/// The store is connected; its credentials are in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreConnected {
    /// Its permanent domain at Shopify.
    pub domain: String,
    /// How we are let in.
    pub access: Access,
    /// Points its cost bucket holds.
    pub budget_points: u32,
    /// Points per second.
    pub restore_per_second: u32,
    /// Its prices contain the tax.
    pub tax_included: bool,
}

/// Why a store is connected no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisconnectReason {
    /// A person here wanted so.
    Person,
    /// The app was uninstalled there.
    Uninstalled,
    /// The store refuses our credentials.
    Refused,
}

/// The store is connected no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDisconnected {
    /// Why.
    pub reason: DisconnectReason,
}

/// Which topics the store sends; recorded when that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionsChecked {
    /// Needed and there.
    pub present: Vec<String>,
    /// Needed and not there.
    pub missing: Vec<String>,
}

/// Where lines of an event's items go: its session with the online channel, the last one once all are closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRouted {
    /// First digits of its tags.
    pub ordinal: u16,
    /// The event.
    pub event: EventId,
    /// The session.
    pub session: SessionId,
}

/// A webhook told of an order: a nudge to fetch it, never its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderNudged {
    /// Which.
    pub order: RemoteId,
    /// The topic.
    pub topic: String,
}

/// A line of an order and where it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutedLine {
    /// The store's id of the line.
    pub line: RemoteId,
    /// The item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// Price after discounts, in shop money.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Tax.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// The session that decides about it; none while no session takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
}

/// An order as far as it is known. Also the cold fact by which the next news of it is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownOrder {
    /// The store's id.
    pub order: RemoteId,
    /// When it was placed, ms since 1970 UTC.
    pub placed_at: i64,
    /// The store's own clock of its last change, ms since 1970 UTC.
    pub updated_at: i64,
    /// Paid for.
    pub paid: bool,
    /// Sent off or handed out.
    pub fulfilled: bool,
    /// Why it was cancelled, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<CancelReason>,
    /// Agreements on record.
    pub agreements: Vec<RemoteId>,
    /// Lines ever agreed on.
    pub lines: Vec<RoutedLine>,
    /// Refunds that no session was told of yet, as far as their lines have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Refund>,
}

/// Money that went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The store's id of it (or of the agreement, where the store names none).
    #[serde(rename = "refund")]
    pub id: RemoteId,
    /// When, ms since 1970 UTC.
    pub happened_at: i64,
    /// Its lines.
    pub lines: Vec<RefundedLine>,
    /// Given back for no line; told to one session only.
    #[serde(rename = "adjustment_cents")]
    pub adjustment: Cents,
}

/// Money that went back for one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundedLine {
    /// The line.
    pub line: RemoteId,
    /// Of its price.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Of its tax.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// True when the item itself was taken back.
    pub returned: bool,
    /// True when it may be sold again.
    pub restock: bool,
}

/// What one session is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Handed {
    /// The lines that are its own, as they stand.
    Lines {
        /// All of them; those it knows are passed over there.
        lines: Vec<RoutedLine>,
    },
    /// Money went back: the part of it that is the session's.
    Refund(Refund),
    /// What is left of it is cancelled.
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
}

/// One hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// To whom.
    pub session: SessionId,
    /// What.
    #[serde(flatten)]
    pub handed: Handed,
}

/// An order as far as it is known, and what goes to which session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRouted {
    /// As known from now on.
    pub known: KnownOrder,
    /// The store's prices contain the tax.
    pub tax_included: bool,
    /// What is handed over, in order.
    pub parts: Vec<HandedOver>,
}

/// All orders changed up to here were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorMoved {
    /// The store's clock, ms since 1970 UTC.
    pub updated_at: i64,
}

/// What must be so at the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Change {
    /// It can be bought there, at this price.
    Offered {
        /// The price.
        #[serde(rename = "price_cents")]
        price: Cents,
    },
    /// It cannot be bought there (sold, pulled, or gone).
    Withdrawn,
}

/// Something must change at the store. A newer change of the same item replaces one that was not sent yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeQueued {
    /// From 1, by store; makes the idempotency key of the calls.
    pub change: u64,
    /// The item.
    pub tag: Tag,
    /// What must be so.
    #[serde(flatten)]
    pub target: Change,
    /// The entry that caused it.
    pub source: EntryRef,
}

/// Changes are under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesSent {
    /// Which.
    pub changes: Vec<u64>,
}

/// The store took changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesConfirmed {
    /// Which.
    pub changes: Vec<u64>,
}

/// What the store said to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Too many calls: again after the wait.
    Throttled,
    /// It was not what we thought: compare, then again.
    Stale,
    /// It is out of order: again after the wait.
    StoreError,
    /// No answer came: the same key is sent again, so nothing can happen twice.
    Unanswered,
    /// It will not take this: a person must look.
    Refused,
}

/// A change did not go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeFailed {
    /// Which.
    pub change: u64,
    /// Why.
    pub failure: Failure,
    /// When to try again, ms since 1970 UTC; none when a person must look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<i64>,
}

/// The store is not well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitOpened {
    /// No calls before this, ms since 1970 UTC.
    pub until: i64,
    /// Failures in a row.
    pub failures: u32,
}

/// The store answers again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitClosed {}
