//! Who takes part in an event: who registers, gets a place or waits, in which tier, and who leaves.

use domain::commission::Tier;
use domain::consignment_event::Command;
use domain::consignment_event::fees::FeeMethod;
use domain::consignment_event::participation::{LeaveReason, Referral, ReferralSource, Registration};
use domain::ids::{ConsignorNumber, EventId};
use domain::rights::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::consignors::names_of;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{ConsignorOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// Who may act for other consignors.
const STAFF: &[Permission] = &[Permission::ManageEvents, Permission::HandleItems];

/// A participation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ParticipationView {
    /// The consignor's number.
    #[schema(example = 101)]
    pub consignor: u32,
    /// Their name; `null` for callers who may not see personal data, and where none is kept.
    #[serde(default)]
    #[schema(required)]
    pub name: Option<String>,
    /// How they take part.
    #[schema(example = "regular")]
    pub tier: String,
    /// `active`, `waiting` for a place, `offered` one, or `left`.
    #[schema(example = "active")]
    pub standing: String,
    /// How the participation fee is paid: `online`, `door` or `payout`.
    #[schema(example = "payout")]
    pub method: String,
    /// When they joined.
    #[serde(deserialize_with = "row::instant")]
    pub joined_at: String,
    /// Until when a place is kept for them.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub offer_expires_at: Option<String>,
    /// How they heard of the event.
    pub referral_source: Option<String>,
    /// The consignor through whom they came.
    pub referred_by: Option<u32>,
    /// Version of the terms that they accepted; 0 for none.
    pub terms: u32,
    /// Why they left.
    pub left_reason: Option<String>,
    /// Volunteer shifts completed.
    pub shifts: u32,
    /// Items that they listed.
    pub items: u32,
    /// Fees and fines charged and not waived.
    pub fees_due_cents: i64,
    /// What of it is still open; negative when more was paid than charged.
    pub fees_open_cents: i64,
    /// Their personal data is gone.
    #[serde(deserialize_with = "row::flag")]
    pub erased: bool,
}

impl Resource for ParticipationView {
    const NAME: &'static str = "participation";
    const LIST: List = List {
        select: "SELECT p.consignor, p.tier, p.standing, p.method, p.joined_at, p.offer_expires_at, p.erased,
              p.referral_source, p.referred_by, p.terms, p.left_reason,
              (SELECT COUNT(*) FROM booking b JOIN slot s
                ON s.organization = b.organization AND s.event = b.event AND s.slot = b.slot AND s.kind = 'shift'
                WHERE b.organization = p.organization AND b.event = p.event AND b.consignor = p.consignor
                  AND b.status = 'completed') AS shifts,
              (SELECT COUNT(*) FROM item i WHERE i.organization = p.organization AND i.event = p.event
                AND i.consignor = p.consignor) AS items,
              (SELECT COALESCE(SUM(CASE f.movement WHEN 'charged' THEN f.amount_cents WHEN 'waived' THEN -f.amount_cents
                  ELSE 0 END), 0) FROM fee_entry f
                WHERE f.organization = p.organization AND f.event = p.event AND f.consignor = p.consignor)
                AS fees_due_cents,
              (SELECT COALESCE(SUM(CASE WHEN f.movement = 'charged' AND f.method <> 'ledger' THEN f.amount_cents
                  WHEN f.movement IN ('waived', 'paid') THEN -f.amount_cents ELSE 0 END), 0) FROM fee_entry f
                WHERE f.organization = p.organization AND f.event = p.event AND f.consignor = p.consignor)
                AS fees_open_cents
            FROM participation p
            WHERE p.organization = ?1 AND p.event = ?2->>'event'
              AND (?2->>'standing' IS NULL OR p.standing = ?2->>'standing')
              AND (?2->>'tier' IS NULL OR p.tier = ?2->>'tier')
              AND (?2->>'referred_by' IS NULL OR p.referred_by = ?2->>'referred_by')",
        key: "consignor",
        default: "consignor",
        sorts: &["joined_at", "tier", "standing", "shifts", "items", "fees_due_cents", "fees_open_cents"],
        columns: &[
            "consignor", "name", "tier", "standing", "method", "joined_at", "offer_expires_at", "referral_source",
            "referred_by", "terms", "left_reason", "shifts", "items", "fees_due_cents", "fees_open_cents", "erased",
        ],
    };
    type Row = Self;

    async fn views(of: &Asking, mut rows: Vec<Self>) -> Result<Vec<Self>, EdgeError> {
        let mut names = names_of(of, rows.iter().map(|row| row.consignor)).await?;
        for row in &mut rows {
            row.name = names.remove(&row.consignor);
        }
        Ok(rows)
    }
}

/// Which participations.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ParticipationQuery {
    /// `active`, `waiting`, `offered` or `left`.
    pub standing: Option<String>,
    /// `regular` or `super`.
    pub tier: Option<String>,
    /// The number of the consignor through whom they came.
    pub referred_by: Option<u32>,
}

/// Who takes part in an event, and who waits or left.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/participations",
    tag = "participations",
    params(OfEvent, ParticipationQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<ParticipationView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_participations(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<ParticipationQuery>,
) -> Result<Listing<ParticipationView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// One participation.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/participations/{consignor}",
    tag = "participations",
    params(ConsignorOfEvent, FreshQuery),
    responses((status = 200, body = ParticipationView), Problems)
)]
#[worker::send]
pub async fn get_participation(
    looks: Looks,
    Named((event, consignor)): Named<(EventId, u32)>,
) -> Result<Found<ParticipationView>, EdgeError> {
    looks.one(Of::Event(event), consignor).await
}

/// Somebody's registration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParticipation {
    /// Who.
    #[schema(example = 101)]
    pub consignor: u32,
    /// How they take part.
    #[serde(default)]
    #[schema(schema_with = words::tiers)]
    pub tier: Tier,
    /// How they pay the fee.
    #[serde(default)]
    #[schema(schema_with = words::fee_methods)]
    pub method: FeeMethod,
    /// How they heard of the event.
    #[serde(default)]
    #[schema(schema_with = words::referral_sources)]
    pub referral_source: Option<ReferralSource>,
    /// The consignor through whom they came, when that is the source.
    #[serde(default)]
    pub referred_by: Option<u32>,
    /// Version of the terms that they accepted; 0 for none.
    #[serde(default)]
    pub terms: u32,
}

/// Registers a consignor; they wait when all places are taken. A consignor may register themself, staff anybody.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/participations",
    tag = "participations",
    params(OfEvent, CommandHeaders),
    request_body = NewParticipation,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn register(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(new): Told<NewParticipation>,
) -> Decision {
    let consignor = ConsignorNumber(new.consignor);
    decider.on_behalf_of(consignor, STAFF).await?;
    let by = new.referred_by.map(ConsignorNumber);
    let command = Command::Register(Registration {
        consignor,
        tier: new.tier,
        method: new.method,
        referral: new.referral_source.map(|source| Referral { source, by }),
        terms: new.terms,
    });
    Ok(decider.event(event, command).await?.made(&consignor).created())
}

/// Another way to take part.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParticipationChange {
    /// The tier.
    #[schema(schema_with = words::tiers)]
    pub tier: Tier,
    /// How the fee is paid.
    #[schema(schema_with = words::fee_methods)]
    pub method: FeeMethod,
}

/// Changes tier or way to pay, before the event sells.
#[utoipa::path(
    put,
    path = "/api/v1/events/{event}/participations/{consignor}",
    tag = "participations",
    params(ConsignorOfEvent, CommandHeaders),
    request_body = ParticipationChange,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn change_participation(
    decider: Decider,
    Named((event, consignor)): Named<(EventId, u32)>,
    Told(change): Told<ParticipationChange>,
) -> Decision {
    let consignor = ConsignorNumber(consignor);
    decider.on_behalf_of(consignor, STAFF).await?;
    let command = Command::ChangeParticipation { consignor, tier: change.tier, method: change.method };
    Ok(decider.event(event, command).await?.done())
}

/// Takes up the place that is kept.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/participations/{consignor}/accept",
    tag = "participations",
    params(ConsignorOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn accept_place(decider: Decider, Named((event, consignor)): Named<(EventId, u32)>) -> Decision {
    let consignor = ConsignorNumber(consignor);
    decider.on_behalf_of(consignor, STAFF).await?;
    Ok(decider.event(event, Command::AcceptPlace { consignor }).await?.done())
}

/// Why a participation ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    /// Why.
    #[schema(schema_with = words::leave_reasons)]
    pub reason: LeaveReason,
    /// More words, kept apart from the log with the consignor's data.
    #[serde(default)]
    pub note: Option<String>,
}

/// Ends a participation, or leaves the waiting list. The place is offered to the next who waits.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/participations/{consignor}/cancel",
    tag = "participations",
    params(ConsignorOfEvent, CommandHeaders),
    request_body = Leaving,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn cancel_participation(
    decider: Decider,
    Named((event, consignor)): Named<(EventId, u32)>,
    Told(leaving): Told<Leaving>,
) -> Decision {
    let consignor = ConsignorNumber(consignor);
    decider.on_behalf_of(consignor, STAFF).await?;
    let note = decider.note(Some(consignor), leaving.note.as_deref()).await?;
    let command = Command::CancelParticipation { consignor, reason: leaving.reason, note };
    Ok(decider.event(event, command).await?.done())
}
