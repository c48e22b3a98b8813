//! `redact`: copies of logs for sharing.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use domain::journal::{ExportFooter, ExportHeader, RawEntry, hash_header_line};
use replay_tool::files::{FindError, glance, open};
use replay_tool::header::{Header, Original, REDACTED_FORMAT};
use replay_tool::line::Line;
use replay_tool::logs::Source;
use replay_tool::redact::{REMOVED, Redactor, Replaced, Sealing};
use replay_tool::scan::{Nothing, Reading, ScanError, Stop, Verified, scan};
use serde::Serialize;

use crate::cli::{Common, RedactArgs};
use crate::output::{Align, Out, Table, Tone, remark};
use crate::{Answer, Failure, Outcome};

/// What became of one log.
#[derive(Serialize)]
struct Redacted {
    stream: String,
    file: String,
    entries: u64,
    #[serde(flatten)]
    replaced: Replaced,
}

pub fn run(args: &RedactArgs, common: &Common, out: &mut Out) -> Answer {
    let logs = args.logs.sorted()?;
    fs::create_dir_all(&args.into).map_err(|error| FindError::io(&args.into, error))?;
    let mut redactor = Redactor::default();
    let (mut made, mut broken) = (Vec::new(), false);
    for source in &logs.all {
        match copy(source, &args.into, &mut redactor, common)? {
            Some(copied) => made.push(copied),
            None => broken = true,
        }
    }
    if out.json() {
        out.document(&made)?;
    } else {
        show(&made, out)?;
    }
    Ok(if broken { Outcome::Difference } else { Outcome::Fine })
}

/// Copies one log that holds; says what is wrong with one that does not, and copies nothing of it.
fn copy(
    source: &Source,
    into: &Path,
    redactor: &mut Redactor,
    common: &Common,
) -> Result<Option<Redacted>, Failure> {
    let name = source.path.display();
    let verified = match scan(open(&source.path)?, common.workers(), &Nothing, |()| Ok(())) {
        Ok(verified) => verified,
        Err(ScanError::Fault(fault)) => {
            remark(&format!("{name}: {fault}; a log that does not hold is not copied"));
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    if verified.original.is_some() {
        return Err(Failure::new(format!("{name} is a redacted copy already")));
    }
    let target = target(source, into)?;
    redactor.replaced = Replaced::default();
    let entries = verified.entries;
    write(source, &target, verified, redactor, common)?;
    Ok(Some(Redacted {
        stream: source.stream.to_string(),
        file: target.display().to_string(),
        entries,
        replaced: redactor.replaced,
    }))
}

/// Where the copy goes; never over a log.
fn target(source: &Source, into: &Path) -> Result<PathBuf, Failure> {
    let target = into.join(replay_tool::files::file_name(&source.stream));
    if target.exists() && glance(&target).is_none_or(|there| there.header.original.is_none()) {
        return Err(Failure::new(format!("{} is in the way: it is no redacted copy", target.display())));
    }
    Ok(target)
}

/// Entries as stored.
struct Whole;

impl Reading for Whole {
    type Gathered = Vec<RawEntry>;

    fn gather(&self, line: &Line<'_>, into: &mut Vec<RawEntry>) {
        into.push(line.into());
    }
}

fn write(
    source: &Source,
    target: &Path,
    verified: Verified,
    redactor: &mut Redactor,
    common: &Common,
) -> Result<(), Failure> {
    let original = Original {
        head_seq: verified.head.seq,
        head_hash: verified.head.hash,
        removed: REMOVED.map(str::to_owned).to_vec(),
    };
    let export = ExportHeader { format: REDACTED_FORMAT.to_owned(), ..verified.header };
    let header = Header { export, original: Some(original) };
    let line = header.line()?;
    let at_target = |error| Failure::from(FindError::io(target, error));
    let mut file = BufWriter::new(File::create(target).map_err(at_target)?);
    writeln!(file, "{line}").map_err(at_target)?;
    let mut sealing = Sealing::new(&header);
    scan(open(&source.path)?, common.workers(), &Whole, |entries| {
        for entry in entries {
            let redacted = redactor.entry(entry).map_err(std::io::Error::from)?;
            serde_json::to_writer(&mut file, &sealing.seal(redacted)).map_err(std::io::Error::from)?;
            file.write_all(b"\n")?;
        }
        Ok::<(), Stop>(())
    })?;
    let footer = ExportFooter {
        entries: verified.entries,
        head_seq: sealing.head.seq,
        head_hash: sealing.head.hash,
        header_hash: hash_header_line(line.as_bytes()),
    };
    writeln!(file, "{}", serde_json::to_string(&footer)?).map_err(at_target)?;
    file.flush().map_err(at_target)
}

fn show(copies: &[Redacted], out: &mut Out) -> Result<(), Failure> {
    let mut table = Table::new(&[
        ("copy", Align::Left),
        ("entries", Align::Right),
        ("texts", Align::Right),
        ("people", Align::Right),
        ("digests", Align::Right),
        ("command ids", Align::Right),
    ]);
    for copy in copies {
        let Replaced { texts, people, digests, commands } = copy.replaced;
        let counts = [copy.entries, texts, people, digests, commands].map(|count| count.to_string().into());
        table.push(std::iter::once(copy.file.as_str().into()).chain(counts));
    }
    out.table(&table)?;
    out.toned(
        Tone::Faint,
        "Texts read “redacted”, people are numbered, digests are zero. The copies' hashes are their own, not the logs'.",
    )?;
    Ok(())
}
