//! The consignment event's hot state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::custody::{CustodyItem, ItemFlags, Outcome, Terms};
use super::event::{CustodyHandedOver, Event, ItemsTakenBack};
use super::items::{ListedItem, reference_digest};
use crate::commission::Tier;
use crate::ids::{ConsignorNumber, SessionId};
use crate::lifecycle::{EventStatus, ItemStatus, SessionStatus};
use crate::money::Cents;
use crate::organization::EventFounded;
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
    /// Index of the session that has or had it, from 1; 0 for none.
    pub session: u16,
    /// Status.
    pub status: ItemStatus,
    /// Flags.
    pub flags: ItemFlags,
}

/// How a consignor takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participation {
    /// The tier.
    pub tier: Tier,
    /// Shifts completed so far.
    pub shifts: u8,
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

    /// Items that may go on the floor, with their numbers.
    pub fn available(&self) -> impl Iterator<Item = (u32, &ItemSlot)> {
        (1..).zip(&self.items).filter(|(_, slot)| {
            matches!(
                slot.status,
                ItemStatus::Listed | ItemStatus::CheckedIn | ItemStatus::Released | ItemStatus::Returned
            )
        })
    }

    /// The item as a session is told about it.
    #[must_use]
    pub fn custody_item(&self, number: u32, slot: &ItemSlot) -> Option<CustodyItem> {
        let tag = Tag::new(self.founding.as_ref()?.ordinal, number).ok()?;
        let flags = slot.flags.with(ItemFlags::NOT_CHECKED_IN, slot.status == ItemStatus::Listed);
        Some(CustodyItem { tag, consignor: slot.consignor, price: Cents(i64::from(slot.price)), flags })
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

    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::EventCreated(created) => self.founding = Some(created.0.clone()),
            Event::StatusChanged(changed) => self.status = changed.to,
            Event::ConsignorsJoined(joined) => {
                self.participations.extend(
                    joined.consignors.iter().map(|consignor| {
                        (consignor.number, Participation { tier: consignor.tier, shifts: 0 })
                    }),
                );
            }
            Event::ItemsListed(listed) => listed.items.iter().for_each(|item| self.list(item)),
            Event::SessionScheduled(scheduled) => self.sessions.push(SessionRef {
                id: scheduled.session,
                status: SessionStatus::Scheduled,
                page: 0,
                confirmed: 0,
                taken_back: 0,
                handed_over: false,
            }),
            Event::SessionOpening(opening) => {
                self.with_session(opening.session, |session| session.status = SessionStatus::Opening);
            }
            Event::CustodyHandedOver(page) => self.hand_over(page),
            Event::CustodyConfirmed(confirmed) => self.with_session(confirmed.session, |session| {
                session.confirmed = confirmed.page;
                if session.handed_over && session.status == SessionStatus::Opening {
                    session.status = SessionStatus::Open;
                }
            }),
            Event::ItemsTakenBack(page) => self.take_back(page),
        }
    }

    fn list(&mut self, item: &ListedItem) {
        let Some(founding) = &self.founding else { return };
        self.items.push(ItemSlot {
            reference: reference_digest(item.consignor, &item.reference),
            consignor: item.consignor,
            price: u32::try_from(item.price.0).unwrap_or(u32::MAX),
            session: 0,
            status: ItemStatus::Listed,
            flags: ItemFlags::default()
                .with(ItemFlags::REDUCE, item.reduce)
                .with(ItemFlags::DONATE, item.donate)
                .with(ItemFlags::TAX_EXEMPT, founding.settings.tax.exempts(&item.category)),
        });
    }

    fn with_session(&mut self, id: SessionId, change: impl FnOnce(&mut SessionRef)) {
        if let Some(session) = self.sessions.iter_mut().find(|session| session.id == id) {
            change(session);
        }
    }

    fn slot_mut(&mut self, tag: Tag) -> Option<&mut ItemSlot> {
        self.items.get_mut(usize::try_from(tag.item().checked_sub(1)?).ok()?)
    }

    fn hand_over(&mut self, page: &CustodyHandedOver) {
        let number = self.session(page.session).map_or(0, |(number, _)| number);
        for item in &page.items {
            if let Some(slot) = self.slot_mut(item.tag) {
                slot.status = ItemStatus::OnFloor;
                slot.session = number;
            }
        }
        self.with_session(page.session, |session| {
            session.page = page.page;
            session.handed_over |= page.last;
        });
    }

    fn take_back(&mut self, page: &ItemsTakenBack) {
        for item in &page.items {
            if let Some(slot) = self.slot_mut(item.tag) {
                slot.status = match item.outcome {
                    Outcome::Sold => ItemStatus::Sold,
                    Outcome::Unsold => ItemStatus::Released,
                    Outcome::Returned => ItemStatus::Returned,
                };
            }
        }
        self.with_session(page.session, |session| {
            session.taken_back = page.page;
            session.status = if page.last { SessionStatus::Closed } else { SessionStatus::Closing };
        });
    }
}
