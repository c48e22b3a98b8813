//! What can happen to a sale session.

use serde::{Deserialize, Serialize};

use crate::consignment_event::{CustodyItem, ItemOutcome, Terms};
use crate::ids::{ConsignorNumber, EventId, ReceiptId, TerminalId};
use crate::journal::{Hash, events};
use crate::money::{BasisPoints, Cents};
use crate::tag::Tag;

events! {
    /// Entries of a sale session's log.
    pub enum Event {
        /// Planned, with the rules it sells by.
        SessionScheduled = "session_scheduled" v 1,
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

/// A code by which one terminal may pair; only its digest is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingOffered {
    /// SHA-256 of the code's digits.
    pub code_digest: Hash,
    /// Until when, ms since 1970 UTC.
    pub expires_at: i64,
}

/// A terminal took up an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalPaired {
    /// Its id.
    pub terminal: TerminalId,
    /// Its name in the hall.
    pub name: String,
    /// The offer it took up.
    pub code_digest: Hash,
    /// SHA-256 of its token.
    pub token_digest: Hash,
}

/// A terminal's token counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalRevoked {
    /// Which.
    pub terminal: TerminalId,
}

/// How something is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins; the only tender that gives change.
    Cash,
    /// Card, on the external reader.
    Card,
    /// Cheque.
    Cheque,
    /// Store credit.
    StoreCredit,
}

/// One part of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// How.
    pub kind: TenderKind,
    /// How much was handed over.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
}

/// One item on a receipt, with the estimate made in the same decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The item.
    pub tag: Tag,
    /// Whose it is.
    pub consignor: ConsignorNumber,
    /// Price printed on the tag.
    #[serde(rename = "printed_cents")]
    pub printed: Cents,
    /// Price sold at, before tax is added.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Off the printed price.
    #[serde(rename = "reduction_bp")]
    pub reduction: BasisPoints,
    /// Tax on it.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// The consignor's rate as known at the time.
    #[serde(rename = "rate_bp")]
    pub rate: BasisPoints,
    /// The consignor's estimated share.
    #[serde(rename = "share_cents")]
    pub share: Cents,
    /// The house's estimated share.
    #[serde(rename = "house_cents")]
    pub house: Cents,
    /// Version of the commission plan used.
    pub plan: u32,
    /// The tag was keyed by hand.
    pub keyed: bool,
    /// No volunteer had seen the item come in.
    pub not_checked_in: bool,
}

/// A basket was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptCompleted {
    /// Its id, made by the terminal.
    pub receipt: ReceiptId,
    /// Its number in the session, from 1.
    pub number: u32,
    /// Where.
    pub terminal: TerminalId,
    /// The terminal's clock, ms since 1970 UTC.
    pub occurred_at: i64,
    /// What was sold.
    pub lines: Vec<Line>,
    /// Sum of prices.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Sum of taxes.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// What the shopper paid.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// How.
    pub tenders: Vec<Tender>,
    /// What they got back.
    #[serde(rename = "change_cents")]
    pub change: Cents,
}

/// Selling has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClosing {
    /// Items that move back.
    pub items: u32,
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
