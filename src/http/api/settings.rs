//! The organization's settings, version by version, and the commission plans in them.

use std::borrow::Cow;

use axum::Json;
use domain::commission::CommissionPlan;
use domain::markdown::{MarkdownSchedule, MarkdownStep};
use domain::money::{BasisPoints, Cents};
use domain::organization::{Answer, Command, Organization, Query, Settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;
use crate::http::schema::drawn_from;
use crate::objects::client::ask;

/// When the sample's markdown begins, ms since 1970 UTC: an afternoon of a spring sale.
const SAMPLE_FROM_MS: i64 = 1_806_192_000_000;

/// The sample's reduction: half price, as most sales have it.
const SAMPLE_REDUCE: BasisPoints = BasisPoints(5_000);

/// The sample's reduction of what may be donated: deeper than the other.
const SAMPLE_DONATE: BasisPoints = BasisPoints(7_500);

/// Settings for the API's description: the defaults, with one step of markdown.
fn sample() -> Settings {
    let step = MarkdownStep { from: SAMPLE_FROM_MS, reduce: SAMPLE_REDUCE, donate: SAMPLE_DONATE };
    let settings = Settings::new("USD", "America/Chicago");
    Settings {
        markdown: MarkdownSchedule { steps: vec![step], step: Cents(25), floor: Cents(25) },
        ..settings
    }
}

fn settings_schema() -> Schema {
    drawn_from(&sample())
}

fn plan_schema() -> Schema {
    drawn_from(&CommissionPlan::default())
}

/// A version of the settings.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SettingsVersion {
    /// From 1.
    pub version: u32,
    /// Version of the commission plan in it.
    pub plan_version: u32,
    /// The entry of the organization's log that made it.
    pub seq: u64,
    /// Who made it.
    #[schema(example = "person:user_demo_olivia")]
    pub actor: String,
    /// When.
    #[serde(deserialize_with = "row::instant")]
    pub changed_at: String,
    /// The settings, whole. Amounts are cents, rates basis points.
    #[serde(deserialize_with = "row::json")]
    #[schema(schema_with = settings_schema)]
    pub settings: Value,
}

impl Resource for SettingsVersion {
    const NAME: &'static str = "version of the settings";
    const LIST: List = List {
        select: "SELECT version, plan_version, seq, actor, changed_at, settings FROM settings_version
            WHERE organization = ?1",
        key: "version",
        default: "-version",
        sorts: &["changed_at"],
        columns: &["version", "plan_version", "seq", "actor", "changed_at", "settings"],
    };
    as_selected!();
}

/// The settings in force.
#[utoipa::path(
    get,
    path = "/api/v1/settings",
    tag = "settings",
    params(FreshQuery),
    responses((status = 200, body = SettingsVersion), Problems)
)]
#[worker::send]
pub async fn get_settings(looks: Looks) -> Result<Found<SettingsVersion>, EdgeError> {
    let version = in_force(looks.asking()).await?.version;
    looks.one(Of::Organization, version).await
}

/// The settings that the organization's own object decides by.
async fn in_force(of: &Asking) -> Result<Settings, EdgeError> {
    let answer = ask::<Organization>(of.edge.env(), &of.tenant.organization(), &Query::Settings).await?;
    match answer {
        Answer::Settings { settings: Some(settings) } => Ok(*settings),
        _ => Err(EdgeError::NotFound("organization")),
    }
}

/// Every version of the settings, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/settings/versions",
    tag = "settings",
    params(PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<SettingsVersion> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_settings_versions(lists: Lists) -> Result<Listing<SettingsVersion>, EdgeError> {
    lists.answer(Of::Organization, &()).await
}

/// One version of the settings.
#[utoipa::path(
    get,
    path = "/api/v1/settings/versions/{version}",
    tag = "settings",
    params(("version" = u32, Path, description = "From 1"), FreshQuery),
    responses((status = 200, body = SettingsVersion), Problems)
)]
#[worker::send]
pub async fn get_settings_version(
    looks: Looks,
    Named(version): Named<u32>,
) -> Result<Found<SettingsVersion>, EdgeError> {
    looks.one(Of::Organization, version).await
}

/// Settings, whole, as a request brings them.
pub struct SettingsBody;

impl utoipa::PartialSchema for SettingsBody {
    fn schema() -> RefOr<Schema> {
        settings_schema().into()
    }
}

impl ToSchema for SettingsBody {
    fn name() -> Cow<'static, str> {
        "Settings".into()
    }
}

/// Puts new settings in force: whole, under the version that follows the one in force. Events that run go on with
/// those they were founded with.
#[utoipa::path(
    put,
    path = "/api/v1/settings",
    tag = "settings",
    params(CommandHeaders),
    request_body = SettingsBody,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn change_settings(decider: Decider, Told(settings): Told<Settings>) -> Decision {
    let command = Command::ChangeSettings { settings: Box::new(settings) };
    Ok(decider.organization(command).await?.done())
}

/// A version of the commission plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlanVersion {
    /// From 1.
    pub version: u32,
    /// The first version of the settings that it stands in.
    pub settings_version: u32,
    /// Since when.
    #[serde(deserialize_with = "row::instant")]
    pub since: String,
    /// Who put it in force.
    pub actor: String,
    /// The plan. Amounts are cents, rates basis points.
    #[serde(deserialize_with = "row::json")]
    #[schema(schema_with = plan_schema)]
    pub plan: Value,
}

impl Resource for PlanVersion {
    const NAME: &'static str = "commission plan";
    /// With MIN, SQLite takes the other columns from the row that has it.
    const LIST: List = List {
        select:
            "SELECT plan_version AS version, MIN(version) AS settings_version, changed_at AS since, actor,
              settings->'plan' AS plan
            FROM settings_version WHERE organization = ?1 GROUP BY plan_version",
        key: "version",
        default: "-version",
        sorts: &["since"],
        columns: &["version", "settings_version", "since", "actor", "plan"],
    };
    as_selected!();
}

/// Every version of the commission plan, newest first. A line of a receipt names the one it was estimated under, a
/// statement the one it was settled by.
#[utoipa::path(
    get,
    path = "/api/v1/commission-plans",
    tag = "settings",
    params(PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<PlanVersion> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_commission_plans(lists: Lists) -> Result<Listing<PlanVersion>, EdgeError> {
    lists.answer(Of::Organization, &()).await
}

/// One version of the commission plan.
#[utoipa::path(
    get,
    path = "/api/v1/commission-plans/{version}",
    tag = "settings",
    params(("version" = u32, Path, description = "From 1"), FreshQuery),
    responses((status = 200, body = PlanVersion), Problems)
)]
#[worker::send]
pub async fn get_commission_plan(
    looks: Looks,
    Named(version): Named<u32>,
) -> Result<Found<PlanVersion>, EdgeError> {
    looks.one(Of::Organization, version).await
}

/// What a plan would give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTrial {
    /// The plan to try; its version does not matter.
    #[schema(schema_with = plan_schema)]
    pub plan: CommissionPlan,
    /// How the consignor takes part.
    #[schema(schema_with = crate::http::words::tiers)]
    pub tier: domain::commission::Tier,
    /// Shifts completed.
    #[serde(default)]
    pub shifts: u8,
    /// Price on the tag.
    #[schema(example = 125)]
    pub price_cents: i64,
}

/// A price, split.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanSplit {
    /// The consignor's rate.
    pub rate_bp: u32,
    /// The consignor's share.
    pub share_cents: i64,
    /// The house's share.
    pub house_cents: i64,
}

/// Tries a plan on one price, by the rules that the tills and the settlement use. Changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/commission-plans/trial",
    tag = "settings",
    request_body = PlanTrial,
    responses((status = 200, body = PlanSplit), Problems)
)]
#[worker::send]
pub async fn try_commission_plan(Told(trial): Told<PlanTrial>) -> Result<Json<PlanSplit>, EdgeError> {
    let problems = trial.plan.problems();
    let price = Cents(trial.price_cents);
    if !problems.is_empty() || !price.is_price() {
        let detail =
            if problems.is_empty() { "price_cents is no price.".into() } else { problems.join(", ") };
        return Err(EdgeError::bad_request("plan_unusable", detail));
    }
    let rate = trial.plan.rate_parts(trial.tier, trial.shifts, price).rate;
    let split = trial.plan.rounding.part(price, rate);
    let house_cents = price.0.saturating_sub(split.0);
    Ok(Json(PlanSplit { rate_bp: rate.0, share_cents: split.0, house_cents }))
}
