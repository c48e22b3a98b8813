//! The consignment event's hot state.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::count::CountState;
use super::custody::{CustodyItem, ItemFlags, Outcome, Terms};
use super::event::{CustodyHandedOver, ItemsTakenBack};
use super::participation::{Participation, RegistrationPlanned};
use super::payouts::Payouts;
use super::schedule::Schedule;
use super::settlement::Settlements;
use crate::claims::ClaimKind;
use crate::commission::Tier;
use crate::ids::{CaseId, ConsignorNumber, PersonId, SessionId};
use crate::lifecycle::{EventStatus, ItemStatus, SessionStatus};
use crate::money::Cents;
use crate::organization::EventFounded;
use crate::rights::Role;
use crate::tag::Tag;

/// What the event remembers of an item: 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemSlot {
    /// Digest of the consignor's reference; 0 for none.
    pub reference: u64,
    /// Whose it is.
    pub consignor: ConsignorNumber,
    /// Price in cents; no price reaches 2³².
    pub price: u32,
    /// Price printed on its tag, in cents; 0 before a tag is printed.
    pub printed: u32,
    /// Index of the session that has or had it, from 1; 0 for none.
    pub session: u16,
    /// Status.
    pub status: ItemStatus,
    /// Flags.
    pub flags: ItemFlags,
    /// Flags printed on its tag; they count once a tag is printed.
    pub printed_flags: ItemFlags,
    /// How often it has been transferred to a later event.
    pub transfers: u8,
}

impl ItemSlot {
    /// True for items that a till may sell only as an exception.
    #[must_use]
    pub const fn is_exception(&self) -> bool {
        matches!(self.status, ItemStatus::Missing | ItemStatus::Rejected)
    }

    /// What it is again when it comes back unsold.
    const fn after_floor(&self) -> ItemStatus {
        if self.flags.has(ItemFlags::REJECTED) {
            ItemStatus::Rejected
        } else if self.flags.has(ItemFlags::MISSING) {
            ItemStatus::Missing
        } else {
            ItemStatus::Released
        }
    }

    /// What counts on the floor: the printed tag where there is one, whatever was edited later. Whether the
    /// category is taxed is no matter of the tag.
    #[must_use]
    pub const fn as_printed(&self) -> (u32, ItemFlags) {
        if self.printed == 0 {
            return (self.price, self.flags);
        }
        let exempt = self.flags.has(ItemFlags::TAX_EXEMPT);
        (self.printed, self.printed_flags.with(ItemFlags::TAX_EXEMPT, exempt))
    }
}

/// A session as its event knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRef {
    /// Its id.
    pub id: SessionId,
    /// Its status, as far as the event decides about it.
    pub status: SessionStatus,
    /// Last page handed over.
    pub page: u32,
    /// Last page confirmed.
    pub confirmed: u32,
    /// Last page taken back.
    pub taken_back: u32,
    /// True once the last page of the opening left.
    pub handed_over: bool,
}

/// Everything decisions need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// As founded; `None` before it is created.
    pub founding: Option<EventFounded>,
    /// Where it stands.
    pub status: EventStatus,
    /// Who takes part.
    pub participations: BTreeMap<ConsignorNumber, Participation>,
    /// Items by number − 1.
    pub items: Vec<ItemSlot>,
    /// Sessions by number − 1.
    pub sessions: Vec<SessionRef>,
    /// How registration goes.
    pub registration: RegistrationPlanned,
    /// Who waits for a place, in order.
    pub queue: Vec<ConsignorNumber>,
    /// Persons of whom a revocation is known, with what they may still do and the organization's entry.
    pub narrowed: BTreeMap<PersonId, (Vec<Role>, u64)>,
    /// Referred consignors whose referrer has the credit.
    pub credited: BTreeSet<ConsignorNumber>,
    /// The running stock count.
    pub count: Option<CountState>,
    /// Slots and bookings.
    pub schedule: Schedule,
    /// Settlements.
    pub settlements: Settlements,
    /// Payouts.
    pub payouts: Payouts,
    /// Contested claims that wait for a person.
    pub contested: BTreeMap<(SessionId, CaseId), (Tag, ClaimKind)>,
}

impl State {
    /// The session with `id`, and its number.
    #[must_use]
    pub fn session(&self, id: SessionId) -> Option<(u16, &SessionRef)> {
        (1..).zip(&self.sessions).find(|(_, session)| session.id == id)
    }

    /// The item with `tag`, if this event printed it.
    #[must_use]
    pub fn item(&self, tag: Tag) -> Option<&ItemSlot> {
        let ordinal = self.founding.as_ref()?.ordinal;
        (tag.event() == ordinal).then(|| self.items.get(usize::try_from(tag.item() - 1).ok()?)).flatten()
    }

    /// Items that go on the floor, with their numbers. What is missing or was rejected goes along, marked: it
    /// may turn up at a till, and be sold there by a person allowed to.
    pub fn available(&self) -> impl Iterator<Item = (u32, &ItemSlot)> {
        (1..).zip(&self.items).filter(|(_, slot)| {
            slot.is_exception()
                || matches!(
                    slot.status,
                    ItemStatus::Listed | ItemStatus::CheckedIn | ItemStatus::Released | ItemStatus::Returned
                )
        })
    }

    /// The item as a session is told about it.
    #[must_use]
    pub fn custody_item(&self, number: u32, slot: &ItemSlot) -> Option<CustodyItem> {
        let tag = Tag::new(self.founding.as_ref()?.ordinal, number).ok()?;
        let (price, flags) = slot.as_printed();
        let flags = flags
            .with(ItemFlags::NOT_CHECKED_IN, slot.status == ItemStatus::Listed)
            .with(ItemFlags::MISSING, slot.status == ItemStatus::Missing)
            .with(ItemFlags::REJECTED, slot.status == ItemStatus::Rejected);
        Some(CustodyItem { tag, consignor: slot.consignor, price: Cents(i64::from(price)), flags })
    }

    /// The terms of `consignor`; a stranger sells as a regular without shifts.
    #[must_use]
    pub fn terms(&self, consignor: ConsignorNumber) -> Terms {
        let participation = self.participations.get(&consignor);
        Terms {
            consignor,
            tier: participation.map_or(Tier::Regular, |participation| participation.tier),
            shifts: participation.map_or(0, |participation| participation.shifts),
        }
    }

    /// Sessions that estimate shares now or later: all that were ever opened.
    #[must_use]
    pub fn estimating(&self) -> Vec<SessionId> {
        let opened = |session: &&SessionRef| {
            !matches!(session.status, SessionStatus::Scheduled | SessionStatus::Cancelled)
        };
        self.sessions.iter().filter(opened).map(|session| session.id).collect()
    }

    /// True once the payouts of the event are made: what falls due later goes to the organization's ledger.
    #[must_use]
    pub fn is_paid_out(&self) -> bool {
        self.settlements.is_settled() || self.status == EventStatus::Complete
    }

    pub(super) fn with_session(&mut self, id: SessionId, change: impl FnOnce(&mut SessionRef)) {
        if let Some(session) = self.sessions.iter_mut().find(|session| session.id == id) {
            change(session);
        }
    }

    pub(super) fn slot_mut(&mut self, tag: Tag) -> Option<&mut ItemSlot> {
        self.items.get_mut(usize::try_from(tag.item().checked_sub(1)?).ok()?)
    }

    pub(super) fn hand_over(&mut self, page: &CustodyHandedOver) {
        let number = self.session(page.session).map_or(0, |(number, _)| number);
        for item in &page.items {
            if let Some(slot) = self.slot_mut(item.tag) {
                slot.status = ItemStatus::OnFloor;
                slot.session = number;
                slot.flags = slot
                    .flags
                    .with(ItemFlags::MISSING, item.flags.has(ItemFlags::MISSING))
                    .with(ItemFlags::REJECTED, item.flags.has(ItemFlags::REJECTED));
            }
        }
        self.with_session(page.session, |session| {
            session.page = page.page;
            session.handed_over |= page.last;
        });
    }

    pub(super) fn take_back(&mut self, page: &ItemsTakenBack) {
        for item in &page.items {
            if let Some(slot) = self.slot_mut(item.tag) {
                slot.status = match item.outcome {
                    Outcome::Sold => ItemStatus::Sold,
                    Outcome::Unsold => slot.after_floor(),
                    Outcome::Returned => ItemStatus::Returned,
                };
                slot.flags = slot.flags.with(ItemFlags::MISSING, false).with(ItemFlags::REJECTED, false);
            }
        }
        self.with_session(page.session, |session| {
            session.taken_back = page.page;
            session.status = if page.last { SessionStatus::Closed } else { SessionStatus::Closing };
        });
    }
}
