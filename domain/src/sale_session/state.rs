//! The sale session's hot state. Nothing in it skips fields when written: snapshots are in a format without names.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::basket::PriceRules;
use super::books::Books;
use super::conflicts::ConflictKind;
pub use super::figures::{Figures, LineAt, LineState, Now};
use super::online::OrderRef;
use super::receipts::LineRef;
use super::terminals::TerminalRight;
use crate::claims::ClaimKind;
use crate::commission::Tier;
use crate::consignment_event::{ItemFlags, ItemOutcome, Outcome, SessionScheduled};
use crate::ids::{BasketId, CaseId, ConsignorNumber, ReceiptId, RemoteId, ReturnId, TerminalId};
use crate::journal::Hash;
use crate::lifecycle::SessionStatus;
use crate::money::Cents;
use crate::tag::Tag;

/// What the session remembers of an item: 20 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its tag.
    pub tag: Tag,
    /// Whose it is.
    pub consignor: ConsignorNumber,
    /// Printed price in cents; no price reaches 2³².
    pub price: u32,
    /// Number of the receipt that holds it; 0 while unsold.
    pub receipt: u32,
    /// The line there, from 0.
    pub line: u16,
    /// Flags.
    pub flags: ItemFlags,
    /// What the session did with it: [`Slot::RELEASED`], [`Slot::RETURNED`].
    pub marks: u8,
}

impl Slot {
    /// Given back to the event.
    pub const RELEASED: u8 = 1;
    /// Brought back by a shopper, not restocked.
    pub const RETURNED: u8 = 2;

    /// True when all of `marks` are set.
    #[must_use]
    pub const fn has(&self, marks: u8) -> bool {
        self.marks & marks == marks
    }

    /// The line that holds it.
    #[must_use]
    pub fn holder(&self) -> Option<LineAt> {
        (self.receipt != 0).then_some(LineAt { number: self.receipt, line: self.line })
    }
}

/// How a receipt came in, or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
    /// At a connected terminal.
    Floor,
    /// At a terminal without a connection.
    Offline,
    /// From a store.
    Online,
    /// It was voided.
    Voided,
    /// It never happened: a bad copy.
    Dropped,
}

/// What the session remembers of a receipt: enough to say who sold something when, and to know it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptStub {
    /// Its id.
    pub id: ReceiptId,
    /// Index of its terminal; `u16::MAX` for none.
    pub terminal: u16,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
    /// Digest of what was charged.
    pub body: u64,
    /// How it came in, or went.
    pub kind: ReceiptKind,
}

/// A paired terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalState {
    /// Its id.
    pub id: TerminalId,
    /// Its name.
    pub name: String,
    /// SHA-256 of its token.
    pub token_digest: Hash,
    /// True once its token counts no more.
    pub revoked: bool,
    /// Its rights, as bits.
    pub rights: u8,
    /// Changes to its rights, revocation included.
    pub version: u32,
    /// The change it knows of.
    pub acknowledged: u32,
    /// Sales it holds; none when nobody knows.
    pub waiting: Option<u32>,
    /// What should be in its open cash drawer; none while it has none.
    pub drawer: Option<Cents>,
    /// True once a drawer was counted here.
    pub counted: bool,
}

impl TerminalState {
    /// True when it may do this.
    #[must_use]
    pub fn may(&self, right: TerminalRight) -> bool {
        !self.revoked && self.rights & right.bit() != 0
    }
}

/// An open case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What kind.
    pub kind: ConflictKind,
    /// The item.
    pub tag: Option<Tag>,
    /// The line without the item.
    pub second: Option<LineAt>,
    /// Numbers of the receipts it is about.
    pub receipts: Vec<u32>,
}

/// A claim without its final answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenClaim {
    /// The line.
    pub at: LineAt,
    /// What is claimed.
    pub kind: ClaimKind,
    /// True once the event contested it.
    pub contested: bool,
}

/// A line of an online order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The store's id.
    pub id: RemoteId,
    /// Where it stands here.
    pub at: LineAt,
    /// As it was taken.
    pub figures: Figures,
}

/// An online order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that the store tells independently of each other")]
pub struct OrderState {
    /// Paid for.
    pub paid: bool,
    /// Sent off or handed out.
    pub fulfilled: bool,
    /// The store's prices contain the tax.
    pub tax_included: bool,
    /// Cancelled.
    pub cancelled: bool,
    /// Its lines here.
    pub lines: Vec<OrderLine>,
    /// Refunds recorded.
    pub refunds: Vec<RemoteId>,
    /// Their adjustments, added up.
    pub adjusted: Cents,
}

/// A basket put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedBasket {
    /// By which terminal, as index.
    pub terminal: u16,
    /// What is in it.
    pub tags: Vec<Tag>,
}

/// Everything decisions need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// As planned; `None` before that.
    pub plan: Option<SessionScheduled>,
    /// Where it stands.
    pub status: SessionStatus,
    /// Items in custody, by tag in ascending order.
    pub(super) slots: Vec<Slot>,
    /// Of them, sold.
    pub sold: u32,
    /// Tier and completed shifts of consignors.
    pub terms: BTreeMap<ConsignorNumber, (Tier, u8)>,
    /// Last page of custody taken.
    pub page: u32,
    /// Paired terminals, by index.
    pub terminals: Vec<TerminalState>,
    /// Open pairing offers with their expiry.
    pub offers: Vec<(Hash, i64)>,
    /// Receipts by number − 1.
    pub receipts: Vec<ReceiptStub>,
    /// Sum of line prices.
    pub gross: Cents,
    /// Last page released.
    pub released: u32,
    /// Slots released so far.
    pub released_items: usize,
    /// Last page that the event has.
    pub confirmed: u32,
    /// When it opened, ms since 1970 UTC.
    pub opened_at: Option<i64>,
    /// When it began to close, ms since 1970 UTC.
    pub closing_at: Option<i64>,
    /// What was charged, given back and credited.
    pub books: Books,
    /// Lines to which more happened than their sale.
    pub lines: BTreeMap<LineAt, LineState>,
    /// Tags sold without being in custody, with the line that holds each.
    pub unlisted: BTreeMap<Tag, LineAt>,
    /// Second bodies of receipt ids: the number each was recorded under.
    pub reused: BTreeMap<ReceiptId, Vec<u32>>,
    /// Open cases.
    pub cases: BTreeMap<CaseId, Case>,
    /// Cases that have ended.
    pub ended: BTreeSet<CaseId>,
    /// Claims without a final answer.
    pub claims: BTreeMap<CaseId, OpenClaim>,
    /// Online orders.
    pub orders: BTreeMap<OrderRef, OrderState>,
    /// Baskets put aside.
    pub parked: BTreeMap<BasketId, ParkedBasket>,
    /// Returns taken.
    pub returns: BTreeSet<ReturnId>,
    /// How often a receipt was asked for by e-mail, by its number.
    pub mailed: BTreeMap<u32, u8>,
}

impl State {
    fn slot_index(&self, tag: Tag) -> Option<usize> {
        self.slots.binary_search_by_key(&tag, |slot| slot.tag).ok()
    }

    /// The item with `tag`, if it is or was in custody.
    #[must_use]
    pub fn slot(&self, tag: Tag) -> Option<&Slot> {
        self.slots.get(self.slot_index(tag)?)
    }

    pub(super) fn slot_mut(&mut self, tag: Tag) -> Option<&mut Slot> {
        let at = self.slot_index(tag)?;
        self.slots.get_mut(at)
    }

    /// All items that are or were in custody, by tag.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Tier and shifts of `consignor`; a stranger sells as a regular without shifts.
    #[must_use]
    pub fn terms_of(&self, consignor: ConsignorNumber) -> (Tier, u8) {
        self.terms.get(&consignor).copied().unwrap_or_default()
    }

    /// The paired terminal with `id`, and its index.
    #[must_use]
    pub fn terminal(&self, id: TerminalId) -> Option<(u16, &TerminalState)> {
        (0..).zip(&self.terminals).find(|(_, terminal)| terminal.id == id)
    }

    pub(super) fn terminal_mut(&mut self, id: TerminalId) -> Option<&mut TerminalState> {
        self.terminals.iter_mut().find(|terminal| terminal.id == id)
    }

    /// What prices baskets here.
    #[must_use]
    pub fn price_rules(&self) -> Option<PriceRules> {
        self.plan.as_ref().map(|plan| PriceRules { tax: plan.tax.clone(), markdown: plan.markdown.clone() })
    }

    /// The line that holds the item with `tag` now.
    #[must_use]
    pub fn holder(&self, tag: Tag) -> Option<LineAt> {
        self.slot(tag).and_then(Slot::holder).or_else(|| self.unlisted.get(&tag).copied())
    }

    /// The receipt numbered `number`.
    #[must_use]
    pub fn stub(&self, number: u32) -> Option<&ReceiptStub> {
        self.receipts.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// The receipt with `id`, and its number.
    #[must_use]
    pub fn receipt(&self, id: ReceiptId) -> Option<(u32, &ReceiptStub)> {
        (1..).zip(&self.receipts).find(|(_, stub)| stub.id == id)
    }

    /// `at` as it stands in entries.
    #[must_use]
    pub fn line_ref(&self, at: LineAt) -> Option<LineRef> {
        Some(LineRef { receipt: self.stub(at.number)?.id, number: at.number, line: at.line })
    }

    /// The online order that `at` belongs to, with its line.
    #[must_use]
    pub fn order_line(&self, at: LineAt) -> Option<(&OrderState, &OrderLine)> {
        self.orders
            .values()
            .find_map(|order| order.lines.iter().find(|line| line.at == at).map(|line| (order, line)))
    }

    /// True while an open case is about the item with `tag`, or a claim about it waits.
    #[must_use]
    pub fn in_dispute(&self, tag: Tag, at: LineAt) -> bool {
        self.cases.values().any(|case| case.tag == Some(tag) || case.second == Some(at))
            || self.claims.values().any(|claim| claim.at == at && claim.kind == ClaimKind::Sold)
    }

    /// What becomes of `count` items at most that have not been released, by tag; and whether more are left.
    #[must_use]
    pub fn outcomes(&self, count: usize) -> (Vec<ItemOutcome>, bool) {
        let outcome = |slot: &Slot| match slot.receipt {
            0 if slot.has(Slot::RETURNED) => Outcome::Returned,
            0 => Outcome::Unsold,
            _ => Outcome::Sold,
        };
        let mut rest = self.slots.iter().filter(|slot| !slot.has(Slot::RELEASED));
        let items = rest
            .by_ref()
            .take(count)
            .map(|slot| ItemOutcome { tag: slot.tag, outcome: outcome(slot) })
            .collect();
        (items, rest.next().is_some())
    }
}
