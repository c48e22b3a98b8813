//! `project`: the read models, rebuilt from the logs by the platform's own projections.

mod compare;
mod database;
mod direct;
mod page;

use std::path::Path;

use domain::journal::Head;
use domain::stream::StreamId;
use indicatif::ProgressBar;
use replay_tool::files::open;
use replay_tool::logs::Source;
use replay_tool::scan::{ScanError, Stop, scan};
use serde::Serialize;

use self::compare::Comparison;
use self::database::{Database, Written};
use self::page::Behind;
use crate::cli::{Common, ProjectArgs};
use crate::output::{Align, Cell, Out, Table, Tone, remark, tame};
use crate::{Answer, Failure, Outcome};

/// What was done, and what was found.
#[derive(Serialize)]
struct Report {
    streams: Vec<StreamReport>,
    tables: Vec<TableCount>,
    comparison: Option<Comparison>,
}

/// What became of one stream.
#[derive(Serialize)]
struct StreamReport {
    stream: String,
    /// Entries projected by this run.
    entries: u64,
    head: Head,
    /// Why its projection stopped before the end of the log.
    stopped: Option<String>,
}

/// How many rows a table holds.
#[derive(Serialize)]
struct TableCount {
    table: &'static str,
    rows: u64,
}

pub fn run(args: &ProjectArgs, common: &Common, out: &mut Out) -> Answer {
    let logs = args.logs.sorted()?;
    let mut database = Database::open(args.into.as_deref())?;
    let mut streams = Vec::new();
    for source in &logs.all {
        streams.push(project(source, &mut database, common)?);
    }
    let comparison = args.compare.as_deref().map(|other| database.compare(other, &logs)).transpose()?;
    let tables = database.counts()?;
    let report = Report { streams, tables, comparison };
    if out.json() {
        out.document(&report)?;
    } else {
        show(&report, out)?;
    }
    if let Some(stopped) = report.streams.iter().find_map(|stream| stream.stopped.as_ref()) {
        return Err(Failure::new(format!("not everything was projected: {stopped}")));
    }
    let same = report.comparison.as_ref().is_none_or(Comparison::same);
    Ok(if same { Outcome::Fine } else { Outcome::Difference })
}

/// How a walk over a stream ended.
enum Walk {
    Done(u64),
    /// The rows were made from another log of that name.
    OtherHistory,
    Stopped(u64, String),
}

fn project(source: &Source, database: &mut Database, common: &Common) -> Result<StreamReport, Failure> {
    let bar = if common.json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    let mut walked = walk(&source.path, &source.stream, database, common.workers(), &bar)?;
    if matches!(walked, Walk::OtherHistory) {
        bar.suspend(|| {
            remark(&format!("{}: the rows were made from another history; made anew", source.stream));
        });
        database.wipe(&source.stream)?;
        walked = walk(&source.path, &source.stream, database, common.workers(), &bar)?;
    }
    bar.finish_and_clear();
    let (entries, stopped) = match walked {
        Walk::Done(entries) => (entries, None),
        Walk::Stopped(entries, why) => (entries, Some(why)),
        Walk::OtherHistory => (0, Some(format!("{}: the checkpoint cannot be moved", source.stream))),
    };
    let stream = source.stream.to_string();
    let head = database.checkpoint(&stream)?;
    Ok(StreamReport { stream, entries, head, stopped })
}

fn walk(
    file: &Path,
    stream: &StreamId,
    database: &mut Database,
    workers: usize,
    bar: &ProgressBar,
) -> Result<Walk, Failure> {
    let checkpoint = database.checkpoint(&stream.to_string())?;
    let (mut projected, mut parked, mut failed) = (0, None, None);
    let mut known = checkpoint.seq == 0;
    let walked = scan(open(file)?, workers, &Behind { stream: stream.clone(), checkpoint }, |page| {
        known |= page.at_checkpoint == Some(checkpoint);
        if !known && page.at_checkpoint.is_some() {
            return Err(Stop::Enough);
        }
        let entries = page.entries;
        match database.write(stream, page) {
            Ok(Written::All) => projected += entries,
            Ok(Written::Parked(why)) => parked = Some(why),
            Err(error) => failed = Some(error),
        }
        bar.set_message(format!("{projected} entries of {stream}"));
        bar.tick();
        if parked.is_some() || failed.is_some() { Err(Stop::Enough) } else { Ok(()) }
    });
    if let Some(error) = failed {
        // What was not committed is gone with the connection.
        return Err(error);
    }
    database.commit()?;
    let name = file.display();
    match (walked, parked) {
        (_, Some(why)) => Ok(Walk::Stopped(projected, format!("{name}: {why}"))),
        (Err(ScanError::Fault(fault)), _) => Ok(Walk::Stopped(projected, format!("{name}: {fault}"))),
        (Err(ScanError::Io(error)), _) => Err(Failure::new(format!("{name}: {error}"))),
        (Err(ScanError::Worker), _) => Err(Failure::new(format!("{name}: a worker thread ended early"))),
        _ if !known => Ok(Walk::OtherHistory),
        _ => Ok(Walk::Done(projected)),
    }
}

fn show(report: &Report, out: &mut Out) -> Result<(), Failure> {
    let mut streams =
        Table::new(&[("stream", Align::Left), ("projected", Align::Right), ("to entry", Align::Right)]);
    for stream in &report.streams {
        let to = match stream.stopped {
            None => Cell::from(stream.head.seq.to_string()),
            Some(_) => Cell::toned(Tone::Bad, format!("{} (stopped)", stream.head.seq)),
        };
        streams.push([stream.stream.as_str().into(), stream.entries.to_string().into(), to]);
    }
    out.table(&streams)?;
    out.line("")?;
    let mut tables = Table::new(&[("table", Align::Left), ("rows", Align::Right)]);
    for count in &report.tables {
        tables.push([count.table.into(), count.rows.to_string().into()]);
    }
    out.table(&tables)?;
    for stopped in report.streams.iter().filter_map(|stream| stream.stopped.as_ref()) {
        out.toned(Tone::Bad, &tame(stopped))?;
    }
    if let Some(comparison) = &report.comparison {
        out.line("")?;
        comparison.show(out)?;
    }
    Ok(())
}
