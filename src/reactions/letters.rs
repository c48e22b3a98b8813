//! From a claimed mail to a letter: names and addresses come from the vault at this moment, and go nowhere but out.

use domain::ids::ReceiptId;
use domain::organization::INVITATION_DAYS;
use domain::tenancy::Scope;
use serde::Deserialize;

use super::book::Claimed;
use super::clock::local_moment;
use super::intent::About;
use super::paper::{Heading, paper};
use super::templates::{INVITATION, RECEIPT, ROLE_GRANTED, role_words};
use crate::adapters::database::{Rows, Value};
use crate::adapters::mailchimp::Template;
use crate::http::api::receipts::receipt_with_lines;
use crate::http::edge::Edge;
use crate::http::fresh;
use crate::http::problem::EdgeError;
use crate::vault::{Field, Vault};

/// What an invitation's secret is derived for.
pub const INVITATION_SECRET: &str = "invitation";

const SELECT_ORGANIZATION: &str = "SELECT name, slug FROM organization WHERE organization = ?1";

const SELECT_HEADING: &str =
    "SELECT e.name AS event, s.name AS session, s.currency, o.time_zone FROM sale_session s
    JOIN consignment_event e ON e.organization = s.organization AND e.event = s.event
    JOIN organization o ON o.organization = s.organization
    WHERE s.organization = ?1 AND s.session = ?2";

/// A letter that is ready to go. Never logged: it has no `Debug`.
pub struct Written {
    /// Which template.
    pub template: &'static Template,
    /// Who it comes from.
    pub from_name: String,
    /// Where it goes.
    pub to: String,
    /// The template's variables.
    pub variables: Vec<(&'static str, String)>,
}

/// A letter, or why there can be none.
pub type Outcome = Result<Written, &'static str>;

#[derive(Deserialize)]
struct OrganizationRow {
    name: String,
    slug: String,
}

#[derive(Deserialize)]
struct HeadingRow {
    event: String,
    session: String,
    currency: String,
    time_zone: String,
}

/// Writes the letter of a claimed mail.
///
/// # Errors
/// [`EdgeError`] when something that it needs is out of reach: nothing was sent, and it is tried again.
pub async fn write(edge: &Edge, scope: &Scope, claimed: &Claimed) -> Result<Outcome, EdgeError> {
    let vault = Vault::of(edge, scope)?;
    let subject = claimed.about.subject();
    let profile = vault.get(std::slice::from_ref(&subject)).await?.remove(&subject);
    let Some(to) = profile.and_then(|mut profile| profile.fields.remove(&Field::Email)) else {
        return Ok(Err("no_address"));
    };
    let rows = Rows::of(edge.env(), scope);
    let Some(organization) = rows.first::<OrganizationRow>(SELECT_ORGANIZATION, &[]).await? else {
        return Err(EdgeError::Unavailable("the organization's row is not there yet".into()));
    };
    let page = |path: &str| edge.config().page_of(&organization.slug, path);
    let (template, mut variables) = match &claimed.about {
        About::Invitation { invitation, role } => {
            let Some(secret) = vault.secret_of(&subject, INVITATION_SECRET).await? else {
                return Ok(Err("no_address"));
            };
            let link = page(&format!("/invitation/{invitation}#{secret}"));
            let role = role_words(*role).to_owned();
            (&INVITATION, vec![("ROLE", role), ("LINK", link), ("DAYS", INVITATION_DAYS.to_string())])
        }
        About::Role { role, .. } => {
            (&ROLE_GRANTED, vec![("ROLE", role_words(*role).to_owned()), ("LINK", page("/"))])
        }
        About::Receipt { receipt, .. } => {
            // The rows may lie behind the entry that asked for the mail.
            fresh::reach(edge, &claimed.stream, claimed.seq).await?;
            match printed(edge, scope, *receipt).await? {
                Some(paper) => (&RECEIPT, vec![("PAPER", paper)]),
                None => return Ok(Err("no_receipt")),
            }
        }
    };
    variables.push(("ORGANIZATION", organization.name.clone()));
    Ok(Ok(Written { template, from_name: organization.name, to, variables }))
}

async fn printed(edge: &Edge, scope: &Scope, receipt: ReceiptId) -> Result<Option<String>, EdgeError> {
    let Some(receipt) = receipt_with_lines(edge, scope, receipt).await? else { return Ok(None) };
    let rows = Rows::of(edge.env(), scope);
    let row: Option<HeadingRow> = rows.first(SELECT_HEADING, &[Value::Text(&receipt.session)]).await?;
    Ok(row.map(|HeadingRow { event, session, currency, time_zone }| {
        let moment = local_moment(&receipt.occurred_at, &time_zone);
        paper(&Heading { event, session, currency, moment }, &receipt)
    }))
}
