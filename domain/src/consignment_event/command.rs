//! What can be asked of a consignment event.

use serde::{Deserialize, Serialize};

use super::event::{Channel, ItemsTakenBack};
use super::items::ItemDraft;
use crate::ids::{ImportId, SessionId};
use crate::lifecycle::EventStatus;
use crate::organization::{Enrolment, EventFounded};

/// Commands; the edge checks rights before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Delivered by the organization.
    Create(Box<EventFounded>),
    /// Moves it on (or back, where the rules name it).
    ChangeStatus {
        /// To where.
        to: EventStatus,
        /// Why.
        reason: Option<String>,
    },
    /// Enrolled consignors take part; those who do already are passed over.
    JoinConsignors {
        /// Who, and how.
        consignors: Vec<Enrolment>,
    },
    /// Lists items, at most `MAX_ITEMS_LISTED` of them. Drafts that break a rule are refused one by one.
    ListItems {
        /// The import they come in with.
        import: Option<ImportId>,
        /// Drafts.
        items: Vec<ItemDraft>,
    },
    /// Plans a sale session.
    ScheduleSession {
        /// Its id, made by the edge.
        session: SessionId,
        /// Its name.
        name: String,
        /// Where it sells.
        channels: Vec<Channel>,
    },
    /// Opens a planned session: its items begin to move.
    OpenSession {
        /// Which.
        session: SessionId,
    },
    /// Delivered by the session: it has the page.
    ConfirmCustody {
        /// The session.
        session: SessionId,
        /// The page.
        page: u32,
    },
    /// Delivered by the session: a page of items comes back.
    TakeBack(ItemsTakenBack),
    /// Delivered by a session: custody had moved on when this came in.
    TakeClaim(crate::claims::Claim),
}
