//! The sale session's hot state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Overview;
use super::basket::PriceRules;
use super::event::{Event, ReceiptCompleted};
use crate::commission::Tier;
use crate::consignment_event::{CustodyItem, ItemFlags, ItemOutcome, Outcome, SessionScheduled};
use crate::ids::{ConsignorNumber, ReceiptId, TerminalId};
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
    /// Number of the receipt it was sold on; 0 while unsold.
    pub receipt: u32,
    /// Flags.
    pub flags: ItemFlags,
}

/// What the session remembers of a receipt: enough to say who sold something when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptStub {
    /// Its id.
    pub id: ReceiptId,
    /// Index of its terminal.
    pub terminal: u16,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
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
}

/// Everything decisions need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// As planned; `None` before that.
    pub plan: Option<SessionScheduled>,
    /// Where it stands.
    pub status: SessionStatus,
    /// Items in custody, by tag in ascending order.
    slots: Vec<Slot>,
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
    /// True once the last page left.
    pub all_released: bool,
}

impl State {
    /// The item with `tag`, if it is in custody.
    #[must_use]
    pub fn slot(&self, tag: Tag) -> Option<&Slot> {
        self.slots.binary_search_by_key(&tag, |slot| slot.tag).ok().and_then(|at| self.slots.get(at))
    }

    /// All items in custody, by tag.
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

    /// What prices baskets here.
    #[must_use]
    pub fn price_rules(&self) -> Option<PriceRules> {
        self.plan.as_ref().map(|plan| PriceRules { tax: plan.tax.clone(), markdown: plan.markdown.clone() })
    }

    /// What becomes of the slots from `from` on, `count` of them at most.
    #[must_use]
    pub fn outcomes(&self, from: usize, count: usize) -> Vec<ItemOutcome> {
        let outcome = |slot: &Slot| if slot.receipt == 0 { Outcome::Unsold } else { Outcome::Sold };
        self.slots
            .iter()
            .skip(from)
            .take(count)
            .map(|slot| ItemOutcome { tag: slot.tag, outcome: outcome(slot) })
            .collect()
    }

    pub(super) fn overview(&self) -> Option<Overview> {
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        self.plan.as_ref().map(|plan| Overview {
            event: plan.event,
            status: self.status,
            items: count(self.slots.len()),
            sold: self.sold,
            receipts: count(self.receipts.len()),
            gross: self.gross,
        })
    }

    pub(super) fn evolve(&mut self, event: &Event, recorded_at: i64) {
        match event {
            Event::SessionScheduled(scheduled) => self.plan = Some(scheduled.0.clone()),
            Event::CustodyTaken(taken) => {
                if self.status == SessionStatus::Scheduled {
                    self.status = SessionStatus::Opening;
                }
                self.page = taken.page;
                self.terms
                    .extend(taken.terms.iter().map(|terms| (terms.consignor, (terms.tier, terms.shifts))));
                taken.items.iter().for_each(|item| self.take(item));
            }
            Event::SessionOpened(_) | Event::SessionResumed(_) => self.status = SessionStatus::Open,
            Event::SessionPaused(_) => self.status = SessionStatus::Paused,
            Event::PairingOffered(offer) => {
                self.offers.retain(|(_, expires_at)| *expires_at > recorded_at);
                self.offers.push((offer.code_digest, offer.expires_at));
            }
            Event::TerminalPaired(paired) => {
                self.offers.retain(|(digest, _)| *digest != paired.code_digest);
                self.terminals.push(TerminalState {
                    id: paired.terminal,
                    name: paired.name.clone(),
                    token_digest: paired.token_digest,
                    revoked: false,
                });
            }
            Event::TerminalRevoked(revoked) => {
                if let Some(terminal) =
                    self.terminals.iter_mut().find(|terminal| terminal.id == revoked.terminal)
                {
                    terminal.revoked = true;
                }
            }
            Event::ReceiptCompleted(receipt) => self.sell(receipt, recorded_at),
            Event::SessionClosing(_) => self.status = SessionStatus::Closing,
            Event::CustodyReleased(released) => {
                self.released = released.page;
                self.released_items += released.items.len();
                self.all_released = released.last;
            }
            Event::ReleaseConfirmed(_) => {}
            Event::SessionClosed(_) => self.status = SessionStatus::Closed,
        }
    }

    fn take(&mut self, item: &CustodyItem) {
        let slot = Slot {
            tag: item.tag,
            consignor: item.consignor,
            price: u32::try_from(item.price.0).unwrap_or(u32::MAX),
            receipt: 0,
            flags: item.flags,
        };
        match self.slots.binary_search_by_key(&item.tag, |slot| slot.tag) {
            Ok(at) => self.slots[at] = slot,
            Err(at) => self.slots.insert(at, slot),
        }
    }

    fn sell(&mut self, receipt: &ReceiptCompleted, recorded_at: i64) {
        for line in &receipt.lines {
            if let Ok(at) = self.slots.binary_search_by_key(&line.tag, |slot| slot.tag) {
                self.slots[at].receipt = receipt.number;
                self.sold += 1;
            }
        }
        self.gross = self.gross.plus(receipt.gross).unwrap_or(self.gross);
        let terminal = self.terminal(receipt.terminal).map_or(u16::MAX, |(index, _)| index);
        self.receipts.push(ReceiptStub { id: receipt.receipt, terminal, recorded_at });
    }
}
