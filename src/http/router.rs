//! The routes, their guard, and the document that describes them.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use worker::send::SendFuture;

use super::access::{Access, access_of};
use super::api;
use super::caller::{Caller, Recognised, is_suspended, token_in_query, token_of};
use super::denied;
use super::edge::Edge;
use super::limits::{self, Left, Who};
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

#[expect(clippy::too_many_lines, reason = "one table of all routes, a line each")]
fn described() -> OpenApiRouter {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(api::health::healthz))
        .routes(routes!(api::metrics::metrics_page))
        .routes(routes!(api::description::openapi))
        .routes(routes!(api::description::docs))
        .routes(routes!(api::description::docs_style))
        .routes(routes!(api::configuration::configuration))
        .routes(routes!(api::platform::list_organizations, api::platform::create_organization))
        .routes(routes!(api::platform::get_organization))
        .routes(routes!(api::platform_steps::suspend_organization, api::platform_steps::resume_organization))
        .routes(routes!(api::platform_steps::open_support, api::platform_steps::close_support))
        .routes(routes!(api::platform_hosts::add_host, api::platform_hosts::remove_host))
        .routes(routes!(api::platform_vault::rotate_vault))
        .routes(routes!(api::log_imports::import_log, api::log_imports::get_log_import))
        .routes(routes!(api::log_imports::open_log))
        .routes(routes!(api::clerk_webhooks::take_clerk_webhook))
        .routes(routes!(
            api::mailchimp_webhooks::check_mailchimp_webhook,
            api::mailchimp_webhooks::take_mailchimp_webhook
        ))
        .routes(routes!(api::me::me))
        .routes(routes!(api::members::list_members))
        .routes(routes!(api::invitations::list_invitations, api::invitations::invite))
        .routes(routes!(api::invitations::withdraw_invitation))
        .routes(routes!(api::invitations::accept_invitation))
        .routes(routes!(api::emails::list_emails))
        .routes(routes!(api::emails::get_email))
        .routes(routes!(api::emails::resend_email))
        .routes(routes!(api::support_access::end_support))
        .routes(routes!(api::people::get_personal_data, api::people::change_personal_data))
        .routes(routes!(api::people::export_person))
        .routes(routes!(api::people::erase_person))
        .routes(routes!(api::denied_access::list_denied_access))
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
        .routes(routes!(api::referral_codes::list_referral_codes))
        .routes(routes!(api::referral_codes::issue_referral_code, api::referral_codes::retire_referral_code))
        .routes(routes!(api::ledger::list_ledger, api::ledger::post_to_ledger))
        .routes(routes!(api::events::list_events, api::events::create_event))
        .routes(routes!(api::events::get_event))
        .routes(routes!(api::events::change_status))
        .routes(routes!(api::imports::import_items))
        .routes(routes!(api::participations::list_participations, api::participations::register))
        .routes(routes!(api::participations::get_participation, api::participations::change_participation))
        .routes(routes!(api::participations::accept_place))
        .routes(routes!(api::participations::cancel_participation))
        .routes(routes!(api::registration::get_registration, api::registration::plan_registration))
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
        .routes(routes!(api::item_movements::print_tags))
        .routes(routes!(api::item_movements::check_in_items))
        .routes(routes!(api::item_movements::reject_items))
        .routes(routes!(api::item_movements::pull_items))
        .routes(routes!(api::item_movements::reinstate_items))
        .routes(routes!(api::item_movements::depart_items))
        .routes(routes!(api::item_transfers::transfer_items))
        .routes(routes!(api::item_movements::retag_item))
        .routes(routes!(api::item_drafts::save_draft))
        .routes(routes!(api::item_drafts::update_draft, api::item_drafts::discard_draft))
        .routes(routes!(api::item_drafts::complete_draft))
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
        .routes(routes!(api::settlement_previews::preview_settlement))
        .routes(routes!(api::settlement_previews::preview_statement))
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
        .routes(routes!(api::claims::list_claims))
        .routes(routes!(api::claims::resolve_claim))
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
        .routes(routes!(api::receipt_mails::mail_receipt))
        .routes(routes!(api::lookup::look_up_receipt))
        .routes(routes!(api::terminal_commands::terminal_command))
        .routes(routes!(api::terminal_commands::late_command))
        .routes(routes!(api::summary::summary))
        .routes(routes!(api::live::live))
        .routes(routes!(api::log::export_log))
        .routes(routes!(api::checkpoint::log_checkpoint))
        .routes(routes!(api::checkpoint::published_keys))
        .routes(routes!(api::operations::list_operated_streams))
        .routes(routes!(api::rebuilds::rebuild_stream))
        .routes(routes!(api::rebuilds::compare_stream, api::rebuilds::discard_beside))
        .routes(routes!(api::rebuilds::switch_stream))
        .routes(routes!(api::operations::list_parked_streams))
        .routes(routes!(api::operations::resume_stream))
        .routes(routes!(api::dead_letters::list_dead_letters))
        .routes(routes!(api::dead_letters::redrive_letter))
        .routes(routes!(api::operations_taken::list_operations_taken))
        .routes(routes!(api::history::organization_history))
        .routes(routes!(api::history::event_history))
        .routes(routes!(api::history::session_history))
        .routes(routes!(api::history::item_history))
        .routes(routes!(api::history::receipt_history))
        .routes(routes!(api::history::consignor_history))
        .routes(routes!(api::states::event_state))
        .routes(routes!(api::states::session_state))
        .routes(routes!(api::states::item_state))
        .routes(routes!(api::states::participation_state))
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

/// What an answer was about, for the figures.
#[derive(Debug, Clone)]
pub struct Answered {
    /// As in the route table.
    pub route: String,
    /// The organization's id; empty for the platform's own routes.
    pub organization: String,
}

impl Default for Answered {
    fn default() -> Self {
        Self { route: "none".into(), organization: String::new() }
    }
}

/// Lets a request through to its handler once its organization and its caller are known, they have not asked too
/// much, and its row in the access table is met.
async fn guard(request: Request, next: Next) -> Response {
    let mut left = None;
    let mut answered = Answered::default();
    let address = limits::address(request.headers());
    let edge = request.extensions().get::<Edge>().cloned();
    let mut admitted = SendFuture::new(admitted(request, &address, &mut left, &mut answered)).await;
    if let (Err(EdgeError::Unauthenticated(_)), Some(edge)) = (&admitted, &edge) {
        // Whoever is not believed counts as a stranger; too many tries, and there is nothing more to learn.
        if let Err(refused) = limits::count(edge, Who::Stranger, &address, &mut left).await {
            admitted = Err(refused);
        }
    }
    let mut response = match admitted {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    response.extensions_mut().insert(answered);
    if let Some(left) = left {
        left.tell(response.headers_mut());
    }
    response
}

async fn admitted(
    mut request: Request,
    address: &str,
    left: &mut Option<Left>,
    answered: &mut Answered,
) -> Result<Request, EdgeError> {
    let edge = request.extensions().get::<Edge>().cloned().ok_or_else(|| internal("no edge"))?;
    let route = request.extensions().get::<MatchedPath>().cloned().ok_or_else(|| internal("no route"))?;
    let span = tracing::Span::current();
    span.record("route", route.as_str());
    route.as_str().clone_into(&mut answered.route);
    let access = access_of(request.method(), route.as_str()).ok_or(EdgeError::MethodNotAllowed)?;
    if matches!(access, Access::Public | Access::PublicOfTenant) {
        limits::count(&edge, Who::Stranger, address, left).await?;
    }
    let tenant = tenant_of(&edge, access).await?;
    if let Some(tenant) = &tenant {
        span.record("organization", tracing::field::display(tenant.id()));
        answered.organization = tenant.id().to_string();
    }
    if access.has_caller() {
        let caller = called(&edge, tenant.as_ref(), &request, (access, route.as_str()), left).await?;
        request.extensions_mut().insert(caller);
    } else if let Some(tenant) = tenant.as_ref().filter(|_| access == Access::PublicOfTenant)
        && is_suspended(&edge, tenant).await?
    {
        return Err(EdgeError::Suspended);
    }
    if let Some(tenant) = tenant {
        request.extensions_mut().insert(tenant);
    }
    Ok(request)
}

async fn tenant_of(edge: &Edge, access: Access) -> Result<Option<Tenant>, EdgeError> {
    match access {
        // Pages that show themselves to everybody say so when there is no organization at the host.
        Access::Public => match Tenant::resolve(edge).await {
            Ok(tenant) => Ok(Some(tenant)),
            Err(EdgeError::UnknownHost(_)) => Ok(None),
            Err(error) => Err(error),
        },
        _ if access.has_tenant() => Tenant::resolve(edge).await.map(Some),
        _ => Ok(None),
    }
}

/// The caller, believed, within their limits, with the right to be here.
async fn called(
    edge: &Edge,
    tenant: Option<&Tenant>,
    request: &Request,
    (access, route): (Access, &str),
    left: &mut Option<Left>,
) -> Result<Caller, EdgeError> {
    let token = match token_of(request.headers()) {
        Err(missing) if route == api::live::PATH => token_in_query(request.uri().query()).ok_or(missing)?,
        token => token?,
    };
    let Recognised { caller, suspended } = Caller::authenticate(edge, tenant, token, left).await?;
    // Only callers who are believed count for the organization: strangers must not use up what is its people's.
    if let Some(tenant) = tenant {
        limits::count(edge, Who::Organization, &tenant.id().to_string(), &mut None).await?;
    }
    let session = segment(route, request.uri().path(), "{session}");
    if let Err(error) = access.check(&caller, session) {
        denied::note(edge, tenant, &caller, (request.method(), route), &error).await;
        return Err(error);
    }
    let reads = request.method() == Method::GET || request.method() == Method::HEAD;
    if suspended && !(reads && caller.reads_for_support()) {
        return Err(EdgeError::Suspended);
    }
    Ok(caller)
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
