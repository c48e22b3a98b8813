//! The routes, their guard, and the document that describes them.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use worker::send::SendFuture;

use super::access::{Access, access_of};
use super::api;
use super::caller::{Caller, token_in_query, token_of};
use super::edge::Edge;
use super::problem::{EdgeError, Problem};
use super::tenant::Tenant;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hangtag API",
        description = "Consignment events from registration to settlement. Money is whole cents (`…_cents`), rates are basis points (`…_bp`), instants are RFC 3339 in UTC, tags are ten digits. Errors are `application/problem+json` with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem)),
    modifiers(&Schemes),
    security(("person" = []), ("terminal" = [])),
)]
struct Description;

struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = |format: &str, description: &str| {
            let http = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format(format)
                .description(Some(description));
            SecurityScheme::Http(http.build())
        };
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("person", bearer("JWT", "A session token of the identity provider."));
        components.add_security_scheme(
            "terminal",
            bearer("hgt_…", "The token that a terminal got when it paired."),
        );
    }
}

fn described() -> OpenApiRouter {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(api::health::healthz))
        .routes(routes!(api::description::openapi))
        .routes(routes!(api::configuration::configuration))
        .routes(routes!(api::platform::create_organization))
        .routes(routes!(api::me::me))
        .routes(routes!(api::members::list_members))
        .routes(routes!(api::members::grant_role, api::members::revoke_role))
        .routes(routes!(api::settings::get_settings, api::settings::change_settings))
        .routes(routes!(api::settings::list_settings_versions))
        .routes(routes!(api::settings::get_settings_version))
        .routes(routes!(api::settings::list_commission_plans))
        .routes(routes!(api::settings::get_commission_plan))
        .routes(routes!(api::settings::try_commission_plan))
        .routes(routes!(api::accounts::list_accounts, api::accounts::enrol_consignors))
        .routes(routes!(api::accounts::get_account))
        .routes(routes!(api::accounts::change_tier))
        .routes(routes!(api::accounts::set_account_flag, api::accounts::clear_account_flag))
        .routes(routes!(api::accounts::list_referral_codes))
        .routes(routes!(api::accounts::issue_referral_code, api::accounts::retire_referral_code))
        .routes(routes!(api::accounts::list_ledger, api::accounts::post_to_ledger))
        .routes(routes!(api::events::list_events, api::events::create_event))
        .routes(routes!(api::events::get_event))
        .routes(routes!(api::events::change_status))
        .routes(routes!(api::imports::import_items))
        .routes(routes!(api::participations::list_participations, api::participations::register))
        .routes(routes!(api::participations::get_participation, api::participations::change_participation))
        .routes(routes!(api::participations::accept_place))
        .routes(routes!(api::participations::cancel_participation))
        .routes(routes!(api::participations::get_registration, api::participations::plan_registration))
        .routes(routes!(api::fees::list_fees))
        .routes(routes!(api::fees::list_fee_movements))
        .routes(routes!(api::fees::charge_fee))
        .routes(routes!(api::fees::record_fee_payment))
        .routes(routes!(api::fees::waive_fee))
        .routes(routes!(api::fees::adjust))
        .routes(routes!(
            api::items::list_items,
            api::item_commands::create_items,
            api::item_commands::edit_items
        ))
        .routes(routes!(api::items::get_item, api::item_commands::edit_item))
        .routes(routes!(api::item_commands::reprice_items))
        .routes(routes!(api::item_commands::print_tags))
        .routes(routes!(api::item_commands::check_in_items))
        .routes(routes!(api::item_commands::reject_items))
        .routes(routes!(api::item_commands::pull_items))
        .routes(routes!(api::item_commands::reinstate_items))
        .routes(routes!(api::item_commands::depart_items))
        .routes(routes!(api::item_commands::transfer_items))
        .routes(routes!(api::item_commands::retag_item))
        .routes(routes!(api::item_commands::save_draft))
        .routes(routes!(api::item_commands::update_draft, api::item_commands::discard_draft))
        .routes(routes!(api::item_commands::complete_draft))
        .routes(routes!(api::schedule::list_slots, api::schedule::open_slots))
        .routes(routes!(api::schedule::get_slot, api::schedule::resize_slot))
        .routes(routes!(api::schedule::cancel_slot))
        .routes(routes!(api::bookings::list_bookings, api::bookings::book))
        .routes(routes!(api::bookings::get_booking))
        .routes(routes!(api::bookings::accept_booking))
        .routes(routes!(api::bookings::cancel_booking))
        .routes(routes!(api::bookings::check_in_booking))
        .routes(routes!(api::bookings::complete_booking))
        .routes(routes!(api::bookings::miss_booking))
        .routes(routes!(api::counts::list_counts, api::counts::start_count))
        .routes(routes!(api::counts::get_count))
        .routes(routes!(api::counts::count_items))
        .routes(routes!(api::counts::compare_count))
        .routes(routes!(api::counts::abandon_count))
        .routes(routes!(api::counts::list_count_differences))
        .routes(routes!(api::settlements::list_settlements, api::settlements::start_settlement))
        .routes(routes!(api::settlements::get_settlement))
        .routes(routes!(api::settlements::run_settlement))
        .routes(routes!(api::settlements::approve_settlement))
        .routes(routes!(api::settlements::preview_settlement))
        .routes(routes!(api::settlements::preview_statement))
        .routes(routes!(api::statements::list_statements))
        .routes(routes!(api::statements::get_statement))
        .routes(routes!(api::payouts::list_payouts))
        .routes(routes!(api::payouts::get_payout))
        .routes(routes!(api::payouts::approve_payouts))
        .routes(routes!(api::payouts::mark_payout_paid))
        .routes(routes!(api::payouts::void_payout))
        .routes(routes!(api::payouts::reissue_payout))
        .routes(routes!(api::payouts::carry_payout))
        .routes(routes!(api::payouts::list_carried_forward))
        .routes(routes!(api::reconciliations::list_runs))
        .routes(routes!(api::reconciliations::choose_policy))
        .routes(routes!(api::reconciliations::list_discrepancies))
        .routes(routes!(api::reconciliations::get_discrepancy))
        .routes(routes!(api::reconciliations::resolve_discrepancy))
        .routes(routes!(api::consignors::list_consignors))
        .routes(routes!(api::streams::list_streams))
        .routes(routes!(api::sessions::list_sessions, api::sessions::create_session))
        .routes(routes!(api::sessions::get_session))
        .routes(routes!(api::session_steps::open_session))
        .routes(routes!(api::session_steps::pause_session))
        .routes(routes!(api::session_steps::resume_session))
        .routes(routes!(api::session_steps::close_session))
        .routes(routes!(api::session_steps::close_session_over))
        .routes(routes!(api::session_steps::cancel_session))
        .routes(routes!(api::report::session_report))
        .routes(routes!(api::conflicts::list_conflicts))
        .routes(routes!(api::conflicts::resolve_conflict))
        .routes(routes!(api::returns::list_returns, api::returns::take_return))
        .routes(routes!(api::returns::void_receipt))
        .routes(routes!(api::unlisted::list_unlisted))
        .routes(routes!(api::unlisted::identify_line))
        .routes(routes!(api::drawers::list_drawers))
        .routes(routes!(api::drawers::list_cash_movements))
        .routes(routes!(api::terminal_standing::terminal_standing))
        .routes(routes!(api::terminal_standing::set_terminal_rights))
        .routes(routes!(api::terminal_standing::report_unreachable))
        .routes(routes!(api::pairings::offer_pairing))
        .routes(routes!(api::pairings::claim_pairing))
        .routes(routes!(api::terminals::this_terminal))
        .routes(routes!(api::terminals::list_terminals))
        .routes(routes!(api::terminals::revoke_terminal))
        .routes(routes!(api::catalogue::catalogue))
        .routes(routes!(api::receipts::list_receipts, api::sale::complete_receipt))
        .routes(routes!(api::receipts::get_receipt))
        .routes(routes!(api::summary::summary))
        .routes(routes!(api::live::live))
        .routes(routes!(api::log::export_log))
}

/// The router, guard and all.
pub fn router() -> Router {
    let (router, _) = described().split_for_parts();
    router
        .route_layer(from_fn(guard))
        .method_not_allowed_fallback(async || EdgeError::MethodNotAllowed)
        .fallback(async || EdgeError::NotFound("route"))
}

/// The document, as generated from the handlers.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    described().split_for_parts().1
}

/// Lets a request through to its handler once its organization and its caller are known and its row in the
/// access table is met.
async fn guard(request: Request, next: Next) -> Response {
    match SendFuture::new(admitted(request)).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn admitted(mut request: Request) -> Result<Request, EdgeError> {
    let edge = request.extensions().get::<Edge>().cloned().ok_or_else(|| internal("no edge"))?;
    let route = request.extensions().get::<MatchedPath>().cloned().ok_or_else(|| internal("no route"))?;
    let span = tracing::Span::current();
    span.record("route", route.as_str());
    let access = access_of(request.method(), route.as_str()).ok_or(EdgeError::MethodNotAllowed)?;
    let tenant = match access {
        // Pages that show themselves to everybody say so when there is no organization at the host.
        Access::Public => match Tenant::resolve(&edge).await {
            Ok(tenant) => Some(tenant),
            Err(EdgeError::UnknownHost(_)) => None,
            Err(error) => return Err(error),
        },
        _ if access.has_tenant() => Some(Tenant::resolve(&edge).await?),
        _ => None,
    };
    if let Some(tenant) = &tenant {
        span.record("organization", tracing::field::display(tenant.id()));
    }
    if access.has_caller() {
        let token = match token_of(request.headers()) {
            Err(missing) if route.as_str() == api::live::PATH => {
                token_in_query(request.uri().query()).ok_or(missing)?
            }
            token => token?,
        };
        let caller = Caller::authenticate(&edge, tenant.as_ref(), token).await?;
        let session = segment(route.as_str(), request.uri().path(), "{session}");
        if let Err(error) = access.check(&caller, session) {
            tracing::warn!(actor = %caller.actor(), %error, "refused");
            return Err(error);
        }
        request.extensions_mut().insert(caller);
    }
    if let Some(tenant) = tenant {
        request.extensions_mut().insert(tenant);
    }
    Ok(request)
}

fn internal(what: &str) -> EdgeError {
    EdgeError::Internal(what.to_owned())
}

/// What stands in `path` where `route` has `name`.
fn segment<'p>(route: &str, path: &'p str, name: &str) -> Option<&'p str> {
    let at = route.split('/').position(|segment| segment == name)?;
    path.split('/').nth(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the committed document stands; clients are generated from it.
    const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/frontend/openapi.json");

    #[test]
    fn the_session_in_the_path_is_found() {
        assert_eq!(
            segment("/api/v1/sessions/{session}/live", "/api/v1/sessions/abc/live", "{session}"),
            Some("abc")
        );
        assert_eq!(segment("/api/v1/terminal", "/api/v1/terminal", "{session}"), None);
    }

    #[test]
    fn the_committed_openapi_document_is_what_the_handlers_say() {
        let said = serde_json::to_value(document()).unwrap();
        let committed = || -> Option<serde_json::Value> {
            serde_json::from_str(&std::fs::read_to_string(SNAPSHOT).ok()?).ok()
        };
        if std::env::var_os("HANGTAG_BLESS").is_some() && committed().as_ref() != Some(&said) {
            std::fs::write(SNAPSHOT, document().to_pretty_json().unwrap() + "\n").unwrap();
        }
        let same = committed().as_ref() == Some(&said);
        assert!(
            same,
            "frontend/openapi.json has drifted; write it anew with HANGTAG_BLESS=1 cargo test -p hangtag openapi"
        );
    }
}
