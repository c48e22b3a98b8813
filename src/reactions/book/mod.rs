//! The book of mails: what was intended, attempted, and how it ended. These rows are the only record of it, so every
//! step is guarded by where the mail stands: of two senders one gets to try, of two conclusions the right one counts.
//! What is heard of a mail [`later`] is written into the same rows.

mod later;

use domain::stream::StreamId;
use domain::tenancy::Scope;
use serde::Deserialize;
use worker::{D1Result, Date, Env};

use super::intent::About;
use super::status::{ATTEMPT_STALE_MS, Conclusion, Status};
use crate::adapters::database::{Rows, Value};
use crate::http::problem::EdgeError;

/// A message counts as lost this long after the queue was told, ms; then it is told again.
const REQUEUE_AFTER_MS: i64 = 60_000;

/// Mails of one stream that a run hands to the queue; the rest comes with the next.
const DUE_MAX: usize = 100;

/// An attempt without a conclusion: its sender has died, before or after the mail went out.
const SETTLE_STALE: &str =
    "UPDATE email SET status = 'unknown', reason = 'no_answer', changed_at = CAST(?2 AS INTEGER)
    WHERE organization = ?1 AND status = 'attempted' AND changed_at < CAST(?3 AS INTEGER)
        AND ((?4 IS NOT NULL AND stream = ?4) OR email = ?5)";

const SELECT_WAITING: &str = "SELECT email, retry_at, queued_at, status FROM email
    WHERE organization = ?1 AND stream = ?2
        AND (status IN ('intended', 'attempted') OR (status = 'failed' AND retry_at IS NOT NULL))
    ORDER BY intended_at";

const QUEUED: &str =
    "UPDATE email SET queued_at = CAST(?3 AS INTEGER) WHERE organization = ?1 AND email = ?2";

const CLAIM: &str =
    "UPDATE email SET status = 'attempted', attempts = attempts + 1, reason = NULL, retry_at = NULL,
        changed_at = CAST(?3 AS INTEGER)
    WHERE organization = ?1 AND email = ?2
        AND (status = 'intended' OR (status = 'failed' AND retry_at <= CAST(?3 AS INTEGER)))
    RETURNING stream, seq, about, attempts";

const NOTE_ATTEMPT: &str = "INSERT INTO email_attempt (organization, email, attempt, attempted_at, asked_by)
    SELECT organization, email, attempts, changed_at, resent_by FROM email
    WHERE organization = ?1 AND email = ?2 AND status = 'attempted' ON CONFLICT DO NOTHING";

const SELECT_STANDING: &str =
    "SELECT status, retry_at, changed_at FROM email WHERE organization = ?1 AND email = ?2";

/// Also of an attempt that counts as unknown by now: what happened is better than what is feared.
const CONCLUDE: &str = "UPDATE email SET status = ?4, reason = ?5, retry_at = CAST(?6 AS INTEGER), changed_at = CAST(?7 AS INTEGER)
    WHERE organization = ?1 AND email = ?2 AND attempts = CAST(?3 AS INTEGER) AND status IN ('attempted', 'unknown')";

const CONCLUDE_ATTEMPT: &str =
    "UPDATE email_attempt SET outcome = ?4, reason = ?5, provider_id = ?6, ended_at = CAST(?7 AS INTEGER)
    WHERE organization = ?1 AND email = ?2 AND attempt = CAST(?3 AS INTEGER) AND outcome IS NULL";

/// Mails of a stream that are not at their end.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// To be handed to the queue now.
    pub due: Vec<String>,
    /// Whether there are any at all.
    pub any: bool,
}

/// Whether a sender may try.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// It may, and nobody else.
    Yours(Claimed),
    /// Not yet.
    Later {
        /// When to ask again, ms from now.
        wait_ms: i64,
    },
    /// There is nothing to do.
    Done,
}

/// A mail that is to be tried.
#[derive(Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The stream whose entry caused it.
    pub stream: StreamId,
    /// The entry.
    pub seq: u64,
    /// What it is about.
    pub about: About,
    /// Which try it is, from 1.
    pub attempt: u32,
}

#[derive(Deserialize)]
struct WaitingRow {
    email: String,
    retry_at: Option<i64>,
    queued_at: Option<i64>,
    status: String,
}

#[derive(Deserialize)]
struct ClaimedRow {
    stream: String,
    seq: u64,
    about: String,
    attempts: u32,
}

#[derive(Deserialize)]
struct StandingRow {
    status: String,
    retry_at: Option<i64>,
    changed_at: i64,
}

/// One organization's book.
pub struct Book<'a> {
    rows: Rows<'a>,
}

fn now() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}

fn first<T: serde::de::DeserializeOwned>(result: Option<&D1Result>) -> Result<Option<T>, EdgeError> {
    let rows: Vec<T> = result.map(D1Result::results).transpose()?.unwrap_or_default();
    Ok(rows.into_iter().next())
}

impl<'a> Book<'a> {
    /// The book of the organization that `scope` stands for.
    #[must_use]
    pub fn of(env: &'a Env, scope: &Scope) -> Self {
        Self { rows: Rows::of(env, scope) }
    }

    /// The mails of `stream` that are not at their end; attempts that nobody will conclude become unknown first.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn waiting(&self, stream: &StreamId) -> Result<Waiting, EdgeError> {
        let (now, stream) = (now(), stream.to_string());
        let (at, stale) = (now.to_string(), now.saturating_sub(ATTEMPT_STALE_MS).to_string());
        let settle = [Value::Text(&at), Value::Text(&stale), Value::Text(&stream), Value::Null];
        let select = [Value::Text(&stream)];
        let both: [(&'static str, &[Value<'_>]); 2] = [(SETTLE_STALE, &settle), (SELECT_WAITING, &select)];
        let results = self.rows.batch(&both).await?;
        let rows: Vec<WaitingRow> = results.get(1).map(D1Result::results).transpose()?.unwrap_or_default();
        let lost = now.saturating_sub(REQUEUE_AFTER_MS);
        let due = |row: &&WaitingRow| {
            row.status != Status::Attempted.name()
                && row.retry_at.is_none_or(|at| at <= now)
                && row.queued_at.is_none_or(|at| at < lost)
        };
        let any = !rows.is_empty();
        Ok(Waiting { due: rows.iter().filter(due).take(DUE_MAX).map(|row| row.email.clone()).collect(), any })
    }

    /// Notes that the queue was told of a mail.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn queued(&self, email: &str) -> Result<(), EdgeError> {
        self.rows.run(QUEUED, &[Value::Text(email), Value::Text(&now().to_string())]).await
    }

    /// Claims a mail for one attempt.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`]; [`EdgeError::Internal`] for a row that cannot be read.
    pub async fn claim(&self, email: &str) -> Result<Claim, EdgeError> {
        let now = now();
        let (at, stale) = (now.to_string(), now.saturating_sub(ATTEMPT_STALE_MS).to_string());
        let settle = [Value::Text(&at), Value::Text(&stale), Value::Null, Value::Text(email)];
        let claim = [Value::Text(email), Value::Text(&at)];
        let this = [Value::Text(email)];
        let steps: [(&'static str, &[Value<'_>]); 4] =
            [(SETTLE_STALE, &settle), (CLAIM, &claim), (NOTE_ATTEMPT, &this), (SELECT_STANDING, &this)];
        let results = self.rows.batch(&steps).await?;
        if let Some(row) = first::<ClaimedRow>(results.get(1))? {
            let unreadable = || EdgeError::Internal(format!("the mail {email} cannot be read"));
            let about = serde_json::from_str(&row.about).map_err(|_| unreadable())?;
            let stream = row.stream.parse().map_err(|_| unreadable())?;
            return Ok(Claim::Yours(Claimed { stream, seq: row.seq, about, attempt: row.attempts }));
        }
        let Some(row) = first::<StandingRow>(results.get(3))? else { return Ok(Claim::Done) };
        Ok(match (Status::from_name(&row.status), row.retry_at) {
            (Some(Status::Failed), Some(retry_at)) => {
                Claim::Later { wait_ms: retry_at.saturating_sub(now).max(0) }
            }
            (Some(Status::Attempted), _) => {
                let stale_at = row.changed_at.saturating_add(ATTEMPT_STALE_MS);
                Claim::Later { wait_ms: stale_at.saturating_sub(now).max(0) }
            }
            _ => Claim::Done,
        })
    }

    /// Writes down how an attempt ended.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn conclude(&self, email: &str, attempt: u32, end: &Conclusion) -> Result<(), EdgeError> {
        let (attempt, at) = (attempt.to_string(), now().to_string());
        let retry_at = end.retry_at.map(|at| at.to_string());
        let reason = end.reason.as_deref().map_or(Value::Null, Value::Text);
        let provider = end.provider_id.as_deref().map_or(Value::Null, Value::Text);
        let retry = retry_at.as_deref().map_or(Value::Null, Value::Text);
        let (email, attempt, status, at) =
            (Value::Text(email), Value::Text(&attempt), Value::Text(end.status.name()), Value::Text(&at));
        let mail = [email, attempt, status, reason, retry, at];
        let tried = [email, attempt, status, reason, provider, at];
        let both: [(&'static str, &[Value<'_>]); 2] = [(CONCLUDE, &mail), (CONCLUDE_ATTEMPT, &tried)];
        self.rows.batch(&both).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, params};

    use super::*;

    pub const NOW: &str = "1000000";

    /// A book with one mail, `m`, that stands at `status`.
    pub fn book(status: &str, attempts: u32, retry_at: Option<i64>) -> Connection {
        let database = Connection::open_in_memory().unwrap();
        database.execute_batch(include_str!("../../../migrations/0076_reactions.sql")).unwrap();
        let insert = "INSERT INTO email (organization, email, stream, seq, purpose, subject, about, status, attempts,
            retry_at, intended_at, changed_at) VALUES ('o', 'm', 's', 1, 'receipt', 'x', '{}', ?1, ?2, ?3, 0, 0)";
        database.execute(insert, params![status, attempts, retry_at]).unwrap();
        database
    }

    fn claims(database: &Connection) -> usize {
        let mut claim = database.prepare(CLAIM).unwrap();
        let claimed = claim.query_map(params!["o", "m", NOW], |row| row.get::<_, u32>(3)).unwrap().count();
        database.execute(NOTE_ATTEMPT, params!["o", "m"]).unwrap();
        claimed
    }

    pub fn standing(database: &Connection) -> (String, Option<String>) {
        let sql = "SELECT status, reason FROM email";
        database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }

    fn conclude(database: &Connection, attempt: u32, status: &str) -> String {
        let nothing = Option::<String>::None;
        database.execute(CONCLUDE, params!["o", "m", attempt, status, nothing, nothing, NOW]).unwrap();
        standing(database).0
    }

    #[test]
    fn of_any_number_of_senders_one_may_try_and_nobody_tries_what_has_ended() {
        let fresh = book("intended", 0, None);
        assert_eq!((claims(&fresh), claims(&fresh)), (1, 0));
        for (status, retry_at, may) in [
            ("attempted", None, 0),
            ("sent", None, 0),
            ("bounced", None, 0),
            ("rejected", None, 0),
            ("unknown", None, 0),
            ("failed", None, 0),
            ("failed", Some(1_000_001), 0),
            ("failed", Some(1_000_000), 1),
        ] {
            assert_eq!(claims(&book(status, 1, retry_at)), may, "{status} {retry_at:?}");
        }
    }

    #[test]
    fn a_conclusion_counts_for_its_own_attempt_and_a_late_one_ends_a_doubt() {
        assert_eq!(conclude(&book("attempted", 2, None), 2, "sent"), "sent");
        assert_eq!(conclude(&book("attempted", 2, None), 1, "sent"), "attempted");
        assert_eq!(conclude(&book("unknown", 2, None), 2, "sent"), "sent");
        assert_eq!(conclude(&book("bounced", 2, None), 2, "sent"), "bounced");
    }

    #[test]
    fn an_attempt_that_nobody_concluded_becomes_unknown() {
        let database = book("attempted", 1, None);
        let settle = |before: i64| {
            database.execute(SETTLE_STALE, params!["o", NOW, before, Option::<String>::None, "m"]).unwrap()
        };
        assert_eq!(settle(0), 0);
        assert_eq!(settle(1), 1);
        assert_eq!(standing(&database), ("unknown".to_owned(), Some("no_answer".to_owned())));
    }
}
