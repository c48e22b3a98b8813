//! The state at a past moment: the log replayed by the domain's own rules, never a copy that was kept.

use std::collections::BTreeMap;

use axum::Json;
use domain::aggregate::Aggregate;
use domain::consignment_event::{ConsignmentEvent, ItemFlags, ItemSlot};
use domain::ids::{ConsignorNumber, EventId, SessionId};
use domain::sale_session::SaleSession;
use domain::stream::StreamId;
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::extract::{Asked, Named};
use crate::http::list::Asking;
use crate::http::paths::{ConsignorOfEvent, ItemOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::time::{instant, parse_instant};
use crate::replaying::{Moment, ReplayError, Until, replay};

impl From<ReplayError> for EdgeError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Log(lost) => lost.into(),
            ReplayError::Entry(_) => Self::Internal(error.to_string()),
        }
    }
}

/// Which moment.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtQuery {
    /// A position of the log, or an instant; leave out for now.
    #[param(example = "2027-03-27T10:00:00Z")]
    pub at: Option<String>,
}

impl AtQuery {
    fn until(&self) -> Result<Until, EdgeError> {
        match &self.at {
            None => Ok(Until::Head),
            Some(text) => match text.parse() {
                Ok(seq) => Ok(Until::Seq(seq)),
                Err(_) => parse_instant(text).map(Until::Time),
            },
        }
    }
}

async fn moment<A: Aggregate>(
    of: &Asking,
    stream: &StreamId,
    query: &AtQuery,
    what: &'static str,
) -> Result<Moment<A::State>, EdgeError> {
    let moment = replay::<A>(of.edge.env(), stream, query.until()?).await?;
    if moment.seq == 0 { Err(EdgeError::NotFound(what)) } else { Ok(moment) }
}

/// Where in its log a state stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StandsAt {
    /// The log.
    pub stream: String,
    /// The last entry in it.
    pub seq: u64,
    /// When the log took that entry.
    pub recorded_at: String,
}

fn stands<S>(stream: &StreamId, moment: &Moment<S>) -> StandsAt {
    StandsAt { stream: stream.to_string(), seq: moment.seq, recorded_at: instant(moment.recorded_at) }
}

/// An event as it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventState {
    #[serde(flatten)]
    /// Where.
    pub at: StandsAt,
    /// Its name.
    pub name: String,
    /// Its status.
    #[schema(example = "selling")]
    pub status: String,
    /// Version of the settings that it was founded with.
    pub settings_version: u32,
    /// How many items stand where.
    pub items: BTreeMap<String, u64>,
    /// How many consignors take part.
    pub participants: u64,
    /// How many wait for a place.
    pub waiting: u64,
    /// Its sessions, with their status as far as the event knew.
    pub sessions: BTreeMap<String, String>,
    /// Its slots.
    pub slots: u64,
    /// Settlements approved.
    pub settlements_approved: u64,
    /// How many payouts stand where.
    pub payouts: BTreeMap<String, u64>,
}

fn counted(names: impl Iterator<Item = &'static str>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.to_owned()).or_insert(0) += 1;
    }
    counts
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// An event as it was at a moment.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/state",
    tag = "history",
    params(OfEvent, AtQuery),
    responses((status = 200, body = EventState), Problems)
)]
#[worker::send]
pub async fn event_state(
    of: Asking,
    Named(event): Named<EventId>,
    Asked(query): Asked<AtQuery>,
) -> Result<Json<EventState>, EdgeError> {
    let stream = of.tenant.event(event);
    let moment = moment::<ConsignmentEvent>(&of, &stream, &query, "event").await?;
    let state = &moment.state;
    let founding = state.founding.as_ref();
    Ok(Json(EventState {
        at: stands(&stream, &moment),
        name: founding.map(|founding| founding.name.clone()).unwrap_or_default(),
        status: state.status.name().to_owned(),
        settings_version: founding.map_or(0, |founding| founding.settings.version),
        items: counted(state.items.iter().map(|slot| slot.status.name())),
        participants: number(state.participations.keys().filter(|who| state.active(**who).is_some()).count()),
        waiting: number(state.queue.len()),
        sessions: state
            .sessions
            .iter()
            .map(|session| (session.id.to_string(), session.status.name().to_owned()))
            .collect(),
        slots: number(state.schedule.slots.len()),
        settlements_approved: number(state.settlements.approved.len()),
        payouts: counted(state.payouts.by_number.values().map(|payout| payout.status.name())),
    }))
}

/// An item as it was, as its event knew it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemState {
    #[serde(flatten)]
    /// Where.
    pub at: StandsAt,
    /// Its tag.
    pub tag: String,
    /// Whose it was.
    pub consignor: u32,
    /// Its status.
    #[schema(example = "checked_in")]
    pub status: String,
    /// Its price.
    pub price_cents: u32,
    /// The price on its tag; `null` before a tag was printed.
    pub printed_cents: Option<u32>,
    /// Might be reduced.
    pub reduce: bool,
    /// To be donated if unsold.
    pub donate: bool,
    /// The session that had or last had it.
    pub session: Option<String>,
    /// How often it came from an earlier event.
    pub transfers: u8,
}

/// An item as it was at a moment, as its event knew it: while a session has an item, the session's state says more.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/items/{tag}/state",
    tag = "history",
    params(ItemOfEvent, AtQuery),
    responses((status = 200, body = ItemState), Problems)
)]
#[worker::send]
pub async fn item_state(
    of: Asking,
    Named((event, tag)): Named<(EventId, String)>,
    Asked(query): Asked<AtQuery>,
) -> Result<Json<ItemState>, EdgeError> {
    let tag = Tag::parse(&tag).map_err(|_| EdgeError::NotFound("item"))?;
    let stream = of.tenant.event(event);
    let moment = moment::<ConsignmentEvent>(&of, &stream, &query, "item").await?;
    let slot: &ItemSlot = moment.state.item(tag).ok_or(EdgeError::NotFound("item"))?;
    let session = usize::from(slot.session).checked_sub(1).and_then(|at| moment.state.sessions.get(at));
    Ok(Json(ItemState {
        at: stands(&stream, &moment),
        tag: tag.to_string(),
        consignor: slot.consignor.0,
        status: slot.status.name().to_owned(),
        price_cents: slot.price,
        printed_cents: (slot.printed > 0).then_some(slot.printed),
        reduce: slot.flags.has(ItemFlags::REDUCE),
        donate: slot.flags.has(ItemFlags::DONATE),
        session: session.map(|session| session.id.to_string()),
        transfers: slot.transfers,
    }))
}

/// A participation as it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipationState {
    #[serde(flatten)]
    /// Where.
    pub at: StandsAt,
    /// Whose.
    pub consignor: u32,
    /// How they took part.
    pub tier: String,
    /// Shifts completed.
    pub shifts: u8,
    /// True when they had a place.
    pub active: bool,
    /// What was open of each kind of fee, in cents.
    pub open_cents: BTreeMap<String, i64>,
}

/// A participation as it was at a moment.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/participations/{consignor}/state",
    tag = "history",
    params(ConsignorOfEvent, AtQuery),
    responses((status = 200, body = ParticipationState), Problems)
)]
#[worker::send]
pub async fn participation_state(
    of: Asking,
    Named((event, consignor)): Named<(EventId, u32)>,
    Asked(query): Asked<AtQuery>,
) -> Result<Json<ParticipationState>, EdgeError> {
    let stream = of.tenant.event(event);
    let moment = moment::<ConsignmentEvent>(&of, &stream, &query, "participation").await?;
    let found = moment.state.participations.get(&ConsignorNumber(consignor));
    let found = found.ok_or(EdgeError::NotFound("participation"))?;
    Ok(Json(ParticipationState {
        at: stands(&stream, &moment),
        consignor,
        tier: found.tier.name().to_owned(),
        shifts: found.shifts,
        active: moment.state.active(ConsignorNumber(consignor)).is_some(),
        open_cents: found.fees.iter().map(|fee| (fee.kind.name().to_owned(), fee.open().0)).collect(),
    }))
}

/// A session as it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionState {
    #[serde(flatten)]
    /// Where.
    pub at: StandsAt,
    /// Its status.
    #[schema(example = "open")]
    pub status: String,
    /// Items in its custody, those given back left out.
    pub items: u64,
    /// Of them, held by a receipt's line.
    pub sold: u64,
    /// Receipts.
    pub receipts: u64,
    /// Open cases: conflicts that nobody resolved.
    pub open_cases: u64,
    /// Terminals paired and not revoked.
    pub terminals: u64,
    /// Prices charged.
    pub gross_cents: i64,
    /// Taxes charged.
    pub tax_cents: i64,
    /// What shoppers owed.
    pub total_cents: i64,
    /// Prices given back.
    pub refunded_gross_cents: i64,
    /// Credited to consignors, as estimated.
    pub share_cents: i64,
    /// Credited to the house, as estimated.
    pub house_cents: i64,
    /// Credited to nobody yet.
    pub held_cents: i64,
}

/// A session as it was at a moment.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/state",
    tag = "history",
    params(("session" = String, Path, description = "The session's id"), AtQuery),
    responses((status = 200, body = SessionState), Problems)
)]
#[worker::send]
pub async fn session_state(
    of: Asking,
    Named(session): Named<SessionId>,
    Asked(query): Asked<AtQuery>,
) -> Result<Json<SessionState>, EdgeError> {
    let stream = of.tenant.session(session);
    let moment = moment::<SaleSession>(&of, &stream, &query, "session").await?;
    let (state, books) = (&moment.state, &moment.state.books);
    Ok(Json(SessionState {
        at: stands(&stream, &moment),
        status: state.status.name().to_owned(),
        items: number(state.slots().len()),
        sold: number(state.slots().iter().filter(|slot| slot.holder().is_some()).count()),
        receipts: number(state.receipts.len()),
        open_cases: number(state.cases.len()),
        terminals: number(state.terminals.iter().filter(|terminal| !terminal.revoked).count()),
        gross_cents: books.gross.0,
        tax_cents: books.tax.0,
        total_cents: books.total.0,
        refunded_gross_cents: books.refunded_gross.0,
        share_cents: books.share.0,
        house_cents: books.house.0,
        held_cents: books.held.0,
    }))
}
