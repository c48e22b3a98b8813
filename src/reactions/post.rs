//! Sending: one mail, one try at a time.

use std::rc::Rc;

use domain::tenancy::{Addressed, Scope};
use serde::{Deserialize, Serialize};
use worker::{Date, Env};

use super::book::{Book, Claim, Claimed};
use super::intent::About;
use super::letters::{self, Written};
use super::status::{Conclusion, Status};
use crate::adapters::mailchimp::{Letter, Mailchimp, Metadata, Retry, Verdict};
use crate::config::Config;
use crate::http::edge::Edge;
use crate::http::problem::EdgeError;
use crate::vault::Vault;

/// Names what acts, where a request would have its id.
const REQUEST_ID: &str = "emails";

/// Milliseconds of a second.
const SECOND_MS: i64 = 1_000;

/// A message of the queue: this mail may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Its id.
    pub email: String,
}

/// What the queue is to do with its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Forget it.
    Done,
    /// Bring it again.
    Again {
        /// After this long, s.
        in_s: u32,
    },
}

impl After {
    fn again_in_ms(ms: i64) -> Self {
        let seconds = ms.max(0).saturating_add(SECOND_MS - 1) / SECOND_MS;
        Self::Again { in_s: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }
}

/// Sends the mail that `message` names, if it is this sender's turn.
///
/// # Errors
/// [`EdgeError`] when the book cannot be read or written. An attempt whose end could not be written down becomes
/// unknown after a while.
pub async fn send(env: &Env, message: &Addressed<Due>) -> Result<After, EdgeError> {
    // Asked first: an attempt that could not even begin is none.
    if let Err(open) = Mailchimp::look(now()) {
        tracing::info!(%open, "mails wait");
        return Ok(After::Again { in_s: open.retry_after_s });
    }
    let (scope, email) = (message.scope(), &message.body().email);
    let book = Book::of(env, &scope);
    let claimed = match book.claim(email).await? {
        Claim::Done => return Ok(After::Done),
        Claim::Later { wait_ms } => return Ok(After::again_in_ms(wait_ms)),
        Claim::Yours(claimed) => claimed,
    };
    let edge = Edge::new(env.clone(), Rc::new(Config::from_env(env)), REQUEST_ID.to_owned(), String::new());
    let end = attempt(&edge, &scope, email, &claimed).await;
    book.conclude(email, claimed.attempt, &end).await?;
    tracing::info!(
        email,
        attempt = claimed.attempt,
        purpose = claimed.about.purpose().name(),
        status = end.status.name(),
        reason = end.reason.as_deref().unwrap_or_default(),
        "mail"
    );
    if end.status == Status::Sent {
        forget(&edge, &scope, &claimed.about).await;
    }
    Ok(end.retry_at.map_or(After::Done, |at| After::again_in_ms(at.saturating_sub(now()))))
}

async fn attempt(edge: &Edge, scope: &Scope, email: &str, claimed: &Claimed) -> Conclusion {
    let verdict = match letters::write(edge, scope, claimed).await {
        Ok(Ok(written)) => post(edge, scope, email, (claimed.attempt, &written)).await,
        Ok(Err(reason)) => return Conclusion::refused(reason),
        Err(error) => {
            tracing::warn!(email, %error, "a letter could not be written");
            Verdict::not_sent("not_ready", Retry::Later)
        }
    };
    Conclusion::of(verdict, claimed.attempt, now())
}

async fn post(edge: &Edge, scope: &Scope, email: &str, (attempt, written): (u32, &Written)) -> Verdict {
    let Some(mailchimp) = Mailchimp::of(edge) else {
        return Verdict::not_sent("not_configured", Retry::Later);
    };
    let (organization, attempt) = (scope.to_string(), attempt.to_string());
    let letter = Letter {
        template: written.template,
        from_name: &written.from_name,
        to: &written.to,
        variables: &written.variables,
        tag: written.template.name,
        metadata: Metadata { organization: &organization, email, attempt: &attempt },
    };
    mailchimp.send(&letter).await
}

/// A shopper gave their address for this one mail: once it is out, the address goes. Should that fail, the mail is no
/// less sent; the vault still names whose it was.
async fn forget(edge: &Edge, scope: &Scope, about: &About) {
    if !matches!(about, About::Receipt { .. }) {
        return;
    }
    let erased = match Vault::of(edge, scope) {
        Ok(vault) => vault.erase(&about.subject()).await.map(drop),
        Err(fault) => Err(fault),
    };
    if let Err(error) = erased {
        tracing::error!(subject = about.subject(), %error, "an address that has served stays in the vault");
    }
}

fn now() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}
