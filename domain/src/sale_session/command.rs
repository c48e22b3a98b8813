//! What can be asked of a sale session.

use serde::{Deserialize, Serialize};

use super::conflicts::Resolution;
use super::event::CloseReason;
use super::online::{OnlineCancellation, OnlineOrder, OnlineRefund};
use super::receipts::{AskedLine, AskedUnlisted, OfflineReceipt, Tender, VoidReason};
use super::returns::ReturnLines;
use super::terminals::{CashReason, TerminalRight};
use crate::claims::ClaimAnswer;
use crate::consignment_event::{CustodyHandedOver, SessionScheduled, Terms};
use crate::ids::{AddressRef, BasketId, CaseId, ConsignorNumber, ReceiptId, TerminalId};
use crate::journal::Hash;
use crate::money::Cents;
use crate::tag::Tag;

/// Commands; the edge checks rights and tokens before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Delivered by the consignment event.
    Schedule(Box<SessionScheduled>),
    /// Delivered by the consignment event: called off before it opened.
    Cancel,
    /// Delivered by the consignment event: a page of items.
    TakeCustody(CustodyHandedOver),
    /// Delivered by the consignment event: terms have changed.
    UpdateTerms {
        /// The consignors' terms from now on.
        terms: Vec<Terms>,
    },
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
    /// Says all that a terminal may do beyond plain sales.
    SetTerminalRights {
        /// Which.
        terminal: TerminalId,
        /// All its rights.
        rights: Vec<TerminalRight>,
    },
    /// By a terminal, a revoked one too: it knows its rights up to this version.
    Acknowledge {
        /// The version.
        version: u32,
    },
    /// By a terminal: how many sales it holds that the log does not have.
    ReportWaiting {
        /// How many.
        waiting: u32,
    },
    /// By the host or a person: the terminal cannot be reached. Whatever it sends next ends that.
    ReportUnreachable {
        /// Which.
        terminal: TerminalId,
    },
    /// By a terminal: its cash drawer is in use.
    OpenDrawer {
        /// The change it begins with.
        #[serde(rename = "float_cents")]
        float: Cents,
    },
    /// By a terminal: cash moved without a sale.
    MoveCash {
        /// Put in above zero, taken out below.
        #[serde(rename = "amount_cents")]
        amount: Cents,
        /// Why.
        reason: CashReason,
    },
    /// By a terminal: its drawer was counted and is closed.
    CloseDrawer {
        /// What was in it.
        #[serde(rename = "counted_cents")]
        counted: Cents,
    },
    /// By a terminal: puts a basket aside.
    ParkBasket {
        /// Made by the terminal.
        basket: BasketId,
        /// What is in it.
        lines: Vec<AskedLine>,
    },
    /// By any terminal: takes a parked basket up again. By a person: gives it up.
    RecallBasket {
        /// Which.
        basket: BasketId,
    },
    /// A basket is paid.
    CompleteReceipt {
        /// Made by the terminal.
        receipt: ReceiptId,
        /// Lines.
        lines: Vec<AskedLine>,
        /// Lines that the session does not know.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unlisted: Vec<AskedUnlisted>,
        /// Payment.
        tenders: Vec<Tender>,
        /// What the shopper gets back.
        #[serde(rename = "change_cents")]
        change: Cents,
        /// The terminal's clock, ms since 1970 UTC.
        occurred_at: i64,
    },
    /// A basket was paid while the terminal had no connection. The command's id must not be the receipt's id
    /// alone (a digest of the body belongs in it), so that a second body under one id gets here.
    RecordOfflineReceipt(Box<OfflineReceipt>),
    /// Voids a whole receipt of this session.
    VoidReceipt {
        /// Which.
        receipt: ReceiptId,
        /// Why.
        reason: VoidReason,
    },
    /// Takes lines back, in the session or any time after it.
    ReturnLines(ReturnLines),
    /// By a person: says what an unlisted line was.
    IdentifyLine {
        /// The receipt.
        receipt: ReceiptId,
        /// The line, from 0, counting over listed and unlisted lines.
        line: u16,
        /// The item, when it is one of the session's and unsold.
        #[serde(default)]
        tag: Option<Tag>,
        /// Whose it was; with a tag, whatever the tag says.
        #[serde(default)]
        consignor: Option<ConsignorNumber>,
    },
    /// A shopper wants their receipt by e-mail.
    MailReceipt {
        /// Which.
        receipt: ReceiptId,
        /// Where to, in the vault.
        address: AddressRef,
    },
    /// By a person: ends a case.
    ResolveConflict {
        /// Which.
        case: CaseId,
        /// How.
        resolution: Resolution,
        /// The receipts that the case's overview names.
        receipts: Vec<ReceiptId>,
    },
    /// Delivered by the consignment event: verdicts on a claim.
    TakeClaimAnswer(ClaimAnswer),
    /// Delivered by the storefront: an order's lines for this session, as they stand at the store.
    TakeOnlineOrder(OnlineOrder),
    /// Delivered by the storefront: what is left of the order is cancelled.
    CancelOnlineOrder(OnlineCancellation),
    /// Delivered by the storefront: money went back.
    TakeOnlineRefund(OnlineRefund),
    /// Ends selling; items move back. Refused while a terminal may hold sales.
    Close,
    /// By a person: ends selling although terminals may hold sales.
    CloseOver {
        /// Why.
        reason: CloseReason,
    },
    /// Delivered by the consignment event: it has the page.
    ConfirmRelease {
        /// The page.
        page: u32,
    },
}

impl Command {
    /// True for what terminals ask: selling, taking back, baskets put aside, drawers, and what they know and hold.
    #[must_use]
    pub const fn by_terminals(&self) -> bool {
        match self {
            Self::Acknowledge { .. }
            | Self::ReportWaiting { .. }
            | Self::OpenDrawer { .. }
            | Self::MoveCash { .. }
            | Self::CloseDrawer { .. }
            | Self::ParkBasket { .. }
            | Self::RecallBasket { .. }
            | Self::CompleteReceipt { .. }
            | Self::RecordOfflineReceipt(_)
            | Self::VoidReceipt { .. }
            | Self::ReturnLines(_) => true,
            Self::Schedule(_)
            | Self::Cancel
            | Self::TakeCustody(_)
            | Self::UpdateTerms { .. }
            | Self::Pause
            | Self::Resume
            | Self::OfferPairing { .. }
            | Self::Pair { .. }
            | Self::RevokeTerminal { .. }
            | Self::SetTerminalRights { .. }
            | Self::ReportUnreachable { .. }
            | Self::IdentifyLine { .. }
            // The address goes to the vault first: only the edge can ask.
            | Self::MailReceipt { .. }
            | Self::ResolveConflict { .. }
            | Self::TakeClaimAnswer(_)
            | Self::TakeOnlineOrder(_)
            | Self::CancelOnlineOrder(_)
            | Self::TakeOnlineRefund(_)
            | Self::Close
            | Self::CloseOver { .. }
            | Self::ConfirmRelease { .. } => false,
        }
    }

    /// True for what a terminal still hands in after its pairing was revoked: what it holds, and that it knows.
    #[must_use]
    pub const fn by_revoked_terminals(&self) -> bool {
        matches!(self, Self::Acknowledge { .. } | Self::ReportWaiting { .. } | Self::RecordOfflineReceipt(_))
    }
}
