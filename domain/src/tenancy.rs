//! Whose something is, as a value without which it cannot be named. Caches, archives, queues, databases and log
//! lines take the keys below and nothing else, and there is no key without a [`Scope`]: forgetting the organization
//! does not compile.
//!
//! ```
//! # use domain::{ids::OrganizationId, tenancy::{Authority, CacheKey, Scope}};
//! # let found: OrganizationId = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3a".parse().unwrap();
//! let scope = Scope::vouched(found, Authority::Directory);
//! let key = CacheKey::new(&scope, "events", 7, "list");
//! assert_eq!(key.as_str(), "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3a/events/v7/list");
//! ```
//!
//! A key out of thin air:
//!
//! ```compile_fail
//! # use domain::tenancy::CacheKey;
//! let key = CacheKey { text: "events/v7/list".to_owned() };
//! ```
//!
//! A key with a text where the organization belongs:
//!
//! ```compile_fail
//! # use domain::tenancy::CacheKey;
//! let key = CacheKey::new("0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3a", "events", 7, "list");
//! ```
//!
//! A scope without saying who vouches for it:
//!
//! ```compile_fail
//! # use domain::{ids::OrganizationId, tenancy::Scope};
//! # let found: OrganizationId = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3a".parse().unwrap();
//! let scope = Scope { organization: found };
//! ```
//!
//! An archive's key or a message for a queue without one:
//!
//! ```compile_fail
//! # use domain::tenancy::ArchiveKey;
//! let key = ArchiveKey::new("segments/1");
//! ```
//!
//! ```compile_fail
//! # use domain::tenancy::Addressed;
//! let message = Addressed { body: "resize" };
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::OrganizationId;
use crate::stream::StreamId;

/// Who says that this is the organization in question. Looked for by `cargo xtask tidy`: the edge's directory, a
/// log's own name and the platform's own routes are the only places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// The host name, looked up.
    Directory,
    /// A stream's id, which begins with it.
    Log,
    /// Those who run the platform named it.
    Platform,
}

/// One organization, vouched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    organization: OrganizationId,
}

impl Scope {
    /// The organization that `authority` vouches for.
    #[must_use]
    pub const fn vouched(organization: OrganizationId, authority: Authority) -> Self {
        // The authority is for the reader, and for the rule that looks for it.
        let _ = authority;
        Self { organization }
    }

    /// The organization whose log this is.
    #[must_use]
    pub fn of_log(stream: &StreamId) -> Self {
        Self::vouched(stream.organization(), Authority::Log)
    }

    /// Its id.
    #[must_use]
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// True for the tenant's own streams.
    #[must_use]
    pub fn owns(&self, stream: &StreamId) -> bool {
        stream.organization() == self.organization
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.organization)
    }
}

/// A key of a cache, in KV or at the edge: `{organization}/{what}/v{version}/{rest}`. What is cached under an
/// older version is never read again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CacheKey {
    text: String,
}

impl CacheKey {
    /// A key for `what`, as of `version`.
    #[must_use]
    pub fn new(scope: &Scope, what: &str, version: u64, rest: &str) -> Self {
        Self { text: format!("{scope}/{what}/v{version}/{rest}") }
    }

    /// As the cache takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A key of an archived object: `{organization}/{rest}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveKey {
    text: String,
}

impl ArchiveKey {
    /// A key below the organization's own prefix.
    #[must_use]
    pub fn new(scope: &Scope, rest: &str) -> Self {
        Self { text: format!("{scope}/{rest}") }
    }

    /// As the archive takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A queue's message with its organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressed<T> {
    organization: OrganizationId,
    body: T,
}

impl<T> Addressed<T> {
    /// A message about something of `scope`.
    pub fn new(scope: &Scope, body: T) -> Self {
        Self { organization: scope.organization, body }
    }

    /// Whose it is.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::vouched(self.organization, Authority::Log)
    }

    /// What it says.
    pub fn body(&self) -> &T {
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_begins_with_its_organization() {
        let id: OrganizationId = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3a".parse().unwrap();
        let other: OrganizationId = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b".parse().unwrap();
        let scope = Scope::vouched(id, Authority::Directory);
        assert!(CacheKey::new(&scope, "hosts", 1, "x").as_str().starts_with(&format!("{id}/")));
        assert_eq!(ArchiveKey::new(&scope, "segments/1").as_str(), format!("{id}/segments/1"));
        let message = serde_json::to_string(&Addressed::new(&scope, 3)).unwrap();
        let back: Addressed<u8> = serde_json::from_str(&message).unwrap();
        assert_eq!((back.scope(), *back.body()), (scope, 3));
        assert!(
            serde_json::from_str::<Addressed<u8>>(r#"{"body":3}"#).is_err(),
            "no organization, no message"
        );
        assert!(scope.owns(&StreamId::Organization(id)) && !scope.owns(&StreamId::Organization(other)));
        assert_eq!(Scope::of_log(&StreamId::Organization(id)), scope);
    }
}
