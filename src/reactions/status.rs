//! How a mail goes from intended to its end: pure, the time is passed in.

use serde::{Deserialize, Serialize};

use crate::adapters::mailchimp::{Retry, Verdict};

/// Tries of a mail that is known not to be sent; after that a person decides.
pub const MAIL_TRIES_MAX: u32 = 8;

/// Wait before the second try, ms; doubles with each further one, so that eight tries take some ten minutes.
pub const MAIL_RETRY_FIRST_MS: i64 = 5_000;

/// After this long without a conclusion an attempt counts as unknown, ms: well above the provider's time limit. Its
/// sender has died, before or after the mail went out.
pub const ATTEMPT_STALE_MS: i64 = 120_000;

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// An entry has caused it; nobody has tried yet.
    Intended,
    /// Under way.
    Attempted,
    /// The provider has it.
    Sent,
    /// The provider, or we, will not send it to this address.
    Rejected,
    /// It came back.
    Bounced,
    /// Known not to be sent.
    Failed,
    /// Sent or not: nobody knows. A person decides.
    Unknown,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Intended,
        Self::Attempted,
        Self::Sent,
        Self::Rejected,
        Self::Bounced,
        Self::Failed,
        Self::Unknown,
    ];

    /// The name in rows and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Attempted => "attempted",
            Self::Sent => "sent",
            Self::Rejected => "rejected",
            Self::Bounced => "bounced",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// Where the mail stands now.
    pub status: Status,
    /// Why it was not sent.
    pub reason: Option<String>,
    /// The provider's id of the message.
    pub provider_id: Option<String>,
    /// When it is tried again without anybody asking, ms since 1970 UTC.
    pub retry_at: Option<i64>,
}

impl Conclusion {
    /// What follows from the provider's verdict on try number `attempt`.
    #[must_use]
    pub fn of(verdict: Verdict, attempt: u32, now: i64) -> Self {
        match verdict {
            Verdict::Sent { provider_id } => {
                Self { status: Status::Sent, reason: None, provider_id: Some(provider_id), retry_at: None }
            }
            Verdict::Rejected { provider_id, reason } => Self {
                status: Status::Rejected,
                reason: Some(reason),
                provider_id: Some(provider_id),
                retry_at: None,
            },
            Verdict::NotSent { reason, retry } => {
                let again = retry == Retry::Later && attempt < MAIL_TRIES_MAX;
                let retry_at = again.then(|| now.saturating_add(back_off_ms(attempt)));
                Self { status: Status::Failed, reason: Some(reason), provider_id: None, retry_at }
            }
            Verdict::NoTemplate => {
                Self::of(Verdict::not_sent("unknown_template", Retry::Later), attempt, now)
            }
            Verdict::Unknown { reason } => {
                Self { status: Status::Unknown, reason: Some(reason), provider_id: None, retry_at: None }
            }
        }
    }

    /// We will not even try: there is nothing to send, or nowhere to send it.
    #[must_use]
    pub fn refused(reason: &str) -> Self {
        Self { status: Status::Rejected, reason: Some(reason.to_owned()), provider_id: None, retry_at: None }
    }
}

/// Wait after try number `attempt`, from 1.
fn back_off_ms(attempt: u32) -> i64 {
    let doublings = attempt.saturating_sub(1).min(MAIL_TRIES_MAX);
    MAIL_RETRY_FIRST_MS.saturating_mul(1_i64 << doublings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    #[test]
    fn what_is_known_not_to_be_sent_is_tried_again_ever_more_slowly_and_not_for_ever() {
        let later = |attempt| Conclusion::of(Verdict::not_sent("limit", Retry::Later), attempt, NOW).retry_at;
        assert_eq!(later(1), Some(NOW + 5_000));
        assert_eq!(later(2), Some(NOW + 10_000));
        assert_eq!(later(MAIL_TRIES_MAX - 1), Some(NOW + 320_000));
        assert_eq!(later(MAIL_TRIES_MAX), None);
        assert_eq!(later(u32::MAX), None);
        assert_eq!(Conclusion::of(Verdict::not_sent("bad", Retry::Never), 1, NOW).retry_at, None);
    }

    #[test]
    fn an_unknown_outcome_is_never_tried_again_by_itself() {
        let unknown = Conclusion::of(Verdict::Unknown { reason: "timeout".into() }, 1, NOW);
        assert_eq!((unknown.status, unknown.retry_at), (Status::Unknown, None));
    }

    #[test]
    fn names_are_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_name(status.name()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
        assert_eq!(Status::from_name("lost"), None);
    }
}
