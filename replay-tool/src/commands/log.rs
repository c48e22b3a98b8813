//! `log`: reading entries, from files or straight from the platform.

use std::io::{self, Read};
use std::path::Path;
use std::thread;
use std::time::Duration;

use domain::journal::{ExportHeader, Head};
use domain::stream::StreamId;
use replay_tool::clock::{Clock, rfc3339};
use replay_tool::fault::{Fault, Wrong};
use replay_tool::files::{find, glance, open};
use replay_tool::filter::{Filter, Kept};
use replay_tool::line::Line;
use replay_tool::scan::{Reading, ScanError, Stop, Verified, scan};
use serde::Serialize;
use serde_json::value::RawValue;

use super::evidence::actor;
use crate::api::{ApiError, Client};
use crate::cli::{Common, LogArgs};
use crate::output::{Out, Tone, remark, tame};
use crate::{Answer, Failure, Outcome};

/// How much of a payload is shown on one line, in characters.
const PAYLOAD_PREVIEW_CHARS: usize = 100;

/// How long to wait before asking a platform for more: soon enough for somebody who watches a sale, rare
/// enough to be no load.
const FOLLOW_PAUSE: Duration = Duration::from_secs(2);

/// An entry for programs. The payload is JSON where it is JSON, and text where it is not.
#[derive(Serialize)]
struct Told<'a> {
    stream: &'a str,
    recorded: Option<String>,
    event: Option<&'a RawValue>,
    #[serde(flatten)]
    entry: &'a Kept,
}

pub fn run(args: &LogArgs, common: &Common, out: &mut Out) -> Answer {
    match &args.stream {
        Some(stream) => from_platform(stream, args, common, out),
        None if args.follow => {
            Err(Failure::new("files do not grow: say which stream of the platform to follow, with --stream"))
        }
        None => from_files(args, common, out),
    }
}

fn from_files(args: &LogArgs, common: &Common, out: &mut Out) -> Answer {
    let files = find(&args.logs.paths)?;
    let clock = common.clock(&files)?;
    let filter = filter(args, clock)?;
    let mut printer = Printer::new(args, clock, common, out);
    let mut whole = true;
    for file in &files {
        if printer.left == 0 {
            break;
        }
        if files.len() > 1 && !printer.out.json() {
            printer.out.toned(Tone::Title, &format!("== {}", file.display()))?;
        }
        whole &= printer.file(file, &filter)?;
    }
    Ok(if whole { Outcome::Fine } else { Outcome::Difference })
}

fn from_platform(stream: &StreamId, args: &LogArgs, common: &Common, out: &mut Out) -> Answer {
    let mut client = Client::new(&args.api)?;
    let clock = match (common.utc, &common.zone) {
        (false, None) => client.zone().and_then(|zone| Clock::of(&zone).ok()).unwrap_or(Clock::UTC),
        _ => common.clock(&[])?,
    };
    let mut following = Following { filter: filter(args, clock)?, head: None };
    let mut printer = Printer::new(args, clock, common, out);
    let mut next = args.from.unwrap_or(1);
    loop {
        match printer.newer(&mut client, stream, next, &following) {
            Ok(Some(verified)) => {
                next = verified.head.seq.saturating_add(1);
                following.head = Some(verified.head);
            }
            Ok(None) => return Ok(Outcome::Fine),
            Err(Trouble::Early(head)) if !args.follow => {
                remark(&format!("{stream} ends at entry {head}; there is no entry {next} yet"));
            }
            Err(Trouble::Early(_)) => {}
            Err(Trouble::Passing(why)) if args.follow => remark(&format!("{why}; trying again")),
            Err(Trouble::Passing(why)) => return Err(Failure::new(why)),
            Err(Trouble::Lasting(failure)) => return Err(failure),
            Err(Trouble::Difference(text)) => {
                remark(&text);
                return Ok(Outcome::Difference);
            }
        }
        if !args.follow {
            return Ok(Outcome::Fine);
        }
        printer.out.flush()?;
        thread::sleep(FOLLOW_PAUSE);
    }
}

fn filter(args: &LogArgs, clock: Clock) -> Result<Filter, Failure> {
    let time = |text: &Option<String>| text.as_deref().map(|text| clock.read(text)).transpose();
    Ok(Filter {
        kinds: args.kinds.clone(),
        actor: args.actor.clone(),
        text: args.text.clone(),
        since: time(&args.since)?,
        until: time(&args.until)?,
        from: args.from,
        to: args.to,
    })
}

/// Filters what continues the entries that were seen before.
struct Following {
    filter: Filter,
    head: Option<Head>,
}

impl Reading for Following {
    type Gathered = Vec<Kept>;

    fn begin(&self, header: &ExportHeader) -> io::Result<()> {
        match self.head {
            Some(head) if header.previous != head.hash || header.from != head.seq.saturating_add(1) => {
                Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!(
                        "the log was rewritten: after entry {} it had {}, and has {} now",
                        head.seq, head.hash, header.previous
                    ),
                ))
            }
            _ => Ok(()),
        }
    }

    fn gather(&self, line: &Line<'_>, into: &mut Vec<Kept>) {
        self.filter.gather(line, into);
    }
}

/// Why no newer entries came.
enum Trouble {
    /// The log has not come that far: its last entry.
    Early(u64),
    Passing(String),
    Lasting(Failure),
    Difference(String),
}

/// Prints entries until enough were printed.
struct Printer<'a> {
    clock: Clock,
    /// Payloads are shown whole.
    whole: bool,
    /// How many more entries to print.
    left: u64,
    workers: usize,
    out: &'a mut Out,
}

impl<'a> Printer<'a> {
    fn new(args: &LogArgs, clock: Clock, common: &Common, out: &'a mut Out) -> Self {
        let left = args.limit.unwrap_or(u64::MAX);
        Self { clock, whole: args.payload, left, workers: common.workers(), out }
    }

    /// Prints what is wanted of one file; false when it does not hold to its end.
    fn file(&mut self, file: &Path, filter: &Filter) -> Result<bool, Failure> {
        let stream = glance(file).map_or_else(String::new, |glance| glance.header.export.stream);
        match self.walk(open(file)?, filter, &stream) {
            Ok(_) | Err(ScanError::Enough) => Ok(true),
            Err(ScanError::Fault(fault)) => {
                self.out.flush()?;
                remark(&format!("{}: {fault}; nothing from there on is shown", file.display()));
                Ok(false)
            }
            Err(ScanError::Io(error)) => Err(error.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Prints what the platform has from entry `next` on; `None` when enough was printed.
    fn newer(
        &mut self,
        client: &mut Client,
        stream: &StreamId,
        next: u64,
        following: &Following,
    ) -> Result<Option<Verified>, Trouble> {
        let body = client.log(stream, next).map_err(|error| match error {
            ApiError::Unreachable(why) => Trouble::Passing(why),
            ApiError::Refused(why) => Trouble::Lasting(Failure::new(why)),
        })?;
        match self.walk(body, following, &stream.to_string()) {
            Ok(verified) => Ok(Some(verified)),
            Err(ScanError::Enough) => Ok(None),
            Err(ScanError::Fault(Fault { wrong: Wrong::Head { stated_seq, .. }, .. }))
                if stated_seq.saturating_add(1) < next && following.head.is_none() =>
            {
                Err(Trouble::Early(stated_seq))
            }
            Err(ScanError::Fault(fault)) => Err(Trouble::Difference(format!("{stream}: {fault}"))),
            Err(ScanError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                Err(Trouble::Difference(error.to_string()))
            }
            Err(ScanError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                Err(Trouble::Lasting(error.into()))
            }
            Err(error) => Err(Trouble::Passing(error.to_string())),
        }
    }

    fn walk<W>(&mut self, input: impl Read + Send, reading: &W, stream: &str) -> Result<Verified, ScanError>
    where
        W: Reading<Gathered = Vec<Kept>>,
    {
        scan(input, self.workers, reading, |entries| {
            for entry in &entries {
                self.left = self.left.checked_sub(1).ok_or(Stop::Enough)?;
                self.print(entry, stream)?;
            }
            if self.left == 0 { Err(Stop::Enough) } else { Ok(()) }
        })
    }

    fn print(&mut self, entry: &Kept, stream: &str) -> io::Result<()> {
        if self.out.json() {
            let event = serde_json::from_str(&entry.payload).ok();
            return self.out.document(&Told { stream, recorded: rfc3339(entry.recorded_at), event, entry });
        }
        let seq = self.out.paint(Tone::Faint, &format!("{:>6}", entry.seq));
        let kind = self.out.paint(Tone::Title, &format!("{:<19}", tame(&entry.kind)));
        let payload = if self.whole { entry.payload.clone() } else { preview(&entry.payload) };
        let at = self.clock.show(entry.recorded_at);
        self.out.line(&format!("{seq}  {at}  {kind}  {}  {}", actor(&entry.actor), tame(&payload)))
    }
}

fn preview(payload: &str) -> String {
    match payload.char_indices().nth(PAYLOAD_PREVIEW_CHARS) {
        Some((end, _)) => format!("{}…", &payload[..end]),
        None => payload.to_owned(),
    }
}
