//! The logs at hand, by what they are logs of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::ids::{EventId, SessionId};
use domain::stream::StreamId;

use crate::files::{FindError, find, glance};

/// Several logs, of one organization as a rule.
#[derive(Debug, Clone, Default)]
pub struct Logs {
    /// Every file with its stream, in order of name.
    pub all: Vec<Source>,
    /// Files that are no exports, or of no stream known here.
    pub strange: Vec<PathBuf>,
}

/// One log at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its file.
    pub path: PathBuf,
    /// Its stream.
    pub stream: StreamId,
    /// The first entry in the file.
    pub from: u64,
    /// True for a copy without texts and names, whose hashes are its own.
    pub redacted: bool,
}

impl Logs {
    /// Finds the logs that `paths` name.
    ///
    /// # Errors
    /// [`FindError`].
    pub fn find(paths: &[PathBuf]) -> Result<Self, FindError> {
        let mut logs = Self::default();
        for path in find(paths)? {
            match glance(&path) {
                Some(glance) => match glance.stream {
                    Some(stream) => logs.all.push(Source {
                        path,
                        stream,
                        from: glance.header.export.from,
                        redacted: glance.header.original.is_some(),
                    }),
                    None => logs.strange.push(path),
                },
                None => logs.strange.push(path),
            }
        }
        Ok(logs)
    }

    /// The files, in order of name.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.all.iter().map(|source| source.path.clone()).collect()
    }

    /// The log of `stream`.
    #[must_use]
    pub fn of(&self, stream: &StreamId) -> Option<&Source> {
        self.all.iter().find(|source| source.stream == *stream)
    }

    /// The organizations' logs.
    pub fn organizations(&self) -> impl Iterator<Item = &Source> {
        self.all.iter().filter(|source| matches!(source.stream, StreamId::Organization(_)))
    }

    /// The consignment events' logs, by event.
    #[must_use]
    pub fn events(&self) -> BTreeMap<EventId, &Source> {
        let event = |source: &Source| match source.stream {
            StreamId::Event(_, event) => Some(event),
            _ => None,
        };
        self.all.iter().filter_map(|source| Some((event(source)?, source))).collect()
    }

    /// The sale sessions' logs, by session.
    #[must_use]
    pub fn sessions(&self) -> BTreeMap<SessionId, &Source> {
        let session = |source: &Source| match source.stream {
            StreamId::Session(_, session) => Some(session),
            _ => None,
        };
        self.all.iter().filter_map(|source| Some((session(source)?, source))).collect()
    }
}

impl AsRef<Path> for Source {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}
