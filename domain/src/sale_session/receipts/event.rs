//! Receipts as they are on record: lines, tenders, variances.

use serde::{Deserialize, Serialize};

use crate::ids::{AddressRef, ConsignorNumber, ReceiptId, TerminalId};
use crate::money::{BasisPoints, Cents};
use crate::tag::Tag;

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

/// Why something was sold at another price than the rules say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideReason {
    /// The tag in hand says another price than the database; the tag is honoured.
    PrintedTag,
    /// The item is damaged.
    Damaged,
    /// Several for one price.
    Bundle,
    /// To please the shopper.
    Goodwill,
    /// Something else; the note is in the vault.
    Other,
}

/// Who is credited with a line for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its consignor and the house, as the line says.
    #[default]
    Credited,
    /// Nobody, until a case is resolved.
    Contested,
    /// Nobody, until the consignment event answers a claim.
    Claimed,
}

/// What was known about an item that could be sold only as an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marked {
    /// Marked missing, but here.
    Missing,
    /// Refused at check-in.
    Rejected,
    /// Brought back by a shopper and not restocked.
    Returned,
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
    /// The price that the rules gave, where the price is another one.
    #[serde(default, rename = "expected_cents", skip_serializing_if = "Option::is_none")]
    pub expected: Option<Cents>,
    /// Why the price is another one.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub overridden: Option<OverrideReason>,
    /// What stood against selling it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<Marked>,
    /// Who is credited with it for now; share and house count only while it is credited.
    #[serde(default, skip_serializing_if = "is_credited")]
    pub standing: Standing,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_credited(standing: &Standing) -> bool {
    *standing == Standing::Credited
}

/// Why a line names no item of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnlistedReason {
    /// A good tag that the session does not know.
    UnknownTag,
    /// The tag is there, but cannot be read.
    DamagedTag,
    /// No tag at all.
    NoTag,
}

/// Something sold that the session does not know: the house is credited until it is identified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlistedLine {
    /// Why.
    pub why: UnlistedReason,
    /// The tag, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// Price sold at, before tax is added; all of it is the house's for now.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Tax on it.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// The tag was keyed by hand.
    #[serde(default)]
    pub keyed: bool,
    /// Contested when another sale holds the same tag; else the house is credited.
    #[serde(default, skip_serializing_if = "is_credited")]
    pub standing: Standing,
}

/// How a recorded sale differs from what the rules or the log would have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variance {
    /// Another price than the rules give, and no reason.
    PriceDiffers,
    /// Another tax than the rules give.
    TaxDiffers,
    /// The session does not know the tag.
    ItemUnknown,
    /// The item had left the session's custody.
    NotInCustody,
    /// The item was sold before, on another receipt.
    AlreadySold,
    /// The tag stands twice on this receipt.
    TagTwice,
    /// The item lay in a parked basket.
    ItemParked,
    /// The item was marked missing, rejected or returned, and the terminal may not sell such items.
    ItemMarked,
    /// The price was overridden by a terminal that may not.
    OverrideNotPermitted,
    /// An override that its reason does not cover.
    OverrideUnreasoned,
    /// Something unlisted was sold by a terminal that may not.
    UnlistedNotPermitted,
    /// It happened while the session was not open.
    SessionNotOpen,
    /// It reached the log after the session had begun to close.
    AfterClose,
    /// The terminal's clock was wrong.
    ClockSkew,
    /// Tenders less change are not the total.
    TenderMismatch,
    /// The terminal's pairing had been revoked.
    TerminalRevoked,
    /// Cash was taken after the drawer had been counted.
    DrawerClosed,
    /// Its id had been used by another receipt.
    ReceiptIdReused,
    /// The session does not sell on this channel.
    ChannelNotPlanned,
}

/// One variance of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VarianceFound {
    /// Which.
    pub variance: Variance,
    /// On which line, from 0 (unlisted lines count on after the listed ones); none for the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u16>,
    /// What the rules would have had, where that is an amount.
    #[serde(default, rename = "expected_cents", skip_serializing_if = "Option::is_none")]
    pub expected: Option<Cents>,
}

/// A receipt that was made while the terminal had no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineFacts {
    /// By how much the terminal's clock was ahead of the log's, as the terminal estimated, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
    /// When it happened, corrected by that, ms since 1970 UTC.
    pub corrected_at: i64,
    /// The id that the terminal gave it, when another receipt has that id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reused: Option<ReceiptId>,
}

/// A basket was sold: listed lines first, unlisted lines after them; a line's number counts over both, from 0.
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
    /// Sold without being known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<UnlistedLine>,
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
    /// Only for receipts made without a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<OfflineFacts>,
    /// How it differs from the rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variances: Vec<VarianceFound>,
}

/// One line of one receipt of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineRef {
    /// The receipt.
    pub receipt: ReceiptId,
    /// The receipt's number in the session.
    pub number: u32,
    /// The line, from 0, over listed and then unlisted lines.
    pub line: u16,
}

/// What a line stands for in money at a moment. A line that is credited to nobody has neither share nor house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFigures {
    /// The line.
    #[serde(flatten)]
    pub at: LineRef,
    /// The item, where its tag is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// Whose it is; none for the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consignor: Option<ConsignorNumber>,
    /// Price, before tax is added.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Tax.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// The consignor's rate.
    #[serde(rename = "rate_bp")]
    pub rate: BasisPoints,
    /// The consignor's share.
    #[serde(rename = "share_cents")]
    pub share: Cents,
    /// The house's share.
    #[serde(rename = "house_cents")]
    pub house: Cents,
}

/// Why a receipt was voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// Rung up wrongly.
    Mistake,
    /// The card or cheque was refused.
    PaymentFailed,
    /// The shopper changed their mind at the till.
    ShopperLeft,
    /// Made while trying things out.
    Training,
}

/// A whole receipt was voided in its session: its items are on the floor again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptVoided {
    /// Which.
    pub receipt: ReceiptId,
    /// Its number.
    pub number: u32,
    /// At which terminal; none when a person did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalId>,
    /// Why.
    pub reason: VoidReason,
    /// Its lines, as they were credited.
    pub lines: Vec<LineFigures>,
    /// Sum of prices.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Sum of taxes.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// What goes back, by the tenders of the receipt.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// How much of that is cash.
    #[serde(rename = "cash_cents")]
    pub cash: Cents,
}

/// A shopper wants their receipt by e-mail; the address is in the vault, until the mail is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptMailAsked {
    /// Which.
    pub receipt: ReceiptId,
    /// Its number.
    pub number: u32,
    /// Where to, in the vault.
    pub address: AddressRef,
}

/// Something sold unlisted is known now: its consignor is credited instead of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineIdentified {
    /// The line as it is credited from now on.
    pub line: LineFigures,
    /// Version of the commission plan used.
    pub plan: u32,
}
