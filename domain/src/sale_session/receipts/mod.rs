//! Receipts: what terminals ask for and what is recorded, online and offline.

mod command;
mod decide;
mod event;
mod identify;
mod lines;
mod mail;
mod offline;
#[cfg(test)]
pub(super) mod offline_tests;
mod place;
#[cfg(test)]
mod tests;
mod void;

use sha2::{Digest, Sha256};

pub use command::{AskedLine, AskedUnlisted, OfflineReceipt};
pub use decide::{MAX_BASKET_LINES, MAX_TENDERS};
pub(super) use decide::{Sale, complete};
pub use event::{
    Line, LineFigures, LineIdentified, LineRef, Marked, OfflineFacts, OverrideReason, ReceiptCompleted,
    ReceiptMailAsked, ReceiptVoided, Standing, Tender, TenderKind, UnlistedLine, UnlistedReason, Variance,
    VarianceFound, VoidReason,
};
pub(super) use identify::{credited_to, identify};
pub use mail::MAX_RECEIPT_MAILS;
pub(super) use mail::mail;
pub use offline::CLOCK_SKEW_MS_MAX;
pub(super) use offline::record;
pub(super) use place::{Channel, Charged, Desk, Placed, place};
pub(super) use void::{unknown as unknown_receipt, void, who_may};

use crate::ids::TerminalId;
use crate::money::Cents;
use crate::tag::Tag;

/// The cash in `tenders`, less change: what stays in the drawer.
pub(super) fn cash_of(tenders: &[Tender], change: Cents) -> Cents {
    let cash = tenders.iter().filter(|tender| tender.kind == TenderKind::Cash).map(|tender| tender.amount);
    Cents::total(cash).and_then(|cash| cash.minus(change)).unwrap_or_default()
}

/// What makes two bodies of one receipt the same: terminal, tags with prices in any order, tenders and change.
/// A terminal that lost the reply sends the same receipt again as an offline one, and it must be known again.
pub(super) fn digest_of(
    terminal: TerminalId,
    sold: impl Iterator<Item = (Option<Tag>, Cents)>,
    tenders: &[Tender],
    change: Cents,
) -> u64 {
    let mut sold: Vec<_> = sold.collect();
    sold.sort_unstable();
    // Ids, tags, amounts and names of tenders always have a JSON form; without one, no two bodies are alike.
    let bytes = serde_json::to_vec(&(terminal, sold, tenders, change)).unwrap_or_default();
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// [`digest_of`] a receipt on record.
pub(super) fn body_digest(receipt: &ReceiptCompleted) -> u64 {
    let listed = receipt.lines.iter().map(|line| (Some(line.tag), line.price));
    let unlisted = receipt.unlisted.iter().map(|line| (line.tag, line.price));
    digest_of(receipt.terminal, listed.chain(unlisted), &receipt.tenders, receipt.change)
}
