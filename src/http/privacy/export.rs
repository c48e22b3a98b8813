//! All that is kept about a person: the vault's values, the read models' rows, and every entry of a log that speaks
//! of them, reduced to what it says of them.

use std::collections::BTreeMap;

use domain::ids::{ConsignorNumber, EventId, PersonId, SessionId};
use domain::organization::{Answer, Organization, Query};
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::mentions::{Whom, mentions};
use super::subject::Subject;
use crate::adapters::database::Value;
use crate::http::edge::Edge;
use crate::http::fresh::settle;
use crate::http::problem::EdgeError;
use crate::http::tenant::Tenant;
use crate::http::time::instant;
use crate::objects::archive::LogReader;
use crate::objects::client::ask;
use crate::vault::Vault;

/// Entries asked for at a time.
const PAGE_ENTRIES: u32 = 1_000;

/// Pages read for one export: a Worker has 1,000 subrequests, and this leaves it some for everything else.
const PAGES_MAX: usize = 700;

/// Rows of one table in one export; a consignor brings some hundred items to an event.
const ROWS_MAX: i32 = 20_000;

/// All that is kept about a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalExport {
    /// Whom it is about.
    #[schema(example = "consignor:101")]
    pub subject: String,
    /// When it was made.
    pub exported_at: String,
    /// Names, addresses, accounts, notes: by subject and field, as they were given.
    pub personal_data: BTreeMap<String, BTreeMap<String, String>>,
    /// Rows about them, by table.
    #[schema(value_type = Object)]
    pub records: BTreeMap<&'static str, Vec<Json>>,
    /// What the logs say of them, in order within each log.
    pub history: Vec<Mention>,
    /// False when there were more entries than one export reads.
    pub complete: bool,
}

/// An entry that speaks of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mention {
    /// The log.
    pub stream: String,
    /// The entry.
    pub seq: u64,
    /// When.
    pub recorded_at: String,
    /// Who caused it, by an opaque id.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// What it says of them.
    #[schema(value_type = Vec<Object>)]
    pub says: Vec<Json>,
}

/// The tables that speak of consignors, each with its statement.
const TABLES: [(&str, &str); 5] = [
    ("consignor", "SELECT * FROM consignor WHERE organization = ?1 AND number = ?2 LIMIT ?3"),
    ("participation", "SELECT * FROM participation WHERE organization = ?1 AND consignor = ?2 LIMIT ?3"),
    ("item", "SELECT * FROM item WHERE organization = ?1 AND consignor = ?2 ORDER BY event, tag LIMIT ?3"),
    ("receipt_line", "SELECT * FROM receipt_line WHERE organization = ?1 AND consignor = ?2 LIMIT ?3"),
    ("share_estimate", "SELECT * FROM share_estimate WHERE organization = ?1 AND consignor = ?2 LIMIT ?3"),
];

const SELECT_MEMBERSHIP: &str = "SELECT * FROM membership WHERE organization = ?1 AND person = ?2";

const SELECT_PERSON: &str =
    "SELECT person FROM consignor WHERE organization = ?1 AND number = ?2 AND person IS NOT NULL";

const SELECT_EVENTS: &str =
    "SELECT event AS id FROM participation WHERE organization = ?1 AND (?2 = -1 OR consignor = ?2)
    GROUP BY event";

const SELECT_SESSIONS: &str = "SELECT session AS id FROM planned_session WHERE organization = ?1
    AND event IN (SELECT event FROM participation WHERE organization = ?1 AND (?2 = -1 OR consignor = ?2))";

#[derive(Deserialize)]
struct PersonRow {
    person: String,
}

#[derive(Deserialize)]
struct IdRow {
    id: String,
}

/// Whom the subject is, under both their names where they have two.
///
/// # Errors
/// 404 when nobody is known by that name; 503.
pub async fn whom(edge: &Edge, tenant: &Tenant, subject: &Subject) -> Result<Whom, EdgeError> {
    let organization = tenant.organization();
    match subject {
        Subject::Consignor(number) => {
            let query = Query::Account { number: *number };
            let known = matches!(
                ask::<Organization>(edge.env(), &organization, &query).await?,
                Answer::Account { account: Some(_) }
            );
            if !known {
                return Err(EdgeError::NotFound("person"));
            }
            let rows: Vec<PersonRow> =
                tenant.rows(edge).all(SELECT_PERSON, &[number_value(*number)?]).await?;
            let person = rows.into_iter().next().map(|row| PersonId(row.person));
            Ok(Whom { consignor: Some(*number), person })
        }
        Subject::Person(person) => {
            let query = Query::AccountOf { person: person.clone() };
            let consignor = match ask::<Organization>(edge.env(), &organization, &query).await? {
                Answer::AccountOf { number } => number,
                _ => None,
            };
            let has_roles = matches!(
                ask::<Organization>(edge.env(), &organization, &Query::Roles { person: person.clone() }).await?,
                Answer::Roles { roles } if !roles.is_empty()
            );
            let kept = Vault::open(edge, tenant)?.knows(&subject.in_vault()).await?;
            if consignor.is_none() && !has_roles && !kept {
                return Err(EdgeError::NotFound("person"));
            }
            Ok(Whom { consignor, person: Some(person.clone()) })
        }
    }
}

fn number_value(number: ConsignorNumber) -> Result<Value<'static>, EdgeError> {
    let number = i32::try_from(number.0).map_err(|_| EdgeError::NotFound("person"))?;
    Ok(Value::Int(number))
}

/// Everything about `subject`.
///
/// # Errors
/// 404 when nobody is known by that name; 503.
pub async fn export(edge: &Edge, tenant: &Tenant, subject: &Subject) -> Result<PersonalExport, EdgeError> {
    let whom = whom(edge, tenant, subject).await?;
    let (history, complete) = history(edge, tenant, &whom).await?;
    Ok(PersonalExport {
        subject: subject.in_vault(),
        exported_at: instant(edge.now()),
        personal_data: personal_data(edge, tenant, &whom).await?,
        records: records(edge, tenant, &whom).await?,
        history,
        complete,
    })
}

async fn personal_data(
    edge: &Edge,
    tenant: &Tenant,
    whom: &Whom,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, EdgeError> {
    let vault = Vault::open(edge, tenant)?;
    let consignor = whom.consignor.map(Subject::Consignor);
    let person = whom.person.clone().map(Subject::Person);
    let mut known = BTreeMap::new();
    for subject in [consignor, person].into_iter().flatten() {
        for (subject, profile) in vault.all_about(&subject.in_vault()).await? {
            let fields = profile.fields.into_iter().map(|(field, value)| (field.name().to_owned(), value));
            known.insert(subject, fields.collect());
        }
    }
    Ok(known)
}

async fn records(
    edge: &Edge,
    tenant: &Tenant,
    whom: &Whom,
) -> Result<BTreeMap<&'static str, Vec<Json>>, EdgeError> {
    let rows = tenant.rows(edge);
    let mut records = BTreeMap::new();
    if let Some(number) = whom.consignor {
        for (table, sql) in TABLES {
            records.insert(table, rows.all(sql, &[number_value(number)?, Value::Int(ROWS_MAX)]).await?);
        }
    }
    if let Some(person) = &whom.person {
        records.insert("membership", rows.all(SELECT_MEMBERSHIP, &[Value::Text(&person.0)]).await?);
    }
    Ok(records)
}

/// What the organization's log says of them, and the logs of the events that they take part in with their sessions;
/// of somebody without an account, every event's.
async fn history(edge: &Edge, tenant: &Tenant, whom: &Whom) -> Result<(Vec<Mention>, bool), EdgeError> {
    let rows = tenant.rows(edge);
    let number = whom.consignor.map_or(Ok(Value::Int(-1)), number_value)?;
    let events: Vec<IdRow> = rows.all(SELECT_EVENTS, &[number]).await?;
    let sessions: Vec<IdRow> = rows.all(SELECT_SESSIONS, &[number]).await?;
    let events = events.iter().filter_map(|row| row.id.parse::<EventId>().ok()).map(|id| tenant.event(id));
    let sessions =
        sessions.iter().filter_map(|row| row.id.parse::<SessionId>().ok()).map(|id| tenant.session(id));
    let streams: Vec<StreamId> = [tenant.organization()].into_iter().chain(events).chain(sessions).collect();
    let (mut said, mut pages) = (Vec::new(), 0);
    for stream in &streams {
        let mut log = LogReader::new(edge.env().clone(), stream.clone());
        let mut from = 1;
        loop {
            if pages >= PAGES_MAX {
                return Ok((said, false));
            }
            pages += 1;
            let page = log.page(from, PAGE_ENTRIES).await?;
            let Some(last) = page.entries.last() else { break };
            from = last.seq + 1;
            for entry in &page.entries {
                let says = mentions(entry, whom);
                if !says.is_empty() {
                    said.push(Mention {
                        stream: stream.to_string(),
                        seq: entry.seq,
                        recorded_at: instant(entry.recorded_at),
                        actor: entry.actor.clone(),
                        kind: entry.kind.clone(),
                        says,
                    });
                }
            }
            if last.seq >= page.head.seq {
                // The rows that are read next say no less than the log.
                settle(edge, stream, page.head.seq).await;
                break;
            }
        }
    }
    Ok((said, true))
}
