//! The two sides of a stream's rows: those that everybody reads, and those made anew beside them.

use domain::stream::StreamId;

use crate::GENERATION;

/// The generation under which rows beside the live ones have their checkpoint.
const GENERATION_BESIDE: &str = "1~beside";

/// What is put behind the organization in the keys of rows beside the live ones. Every key begins with the
/// organization and every reader asks for exactly one, so nobody meets these rows by chance; indexes and triggers
/// keep them apart for the same reason. No id has this character.
pub const BESIDE_MARK: &str = "~beside";

/// Which of a stream's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Those that everybody reads.
    Live,
    /// Those made anew beside them, to be compared and switched.
    Beside,
}

impl Side {
    /// The generation under which the rows have their checkpoint.
    #[must_use]
    pub const fn generation(self) -> &'static str {
        match self {
            Self::Live => GENERATION,
            Self::Beside => GENERATION_BESIDE,
        }
    }

    /// What stands for the organization of `stream` in the keys of the rows.
    #[must_use]
    pub fn organization(self, stream: &StreamId) -> String {
        match self {
            Self::Live => stream.organization().to_string(),
            Self::Beside => format!("{}{BESIDE_MARK}", stream.organization()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_beside_are_of_the_live_ones_generation() {
        assert_eq!(GENERATION_BESIDE, format!("{GENERATION}{BESIDE_MARK}"));
    }
}
