//! Differences between our logs and the store: runs that found them, and what became of them.

use domain::ids::{CaseId, EventId};
use domain::reconciliation::{Command, Policy, Resolution, ResolutionReason};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::events::find_event;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{CaseOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// A comparison with the store.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunView {
    /// Its id.
    pub run: String,
    /// `changes` since the last run, or `full`.
    pub kind: String,
    /// `running`, `finished` or `abandoned`.
    pub status: String,
    /// Differences found by it.
    pub found: u32,
    /// Differences that it saw vanish.
    pub vanished: u32,
    /// When it began.
    #[serde(deserialize_with = "row::instant")]
    pub started_at: String,
    /// When it ended.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub ended_at: Option<String>,
}

impl Resource for RunView {
    const NAME: &'static str = "run";
    const LIST: List = List {
        select: "SELECT run, kind, status, found, vanished, started_at, ended_at FROM reconciliation_run
            WHERE organization = ?1 AND event = ?2->>'event'
              AND (?2->>'status' IS NULL OR status = ?2->>'status')",
        key: "run",
        default: "-started_at",
        sorts: &["started_at", "status", "found"],
        columns: &["run", "kind", "status", "found", "vanished", "started_at", "ended_at"],
    };
    as_selected!();
}

/// Which runs.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RunQuery {
    /// `running`, `finished` or `abandoned`.
    pub status: Option<String>,
}

/// Comparisons of an event with the store.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/reconciliation/runs",
    tag = "reconciliation",
    params(OfEvent, RunQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<RunView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_runs(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<RunQuery>,
) -> Result<Listing<RunView>, EdgeError> {
    lists.answer(Of::Reconciliation(event), &filters).await
}

/// How differences are to be resolved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenPolicy {
    /// By hand, or the side that changed last is right.
    #[schema(schema_with = words::policies)]
    pub policy: Policy,
}

/// Chooses how differences are resolved from now on.
#[utoipa::path(
    put,
    path = "/api/v1/events/{event}/reconciliation/policy",
    tag = "reconciliation",
    params(OfEvent, CommandHeaders),
    request_body = ChosenPolicy,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn choose_policy(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(chosen): Told<ChosenPolicy>,
) -> Decision {
    find_event(&decider.edge, &decider.tenant, event).await?;
    let command = Command::ChoosePolicy { policy: chosen.policy };
    Ok(decider.reconciliation(event, command).await?.done())
}

/// A difference between our logs and the store.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DiscrepancyView {
    /// The case.
    pub discrepancy: String,
    /// The run that found it.
    pub run: String,
    /// What kind.
    #[schema(example = "missing_here")]
    pub class: String,
    /// `order`, `item` or `topic`.
    pub subject_kind: String,
    /// The store's id of the order, the item's tag, or the webhook topic.
    pub subject: String,
    /// A line's or refund's id at the store.
    pub part: Option<String>,
    /// What we have: an amount in cents, or a number of things.
    pub ours: i64,
    /// What the store has.
    pub theirs: i64,
    /// What the store has more than we, in cents.
    pub difference_cents: i64,
    /// Our entries.
    #[serde(deserialize_with = "row::json")]
    #[schema(value_type = Object)]
    pub our_evidence: Value,
    /// The digest of the store's answer, which lies in the vault.
    #[serde(deserialize_with = "row::json")]
    #[schema(value_type = Object)]
    pub their_evidence: Value,
    /// `open`, `vanished` or `resolved`.
    #[schema(example = "open")]
    pub status: String,
    /// `store_is_right`, `logs_are_right` or `explained`.
    pub resolution: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who resolved it.
    pub actor: Option<String>,
    /// When it was found.
    #[serde(deserialize_with = "row::instant")]
    pub found_at: String,
    /// When it ended.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub closed_at: Option<String>,
}

impl Resource for DiscrepancyView {
    const NAME: &'static str = "discrepancy";
    const LIST: List = List {
        select: "SELECT discrepancy, number, run, class, subject_kind, subject, part, ours, theirs,
              difference_cents, our_evidence, their_evidence, status, resolution, reason, actor, found_at, closed_at
            FROM discrepancy WHERE organization = ?1 AND event = ?2->>'event'
              AND (?2->>'status' IS NULL OR status = ?2->>'status')
              AND (?2->>'class' IS NULL OR class = ?2->>'class')
              AND (?2->>'subject' IS NULL OR subject = ?2->>'subject')
              AND (?2->>'run' IS NULL OR run = ?2->>'run')",
        key: "discrepancy",
        default: "found_at",
        sorts: &["found_at", "class", "difference_cents", "status"],
        columns: &[
            "discrepancy", "run", "class", "subject_kind", "subject", "part", "ours", "theirs", "difference_cents", "status",
            "resolution", "reason", "actor", "found_at", "closed_at",
        ],
    };
    as_selected!();
}

/// Which differences.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DiscrepancyQuery {
    /// `open`, `vanished` or `resolved`.
    pub status: Option<String>,
    /// What kind.
    pub class: Option<String>,
    /// The store's id of an order, an item's tag, or a webhook topic.
    pub subject: Option<String>,
    /// The run that found them.
    pub run: Option<String>,
}

/// Differences between our logs and the store.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/discrepancies",
    tag = "reconciliation",
    params(OfEvent, DiscrepancyQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<DiscrepancyView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_discrepancies(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<DiscrepancyQuery>,
) -> Result<Listing<DiscrepancyView>, EdgeError> {
    lists.answer(Of::Reconciliation(event), &filters).await
}

/// One difference, with both sides' evidence.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/discrepancies/{case}",
    tag = "reconciliation",
    params(CaseOfEvent, FreshQuery),
    responses((status = 200, body = DiscrepancyView), Problems)
)]
#[worker::send]
pub async fn get_discrepancy(
    looks: Looks,
    Named((event, case)): Named<(EventId, CaseId)>,
) -> Result<Found<DiscrepancyView>, EdgeError> {
    looks.one(Of::Reconciliation(event), case.to_string()).await
}

/// A resolution.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolving {
    /// Who is right.
    #[schema(schema_with = words::resolutions)]
    pub resolution: Resolution,
    /// Why.
    #[schema(schema_with = words::resolution_reasons)]
    pub reason: ResolutionReason,
    /// More words, kept apart from the log.
    #[serde(default)]
    pub note: Option<String>,
}

/// Resolves a difference; once.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/discrepancies/{case}/resolve",
    tag = "reconciliation",
    params(CaseOfEvent, CommandHeaders),
    request_body = Resolving,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn resolve_discrepancy(
    decider: Decider,
    Named((event, case)): Named<(EventId, CaseId)>,
    Told(asked): Told<Resolving>,
) -> Decision {
    let note = decider.note(None, asked.note.as_deref()).await?;
    let (resolution, reason) = (asked.resolution, asked.reason);
    let command = Command::Resolve { case, resolution, reason, note };
    Ok(decider.reconciliation(event, command).await?.done())
}
