//! `slot`: shifts, drop-off and pick-up slots.

use domain::consignment_event::Event;
use domain::consignment_event::schedule::{OpenedSlot, SlotKind};
use serde_json::{Value, json};

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(slot where (organization, event));

const OPEN: &Sql =
    insert!(slot (organization, event, slot, kind, shift, zone, starts_at, ends_at, capacity) "");
const RESIZE: &Sql = update!(slot set (capacity) where (organization, event, slot));
const CANCEL: &Sql = update!(slot set (cancelled) where (organization, event, slot));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::SlotsOpened(opened) => writes.write(OPEN, opened.slots.iter().map(|slot| row(at, slot))),
        Event::SlotResized(resized) => writes.write(
            RESIZE,
            [json!({ "organization": at.organization, "event": at.id, "slot": resized.slot,
                "capacity": resized.capacity })],
        ),
        Event::SlotCancelled(cancelled) => writes.write(
            CANCEL,
            [json!({ "organization": at.organization, "event": at.id, "slot": cancelled.slot,
                "cancelled": cancelled.reason })],
        ),
        _ => Ok(()),
    }
}

fn row(at: &At<'_>, slot: &OpenedSlot) -> Value {
    let (kind, shift, zone) = match slot.plan.kind {
        SlotKind::Shift(shift) => ("shift", Some(shift), None),
        SlotKind::DropOff { zone } => ("drop_off", None, Some(zone)),
        SlotKind::PickUp => ("pick_up", None, None),
    };
    json!({
        "organization": at.organization, "event": at.id, "slot": slot.plan.slot, "kind": kind, "shift": shift,
        "zone": zone, "starts_at": slot.plan.starts_at, "ends_at": slot.ends_at, "capacity": slot.plan.capacity,
    })
}
