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
    /// A paired terminal, in its own session.
    Terminal,
    /// A paired terminal in its own session, or a person with this permission.
    TerminalOr(Permission),
}

/// One row: method, path as routed, what it asks.
pub type Row = (Method, &'static str, Access);

/// Every route of the API.
pub const ACCESS: &[Row] = &[
    (Method::GET, "/healthz", Access::Platform),
    (Method::GET, "/api/v1/openapi.json", Access::Platform),
    (Method::GET, "/api/v1/configuration", Access::Public),
    (Method::POST, "/api/v1/platform/organizations", Access::PlatformAdmin),
    (Method::GET, "/api/v1/me", Access::Person),
    (Method::GET, "/api/v1/members", Access::Needs(Permission::ManageOrganization)),
    (Method::PUT, "/api/v1/members/{person}/roles/{role}", Access::Needs(Permission::ManageOrganization)),
    (Method::DELETE, "/api/v1/members/{person}/roles/{role}", Access::Needs(Permission::ManageOrganization)),
    (Method::GET, "/api/v1/events", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events", Access::Needs(Permission::ManageEvents)),
    (Method::GET, "/api/v1/events/{event}", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/transitions", Access::Needs(Permission::ManageEvents)),
    (Method::POST, "/api/v1/events/{event}/imports", Access::Needs(Permission::ManageItems)),
    (Method::GET, "/api/v1/events/{event}/items", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/events/{event}/consignors", Access::Needs(Permission::ReadEverything)),
    (Method::GET, "/api/v1/events/{event}/streams", Access::Needs(Permission::ReadLogs)),
    (Method::GET, "/api/v1/events/{event}/sessions", Access::Needs(Permission::ReadEverything)),
    (Method::POST, "/api/v1/events/{event}/sessions", Access::Needs(Permission::ManageSessions)),
    (Method::GET, "/api/v1/sessions/{session}", Access::TerminalOr(Permission::ReadEverything)),
    (Method::POST, "/api/v1/sessions/{session}/open", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/sessions/{session}/pause", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/sessions/{session}/resume", Access::Needs(Permission::ManageSessions)),
    (Method::POST, "/api/v1/sessions/{session}/close", Access::Needs(Permission::ManageSessions)),
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
    (Method::GET, "/api/v1/sessions/{session}/summary", Access::TerminalOr(Permission::ReadEverything)),
    (Method::GET, "/api/v1/sessions/{session}/live", Access::TerminalOr(Permission::ReadEverything)),
    (Method::GET, "/api/v1/log/{stream}", Access::Needs(Permission::ReadLogs)),
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
                Caller::Person { roles, platform_admin, .. },
            ) => {
                // Who runs the platform helps organizations: reads as their support does, decides nothing.
                let helps = *platform_admin && Role::Support.permits(permission);
                if helps || roles.iter().any(|role| role.permits(permission)) {
                    Ok(())
                } else {
                    Err(lacking(permission))
                }
            }
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

fn lacking(permission: Permission) -> EdgeError {
    let name = serde_json::to_string(&permission).unwrap_or_default();
    EdgeError::Forbidden(format!("the permission {}", name.trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::ids::{PersonId, SessionId, TerminalId};
    use uuid::Uuid;

    use super::*;

    fn person(roles: &[Role], platform_admin: bool) -> Caller {
        Caller::Person { id: PersonId("user_1".into()), roles: roles.to_vec(), platform_admin }
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
            assert!(
                access.check(&person(&[Role::Consignor, Role::Volunteer], false), None).is_err(),
                "{method} {path}"
            );
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
        for permission in [Permission::ManageEvents, Permission::DecideMoney, Permission::ReadPersonalData] {
            assert!(Access::Needs(permission).check(&sam, None).is_err());
        }
        assert!(Access::PlatformAdmin.check(&sam, None).is_ok());
        assert!(Access::PlatformAdmin.check(&person(&[Role::OrganizationAdmin], false), None).is_err());
    }
}
