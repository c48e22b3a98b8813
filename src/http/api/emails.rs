//! The mails that entries have caused, and what became of them.

use axum::Json;
use domain::rejection::{Refusal, Rejection};
use domain::rights::Permission;
use serde::{Deserialize, Serialize};
use serde_json::Value as Data;
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::command::CommandHeaders;
use crate::http::decider::Decider;
use crate::http::extract::{Asked, Named};
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;
use crate::reactions::book::Book;
use crate::reactions::hand_over;
use crate::reactions::status::ATTEMPT_STALE_MS;
use crate::vault::{Field, Vault};

/// A mail, and what became of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "ids are named after what they name, as in all views")]
pub struct Email {
    /// Its id.
    pub email: String,
    /// `invitation`, `role_granted` or `receipt`.
    #[schema(example = "receipt")]
    pub purpose: String,
    /// `intended`, `attempted`, `sent`, `rejected`, `bounced`, `failed` or `unknown`.
    #[schema(example = "sent")]
    pub status: String,
    /// Why it was not sent or not delivered, in a word.
    #[schema(example = "hard_bounce")]
    pub reason: Option<String>,
    /// Opaque ids of what it is about: `invitation` and `role`, `person` and `role`, or `receipt`.
    #[serde(deserialize_with = "row::json")]
    #[schema(value_type = Object)]
    pub about: Data,
    /// The stream whose entry caused it.
    pub stream: String,
    /// That entry.
    pub seq: u64,
    /// Where it goes, for those who may see personal data, as long as the vault has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Tries so far.
    pub attempts: u32,
    /// When it is tried again without anybody asking.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub retry_at: Option<String>,
    /// Who last asked to send it again, as in logs.
    pub resent_by: Option<String>,
    /// The provider's id of the last try that has one.
    pub provider_id: Option<String>,
    /// When the entry caused it.
    #[serde(deserialize_with = "row::instant")]
    pub intended_at: String,
    /// When something last happened to it.
    #[serde(deserialize_with = "row::instant")]
    pub changed_at: String,
    /// Whose address it goes to, in the vault.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    subject: String,
}

/// An attempt whose end nobody wrote down is unknown once it is stale, whether somebody has noted that yet or not.
macro_rules! select_emails {
    ($where:literal) => {
        concat!(
            "SELECT * FROM (SELECT email, purpose,
                CASE WHEN status = 'attempted' AND changed_at < CAST(?2->>'stale_before' AS INTEGER)
                    THEN 'unknown' ELSE status END AS status,
                reason, json_extract(about, '$.' || (SELECT key FROM json_each(about))) AS about, stream, seq, subject,
                attempts, retry_at, resent_by, intended_at, changed_at,
                (SELECT provider_id FROM email_attempt a WHERE a.organization = e.organization AND a.email = e.email
                    AND provider_id IS NOT NULL ORDER BY attempt DESC LIMIT 1) AS provider_id
            FROM email e WHERE organization = ?1) WHERE ",
            $where
        )
    };
}

impl Resource for Email {
    const NAME: &'static str = "email";
    const LIST: List = List {
        select: select_emails!(
            "(?2->>'status' IS NULL OR status = ?2->>'status') AND (?2->>'purpose' IS NULL OR purpose = ?2->>'purpose')
                AND (?2->>'receipt' IS NULL OR about->>'receipt' = ?2->>'receipt')"
        ),
        key: "email",
        default: "-intended_at",
        sorts: &["intended_at", "changed_at", "status", "purpose"],
        columns: &[
            "email", "purpose", "status", "reason", "about", "stream", "seq", "attempts", "retry_at", "resent_by",
            "provider_id", "intended_at", "changed_at",
        ],
    };
    type Row = Self;

    async fn views(of: &Asking, mut rows: Vec<Self>) -> Result<Vec<Self>, EdgeError> {
        if of.caller.may(Permission::ReadPersonalData) && !rows.is_empty() {
            let subjects: Vec<String> = rows.iter().map(|row| row.subject.clone()).collect();
            let known = Vault::open(&of.edge, &of.tenant)?.get(&subjects).await?;
            for row in &mut rows {
                let profile = known.get(&row.subject);
                row.address = profile.and_then(|profile| profile.fields.get(&Field::Email).cloned());
            }
        }
        Ok(rows)
    }
}

/// Which mails.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EmailQuery {
    /// Where they stand.
    pub status: Option<String>,
    /// What they are for.
    pub purpose: Option<String>,
    /// The receipt that they bring.
    pub receipt: Option<String>,
}

#[derive(Serialize)]
struct Filters<'a> {
    #[serde(flatten)]
    asked: EmailQuery,
    stale_before: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

fn stale_before(now: i64) -> i64 {
    now.saturating_sub(ATTEMPT_STALE_MS)
}

/// The mails that entries have caused, the newest first, with what became of each. Addresses only for those who may see
/// personal data.
#[utoipa::path(
    get,
    path = "/api/v1/emails",
    tag = "emails",
    params(EmailQuery, PageQuery, ListQuery),
    responses((status = 200, content((Page<Email> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_emails(lists: Lists, Asked(asked): Asked<EmailQuery>) -> Result<Listing<Email>, EdgeError> {
    let stale_before = stale_before(lists.asking().edge.now());
    lists.answer(Of::Organization, &Filters { asked, stale_before, email: None }).await
}

/// One mail.
#[utoipa::path(
    get,
    path = "/api/v1/emails/{email}",
    tag = "emails",
    params(("email" = String, Path, description = "Its id")),
    responses((status = 200, body = Email), Problems)
)]
#[worker::send]
pub async fn get_email(asking: Asking, Named(email): Named<String>) -> Result<Json<Email>, EdgeError> {
    find(&asking, &email).await.map(Json)
}

const SELECT_ONE: &str = select_emails!("email = ?2->>'email'");

async fn find(asking: &Asking, email: &str) -> Result<Email, EdgeError> {
    let asked = EmailQuery { status: None, purpose: None, receipt: None };
    let stale_before = stale_before(asking.edge.now());
    let filters = serde_json::to_string(&Filters { asked, stale_before, email: Some(email) })?;
    let rows: Vec<Email> = asking.tenant.rows(&asking.edge).all(SELECT_ONE, &[Value::Text(&filters)]).await?;
    Email::views(asking, rows).await?.into_iter().next().ok_or(EdgeError::NotFound("email"))
}

/// Sends a mail once more that was rejected, bounced or not sent, or of which nobody knows whether it was: a person
/// decides that, and it is written down who.
#[utoipa::path(
    post,
    path = "/api/v1/emails/{email}/resend",
    tag = "emails",
    params(("email" = String, Path, description = "Its id"), CommandHeaders),
    responses((status = 200, body = Email), Problems)
)]
#[worker::send]
pub async fn resend_email(decider: Decider, Named(email): Named<String>) -> Result<Json<Email>, EdgeError> {
    let Decider { edge, tenant, caller, commanding } = decider;
    let (asking, command) = (Asking { edge, tenant, caller }, commanding.id);
    let book = Book::of(asking.edge.env(), asking.tenant.scope());
    let found = book.resendable(&email).await?.ok_or(EdgeError::NotFound("email"))?;
    if found.resent_as != command {
        let vault = Vault::open(&asking.edge, &asking.tenant)?;
        let known = vault.get(std::slice::from_ref(&found.subject)).await?;
        if !known.get(&found.subject).is_some_and(|profile| profile.fields.contains_key(&Field::Email)) {
            return Err(EdgeError::Rejected(refused(
                "address_gone",
                "no address in the vault any more",
                "a new mail to an address that is given anew",
            )));
        }
        if !book.resend(&email, &asking.caller.actor(), &command).await? {
            let allowed = "a mail that was rejected, bounced or not sent, or is unknown";
            return Err(EdgeError::Rejected(refused("email_not_resendable", &found.status, allowed)));
        }
    }
    // Also for a repetition: the first may have died before the queue was told; who is told twice sends once.
    hand_over(asking.edge.env(), asking.tenant.scope(), &email)
        .await
        .map_err(|error| EdgeError::Unavailable(error.to_string()))?;
    find(&asking, &email).await.map(Json)
}

fn refused(code: &'static str, found: &str, allowed: &str) -> Rejection {
    Rejection::new(Refusal::Conflict, "EML-1", code, found, allowed)
}
