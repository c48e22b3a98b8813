//! What can happen to a sale session.

use serde::{Deserialize, Serialize};

use super::conflicts::{ClaimAnswered, ClaimSent, ConflictOpened, ConflictResolved};
use super::online::{
    OnlineOrderCancelled, OnlineOrderTaken, OnlineOrderUpdated, OnlineRefunded, upcast_refund,
};
use super::receipts::{LineIdentified, ReceiptCompleted, ReceiptMailAsked, ReceiptVoided};
use super::returns::ReturnRecorded;
use super::terminals::{
    BasketParked, BasketRecalled, CashMoved, DrawerClosed, DrawerOpened, PairingOffered,
    TerminalAcknowledged, TerminalPaired, TerminalReported, TerminalRevoked, TerminalRightsSet,
};
use crate::consignment_event::{CustodyItem, ItemOutcome, Terms};
use crate::ids::{EventId, TerminalId};
use crate::journal::events;

events! {
    /// Entries of a sale session's log.
    pub enum Event {
        /// Planned, with the rules it sells by.
        SessionScheduled = "session_scheduled" v 1 in Box,
        /// A page of items is in its custody.
        CustodyTaken = "custody_taken" v 1,
        /// Selling may begin.
        SessionOpened = "session_opened" v 1,
        /// Not selling for the moment.
        SessionPaused = "session_paused" v 1,
        /// Selling again.
        SessionResumed = "session_resumed" v 1,
        /// A code by which one terminal may pair.
        PairingOffered = "pairing_offered" v 1,
        /// A terminal took up an offer.
        TerminalPaired = "terminal_paired" v 1,
        /// A terminal's token counts no more.
        TerminalRevoked = "terminal_revoked" v 1,
        /// A basket was sold.
        ReceiptCompleted = "receipt_completed" v 1,
        /// Selling has ended; items begin to move back.
        SessionClosing = "session_closing" v 1,
        /// A page of items left for the event.
        CustodyReleased = "custody_released" v 1,
        /// The event has that page.
        ReleaseConfirmed = "release_confirmed" v 1,
        /// All items are back.
        SessionClosed = "session_closed" v 1,
        /// Called off before it opened.
        SessionCancelled = "session_cancelled" v 1,
        /// What estimates go by has changed for some consignors.
        TermsUpdated = "terms_updated" v 1,
        /// A terminal's rights were set.
        TerminalRightsSet = "terminal_rights_set" v 1,
        /// A terminal knows its rights or its revocation.
        TerminalAcknowledged = "terminal_acknowledged" v 1,
        /// How many sales a terminal holds.
        TerminalReported = "terminal_reported" v 1,
        /// A cash drawer is in use.
        DrawerOpened = "drawer_opened" v 1,
        /// Cash moved without a sale.
        CashMoved = "cash_moved" v 1,
        /// A cash drawer was counted.
        DrawerClosed = "drawer_closed" v 1,
        /// A basket was put aside.
        BasketParked = "basket_parked" v 1,
        /// A parked basket's items are free again.
        BasketRecalled = "basket_recalled" v 1,
        /// A receipt was voided.
        ReceiptVoided = "receipt_voided" v 1,
        /// Something sold unlisted is known now.
        LineIdentified = "line_identified" v 1,
        /// A shopper wants their receipt by e-mail.
        ReceiptMailAsked = "receipt_mail_asked" v 1,
        /// Goods were brought back.
        ReturnRecorded = "return_recorded" v 1,
        /// Two records cannot both be true.
        ConflictOpened = "conflict_opened" v 1,
        /// A case ended.
        ConflictResolved = "conflict_resolved" v 1,
        /// Items that are elsewhere were claimed.
        ClaimSent = "claim_sent" v 1,
        /// The consignment event answered a claim.
        ClaimAnswered = "claim_answered" v 1,
        /// Lines of an online order became a receipt.
        OnlineOrderTaken = "online_order_taken" v 1,
        /// An online order was paid for or sent off.
        OnlineOrderUpdated = "online_order_updated" v 1,
        /// An online order was cancelled.
        OnlineOrderCancelled = "online_order_cancelled" v 1,
        /// The store gave money back.
        OnlineRefunded = "online_refunded" v 2 upcast upcast_refund,
    }
}

/// Planned, as the consignment event planned it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionScheduled(pub crate::consignment_event::SessionScheduled);

/// A page of items is in the session's custody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyTaken {
    /// From whom.
    pub event: EventId,
    /// From 1.
    pub page: u32,
    /// The items.
    pub items: Vec<CustodyItem>,
    /// Terms of their consignors.
    pub terms: Vec<Terms>,
}

/// Selling may begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpened {
    /// Items in custody.
    pub items: u32,
}

/// Not selling for the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPaused {}

/// Selling again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionResumed {}

/// Why a session was closed over terminals that may still hold sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The hall had to be left.
    HallClosed,
    /// The terminal broke down or was lost.
    TerminalLost,
    /// What it holds is known and will come later.
    ComesLater,
}

/// A terminal over which a session was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedOver {
    /// Which.
    pub terminal: TerminalId,
    /// Sales it holds; none when nobody knows.
    pub waiting: Option<u32>,
}

/// Selling has ended. Parked baskets are given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClosing {
    /// Items that move back.
    pub items: u32,
    /// Terminals that may still hold sales.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over: Vec<ClosedOver>,
    /// Why it was closed all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CloseReason>,
}

/// Called off before it opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionCancelled {}

/// What estimates go by has changed for some consignors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsUpdated {
    /// Their terms from now on.
    pub terms: Vec<Terms>,
}

/// A page of items left for the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyReleased {
    /// To whom.
    pub event: EventId,
    /// From 1.
    pub page: u32,
    /// True for the last page.
    pub last: bool,
    /// What became of the items.
    pub items: Vec<ItemOutcome>,
}

/// The event has that page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseConfirmed {
    /// The page.
    pub page: u32,
}

/// All items are back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClosed {}
