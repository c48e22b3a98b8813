//! A refusal is a value: which rule, what was found, what would be allowed.

use serde::{Deserialize, Serialize};

/// What kind of refusal it is; the edge turns it into a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The thing named does not exist here (404).
    NotFound,
    /// The actor may not do this (403).
    Forbidden,
    /// It contradicts what already happened (409).
    Conflict,
    /// A rule says no (422).
    Rule,
    /// Somebody else decides about it now (423).
    CustodyElsewhere,
}

/// A refused command. Nothing has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{rule}: found {found}; allowed {allowed}")]
pub struct Rejection {
    /// The rule's number in `domain/SPEC.md`.
    pub rule: String,
    /// A stable code for programs, in snake case.
    pub code: String,
    /// What kind of refusal.
    pub refusal: Refusal,
    /// What was found.
    pub found: String,
    /// What would be allowed.
    pub allowed: String,
}

impl Rejection {
    /// A refusal of kind `refusal` under `rule`.
    #[must_use]
    pub fn new(
        refusal: Refusal,
        rule: &'static str,
        code: &'static str,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.to_owned(),
            code: code.to_owned(),
            refusal,
            found: found.into(),
            allowed: allowed.into(),
        }
    }
}

/// One constructor for each kind of refusal: the rule's number, the code, what was found, what would be allowed.
macro_rules! refusals {
    ($( $(#[$meta:meta])* $name:ident = $refusal:ident ),+ $(,)?) => { $(
        $(#[$meta])*
        pub(crate) fn $name(
            rule: &'static str,
            code: &'static str,
            found: impl Into<String>,
            allowed: impl Into<String>,
        ) -> Rejection {
            Rejection::new(Refusal::$refusal, rule, code, found, allowed)
        }
    )+ };
}

refusals! {
    /// The thing named does not exist here.
    not_found = NotFound,
    /// The actor may not do this.
    forbidden = Forbidden,
    /// It contradicts what already happened.
    conflict = Conflict,
    /// A rule says no.
    rule = Rule,
    /// Somebody else decides about it now.
    elsewhere = CustodyElsewhere,
}
