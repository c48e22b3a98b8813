//! Bookings: who has which place, who waits, who came.

use domain::consignment_event::Command;
use domain::consignment_event::schedule::{CancelReason, Holder};
use domain::ids::{BookingId, ConsignorNumber, EventId, SlotId};
use domain::rights::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::consignors::names_of;
use crate::adapters::database::Value;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{BookingOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// Who may act on anybody's bookings.
const STAFF: &[Permission] = &[Permission::ManageEvents, Permission::HandleItems];

/// A booking.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BookingView {
    /// Its id.
    pub booking: String,
    /// Where.
    pub slot: String,
    /// `shift`, `drop_off` or `pick_up`.
    pub kind: String,
    /// Which work, for shifts.
    pub shift: Option<String>,
    /// When it begins.
    #[serde(deserialize_with = "row::instant")]
    pub starts_at: String,
    /// The consignor; `null` for shoppers.
    pub consignor: Option<u32>,
    /// The consignor's name; `null` for callers who may not see personal data, and where none is kept.
    #[serde(default)]
    #[schema(required)]
    pub name: Option<String>,
    /// `waiting`, `offered`, `scheduled`, `checked_in`, `completed`, `no_show` or `cancelled`.
    #[schema(example = "scheduled")]
    pub status: String,
    /// Until when a place is kept.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub offer_expires_at: Option<String>,
    /// Why it was given up.
    pub cancelled: Option<String>,
    /// When it was made.
    #[serde(deserialize_with = "row::instant")]
    pub made_at: String,
    /// When it last changed.
    #[serde(deserialize_with = "row::instant")]
    pub changed_at: String,
}

impl Resource for BookingView {
    const NAME: &'static str = "booking";
    const LIST: List = List {
        select: "SELECT b.booking, b.slot, s.kind, s.shift, s.starts_at, b.consignor, b.status, b.offer_expires_at,
              b.cancelled, b.made_at, b.changed_at
            FROM booking b
            JOIN slot s ON s.organization = b.organization AND s.event = b.event AND s.slot = b.slot
            WHERE b.organization = ?1 AND b.event = ?2->>'event'
              AND (?2->>'slot' IS NULL OR b.slot = ?2->>'slot')
              AND (?2->>'kind' IS NULL OR s.kind = ?2->>'kind')
              AND (?2->>'consignor' IS NULL OR b.consignor = ?2->>'consignor')
              AND (?2->>'status' IS NULL OR b.status = ?2->>'status')",
        key: "booking",
        default: "starts_at",
        sorts: &["starts_at", "consignor", "status", "made_at", "changed_at"],
        columns: &[
            "booking", "slot", "kind", "shift", "starts_at", "consignor", "name", "status", "offer_expires_at",
            "cancelled", "made_at", "changed_at",
        ],
    };
    type Row = Self;

    async fn views(of: &Asking, mut rows: Vec<Self>) -> Result<Vec<Self>, EdgeError> {
        let names = names_of(of, rows.iter().filter_map(|row| row.consignor)).await?;
        for row in &mut rows {
            row.name = row.consignor.and_then(|number| names.get(&number).cloned());
        }
        Ok(rows)
    }
}

/// Which bookings.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BookingQuery {
    /// A slot's id.
    pub slot: Option<String>,
    /// `shift`, `drop_off` or `pick_up`.
    pub kind: Option<String>,
    /// A consignor's number.
    pub consignor: Option<u32>,
    /// A status.
    pub status: Option<String>,
}

/// The bookings of an event.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/bookings",
    tag = "schedule",
    params(OfEvent, BookingQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<BookingView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_bookings(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<BookingQuery>,
) -> Result<Listing<BookingView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// One booking.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/bookings/{booking}",
    tag = "schedule",
    params(BookingOfEvent, FreshQuery),
    responses((status = 200, body = BookingView), Problems)
)]
#[worker::send]
pub async fn get_booking(
    looks: Looks,
    Named((event, booking)): Named<(EventId, BookingId)>,
) -> Result<Found<BookingView>, EdgeError> {
    looks.one(Of::Event(event), booking.to_string()).await
}

/// A booking to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBooking {
    /// Where.
    #[schema(value_type = String)]
    pub slot: SlotId,
    /// By which consignor.
    #[schema(example = 101)]
    pub consignor: u32,
    /// Waits when there is no place.
    #[serde(default)]
    pub wait: bool,
}

/// Books a place for a consignor. A consignor may book for themself, staff for anybody.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/bookings",
    tag = "schedule",
    params(OfEvent, CommandHeaders),
    request_body = NewBooking,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn book(decider: Decider, Named(event): Named<EventId>, Told(new): Told<NewBooking>) -> Decision {
    let consignor = ConsignorNumber(new.consignor);
    decider.on_behalf_of(consignor, STAFF).await?;
    let booking = BookingId(decider.commanding.fresh_id("booking"));
    let command =
        Command::Book { booking, slot: new.slot, holder: Holder::Consignor(consignor), wait: new.wait };
    Ok(decider.event(event, command).await?.made(&booking).created())
}

#[derive(Deserialize)]
struct HeldBy {
    consignor: Option<u32>,
}

const SELECT_HOLDER: &str =
    "SELECT consignor FROM booking WHERE organization = ?1 AND event = ?2 AND booking = ?3";

/// Lets through staff, and the consignor whose booking it is; answers whose it is.
async fn for_holder(
    decider: &Decider,
    event: EventId,
    booking: BookingId,
) -> Result<Option<ConsignorNumber>, EdgeError> {
    let (event, booking) = (event.to_string(), booking.to_string());
    let values = [Value::Text(&event), Value::Text(&booking)];
    let rows = decider.tenant.rows(&decider.edge);
    let held: Option<HeldBy> = rows.first(SELECT_HOLDER, &values).await?;
    let holder = held.and_then(|held| held.consignor).map(ConsignorNumber);
    match holder {
        Some(consignor) => decider.on_behalf_of(consignor, STAFF).await?,
        None if STAFF.iter().any(|permission| decider.caller.may(*permission)) => {}
        None => return Err(EdgeError::NotFound("booking")),
    }
    Ok(holder)
}

/// Takes up the place that is kept.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/bookings/{booking}/accept",
    tag = "schedule",
    params(BookingOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn accept_booking(
    decider: Decider,
    Named((event, booking)): Named<(EventId, BookingId)>,
) -> Decision {
    for_holder(&decider, event, booking).await?;
    Ok(decider.event(event, Command::AcceptOffer { booking }).await?.done())
}

/// Why a booking is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivingUp {
    /// Why.
    #[schema(schema_with = words::cancel_reasons)]
    pub reason: CancelReason,
    /// More words, kept apart from the log with the consignor's data.
    #[serde(default)]
    pub note: Option<String>,
}

/// Gives a booking up; its place is offered to the next who waits.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/bookings/{booking}/cancel",
    tag = "schedule",
    params(BookingOfEvent, CommandHeaders),
    request_body = GivingUp,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn cancel_booking(
    decider: Decider,
    Named((event, booking)): Named<(EventId, BookingId)>,
    Told(asked): Told<GivingUp>,
) -> Decision {
    let holder = for_holder(&decider, event, booking).await?;
    let note = decider.note(holder, asked.note.as_deref()).await?;
    let command = Command::CancelBooking { booking, reason: asked.reason, note };
    Ok(decider.event(event, command).await?.done())
}

/// Notes that the person is here.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/bookings/{booking}/check-in",
    tag = "schedule",
    params(BookingOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn check_in_booking(
    decider: Decider,
    Named((event, booking)): Named<(EventId, BookingId)>,
) -> Decision {
    Ok(decider.event(event, Command::CheckInBooking { booking }).await?.done())
}

/// Checks the person out: the shift is done, the drop-off or pick-up over. A completed shift raises the share of
/// everything that the consignor sells at the event.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/bookings/{booking}/complete",
    tag = "schedule",
    params(BookingOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn complete_booking(
    decider: Decider,
    Named((event, booking)): Named<(EventId, BookingId)>,
) -> Decision {
    Ok(decider.event(event, Command::CompleteBooking { booking }).await?.done())
}

/// Notes that the person did not come; a missed shift costs what the settings name.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/bookings/{booking}/miss",
    tag = "schedule",
    params(BookingOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn miss_booking(
    decider: Decider,
    Named((event, booking)): Named<(EventId, BookingId)>,
) -> Decision {
    Ok(decider.event(event, Command::MissBooking { booking }).await?.done())
}
