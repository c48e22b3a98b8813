//! What can be asked of a sale session.

use serde::{Deserialize, Serialize};

use super::event::Tender;
use crate::consignment_event::{CustodyHandedOver, SessionScheduled};
use crate::ids::{ReceiptId, TerminalId};
use crate::journal::Hash;
use crate::money::Cents;
use crate::tag::Tag;

/// One line as the terminal rang it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedLine {
    /// The item.
    pub tag: Tag,
    /// The price on the terminal's screen, before tax is added.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Keyed by hand rather than scanned.
    #[serde(default)]
    pub keyed: bool,
}

/// Commands; the edge checks rights and tokens before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Delivered by the consignment event.
    Schedule(Box<SessionScheduled>),
    /// Delivered by the consignment event: a page of items.
    TakeCustody(CustodyHandedOver),
    /// Stops selling for the moment.
    Pause,
    /// Sells again.
    Resume,
    /// Offers a code by which one terminal may pair.
    OfferPairing {
        /// SHA-256 of the code's digits.
        code_digest: Hash,
    },
    /// A terminal takes up an offer.
    Pair {
        /// SHA-256 of the code's digits.
        code_digest: Hash,
        /// The terminal's id.
        terminal: TerminalId,
        /// Its name in the hall.
        name: String,
        /// SHA-256 of the token it will hold.
        token_digest: Hash,
    },
    /// Its token counts no more.
    RevokeTerminal {
        /// Which.
        terminal: TerminalId,
    },
    /// A basket is paid.
    CompleteReceipt {
        /// Made by the terminal.
        receipt: ReceiptId,
        /// Lines.
        lines: Vec<AskedLine>,
        /// Payment.
        tenders: Vec<Tender>,
        /// What the shopper gets back.
        #[serde(rename = "change_cents")]
        change: Cents,
        /// The terminal's clock, ms since 1970 UTC.
        occurred_at: i64,
    },
    /// Ends selling; items move back.
    Close,
    /// Delivered by the consignment event: it has the page.
    ConfirmRelease {
        /// The page.
        page: u32,
    },
}
