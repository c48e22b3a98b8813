//! What happens to item slots.

use super::super::custody::ItemFlags;
use super::super::state::{ItemSlot, State};
use super::{
    Departure, DraftSaved, ItemEdit, ItemRetagged, ListedItem, PrintedTag, PullReason, TransferredItem,
    reference_digest,
};
use crate::claims::ClaimKind;
use crate::ids::SessionId;
use crate::lifecycle::ItemStatus;
use crate::money::Cents;
use crate::tag::Tag;

/// A price as the hot state keeps it; no price reaches 2³².
fn cents32(price: Cents) -> u32 {
    u32::try_from(price.0).unwrap_or(u32::MAX)
}

impl State {
    /// Puts `slot` under `tag`: the next number, or a draft that is complete now.
    fn put(&mut self, tag: Tag, slot: ItemSlot) {
        match self.slot_mut(tag) {
            Some(found) => *found = slot,
            None => self.items.push(slot),
        }
    }

    pub(in super::super) fn list(&mut self, item: &ListedItem, transfers: u8) {
        let exempt =
            self.founding.as_ref().is_some_and(|founding| founding.settings.tax.exempts(&item.category));
        let flags = ItemFlags::default()
            .with(ItemFlags::REDUCE, item.reduce)
            .with(ItemFlags::DONATE, item.donate)
            .with(ItemFlags::TAX_EXEMPT, exempt);
        let slot = ItemSlot {
            reference: reference_digest(item.consignor, &item.reference),
            consignor: item.consignor,
            price: cents32(item.price),
            printed: 0,
            session: 0,
            status: ItemStatus::Listed,
            flags,
            printed_flags: ItemFlags::default(),
            transfers,
        };
        self.put(item.tag, slot);
    }

    pub(in super::super) fn draft_saved(&mut self, saved: &DraftSaved) {
        let slot = ItemSlot {
            reference: reference_digest(saved.draft.consignor, &saved.draft.reference),
            consignor: saved.draft.consignor,
            price: 0,
            printed: 0,
            session: 0,
            status: ItemStatus::Draft,
            flags: ItemFlags::default(),
            printed_flags: ItemFlags::default(),
            transfers: 0,
        };
        self.put(saved.tag, slot);
    }

    pub(in super::super) fn edited(&mut self, edit: &ItemEdit) {
        let exempt = edit.category.as_ref().and_then(|category| {
            self.founding.as_ref().map(|founding| founding.settings.tax.exempts(category))
        });
        let Some(slot) = self.slot_mut(edit.tag) else { return };
        if let Some(price) = edit.price {
            slot.price = cents32(price);
        }
        if let Some(reduce) = edit.reduce {
            slot.flags = slot.flags.with(ItemFlags::REDUCE, reduce);
        }
        if let Some(donate) = edit.donate {
            slot.flags = slot.flags.with(ItemFlags::DONATE, donate);
        }
        if let Some(exempt) = exempt {
            slot.flags = slot.flags.with(ItemFlags::TAX_EXEMPT, exempt);
        }
    }

    pub(in super::super) fn printed(&mut self, printed: &PrintedTag) {
        if let Some(slot) = self.slot_mut(printed.tag) {
            slot.printed = cents32(printed.price);
            slot.printed_flags = printed.flags;
        }
    }

    pub(in super::super) fn retagged(&mut self, retagged: &ItemRetagged) {
        let Some(slot) = self.slot_mut(retagged.old) else { return };
        let moved = slot.clone();
        slot.status = ItemStatus::Retagged;
        slot.reference = 0;
        // The new tag is not printed yet.
        self.items.push(ItemSlot { printed: 0, printed_flags: ItemFlags::default(), ..moved });
    }

    pub(in super::super) fn set_status(&mut self, tags: &[Tag], status: ItemStatus) {
        for tag in tags {
            if let Some(slot) = self.slot_mut(*tag) {
                slot.status = status;
            }
        }
    }

    pub(in super::super) fn pulled(&mut self, tags: &[Tag], reason: PullReason) {
        for tag in tags {
            let counting =
                self.item(*tag).filter(|slot| reason.counts(slot.status)).map(|slot| slot.consignor);
            if let Some(consignor) = counting {
                self.with_participation(consignor, |found| found.pulled = found.pulled.saturating_add(1));
            }
        }
        self.set_status(tags, ItemStatus::Pulled);
    }

    /// A session's claim holds: the item is as it says.
    pub(in super::super) fn claimed(&mut self, session: SessionId, tag: Tag, kind: ClaimKind) {
        let number = self.session(session).map_or(0, |(number, _)| number);
        if let Some(slot) = self.slot_mut(tag) {
            slot.session = number;
            slot.status = match kind {
                ClaimKind::Sold => ItemStatus::Sold,
                ClaimKind::Returned => ItemStatus::Returned,
            };
        }
    }

    pub(in super::super) fn departed(&mut self, tags: &[Tag], how: Departure) {
        let status = match how {
            Departure::PickedUp => ItemStatus::PickedUp,
            Departure::Donated => ItemStatus::Donated,
            Departure::Missing => ItemStatus::Missing,
        };
        self.set_status(tags, status);
    }

    pub(in super::super) fn transferred(&mut self, items: &[TransferredItem]) {
        for item in items {
            self.set_status(&[item.from], ItemStatus::Transferred);
        }
    }
}
