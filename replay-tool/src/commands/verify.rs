//! `verify`: do the logs hold, by themselves and against those who saw them before?

use std::path::Path;

use domain::journal::PublicKey;
use replay_tool::fault::{Fault, short};
use replay_tool::files::{FindError, find, glance, open};
use replay_tool::header::Original;
use replay_tool::logs::Logs as FoundLogs;
use replay_tool::scan::{ScanError, Verified, scan};
use replay_tool::witness::{Denied, Judgement, Meeting, Witness, Witnesses, read_keys};
use serde::Serialize;

use super::progress::Progress;
use crate::cli::{Common, VerifyArgs};
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
    /// Heads that are as they were seen before.
    witnessed: usize,
    /// Not the log that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    denied: Option<Denied>,
    /// The last entry that was seen, where the file is older than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    older_than: Option<u64>,
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
    /// What is against the logs as a whole.
    on_record: &'a [String],
}

pub fn run(args: &VerifyArgs, common: &Common, out: &mut Out) -> Answer {
    let files = find(&args.logs.paths)?;
    let witnesses = witnesses(args, common)?;
    let mut reports = Vec::new();
    let progress = Progress::over(&files, common.json);
    for file in files {
        reports.push(check(&file, &witnesses, common.workers(), &progress)?);
    }
    progress.done();
    let holds = reports.iter().all(|report| report.holds) && witnesses.on_record.is_empty();
    if out.json() {
        out.document(&Reports { holds, files: &reports, on_record: &witnesses.on_record })?;
    } else {
        show(&reports, &witnesses, out)?;
    }
    Ok(if holds { Outcome::Fine } else { Outcome::Difference })
}

/// What the organization's log and the checkpoints say. A log that does not hold witnesses nothing.
fn witnesses(args: &VerifyArgs, common: &Common) -> Result<Witnesses, Failure> {
    let found = FoundLogs::find(&args.logs.paths)?;
    let mut witnesses = Witnesses::of(&found, common.workers()).unwrap_or_else(|error| {
        remark(&format!("the organization's log is no witness here: {error}"));
        Witnesses::default()
    });
    let mut keys: Vec<PublicKey> = args.key.clone();
    if let Some(file) = &args.keys {
        keys.extend(read_keys(file)?);
    }
    for file in &args.checkpoints {
        witnesses.add_checkpoint(file, &keys)?;
    }
    Ok(witnesses)
}

fn check(file: &Path, witnesses: &Witnesses, workers: usize, progress: &Progress) -> Result<Report, Failure> {
    let name = file.display().to_string();
    let stream = glance(file).map_or_else(String::new, |glance| glance.header.export.stream);
    let mut met = Vec::new();
    let walked = scan(progress.read(open(file)?), workers, &Meeting::new(witnesses, &stream), |heads| {
        met.extend(heads);
        Ok(())
    });
    match walked {
        Ok(verified) => {
            // A redacted copy keeps no hash that anybody saw.
            let judgement = match &verified.original {
                None => witnesses.judge(&verified, &met),
                Some(_) => Judgement::Unseen,
            };
            Ok(Report::holding(name, verified, judgement))
        }
        Err(ScanError::Fault(fault)) => Ok(Report::broken(name, fault)),
        Err(ScanError::Io(error)) => Err(FindError::io(file, error).into()),
        Err(error) => Err(error.into()),
    }
}

impl Report {
    fn holding(file: String, verified: Verified, judgement: Judgement) -> Self {
        let mut report = Self {
            file,
            holds: true,
            stream: Some(verified.header.stream),
            from: Some(verified.header.from),
            entries: Some(verified.entries),
            head_seq: Some(verified.head.seq),
            head_hash: Some(verified.head.hash.to_string()),
            witnessed: 0,
            denied: None,
            older_than: None,
            original: verified.original,
            fault: None,
        };
        match judgement {
            Judgement::Unseen => {}
            Judgement::Confirmed(heads) => report.witnessed = heads,
            Judgement::Older { seq } => report.older_than = Some(seq),
            Judgement::Denied(denied) => {
                report.holds = false;
                report.denied = Some(denied);
            }
        }
        report
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
            witnessed: 0,
            denied: None,
            older_than: None,
            original: None,
            fault: Some(Told { fault, message }),
        }
    }
}

fn show(reports: &[Report], witnesses: &Witnesses, out: &mut Out) -> Result<(), Failure> {
    let mut columns =
        vec![("", Align::Left), ("file", Align::Left), ("entries", Align::Right), ("head", Align::Left)];
    let any_seen = reports.iter().any(|report| report.witnessed > 0 || report.denied.is_some());
    columns.extend(any_seen.then_some(("seen before", Align::Left)));
    let mut table = Table::new(&columns);
    for report in reports {
        let verdict =
            if report.holds { Cell::toned(Tone::Good, "holds") } else { Cell::toned(Tone::Bad, "BROKEN") };
        let count = report.entries.map_or_else(|| "?".to_owned(), |entries| entries.to_string());
        let cells = [verdict, report.file.as_str().into(), count.into(), head(report).into()];
        table.push(cells.into_iter().chain(any_seen.then(|| seen(report))));
    }
    out.table(&table)?;
    for report in reports {
        show_matters(report, out)?;
    }
    for text in &witnesses.on_record {
        out.toned(Tone::Bad, &tame(text))?;
    }
    Ok(())
}

fn seen(report: &Report) -> Cell {
    match (report.witnessed, &report.denied) {
        (_, Some(_)) => Cell::toned(Tone::Bad, "otherwise"),
        (0, None) => Cell::toned(Tone::Faint, "–"),
        (1, None) => Cell::toned(Tone::Good, "1 head"),
        (heads, None) => Cell::toned(Tone::Good, format!("{heads} heads")),
    }
}

fn show_matters(report: &Report, out: &mut Out) -> Result<(), Failure> {
    if let Some(told) = &report.fault {
        out.toned(Tone::Bad, &format!("{}: {}", report.file, told.message))?;
    }
    if let Some(denied) = &report.denied {
        let by = denied.witness.as_ref().map_or_else(String::new, |witness| match witness {
            Witness::Organization { stream, seq, .. } => format!(" (witnessed by {stream} #{seq})"),
            Witness::Checkpoint { file, .. } => format!(" (signed in {file})"),
        });
        let text = format!("{}: not the log that was seen: {}{by}", report.file, denied.message);
        out.toned(Tone::Bad, &text)?;
    }
    if let Some(seq) = report.older_than {
        remark(&format!(
            "{}: entry {seq} was seen after this file was exported; fetch it again to hold it against that",
            report.file
        ));
    }
    if let Some(original) = &report.original {
        out.toned(
            Tone::Warning,
            &format!(
                "{}: a redacted copy of {} up to entry {} ({}); its hashes are its own, not the log's",
                report.file,
                tame(report.stream.as_deref().unwrap_or("?")),
                original.head_seq,
                short(&original.head_hash)
            ),
        )?;
    }
    if let Some(from) = report.from.filter(|from| *from > 1) {
        remark(&format!(
            "{}: begins at entry {from}; what stands before it is not in this file",
            report.file
        ));
    }
    Ok(())
}

fn head(report: &Report) -> String {
    match (report.head_seq, &report.head_hash) {
        (Some(seq), Some(hash)) => format!("{seq} {}", &hash[..16]),
        _ => "–".to_owned(),
    }
}
