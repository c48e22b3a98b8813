//! The tables of `docs/rights.md`, made from the code: which role may do what, and what each route asks for.

use std::fmt::Write as _;

use domain::rights::{Permission, Role};

use super::access::{ACCESS, Access};

/// Where the document stands.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rights.md");

const HEAD: &str = "# Who may do what

Made from `domain/src/rights.rs` and `src/http/access.rs` by a test that fails when this page is out of date
(`HANGTAG_BLESS=1 cargo test -p hangtag rights` writes it). The identity provider says who somebody is; what they may do
stands in the organization's own log, is asked there with every request, and is checked again by the object that decides.

People of the platform read in an organization as its support does, while a support access of theirs stands in its log
(`PUT /api/v1/platform/organizations/{organization}/support-access`), and decide nothing there. While an organization is
suspended, nobody gets in but those who read for support. A refusal for want of a right is written down
(`GET /api/v1/denied-access`). Where a route is a consignor's own, the handler also checks that the number is theirs.

";

fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap().trim_matches('"').to_owned()
}

fn document() -> String {
    let mut text = HEAD.to_owned();
    let mut permissions: Vec<Permission> =
        Role::ALL.iter().flat_map(|role| role.permissions()).copied().collect();
    permissions.sort_unstable();
    permissions.dedup();
    text.push_str("## Roles\n\n| permission |");
    for role in Role::ALL {
        write!(text, " {} |", role.name()).unwrap();
    }
    text.push_str("\n|---|");
    text.push_str(&":-:|".repeat(Role::ALL.len()));
    text.push('\n');
    for permission in permissions {
        write!(text, "| `{}` |", name(&permission)).unwrap();
        for role in Role::ALL {
            text.push_str(if role.permits(permission) { " ✓ |" } else { "  |" });
        }
        text.push('\n');
    }
    text.push_str("\n## Routes\n\n| route | asks for |\n|---|---|\n");
    for (method, path, access) in ACCESS {
        writeln!(text, "| `{method} {path}` | {} |", asks(*access)).unwrap();
    }
    text
}

fn asks(access: Access) -> String {
    match access {
        Access::Platform => "nothing".into(),
        Access::Public => "nothing; shows the organization at the host".into(),
        Access::PublicOfTenant => "nothing, at an organization's host".into(),
        Access::PlatformAdmin => "a person who runs the platform".into(),
        Access::Person => "a signed-in person".into(),
        Access::Needs(permission) => format!("`{}`", name(&permission)),
        Access::NeedsAny(permissions) => {
            let names: Vec<String> =
                permissions.iter().map(|permission| format!("`{}`", name(permission))).collect();
            names.join(" or ")
        }
        Access::Terminal => "a paired terminal, in its own session".into(),
        Access::TerminalOr(permission) => {
            format!("a paired terminal in its own session, or `{}`", name(&permission))
        }
    }
}

#[test]
fn the_documents_tables_of_rights_are_what_the_code_says() {
    let said = document();
    if std::env::var_os("HANGTAG_BLESS").is_some() {
        std::fs::write(DOCUMENT, &said).unwrap();
    }
    let written = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    assert!(written == said, "docs/rights.md is out of date: HANGTAG_BLESS=1 cargo test -p hangtag rights");
}
