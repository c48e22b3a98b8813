//! Volunteer shifts, drop-off and pick-up slots.

use domain::consignment_event::Command;
use domain::consignment_event::schedule::{CancelReason, ShiftKind, SlotKind, SlotPlan};
use domain::ids::{EventId, SlotId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{OfEvent, SlotOfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::time::parse_instant;
use crate::http::{row, words};

/// A slot.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SlotView {
    /// Its id.
    pub slot: String,
    /// `shift`, `drop_off` or `pick_up`.
    #[schema(example = "shift")]
    pub kind: String,
    /// Which work, for shifts.
    #[schema(example = "drop_off_sorting")]
    pub shift: Option<String>,
    /// Which zone of the hall, for drop-offs.
    pub zone: Option<u8>,
    /// When it begins.
    #[serde(deserialize_with = "row::instant")]
    pub starts_at: String,
    /// When it ends.
    #[serde(deserialize_with = "row::instant")]
    pub ends_at: String,
    /// Places.
    pub capacity: u32,
    /// Places taken or kept.
    pub taken: u32,
    /// How many wait.
    pub waiting: u32,
    /// Why it was called off; `null` while it stands.
    pub cancelled: Option<String>,
}

impl Resource for SlotView {
    const NAME: &'static str = "slot";
    const LIST: List = List {
        select: "SELECT s.slot, s.kind, s.shift, s.zone, s.starts_at, s.ends_at, s.capacity, s.cancelled,
              (SELECT COUNT(*) FROM booking b WHERE b.organization = s.organization AND b.event = s.event
                AND b.slot = s.slot AND b.status IN ('offered', 'scheduled', 'checked_in', 'completed', 'no_show'))
                AS taken,
              (SELECT COUNT(*) FROM booking b WHERE b.organization = s.organization AND b.event = s.event
                AND b.slot = s.slot AND b.status = 'waiting') AS waiting
            FROM slot s WHERE s.organization = ?1 AND s.event = ?2->>'event'
              AND (?2->>'kind' IS NULL OR s.kind = ?2->>'kind')
              AND (?2->>'shift' IS NULL OR s.shift = ?2->>'shift')
              AND (?2->>'open' IS NULL OR (s.cancelled IS NULL) = ?2->>'open')",
        key: "slot",
        default: "starts_at",
        sorts: &["starts_at", "kind", "capacity", "taken", "waiting"],
        columns: &[
            "slot", "kind", "shift", "zone", "starts_at", "ends_at", "capacity", "taken", "waiting", "cancelled",
        ],
    };
    as_selected!();
}

/// Which slots.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlotQuery {
    /// `shift`, `drop_off` or `pick_up`.
    pub kind: Option<String>,
    /// Which work, for shifts.
    pub shift: Option<String>,
    /// Only those that stand, or only those that were called off.
    pub open: Option<bool>,
}

/// The slots of an event.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/slots",
    tag = "schedule",
    params(OfEvent, SlotQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<SlotView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_slots(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<SlotQuery>,
) -> Result<Listing<SlotView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// One slot.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/slots/{slot}",
    tag = "schedule",
    params(SlotOfEvent, FreshQuery),
    responses((status = 200, body = SlotView), Problems)
)]
#[worker::send]
pub async fn get_slot(
    looks: Looks,
    Named((event, slot)): Named<(EventId, SlotId)>,
) -> Result<Found<SlotView>, EdgeError> {
    looks.one(Of::Event(event), slot.to_string()).await
}

/// What a slot is for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewSlotKind {
    /// A volunteer shift.
    Shift {
        /// Which work.
        #[schema(schema_with = words::shift_kinds)]
        shift: ShiftKind,
    },
    /// Dropping items off.
    DropOff {
        /// The zone of the hall, from 1.
        zone: u8,
    },
    /// Shoppers pick up what they bought.
    PickUp {},
}

/// A slot to open. How long it is, the settings say.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewSlot {
    /// What for.
    #[serde(flatten)]
    pub kind: NewSlotKind,
    /// When it begins.
    #[schema(format = DateTime, example = "2027-03-26T15:00:00Z")]
    pub starts_at: String,
    /// Places.
    #[schema(example = 8)]
    pub capacity: u16,
}

/// Slots to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSlots {
    /// At most 500.
    pub slots: Vec<NewSlot>,
}

/// Opens shifts and slots for booking.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/slots",
    tag = "schedule",
    params(OfEvent, CommandHeaders),
    request_body = NewSlots,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn open_slots(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(new): Told<NewSlots>,
) -> Decision {
    let plan = |(slot, number): (NewSlot, usize)| {
        let kind = match slot.kind {
            NewSlotKind::Shift { shift } => SlotKind::Shift(shift),
            NewSlotKind::DropOff { zone } => SlotKind::DropOff { zone },
            NewSlotKind::PickUp {} => SlotKind::PickUp,
        };
        let id = SlotId(decider.commanding.fresh_id(&format!("slot/{number}")));
        parse_instant(&slot.starts_at).map(|starts_at| SlotPlan {
            slot: id,
            kind,
            starts_at,
            capacity: slot.capacity,
        })
    };
    let slots: Result<Vec<SlotPlan>, EdgeError> = new.slots.into_iter().zip(0..).map(plan).collect();
    Ok(decider.event(event, Command::OpenSlots { slots: slots? }).await?.created())
}

/// How many places.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotChange {
    /// Places, never below those taken.
    pub capacity: u16,
}

/// Gives a slot more or fewer places; more are offered to those who wait.
#[utoipa::path(
    patch,
    path = "/api/v1/events/{event}/slots/{slot}",
    tag = "schedule",
    params(SlotOfEvent, CommandHeaders),
    request_body = SlotChange,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn resize_slot(
    decider: Decider,
    Named((event, slot)): Named<(EventId, SlotId)>,
    Told(change): Told<SlotChange>,
) -> Decision {
    let command = Command::ResizeSlot { slot, capacity: change.capacity };
    Ok(decider.event(event, command).await?.done())
}

/// Why a slot is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallingOff {
    /// Why.
    #[schema(schema_with = words::cancel_reasons)]
    pub reason: CancelReason,
}

/// Calls a slot off, with all that was booked in it.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/slots/{slot}/cancel",
    tag = "schedule",
    params(SlotOfEvent, CommandHeaders),
    request_body = CallingOff,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn cancel_slot(
    decider: Decider,
    Named((event, slot)): Named<(EventId, SlotId)>,
    Told(asked): Told<CallingOff>,
) -> Decision {
    Ok(decider.event(event, Command::CancelSlot { slot, reason: asked.reason }).await?.done())
}
