//! What can happen to a consignment event.

use serde::{Deserialize, Serialize};

use super::custody::{CustodyItem, ItemOutcome, Terms};
use super::items::{ListedItem, RefusedItem};
use crate::commission::CommissionPlan;
use crate::ids::{EventId, ImportId, SessionId};
use crate::journal::events;
use crate::lifecycle::EventStatus;
use crate::markdown::MarkdownSchedule;
use crate::organization::{Enrolment, EventFounded};
use crate::tax::TaxRule;

events! {
    /// Entries of a consignment event's log.
    pub enum Event {
        /// It begins.
        EventCreated = "event_created" v 1,
        /// It moved on.
        StatusChanged = "status_changed" v 1,
        /// Consignors take part.
        ConsignorsJoined = "consignors_joined" v 1,
        /// Items were listed.
        ItemsListed = "items_listed" v 1,
        /// A sale session is planned; its own log follows.
        SessionScheduled = "session_scheduled" v 1,
        /// Items begin to move into a session's custody.
        SessionOpening = "session_opening" v 1,
        /// One page of items left for a session.
        CustodyHandedOver = "custody_handed_over" v 1,
        /// The session has that page.
        CustodyConfirmed = "custody_confirmed" v 1,
        /// One page of items came back.
        ItemsTakenBack = "items_taken_back" v 1,
    }
}

/// It begins, as the organization founded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventCreated(pub EventFounded);

/// It moved on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChanged {
    /// From where.
    pub from: EventStatus,
    /// To where.
    pub to: EventStatus,
    /// Why, where the rules ask for a reason.
    pub reason: Option<String>,
}

/// Consignors take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsignorsJoined {
    /// Who, and how.
    pub consignors: Vec<Enrolment>,
}

/// Items were listed; those refused are on record too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsListed {
    /// The import they came in with, if any.
    pub import: Option<ImportId>,
    /// Listed.
    pub items: Vec<ListedItem>,
    /// Refused.
    pub refused: Vec<RefusedItem>,
}

/// Where a session sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The sale floor.
    Floor,
    /// The online store.
    Online,
}

/// A sale session is planned, with the rules it sells by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionScheduled {
    /// Its id.
    pub session: SessionId,
    /// The consignment event.
    pub event: EventId,
    /// From 1, by event.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Where it sells.
    pub channels: Vec<Channel>,
    /// Currency of all its amounts.
    pub currency: String,
    /// Commission plan for its estimates.
    pub plan: CommissionPlan,
    /// Tax rule.
    pub tax: TaxRule,
    /// Markdown schedule.
    pub markdown: MarkdownSchedule,
}

/// Items begin to move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpening {
    /// The session.
    pub session: SessionId,
    /// How many items will move.
    pub items: u32,
}

/// One page of items left for a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyHandedOver {
    /// The session.
    pub session: SessionId,
    /// From 1, by session.
    pub page: u32,
    /// True for the page that completes the opening.
    pub last: bool,
    /// Items.
    pub items: Vec<CustodyItem>,
    /// Terms of the consignors that this page mentions for the first time.
    pub terms: Vec<Terms>,
}

/// The session has the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyConfirmed {
    /// The session.
    pub session: SessionId,
    /// The page.
    pub page: u32,
}

/// One page of items came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsTakenBack {
    /// The session.
    pub session: SessionId,
    /// From 1, by session.
    pub page: u32,
    /// True for the last page.
    pub last: bool,
    /// What became of the items.
    pub items: Vec<ItemOutcome>,
}
