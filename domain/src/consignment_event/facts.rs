//! Cold facts: what only some commands need to know of the log.

use std::collections::BTreeSet;

/// Keys under which there are entries, among those that a command named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The keys.
    pub found: BTreeSet<String>,
}

impl Facts {
    /// True when there is an entry under `key`.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.found.contains(key)
    }
}
