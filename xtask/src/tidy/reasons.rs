//! Sizes that are outgrown for a reason, each with that reason in `xtask/tidy-reasons.txt`:
//! `path` or `path::function`, two spaces or more, the reason. A `#` begins a comment.

use std::{collections::BTreeMap, fs};

use anyhow::{Result, bail};

use super::Finding;
use crate::workspace::Workspace;

/// The list, from the repository's root.
const FILE: &str = "xtask/tidy-reasons.txt";

/// Reasons by place.
#[derive(Debug, Default)]
pub struct Reasons(BTreeMap<String, String>);

impl Reasons {
    /// Reads the list; a missing one is empty.
    ///
    /// # Errors
    /// When a line has no reason.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        Self::parse(&fs::read_to_string(workspace.path(FILE)).unwrap_or_default())
    }

    fn parse(text: &str) -> Result<Self> {
        let mut reasons = BTreeMap::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.split_once("  ") {
                Some((place, reason)) => reasons.insert(place.to_owned(), reason.trim().to_owned()),
                None => bail!(
                    "{FILE}: `{line}` gives no reason (two spaces lie between the place and its reason)"
                ),
            };
        }
        Ok(Self(reasons))
    }

    /// Divides findings about sizes: those without a reason, and (as errors) reasons without a finding.
    pub fn sort(&self, found: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
        let stale = self
            .0
            .keys()
            .filter(|place| !found.iter().any(|finding| finding.place == **place))
            .map(|place| Finding::new(FILE, format!("`{place}` needs no reason any more: take the line out")))
            .collect();
        (found.into_iter().filter(|finding| !self.0.contains_key(&finding.place)).collect(), stale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_silence_what_they_name_and_nothing_else() {
        let reasons = Reasons::parse("# sizes\nsrc/a.rs  one table\nsrc/b.rs::f  a match over all events\n")
            .expect("well formed");
        let found = vec![Finding::new("src/a.rs", "long"), Finding::new("src/c.rs", "long")];
        let (left, stale) = reasons.sort(found);
        assert_eq!(left, [Finding::new("src/c.rs", "long")]);
        assert!(stale[0].message.contains("src/b.rs::f"), "{stale:?}");
        assert!(Reasons::parse("src/a.rs because").is_err());
    }
}
