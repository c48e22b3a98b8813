//! Cold facts: what only some commands need, kept beside the log by key.

use std::collections::BTreeMap;

/// Cold facts by key, as JSON. What was not found under a key that a command named is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// By key.
    pub found: BTreeMap<String, String>,
}

impl Facts {
    /// True when something stands under `key`.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.found.contains_key(key)
    }
}
