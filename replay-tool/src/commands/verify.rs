//! `verify`: do the logs hold?

use std::path::Path;

use replay_tool::fault::Fault;
use replay_tool::files::{FindError, find, open};
use replay_tool::header::Original;
use replay_tool::scan::{Nothing, ScanError, Verified, scan};
use serde::Serialize;

use crate::cli::{Common, Logs};
use crate::output::{Align, Cell, Out, Table, Tone, remark, tame};
use crate::{Answer, Failure, Outcome};

/// What is said about one file.
#[derive(Serialize)]
struct Report {
    file: String,
    holds: bool,
    stream: Option<String>,
    from: Option<u64>,
    entries: Option<u64>,
    head_seq: Option<u64>,
    head_hash: Option<String>,
    /// For a redacted copy: the log that it was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<Original>,
    fault: Option<Told>,
}

/// A fault, for programs and for people.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    fault: Fault,
    message: String,
}

#[derive(Serialize)]
struct Reports<'a> {
    holds: bool,
    files: &'a [Report],
}

pub fn run(logs: &Logs, common: &Common, out: &mut Out) -> Answer {
    let mut reports = Vec::new();
    for file in find(&logs.paths)? {
        reports.push(check(&file, common.workers())?);
    }
    let holds = reports.iter().all(|report| report.holds);
    if out.json() {
        out.document(&Reports { holds, files: &reports })?;
    } else {
        show(&reports, out)?;
    }
    Ok(if holds { Outcome::Fine } else { Outcome::Difference })
}

fn check(file: &Path, workers: usize) -> Result<Report, Failure> {
    let name = file.display().to_string();
    match scan(open(file)?, workers, &Nothing, |()| Ok(())) {
        Ok(verified) => Ok(Report::holding(name, verified)),
        Err(ScanError::Fault(fault)) => Ok(Report::broken(name, fault)),
        Err(ScanError::Io(error)) => Err(FindError::io(file, error).into()),
        Err(error) => Err(error.into()),
    }
}

impl Report {
    fn holding(file: String, verified: Verified) -> Self {
        Self {
            file,
            holds: true,
            stream: Some(verified.header.stream),
            from: Some(verified.header.from),
            entries: Some(verified.entries),
            head_seq: Some(verified.head.seq),
            head_hash: Some(verified.head.hash.to_string()),
            original: verified.original,
            fault: None,
        }
    }

    fn broken(file: String, fault: Fault) -> Self {
        let message = fault.to_string();
        Self {
            file,
            holds: false,
            stream: None,
            from: None,
            entries: None,
            head_seq: None,
            head_hash: None,
            original: None,
            fault: Some(Told { fault, message }),
        }
    }
}

fn show(reports: &[Report], out: &mut Out) -> Result<(), Failure> {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("file", Align::Left),
        ("entries", Align::Right),
        ("head", Align::Left),
    ]);
    for report in reports {
        let verdict =
            if report.holds { Cell::toned(Tone::Good, "holds") } else { Cell::toned(Tone::Bad, "BROKEN") };
        let count = report.entries.map_or_else(|| "?".to_owned(), |entries| entries.to_string());
        table.push([verdict, report.file.as_str().into(), count.into(), head(report).into()]);
    }
    out.table(&table)?;
    for report in reports {
        if let Some(told) = &report.fault {
            let text = format!("{}: {}", report.file, told.message);
            out.toned(Tone::Bad, &text)?;
        }
        if let Some(original) = &report.original {
            out.toned(
                Tone::Warning,
                &format!(
                    "{}: a redacted copy of {} up to entry {} ({}); its hashes are its own, not the log's",
                    report.file,
                    tame(report.stream.as_deref().unwrap_or("?")),
                    original.head_seq,
                    replay_tool::fault::short(&original.head_hash)
                ),
            )?;
        }
        if let Some(from) = report.from.filter(|from| *from > 1) {
            remark(&format!(
                "{}: begins at entry {from}; what stands before it is not in this file",
                report.file
            ));
        }
    }
    Ok(())
}

fn head(report: &Report) -> String {
    match (report.head_seq, &report.head_hash) {
        (Some(seq), Some(hash)) => format!("{seq} {}", &hash[..16]),
        _ => "–".to_owned(),
    }
}
