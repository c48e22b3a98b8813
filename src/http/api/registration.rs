//! How registration for an event goes: its period, its places, the terms to accept.

use domain::consignment_event::Command;
use domain::consignment_event::participation::RegistrationPlanned;
use domain::ids::EventId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, Of, Resource, as_selected};
use crate::http::looks::{Found, Looks};
use crate::http::paths::OfEvent;
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;
use crate::http::time::parse_instant;

/// How registration goes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RegistrationPlanView {
    /// The event's id.
    #[serde(rename = "event")]
    pub event: String,
    /// From when; `null` for as soon as the event is in registration.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub opens_at: Option<String>,
    /// Until when; `null` for as long as the event takes items.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub closes_at: Option<String>,
    /// Places; `null` for no limit.
    pub capacity: Option<u32>,
    /// Version of the terms that must be accepted; 0 for none.
    pub terms: u32,
    /// Places taken or kept.
    pub taken: u32,
    /// How many wait.
    pub waiting: u32,
}

impl Resource for RegistrationPlanView {
    const NAME: &'static str = "event";
    const LIST: List = List {
        select: "SELECT f.event, r.opens_at, r.closes_at, r.capacity, COALESCE(r.terms, 0) AS terms,
              (SELECT COUNT(*) FROM participation p WHERE p.organization = f.organization AND p.event = f.event
                AND p.standing IN ('active', 'offered')) AS taken,
              (SELECT COUNT(*) FROM participation p WHERE p.organization = f.organization AND p.event = f.event
                AND p.standing = 'waiting') AS waiting
            FROM founded_event f
            LEFT JOIN registration_plan r ON r.organization = f.organization AND r.event = f.event
            WHERE f.organization = ?1",
        key: "event",
        default: "event",
        sorts: &[],
        columns: &["event", "opens_at", "closes_at", "capacity", "terms", "taken", "waiting"],
    };
    as_selected!();
}

/// How registration goes.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/registration",
    tag = "participations",
    params(OfEvent, FreshQuery),
    responses((status = 200, body = RegistrationPlanView), Problems)
)]
#[worker::send]
pub async fn get_registration(
    looks: Looks,
    Named(event): Named<EventId>,
) -> Result<Found<RegistrationPlanView>, EdgeError> {
    looks.one(Of::Event(event), event.to_string()).await
}

/// How registration is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationPlan {
    /// From when; `null` for as soon as the event is in registration.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub opens_at: Option<String>,
    /// Until when; `null` for as long as the event takes items.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub closes_at: Option<String>,
    /// Places; `null` for no limit.
    #[serde(default)]
    pub capacity: Option<u32>,
    /// Version of the terms that must be accepted; 0 for none.
    #[serde(default)]
    pub terms: u32,
}

/// Says how registration goes: period, places, terms. More places are offered to those who wait.
#[utoipa::path(
    put,
    path = "/api/v1/events/{event}/registration",
    tag = "participations",
    params(OfEvent, CommandHeaders),
    request_body = RegistrationPlan,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn plan_registration(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(plan): Told<RegistrationPlan>,
) -> Decision {
    let instant = |text: Option<String>| text.as_deref().map(parse_instant).transpose();
    let command = Command::PlanRegistration(RegistrationPlanned {
        opens_at: instant(plan.opens_at)?,
        closes_at: instant(plan.closes_at)?,
        capacity: plan.capacity,
        terms: plan.terms,
    });
    Ok(decider.event(event, command).await?.done())
}
