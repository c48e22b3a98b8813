//! Finding exported logs, and a first look into them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use domain::stream::StreamId;
use serde::Deserialize;

use crate::block::{Blocks, lines};
use crate::header::{Header, read_header};
use crate::line::{AnyLine, Scratch, read};

/// How exported logs are named.
pub const EXTENSION: &str = "ndjson";

/// Stands for the standard input where a file is asked for.
pub const STANDARD_INPUT: &str = "-";

/// Why no log was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// A path cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder holds no logs.
    #[error("{} holds no .{EXTENSION} files; `replay-tool fetch` brings them", .0.display())]
    NoLogs(PathBuf),
}

impl FindError {
    /// An error at `path`.
    #[must_use]
    pub fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

/// The log files that `paths` name: files as they are, folders by their `.ndjson` files in order of name.
///
/// # Errors
/// [`FindError`], for a path that is missing or a folder without logs.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, FindError> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == STANDARD_INPUT {
            found.push(path.clone());
            continue;
        }
        let kind = fs::metadata(path).map_err(|source| FindError::io(path, source))?;
        if !kind.is_dir() {
            found.push(path.clone());
            continue;
        }
        let inside = in_folder(path).map_err(|source| FindError::io(path, source))?;
        if inside.is_empty() {
            return Err(FindError::NoLogs(path.clone()));
        }
        found.extend(inside);
    }
    Ok(found)
}

fn in_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Opens a log file, or the standard input for `-`.
///
/// # Errors
/// [`FindError::Io`].
pub fn open(path: &Path) -> Result<Box<dyn Read + Send>, FindError> {
    if path.as_os_str() == STANDARD_INPUT {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).map_err(|source| FindError::io(path, source))?;
    Ok(Box::new(file))
}

/// The name of the file that holds `stream`, in a folder of one organization's logs.
#[must_use]
pub fn file_name(stream: &StreamId) -> String {
    let name = stream.to_string();
    let short = name.split_once('/').map_or(name.as_str(), |(_, rest)| rest);
    format!("{}.{EXTENSION}", short.replace('/', "-"))
}

/// A file's first lines, unverified: whose log it is, and the zone that its first entry names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// The header.
    pub header: Header,
    /// The stream, where its name is one.
    pub stream: Option<StreamId>,
    /// The IANA zone of the settings in the first entry.
    pub zone: Option<String>,
}

/// Looks at a file's beginning; `None` where that is no export.
#[must_use]
pub fn glance(path: &Path) -> Option<Glance> {
    if path.as_os_str() == STANDARD_INPUT {
        return None;
    }
    let mut blocks = Blocks::new(File::open(path).ok()?);
    let first = blocks.first_line().ok()??;
    let header = read_header(std::str::from_utf8(first.strip_suffix(b"\n")?).ok()?).ok()?;
    let stream = header.export.stream.parse().ok();
    let second = blocks.next_block().ok().flatten();
    let zone = second.and_then(|block| zone_in(lines(&block).next()?));
    Some(Glance { header, stream, zone })
}

/// The part of a founding entry that is of interest here.
#[derive(Deserialize)]
struct Founding {
    settings: Zoned,
}

#[derive(Deserialize)]
struct Zoned {
    time_zone: String,
}

fn zone_in(line: &[u8]) -> Option<String> {
    let mut scratch = Scratch::default();
    let AnyLine::Entry(entry) = read(std::str::from_utf8(line).ok()?, &mut scratch).ok()? else {
        return None;
    };
    serde_json::from_str::<Founding>(entry.payload).ok().map(|founding| founding.settings.time_zone)
}

/// The zone in which the event of these logs takes place: from the files themselves, or from those beside
/// them. An event's own zone goes before its organization's.
#[must_use]
pub fn zone_of(files: &[PathBuf]) -> Option<String> {
    let beside = || files.first().and_then(|file| in_folder(file.parent()?).ok()).unwrap_or_default();
    zone_among(files).or_else(|| zone_among(&beside()))
}

fn zone_among(files: &[PathBuf]) -> Option<String> {
    let mut zones: Vec<(bool, String)> = files
        .iter()
        .filter_map(|file| {
            let glance = glance(file)?;
            let is_event = matches!(glance.stream, Some(StreamId::Event(..)));
            glance.zone.map(|zone| (!is_event, zone))
        })
        .collect();
    zones.sort();
    zones.into_iter().next().map(|(_, zone)| zone)
}
