//! How much one caller, and one organization, may ask of the platform. Two fences stand one behind the other.
//!
//! The token buckets below live in an isolate's memory: they cost nothing, answer at once, and say what is left in
//! the standard headers. An isolate knows only its own requests, so behind them stands the runtime's Rate Limiting
//! binding, which counts for a whole location. Neither is exact, neither needs to be: they keep one caller's flood
//! from the others.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use worker::Env;
use worker::send::SendFuture;

use super::edge::Edge;
use super::problem::EdgeError;

/// Most buckets that an isolate keeps. Full ones are as good as none and go first.
const BUCKETS_MAX: usize = 10_000;

/// A token of a bucket, in its own thousandths: a rate per second is then so many of them per ms.
const TOKEN: u64 = 1_000;

/// How long the binding behind is waited out when it says no, s: its period.
const BINDING_PERIOD_S: u32 = 10;

/// Whose requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// All of an organization's people and terminals together.
    Organization,
    /// One signed-in person in one organization.
    Person,
    /// One paired terminal.
    Terminal,
    /// One address, for everything that comes without a token that counts.
    Stranger,
}

/// A rate and how far it may be outrun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests at once after a pause.
    pub burst: u32,
    /// Requests a second in the long run.
    pub per_second: u32,
}

impl Who {
    /// What is allowed.
    ///
    /// - A person's page asks some ten things at a time; a script of theirs does well at sixty a second.
    /// - A terminal scans once a second and hands in at most some hundred receipts after an outage.
    /// - An organization has some hundred people and terminals at work at once.
    /// - Behind one address stands a whole hall, but only those without a token count here.
    #[must_use]
    pub const fn rate(self) -> Rate {
        match self {
            Self::Organization => Rate { burst: 3_000, per_second: 1_000 },
            Self::Person => Rate { burst: 300, per_second: 60 },
            Self::Terminal => Rate { burst: 300, per_second: 30 },
            Self::Stranger => Rate { burst: 200, per_second: 50 },
        }
    }

    /// The name in the standard headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Person => "person",
            Self::Terminal => "terminal",
            Self::Stranger => "address",
        }
    }

    const fn binding(self) -> &'static str {
        match self {
            Self::Organization => "LIMIT_ORGANIZATION",
            Self::Person => "LIMIT_PERSON",
            Self::Terminal => "LIMIT_TERMINAL",
            Self::Stranger => "LIMIT_STRANGER",
        }
    }
}

impl Rate {
    /// The rate in percent, for deployments that need another, and for benches.
    #[must_use]
    pub fn scaled(self, percent: u32) -> Self {
        let scale = |number: u32| (number.saturating_mul(percent) / 100).max(1);
        Self { burst: scale(self.burst), per_second: scale(self.per_second) }
    }
}

/// Tokens left, as of a moment. Pure: who asks brings the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// In thousandths of a token.
    left: u64,
    /// ms since 1970 UTC.
    at: i64,
}

/// What a bucket answers to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go on; so many more at once.
    Pass {
        /// Whole tokens left.
        left: u32,
    },
    /// Not now.
    Wait {
        /// Whole seconds until a token is there, at least one.
        retry_after_s: u32,
    },
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn full(rate: Rate, now: i64) -> Self {
        Self { left: u64::from(rate.burst) * TOKEN, at: now }
    }

    /// Takes one token, if there is one.
    pub fn take(&mut self, rate: Rate, now: i64) -> Verdict {
        let elapsed_ms = u64::try_from(now.saturating_sub(self.at)).unwrap_or(0);
        let refilled = self.left.saturating_add(elapsed_ms.saturating_mul(u64::from(rate.per_second)));
        self.left = refilled.min(u64::from(rate.burst) * TOKEN);
        // A clock that goes back refills nothing and costs nothing.
        self.at = self.at.max(now);
        if let Some(left) = self.left.checked_sub(TOKEN) {
            self.left = left;
            return Verdict::Pass { left: u32::try_from(left / TOKEN).unwrap_or(u32::MAX) };
        }
        let missing = TOKEN - self.left;
        let wait_ms = missing.div_ceil(u64::from(rate.per_second.max(1)));
        Verdict::Wait { retry_after_s: u32::try_from(wait_ms.div_ceil(TOKEN)).unwrap_or(1).max(1) }
    }

    fn is_full(&self, burst: u32, per_second: u32, now: i64) -> bool {
        let elapsed_ms = u64::try_from(now.saturating_sub(self.at)).unwrap_or(0);
        self.left.saturating_add(elapsed_ms.saturating_mul(u64::from(per_second))) >= u64::from(burst) * TOKEN
    }
}

/// What is left to the caller, for the answer's headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    who: Who,
    rate: Rate,
    remaining: u32,
    wait_s: u32,
}

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

impl Left {
    /// Says it in the headers of the IETF's draft: `RateLimit` and `RateLimit-Policy`.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let name = self.who.name();
        let window_s = self.rate.burst.div_ceil(self.rate.per_second.max(1));
        let policy = format!("\"{name}\";q={};w={window_s}", self.rate.burst);
        let left = format!("\"{name}\";r={};t={}", self.remaining, self.wait_s);
        for (header, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(header, value);
            }
        }
    }
}

thread_local! {
    static BUCKETS: RefCell<BTreeMap<(Who, String), (Bucket, Rate)>> = const { RefCell::new(BTreeMap::new()) };
}

/// Counts one request of `key` and lets it pass or not. `left` is set either way, for the answer's headers.
///
/// # Errors
/// [`EdgeError::TooMany`] with the wait.
pub async fn count(edge: &Edge, who: Who, key: &str, left: &mut Option<Left>) -> Result<(), EdgeError> {
    let rate = who.rate().scaled(edge.config().rate_limit_percent);
    let verdict = BUCKETS.with_borrow_mut(|buckets| {
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, (bucket, rate)| !bucket.is_full(rate.burst, rate.per_second, edge.now()));
            if buckets.len() >= BUCKETS_MAX {
                buckets.clear();
            }
        }
        let fresh = || (Bucket::full(rate, edge.now()), rate);
        buckets.entry((who, key.to_owned())).or_insert_with(fresh).0.take(rate, edge.now())
    });
    match verdict {
        Verdict::Pass { left: tokens } => {
            *left = Some(Left { who, rate, remaining: tokens, wait_s: 0 });
            if allowed_by_location(edge.env(), who, key).await {
                return Ok(());
            }
            *left = Some(Left { who, rate, remaining: 0, wait_s: BINDING_PERIOD_S });
            Err(EdgeError::TooMany { retry_after_s: BINDING_PERIOD_S })
        }
        Verdict::Wait { retry_after_s } => {
            *left = Some(Left { who, rate, remaining: 0, wait_s: retry_after_s });
            Err(EdgeError::TooMany { retry_after_s })
        }
    }
}

/// The location's count. Where nothing is bound, or it does not answer, the bucket alone decides.
async fn allowed_by_location(env: &Env, who: Who, key: &str) -> bool {
    let Ok(limiter) = env.rate_limiter(who.binding()) else { return true };
    let key = format!("{}/{key}", who.name());
    match SendFuture::new(async move { limiter.limit(key).await }).await {
        Ok(outcome) => outcome.success,
        Err(error) => {
            tracing::warn!(%error, "the location's limit did not answer");
            true
        }
    }
}

/// The caller's address, as the platform before us saw it; one for all where it says none.
#[must_use]
pub fn address(headers: &HeaderMap) -> String {
    let said = headers.get("cf-connecting-ip").and_then(|value| value.to_str().ok());
    said.unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, per_second: 2 };

    #[test]
    fn a_bucket_empties_refills_and_never_overflows() {
        use Verdict::{Pass, Wait};
        let mut bucket = Bucket::full(RATE, 0);
        for (now, verdict) in [
            (0, Pass { left: 2 }),
            (0, Pass { left: 1 }),
            (0, Pass { left: 0 }),
            (0, Wait { retry_after_s: 1 }),
            (499, Wait { retry_after_s: 1 }),
            (500, Pass { left: 0 }),
            (500, Wait { retry_after_s: 1 }),
            // A clock that goes back refills nothing.
            (0, Wait { retry_after_s: 1 }),
            (1_000, Pass { left: 0 }),
            (100_000, Pass { left: 2 }),
            (i64::MAX, Pass { left: 2 }),
        ] {
            assert_eq!(bucket.take(RATE, now), verdict, "at {now}");
        }
        let mut slow = Bucket { left: 0, at: 0 };
        assert_eq!(slow.take(Rate { burst: 1, per_second: 0 }, 0), Wait { retry_after_s: 1 });
    }

    #[test]
    fn in_the_long_run_nobody_gets_more_than_the_rate_and_the_burst() {
        let mut bucket = Bucket::full(RATE, 0);
        let passed =
            (0..10_000).filter(|now| matches!(bucket.take(RATE, *now), Verdict::Pass { .. })).count();
        assert_eq!(passed, 3 + 2 * 10 - 1, "the last token comes with the tenth second");
    }

    #[test]
    fn rates_scale_and_never_to_nothing() {
        assert_eq!(Who::Person.rate().scaled(10), Rate { burst: 30, per_second: 6 });
        assert_eq!(Who::Person.rate().scaled(0), Rate { burst: 1, per_second: 1 });
        assert_eq!(Who::Organization.rate().scaled(u32::MAX).burst, u32::MAX / 100);
    }

    #[test]
    fn what_is_left_is_said_in_the_standard_headers() {
        let mut headers = HeaderMap::new();
        Left { who: Who::Terminal, rate: RATE, remaining: 2, wait_s: 0 }.tell(&mut headers);
        assert_eq!(headers["ratelimit"], "\"terminal\";r=2;t=0");
        assert_eq!(headers["ratelimit-policy"], "\"terminal\";q=3;w=2");
    }
}
