//! After an attempt: the provider's news of a mail, and a person's word to send it once more.

use domain::ids::Actor;
use serde::Deserialize;

use super::super::status::{ATTEMPT_STALE_MS, Status};
use super::{Book, now};
use crate::adapters::database::Value;
use crate::adapters::mailchimp::{News, WebhookEvent};
use crate::http::problem::EdgeError;

/// News of the last attempt; of an earlier one only its own row hears. It went out: that ends a doubt, and nothing else.
const HEAR_SENT: &str = "UPDATE email SET status = 'sent', reason = NULL, retry_at = NULL, changed_at = CAST(?4 AS INTEGER)
    WHERE organization = ?1 AND email = ?2 AND attempts = CAST(?3 AS INTEGER) AND status IN ('attempted', 'unknown')";

const HEAR_END: &str =
    "UPDATE email SET status = ?5, reason = ?6, retry_at = NULL, changed_at = CAST(?4 AS INTEGER)
    WHERE organization = ?1 AND email = ?2 AND attempts = CAST(?3 AS INTEGER)
        AND status IN ('attempted', 'unknown', 'sent')";

const HEAR_ATTEMPT: &str =
    "UPDATE email_attempt SET outcome = ?5, reason = ?6, provider_id = coalesce(provider_id, ?7),
        ended_at = CAST(?4 AS INTEGER)
    WHERE organization = ?1 AND email = ?2 AND attempt = CAST(?3 AS INTEGER)
        AND (outcome IS NULL OR outcome = 'unknown' OR (outcome = 'sent' AND ?5 <> 'sent'))";

const RESEND: &str = "UPDATE email SET status = 'intended', reason = NULL, retry_at = NULL, queued_at = NULL,
        resent_by = ?4, resent_as = ?5, changed_at = CAST(?3 AS INTEGER)
    WHERE organization = ?1 AND email = ?2 AND coalesce(resent_as, '') <> ?5
        AND (status IN ('rejected', 'bounced', 'failed', 'unknown')
            OR (status = 'attempted' AND changed_at < CAST(?6 AS INTEGER))
            OR (status = 'intended' AND coalesce(queued_at, changed_at) < CAST(?6 AS INTEGER)))
    RETURNING email";

const SELECT_RESEND: &str = "SELECT status, coalesce(resent_as, '') AS resent_as, subject FROM email WHERE organization = ?1 AND email = ?2";

const SELECT_SENT: &str = "SELECT email FROM email WHERE organization = ?1 AND subject = ?2 AND status IN ('sent', 'bounced') LIMIT 1";

/// What can be said of a mail that somebody wants to send again.
#[derive(Debug, Deserialize)]
pub struct Resendable {
    /// Where it stands.
    pub status: String,
    /// The command that last sent it again.
    pub resent_as: String,
    /// Whose address it goes to, in the vault.
    pub subject: String,
}

impl Book<'_> {
    /// Takes the provider's later news of a mail.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn hear(&self, event: &WebhookEvent) -> Result<(), EdgeError> {
        let (attempt, at) = (event.attempt.to_string(), now().to_string());
        let (email, attempt, at) = (Value::Text(&event.email), Value::Text(&attempt), Value::Text(&at));
        let (status, reason) = match &event.news {
            News::Sent => (Status::Sent, None),
            News::Rejected(reason) => (Status::Rejected, Some(reason.as_str())),
            News::Bounced(reason) => (Status::Bounced, Some(reason.as_str())),
        };
        let (status, reason) = (Value::Text(status.name()), reason.map_or(Value::Null, Value::Text));
        let end = [email, attempt, at, status, reason];
        let tried = [email, attempt, at, status, reason, Value::Text(&event.provider_id)];
        let mail: (&'static str, &[Value<'_>]) = match event.news {
            News::Sent => (HEAR_SENT, &end[..3]),
            News::Rejected(_) | News::Bounced(_) => (HEAR_END, &end),
        };
        self.rows.batch(&[mail, (HEAR_ATTEMPT, &tried)]).await?;
        Ok(())
    }

    /// A person's command to send a mail once more. True when it is; a repetition under the same id is none.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn resend(&self, email: &str, by: &Actor, command: &str) -> Result<bool, EdgeError> {
        let (now, by) = (now(), by.to_string());
        let (at, stale) = (now.to_string(), now.saturating_sub(ATTEMPT_STALE_MS).to_string());
        let values = [email, &at, &by, command, &stale].map(Value::Text);
        let rows: Vec<serde_json::Value> = self.rows.all(RESEND, &values).await?;
        Ok(!rows.is_empty())
    }

    /// Whether the one mail to this subject has gone out: then its address has served.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn has_served(&self, subject: &str) -> Result<bool, EdgeError> {
        let rows: Vec<serde_json::Value> = self.rows.all(SELECT_SENT, &[Value::Text(subject)]).await?;
        Ok(!rows.is_empty())
    }

    /// What stands in the way of sending a mail again, if it exists.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn resendable(&self, email: &str) -> Result<Option<Resendable>, EdgeError> {
        self.rows.first(SELECT_RESEND, &[Value::Text(email)]).await
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, params};

    use super::super::tests::{NOW, book, standing};
    use super::*;

    #[test]
    fn a_person_sends_again_what_has_ended_badly_once_for_one_command() {
        for (status, may) in [("rejected", 1), ("bounced", 1), ("failed", 1), ("unknown", 1), ("sent", 0)] {
            let database = book(status, 1, None);
            let resend = |command: &str| {
                let mut resend = database.prepare(RESEND).unwrap();
                let values = params!["o", "m", NOW, "person:p", command, 0];
                resend.query_map(values, |row| row.get::<_, String>(0)).unwrap().count()
            };
            assert_eq!((resend("a"), resend("a")), (may, 0), "{status}");
        }
    }

    #[test]
    fn news_of_a_bounce_stand_and_news_of_an_earlier_try_say_nothing_of_this_one() {
        let hear = |database: &Connection, attempt: u32| {
            database.execute(HEAR_END, params!["o", "m", attempt, NOW, "bounced", "spam"]).unwrap();
            standing(database).0
        };
        assert_eq!(hear(&book("sent", 2, None), 2), "bounced");
        assert_eq!(hear(&book("sent", 2, None), 1), "sent");
        assert_eq!(hear(&book("intended", 2, None), 2), "intended");
        let bounced = book("bounced", 1, None);
        bounced.execute(HEAR_SENT, params!["o", "m", 1, NOW]).unwrap();
        assert_eq!(standing(&bounced).0, "bounced");
    }
}
