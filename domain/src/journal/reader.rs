//! Export files, line by line: read with everything about them checked, and written in one piece.

use serde::{Deserialize, Serialize};
use serde_json::Error;

use super::chain::{ChainBreak, Hash, Verifier};
use super::entry::{Head, RawEntry};
use super::export::{EXPORT_FORMAT, ExportFooter, ExportHeader, hash_header_line};

/// Why a line is not the next one of an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// It cannot be read as what should stand there.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] Error),
    /// The header names a format that this code does not know.
    #[error("its format is {0:?}, not {EXPORT_FORMAT:?}")]
    Format(String),
    /// The header names another stream.
    #[error("it is of the stream {0}")]
    OtherStream(String),
    /// The file does not begin where the one before ended.
    #[error("it begins at entry {found}, where entry {expected} was expected")]
    Begins {
        /// Seq of the entry that should come first.
        expected: u64,
        /// Seq that the header names.
        found: u64,
    },
    /// The file does not follow from the entry before its first.
    #[error("the entry before it hashes to {found}, not to {expected}")]
    Follows {
        /// As it is.
        expected: Hash,
        /// As the header says.
        found: Hash,
    },
    /// An entry does not follow.
    #[error(transparent)]
    Chain(#[from] ChainBreak),
    /// The closing line says something else than the lines before it.
    #[error("the closing line's {0} is not that of the file")]
    Closing(&'static str),
}

/// A file that was begun and not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenExport {
    /// Digest of its first line.
    pub header_hash: Hash,
    /// Entries read so far.
    pub entries: u64,
}

/// What a line was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportLine {
    /// The header: a file begins.
    Begun,
    /// An entry, verified.
    Entry(RawEntry),
    /// The closing line, and everything before it is as it says.
    Closed,
}

/// Reads the export files of one stream, one after the other, each beginning where the one before ended. It can be
/// put aside between any two lines.
#[derive(Debug, Clone)]
pub struct ExportReader {
    stream: String,
    verifier: Verifier,
    open: Option<OpenExport>,
}

impl ExportReader {
    /// Goes on behind `head`, inside the file `open` if there is one.
    #[must_use]
    pub fn resume(stream: &str, head: Head, open: Option<OpenExport>) -> Self {
        Self { stream: stream.to_owned(), verifier: Verifier::resume(stream, head), open }
    }

    /// The last entry that was read.
    #[must_use]
    pub fn head(&self) -> Head {
        self.verifier.head()
    }

    /// The file that is being read.
    #[must_use]
    pub const fn open(&self) -> Option<OpenExport> {
        self.open
    }

    /// Takes the next line, without its line end.
    ///
    /// # Errors
    /// [`ExportFault`]; the reader stands where it stood.
    pub fn line(&mut self, line: &str) -> Result<ExportLine, ExportFault> {
        let Some(open) = self.open.as_mut() else {
            self.open = Some(self.begin(line)?);
            return Ok(ExportLine::Begun);
        };
        let unreadable = match serde_json::from_str::<RawEntry>(line) {
            Ok(entry) => {
                self.verifier.accept(&entry)?;
                open.entries += 1;
                return Ok(ExportLine::Entry(entry));
            }
            Err(error) => error,
        };
        let Ok(footer) = serde_json::from_str::<ExportFooter>(line) else {
            return Err(ExportFault::Unreadable(unreadable));
        };
        let head = self.verifier.head();
        for (holds, what) in [
            (footer.entries == open.entries, "number of entries"),
            (footer.head_seq == head.seq, "last entry"),
            (footer.head_hash == head.hash, "hash"),
            (footer.header_hash == open.header_hash, "digest of the first line"),
        ] {
            if !holds {
                return Err(ExportFault::Closing(what));
            }
        }
        self.open = None;
        Ok(ExportLine::Closed)
    }

    fn begin(&self, line: &str) -> Result<OpenExport, ExportFault> {
        let header: ExportHeader = serde_json::from_str(line)?;
        let head = self.verifier.head();
        if header.format != EXPORT_FORMAT {
            return Err(ExportFault::Format(header.format));
        }
        if header.stream != self.stream {
            return Err(ExportFault::OtherStream(header.stream));
        }
        if header.from != head.seq + 1 {
            return Err(ExportFault::Begins { expected: head.seq + 1, found: header.from });
        }
        if header.previous != head.hash {
            return Err(ExportFault::Follows { expected: head.hash, found: header.previous });
        }
        Ok(OpenExport { header_hash: hash_header_line(line.as_bytes()), entries: 0 })
    }
}

/// A run of entries behind `before` as one whole export file. The same entries make the same bytes: the file is dated
/// by its last entry.
///
/// # Errors
/// When an entry cannot be written as JSON.
pub fn write_export(stream: &str, before: Head, entries: &[RawEntry]) -> Result<Vec<u8>, Error> {
    let header = ExportHeader {
        format: EXPORT_FORMAT.to_owned(),
        stream: stream.to_owned(),
        from: before.seq + 1,
        previous: before.hash,
        exported_at: entries.last().map_or(0, |entry| entry.recorded_at),
    };
    let mut bytes = serde_json::to_vec(&header)?;
    let header_hash = hash_header_line(&bytes);
    bytes.push(b'\n');
    let mut head = before;
    for entry in entries {
        serde_json::to_writer(&mut bytes, entry)?;
        bytes.push(b'\n');
        head = Head { seq: entry.seq, hash: entry.hash };
    }
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let footer = ExportFooter { entries: count, head_seq: head.seq, head_hash: head.hash, header_hash };
    serde_json::to_writer(&mut bytes, &footer)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The entries of one whole export file behind `before`, every line of it checked.
///
/// # Errors
/// The first line (counted from 1) that does not hold, and why; a file that was cut names the line after its last.
pub fn read_export(stream: &str, before: Head, text: &str) -> Result<Vec<RawEntry>, (u64, ExportFault)> {
    let mut reader = ExportReader::resume(stream, before, None);
    let (mut entries, mut number) = (Vec::new(), 0);
    for line in text.lines() {
        number += 1;
        if let ExportLine::Entry(entry) = reader.line(line).map_err(|fault| (number, fault))? {
            entries.push(entry);
        }
    }
    match reader.open() {
        None => Ok(entries),
        Some(_) => Err((number + 1, ExportFault::Closing("place"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3a/organization";

    fn entries(count: usize) -> Vec<RawEntry> {
        let mut head = Head::EMPTY;
        (0..count)
            .map(|number| {
                let unsealed = RawEntry {
                    seq: 0,
                    recorded_at: 1_800_000_000_000,
                    command_id: format!("c{number}"),
                    actor: "person:user_test".to_owned(),
                    kind: "something".to_owned(),
                    version: 1,
                    payload: format!("{{\"n\":{number}}}"),
                    hash: Hash::default(),
                };
                let entry = RawEntry::seal(STREAM, &head, unsealed);
                head = Head { seq: entry.seq, hash: entry.hash };
                entry
            })
            .collect()
    }

    fn file(entries: &[RawEntry], before: Head) -> String {
        String::from_utf8(write_export(STREAM, before, entries).unwrap()).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again_in_one_file_or_in_several() {
        let all = entries(5);
        assert_eq!(read_export(STREAM, Head::EMPTY, &file(&all, Head::EMPTY)).unwrap(), all);
        let (first, second) = all.split_at(2);
        let middle = Head { seq: 2, hash: first[1].hash };
        let mut reader = ExportReader::resume(STREAM, Head::EMPTY, None);
        let both = format!("{}{}", file(first, Head::EMPTY), file(second, middle));
        let read: Vec<_> = both.lines().map(|line| reader.line(line).unwrap()).collect();
        assert_eq!(read.iter().filter(|line| **line == ExportLine::Closed).count(), 2);
        assert_eq!(reader.head(), Head { seq: 5, hash: all[4].hash });
    }

    #[test]
    fn reading_goes_on_between_any_two_lines() {
        let all = entries(3);
        let text = file(&all, Head::EMPTY);
        for cut in 0..text.lines().count() {
            let mut reader = ExportReader::resume(STREAM, Head::EMPTY, None);
            text.lines().take(cut).for_each(|line| drop(reader.line(line).unwrap()));
            let mut reader = ExportReader::resume(STREAM, reader.head(), reader.open());
            text.lines().skip(cut).for_each(|line| drop(reader.line(line).unwrap()));
            assert_eq!((reader.head().seq, reader.open()), (3, None));
        }
    }

    #[test]
    fn log_9_a_file_that_is_not_whole_names_its_line() {
        let text = file(&entries(3), Head::EMPTY);
        let lines: Vec<&str> = text.lines().collect();
        let broken = |lines: Vec<String>| {
            let (line, fault) = read_export(STREAM, Head::EMPTY, &lines.join("\n")).unwrap_err();
            (line, fault.to_string())
        };
        let with = |at: usize, from: &str, to: &str| {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            lines[at] = lines[at].replace(from, to);
            lines
        };
        let without = |at: usize| {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            lines.remove(at);
            lines
        };
        for (lines, line, words) in [
            (with(0, "export.v1", "export.v9"), 1, "its format is"),
            (with(0, "organization", "organisation"), 1, "of the stream"),
            (with(0, "\"from\":1", "\"from\":2"), 1, "begins at entry 2"),
            (with(0, "\"previous\":\"00", "\"previous\":\"01"), 1, "hashes to"),
            (with(2, "\"c1\"", "\"cX\""), 3, "content hashes to"),
            (with(2, "\"seq\"", "\"sequel\""), 3, "cannot be read"),
            (without(2), 3, "expected entry 2, found 3"),
            (without(4), 5, "closing line's place"),
            (with(4, "\"entries\":3", "\"entries\":4"), 5, "number of entries"),
            (with(4, "\"head_seq\":3", "\"head_seq\":2"), 5, "last entry"),
            (with(0, "\"exported_at\":18", "\"exported_at\":17"), 5, "digest of the first line"),
        ] {
            let (found, said) = broken(lines);
            assert!(found == line && said.contains(words), "line {found}: {said} (expected {line}: {words})");
        }
    }
}
