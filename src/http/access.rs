//! Who may use which route: one table. A route without a row here answers nobody (and a test finds it).

use axum::http::Method;
use domain::rights::{Permission, Role};

use super::caller::Caller;
use super::problem::EdgeError;

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing, and no organization either.
    Platform,
    /// Nothing; the organization is named if there is one at the host.
    Public,
    /// Nothing, at an organization's host.
    PublicOfTenant,
    /// A person who runs the platform; no organization.
    PlatformAdmin,
    /// Any signed-in person, at an organization's host.
    Person,
    /// A person with this permission in the organization.
    Needs(Permission),
    /// A person with any of these permissions; the handler looks at whom it is about.
    NeedsAny(&'static [Permission]),
    /// A paired terminal, in its own session.
    Terminal,
    /// A paired terminal in its own session, or a person with this permission.
    TerminalOr(Permission),
}

/// One row: method, path as routed, what it asks.
pub type Row = (Method, &'static str, Access);

/// Who runs the event or helps there, and a consignor for themself.
const OWN_PART: Access =
    Access::NeedsAny(&[Permission::ManageEvents, Permission::HandleItems, Permission::TakePart]);

/// Who looks after items, and a consignor for their own.
const OWN_ITEMS: Access = Access::NeedsAny(&[Permission::ManageItems, Permission::TakePart]);

/// Every route of the API.
pub const ACCESS: &[Row] = &[
    (Method::GET, "/healthz", Access::Platform),
    (Method::GET, "/metrics", Access::Platform),
    (Method::GET, "/api/v1/openapi.json", Access::Platform),
    (Method::GET, "/api/docs", Access::Platform),
    (Method::GET, "/api/docs.css", Access::Platform),
    (Method::POST, "/api/v1/webhooks/clerk", Access::Platform),
    (Method::GET, "/api/v1/webhooks/mailchimp", Access::Platform),
    (Method::POST, "/api/v1/webhooks/mailchimp", Access::Platform),
    (Method::GET, "/api/v1/configuration", Access::Public),
    (Method::POST, "/api/v1/platform/organizations", Access::PlatformAdmin),
    (Method::GET, "/api/v1/platform/organizations", Access::PlatformAdmin),
    (Method::GET, "/api/v1/platform/organizations/{organization}", Access::PlatformAdmin),
    (Method::PUT, "/api/v1/platform/organizations/{organization}/suspension", Access::PlatformAdmin),
    (Method::DELETE, "/api/v1/platform/organizations/{organization}/suspension", Access::PlatformAdmin),
    (Method::PUT, "/api/v1/platform/organizations/{organization}/support-access", Access::PlatformAdmin),
    (Method::DELETE, "/api/v1/platform/organizations/{organization}/support-access", Access::PlatformAdmin),
    (Method::PUT, "/api/v1/platform/organizations/{organization}/hosts/{host}", Access::PlatformAdmin),
    (Method::DELETE, "/api/v1/platform/organizations/{organization}/hosts/{host}", Access::PlatformAdmin),
    (Method::POST, "/api/v1/platform/vault/rotation", Access::PlatformAdmin),
    (Method::POST, "/api/v1/platform/log-imports/{stream}", Access::PlatformAdmin),
    (Method::GET, "/api/v1/platform/log-imports/{stream}", Access::PlatformAdmin),
    (Method::POST, "/api/v1/platform/log-imports/{stream}/opening", Access::PlatformAdmin),
    (Method::GET, "/api/v1/me", Access::Person),
    (Method::GET, "/api/v1/members", Access::Needs(Permission::ManageOrganization)),
    (Method::PUT, "/api/v1/members/{person}/roles/{role}", Access::Needs(Permission::ManageOrganization)),
    (Method::DELETE, "/api/v1/members/{person}/roles/{role}", Access::Needs(Permission::ManageOrganization)),
    (Method::GET, "/api/v1/invitations", Access::Needs(Permission::ManageOrganization)),
    (Method::POST, "/api/v1/invitations", Access::Needs(Permission::ManageOrganization)),
    (Method::DELETE, "/api/v1/invitations/{invitation}", Access::Needs(Permission::ManageOrganization)),
    // Whoever holds the mail's secret: they have no role here yet.
    (Method::POST, "/api/v1/invitations/{invitation}/acceptance", Access::Person),
    (Method::GET, "/api/v1/emails", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/emails/{email}", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/emails/{email}/resend", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/settings", Access::Needs(Permission::ReadEverything)),
    (Method::PUT, "/api/v1/settings", Access::Needs(Permission::ManageOrganization)),
    (Method::GET, "/api/v1/settings/versions", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/settings/versions/{version}", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/commission-plans", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/commission-plans/{version}", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/commission-plans/trial", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/consignors", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/consignors", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/consignors/{number}", Access::Needs(Permission::ReadEverything)),
    (Method::PUT, "/api/v1/consignors/{number}/tier", Access::Needs(Permission::ManageEvents)),
    (Method::PUT, "/api/v1/consignors/{number}/flags/{flag}", Access::Needs(Permission::ManageEvents)),
    (Method::DELETE, "/api/v1/consignors/{number}/flags/{flag}", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/referral-codes", Access::Needs(Permission::ReadEverything)),
    (Method::PUT, "/api/v1/referral-codes/{code}", Access::Needs(Permission::ManageEvents)),
    (Method::DELETE, "/api/v1/referral-codes/{code}", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/ledger", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/ledger", Access::Needs(Permission::DecideMoney)),
    (Method::DELETE, "/api/v1/support-access/{person}", Access::Needs(Permission::ManageOrganization)),
    (Method::GET, "/api/v1/people/{subject}/personal-data", Access::Needs(Permission::ReadPersonalData)),
    (Method::PATCH, "/api/v1/people/{subject}/personal-data", Access::Needs(Permission::ManageOrganization)),
    (Method::GET, "/api/v1/people/{subject}/export", Access::Needs(Permission::ManageOrganization)),
    (Method::POST, "/api/v1/people/{subject}/erasure", Access::Needs(Permission::ManageOrganization)),
    (Method::GET, "/api/v1/denied-access", Access::Needs(Permission::ManageOrganization)),
    (Method::GET, "/api/v1/events", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/events/{event}", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/transitions", Access::Needs(Permission::ManageEvents)),
    (Method::POST, "/api/v1/events/{event}/imports", Access::Needs(Permission::ManageItems)),
    (Method::GET, "/api/v1/events/{event}/participations", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/participations", OWN_PART),
    (
        Method::GET,
        "/api/v1/events/{event}/participations/{consignor}",
        Access::Needs(Permission::ReadEverything),
    ),
    (Method::PUT, "/api/v1/events/{event}/participations/{consignor}", OWN_PART),
    (Method::POST, "/api/v1/events/{event}/participations/{consignor}/accept", OWN_PART),
    (Method::POST, "/api/v1/events/{event}/participations/{consignor}/cancel", OWN_PART),
    (Method::GET, "/api/v1/events/{event}/registration", Access::Needs(Permission::ReadEverything)),
    (Method::PUT, "/api/v1/events/{event}/registration", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/events/{event}/fees", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/events/{event}/fees/movements", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/fees/charges", Access::Needs(Permission::HandleItems)),
    (Method::POST, "/api/v1/events/{event}/fees/payments", Access::Needs(Permission::HandleItems)),
    (Method::POST, "/api/v1/events/{event}/fees/waivers", Access::Needs(Permission::DecideMoney)),
    (Method::POST, "/api/v1/events/{event}/adjustments", Access::Needs(Permission::DecideMoney)),
    (Method::GET, "/api/v1/events/{event}/items", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/items", OWN_ITEMS),
    (Method::PATCH, "/api/v1/events/{event}/items", OWN_ITEMS),
    (Method::GET, "/api/v1/events/{event}/items/{tag}", Access::Needs(Permission::ReadEverything)),
    (Method::PATCH, "/api/v1/events/{event}/items/{tag}", OWN_ITEMS),
    (Method::POST, "/api/v1/events/{event}/items/reprice", Access::Needs(Permission::ManageItems)),
    (Method::POST, "/api/v1/events/{event}/items/print", OWN_ITEMS),
    (Method::POST, "/api/v1/events/{event}/items/check-in", Access::Needs(Permission::HandleItems)),
    (Method::POST, "/api/v1/events/{event}/items/reject", Access::Needs(Permission::HandleItems)),
    (Method::POST, "/api/v1/events/{event}/items/pull", Access::Needs(Permission::ManageItems)),
    (Method::POST, "/api/v1/events/{event}/items/reinstate", Access::Needs(Permission::ManageItems)),
    (Method::POST, "/api/v1/events/{event}/items/depart", Access::Needs(Permission::HandleItems)),
    (Method::POST, "/api/v1/events/{event}/items/transfer", OWN_ITEMS),
    (Method::POST, "/api/v1/events/{event}/items/{tag}/retag", Access::Needs(Permission::HandleItems)),
    (Method::POST, "/api/v1/events/{event}/drafts", OWN_ITEMS),
    (Method::PUT, "/api/v1/events/{event}/drafts/{tag}", OWN_ITEMS),
    (Method::DELETE, "/api/v1/events/{event}/drafts/{tag}", OWN_ITEMS),
    (Method::POST, "/api/v1/events/{event}/drafts/{tag}/complete", OWN_ITEMS),
    (Method::GET, "/api/v1/events/{event}/slots", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/slots", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/events/{event}/slots/{slot}", Access::Needs(Permission::ReadEverything)),
    (Method::PATCH, "/api/v1/events/{event}/slots/{slot}", Access::Needs(Permission::ManageEvents)),
    (Method::POST, "/api/v1/events/{event}/slots/{slot}/cancel", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/events/{event}/bookings", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/bookings", OWN_PART),
    (Method::GET, "/api/v1/events/{event}/bookings/{booking}", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/bookings/{booking}/accept", OWN_PART),
    (Method::POST, "/api/v1/events/{event}/bookings/{booking}/cancel", OWN_PART),
    (
        Method::POST,
        "/api/v1/events/{event}/bookings/{booking}/check-in",
        Access::Needs(Permission::HandleItems),
    ),
    (
        Method::POST,
        "/api/v1/events/{event}/bookings/{booking}/complete",
        Access::Needs(Permission::HandleItems),
    ),
    (Method::POST, "/api/v1/events/{event}/bookings/{booking}/miss", Access::Needs(Permission::HandleItems)),
    (Method::GET, "/api/v1/events/{event}/counts", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/counts", Access::Needs(Permission::HandleItems)),
    (Method::GET, "/api/v1/events/{event}/counts/{count}", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/counts/{count}/tags", Access::Needs(Permission::HandleItems)),
    (Method::POST, "/api/v1/events/{event}/counts/{count}/compare", Access::Needs(Permission::HandleItems)),
    (Method::POST, "/api/v1/events/{event}/counts/{count}/abandon", Access::Needs(Permission::HandleItems)),
    (
        Method::GET,
        "/api/v1/events/{event}/counts/{count}/differences",
        Access::Needs(Permission::ReadEverything),
    ),
    (Method::GET, "/api/v1/events/{event}/settlements", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/settlements", Access::Needs(Permission::DecideMoney)),
    (
        Method::GET,
        "/api/v1/events/{event}/settlements/{settlement}",
        Access::Needs(Permission::ReadEverything),
    ),
    (
        Method::POST,
        "/api/v1/events/{event}/settlements/{settlement}/run",
        Access::Needs(Permission::DecideMoney),
    ),
    (
        Method::POST,
        "/api/v1/events/{event}/settlements/{settlement}/approve",
        Access::Needs(Permission::DecideMoney),
    ),
    (Method::GET, "/api/v1/events/{event}/settlement-preview", Access::Needs(Permission::ReadEverything)),
    (
        Method::GET,
        "/api/v1/events/{event}/settlement-preview/{consignor}",
        Access::Needs(Permission::ReadEverything),
    ),
    (
        Method::GET,
        "/api/v1/events/{event}/settlements/{settlement}/statements",
        Access::Needs(Permission::ReadEverything),
    ),
    (
        Method::GET,
        "/api/v1/events/{event}/settlements/{settlement}/statements/{consignor}",
        Access::Needs(Permission::ReadEverything),
    ),
    (Method::GET, "/api/v1/events/{event}/payouts", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/events/{event}/payouts/{payout}", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/payouts/approve", Access::Needs(Permission::DecideMoney)),
    (Method::POST, "/api/v1/events/{event}/payouts/{payout}/paid", Access::Needs(Permission::DecideMoney)),
    (Method::POST, "/api/v1/events/{event}/payouts/{payout}/void", Access::Needs(Permission::DecideMoney)),
    (Method::POST, "/api/v1/events/{event}/payouts/{payout}/reissue", Access::Needs(Permission::DecideMoney)),
    (Method::POST, "/api/v1/events/{event}/payouts/{payout}/carry", Access::Needs(Permission::DecideMoney)),
    (Method::GET, "/api/v1/events/{event}/carried-forward", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/events/{event}/reconciliation/runs", Access::Needs(Permission::ReadEverything)),
    (Method::PUT, "/api/v1/events/{event}/reconciliation/policy", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/events/{event}/discrepancies", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/events/{event}/discrepancies/{case}", Access::Needs(Permission::ReadEverything)),
    (
        Method::POST,
        "/api/v1/events/{event}/discrepancies/{case}/resolve",
        Access::Needs(Permission::DecideMoney),
    ),
    (Method::GET, "/api/v1/events/{event}/claims", Access::Needs(Permission::ReadEverything)),
    (
        Method::POST,
        "/api/v1/events/{event}/claims/{case}/resolution",
        Access::Needs(Permission::ManageSessions),
    ),
    (Method::GET, "/api/v1/events/{event}/consignors", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/events/{event}/streams", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/events/{event}/sessions", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/sessions", Access::Needs(Permission::ManageSessions)),
    (Method::GET, "/api/v1/sessions/{session}", Access::TerminalOr(Permission::ReadEverything)),
    (Method::POST, "/api/v1/sessions/{session}/open", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/sessions/{session}/pause", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/sessions/{session}/resume", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/sessions/{session}/close", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/sessions/{session}/close-over", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/sessions/{session}/cancel", Access::Needs(Permission::ManageSessions)),
    (Method::GET, "/api/v1/sessions/{session}/report", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/sessions/{session}/conflicts", Access::Needs(Permission::ReadEverything)),
    (
        Method::POST,
        "/api/v1/sessions/{session}/conflicts/{conflict}/resolution",
        Access::Needs(Permission::ManageSessions),
    ),
    (Method::GET, "/api/v1/sessions/{session}/returns", Access::TerminalOr(Permission::ReadEverything)),
    (Method::POST, "/api/v1/sessions/{session}/returns", Access::TerminalOr(Permission::OverridePrices)),
    (
        Method::POST,
        "/api/v1/sessions/{session}/receipts/{receipt}/void",
        Access::TerminalOr(Permission::OverridePrices),
    ),
    (Method::GET, "/api/v1/sessions/{session}/unlisted-lines", Access::Needs(Permission::ReadEverything)),
    (
        Method::POST,
        "/api/v1/sessions/{session}/receipts/{receipt}/lines/{line}/identification",
        Access::Needs(Permission::ManageItems),
    ),
    (Method::GET, "/api/v1/sessions/{session}/drawers", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/sessions/{session}/cash-movements", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/sessions/{session}/terminals/standing", Access::Needs(Permission::ReadEverything)),
    (
        Method::PUT,
        "/api/v1/sessions/{session}/terminals/{terminal}/rights",
        Access::Needs(Permission::ManageSessions),
    ),
    (
        Method::POST,
        "/api/v1/sessions/{session}/terminals/{terminal}/unreachable",
        Access::Needs(Permission::ManageSessions),
    ),
    (Method::POST, "/api/v1/sessions/{session}/pairings", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/pairings/claim", Access::PublicOfTenant),
    (Method::GET, "/api/v1/terminal", Access::Terminal),
    (Method::GET, "/api/v1/sessions/{session}/terminals", Access::Needs(Permission::ReadEverything)),
    (
        Method::DELETE,
        "/api/v1/sessions/{session}/terminals/{terminal}",
        Access::Needs(Permission::ManageSessions),
    ),
    (Method::GET, "/api/v1/sessions/{session}/catalogue", Access::TerminalOr(Permission::ReadEverything)),
    (Method::GET, "/api/v1/sessions/{session}/receipts", Access::TerminalOr(Permission::ReadEverything)),
    (Method::POST, "/api/v1/sessions/{session}/receipts", Access::Terminal),
    (
        Method::GET,
        "/api/v1/sessions/{session}/receipt-lookup",
        Access::TerminalOr(Permission::ReadEverything),
    ),
    (Method::POST, "/api/v1/sessions/{session}/commands", Access::Terminal),
    // Looks at the token itself: a revoked terminal's still counts for what it holds.
    (Method::POST, "/api/v1/sessions/{session}/late-commands", Access::PublicOfTenant),
    (Method::GET, "/api/v1/receipts/{receipt}", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/receipts/{receipt}/email", Access::TerminalOr(Permission::Sell)),
    (Method::GET, "/api/v1/sessions/{session}/summary", Access::TerminalOr(Permission::ReadEverything)),
    (Method::GET, "/api/v1/sessions/{session}/live", Access::TerminalOr(Permission::ReadEverything)),
    (Method::GET, "/api/v1/history", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/events/{event}/history", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/sessions/{session}/history", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/items/{tag}/history", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/receipts/{receipt}/history", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/consignors/{number}/history", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/events/{event}/state", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/sessions/{session}/state", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/events/{event}/items/{tag}/state", Access::Needs(Permission::ReadLogs)),
    (
        Method::GET,
        "/api/v1/events/{event}/participations/{consignor}/state",
        Access::Needs(Permission::ReadLogs),
    ),
    (Method::GET, "/api/v1/operations/streams", Access::Needs(Permission::ReadLogs)),
    (
        Method::POST,
        "/api/v1/operations/streams/{stream}/rebuild",
        Access::Needs(Permission::RepairReadModels),
    ),
    (Method::POST, "/api/v1/operations/streams/{stream}/beside", Access::Needs(Permission::RepairReadModels)),
    (
        Method::DELETE,
        "/api/v1/operations/streams/{stream}/beside",
        Access::Needs(Permission::RepairReadModels),
    ),
    (
        Method::POST,
        "/api/v1/operations/streams/{stream}/beside/switch",
        Access::Needs(Permission::RepairReadModels),
    ),
    (Method::GET, "/api/v1/operations/parked-streams", Access::Needs(Permission::ReadLogs)),
    (
        Method::POST,
        "/api/v1/operations/parked-streams/{stream}/resume",
        Access::Needs(Permission::RepairReadModels),
    ),
    (Method::GET, "/api/v1/operations/dead-letters", Access::Needs(Permission::ReadLogs)),
    (
        Method::POST,
        "/api/v1/operations/dead-letters/{letter}/redrive",
        Access::Needs(Permission::RepairReadModels),
    ),
    (Method::GET, "/api/v1/operations/taken", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/log/{stream}", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/log/{stream}/checkpoint", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/.well-known/hangtag-keys.json", Access::Platform),
];

/// The row of a route.
#[must_use]
pub fn access_of(method: &Method, path: &str) -> Option<Access> {
    // A HEAD is a GET without its body.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    ACCESS.iter().find(|(of, at, _)| of == method && *at == path).map(|(_, _, access)| *access)
}

impl Access {
    /// True when the route is of one organization.
    #[must_use]
    pub fn has_tenant(self) -> bool {
        !matches!(self, Self::Platform | Self::Public | Self::PlatformAdmin)
    }

    /// True when the route needs a token.
    #[must_use]
    pub fn has_caller(self) -> bool {
        !matches!(self, Self::Platform | Self::Public | Self::PublicOfTenant)
    }

    /// Lets `caller` pass or says what is needed. `session` is the one in the path, if the path names one.
    ///
    /// # Errors
    /// [`EdgeError::Forbidden`]; [`EdgeError::NotFound`] for a terminal that asks about another session: it has
    /// no business knowing whether that exists.
    pub fn check(self, caller: &Caller, session: Option<&str>) -> Result<(), EdgeError> {
        match (self, caller) {
            (Self::Platform | Self::Public | Self::PublicOfTenant, _)
            | (Self::Person, Caller::Person { .. })
            | (Self::PlatformAdmin, Caller::Person { platform_admin: true, .. }) => Ok(()),
            (
                Self::Needs(permission) | Self::TerminalOr(permission),
                Caller::Person { roles, support, .. },
            ) => any_of(&[permission], roles, *support),
            (Self::NeedsAny(permissions), Caller::Person { roles, support, .. }) => {
                any_of(permissions, roles, *support)
            }
            (Self::NeedsAny(permissions), Caller::Terminal { .. }) => Err(lacking_all(permissions)),
            (Self::Terminal | Self::TerminalOr(_), Caller::Terminal { session: own, .. }) => match session {
                Some(asked) if asked != own.to_string() => Err(EdgeError::NotFound("session")),
                _ => Ok(()),
            },
            (Self::PlatformAdmin, _) => Err(EdgeError::Forbidden("a platform administrator".into())),
            (Self::Person, Caller::Terminal { .. }) => Err(EdgeError::Forbidden("a signed-in person".into())),
            (Self::Needs(permission), Caller::Terminal { .. }) => Err(lacking(permission)),
            (Self::Terminal, Caller::Person { .. }) => Err(EdgeError::Forbidden("a paired terminal".into())),
        }
    }
}

/// Any one of `permissions` is enough. Who runs the platform and has said so in the organization's log reads as its
/// support does.
fn any_of<'a>(
    permissions: &[Permission],
    roles: impl IntoIterator<Item = &'a Role>,
    support: bool,
) -> Result<(), EdgeError> {
    let any = |role: &Role| permissions.iter().any(|permission| role.permits(*permission));
    let read =
        || permissions.iter().any(|permission| permission.reads() && Role::Support.permits(*permission));
    if roles.into_iter().any(any) || (support && read()) { Ok(()) } else { Err(lacking_all(permissions)) }
}

fn lacking(permission: Permission) -> EdgeError {
    lacking_all(&[permission])
}

fn lacking_all(permissions: &[Permission]) -> EdgeError {
    let names: Vec<String> = permissions
        .iter()
        .map(|permission| serde_json::to_string(permission).unwrap_or_default().trim_matches('"').to_owned())
        .collect();
    EdgeError::Forbidden(format!("the permission {}", names.join(" or ")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::ids::{PersonId, SessionId, TerminalId};
    use uuid::Uuid;

    use super::*;

    fn person(roles: &[Role], platform_admin: bool) -> Caller {
        let support = platform_admin;
        Caller::Person { id: PersonId("user_1".into()), roles: roles.to_vec(), platform_admin, support }
    }

    fn terminal() -> Caller {
        Caller::Terminal {
            id: TerminalId(Uuid::from_u128(1)),
            session: SessionId(Uuid::from_u128(2)),
            name: "Till 1".into(),
        }
    }

    #[test]
    fn every_documented_route_has_a_row_and_every_row_a_route() {
        let document = crate::http::router::document();
        let mut documented = BTreeSet::new();
        for (path, item) in &document.paths.paths {
            for (method, operation) in [
                ("GET", &item.get),
                ("POST", &item.post),
                ("DELETE", &item.delete),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
            ] {
                if operation.is_some() {
                    documented.insert((method.to_owned(), path.clone()));
                }
            }
        }
        let rows: BTreeSet<(String, String)> =
            ACCESS.iter().map(|(method, path, _)| (method.to_string(), (*path).to_owned())).collect();
        assert_eq!(rows, documented);
        assert_eq!(rows.len(), ACCESS.len(), "a route has one row");
    }

    #[test]
    fn strangers_pass_nothing_that_needs_a_permission() {
        for (method, path, access) in
            ACCESS.iter().filter(|(_, _, access)| access.has_caller() && *access != Access::Person)
        {
            assert!(access.check(&person(&[], false), None).is_err(), "{method} {path}");
            // Where a consignor passes, the handler looks at whom it is about.
            let consignor = access.check(&person(&[Role::Consignor], false), None).is_ok();
            assert!(!consignor || matches!(access, Access::NeedsAny(_)), "{method} {path}");
            let volunteer = access.check(&person(&[Role::Volunteer], false), None).is_ok();
            let hands = match access {
                Access::Needs(permission) => *permission == Permission::HandleItems,
                Access::NeedsAny(permissions) => permissions.contains(&Permission::HandleItems),
                _ => false,
            };
            assert_eq!(volunteer, hands, "{method} {path}");
        }
    }

    #[test]
    fn terminals_pass_only_in_their_own_session() {
        let own = Uuid::from_u128(2).to_string();
        let other = Uuid::from_u128(3).to_string();
        let access = Access::TerminalOr(Permission::ReadEverything);
        assert!(access.check(&terminal(), Some(&own)).is_ok());
        assert!(matches!(access.check(&terminal(), Some(&other)), Err(EdgeError::NotFound("session"))));
        for permission in Role::OrganizationAdmin.permissions() {
            assert!(Access::Needs(*permission).check(&terminal(), Some(&own)).is_err());
        }
        assert!(Access::Terminal.check(&person(&[Role::OrganizationAdmin], true), None).is_err());
        assert!(Access::PlatformAdmin.check(&terminal(), None).is_err());
    }

    #[test]
    fn platform_administrators_read_and_decide_nothing() {
        let sam = person(&[], true);
        assert!(Access::Needs(Permission::ReadEverything).check(&sam, None).is_ok());
        assert!(Access::Needs(Permission::ReadLogs).check(&sam, None).is_ok());
        for permission in [
            Permission::ManageEvents,
            Permission::RepairReadModels,
            Permission::DecideMoney,
            Permission::ReadPersonalData,
        ] {
            assert!(Access::Needs(permission).check(&sam, None).is_err());
        }
        assert!(Access::PlatformAdmin.check(&sam, None).is_ok());
        assert!(Access::PlatformAdmin.check(&person(&[Role::OrganizationAdmin], false), None).is_err());
    }
}
