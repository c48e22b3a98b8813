//! `log`: reading entries.

use std::io;
use std::path::Path;

use replay_tool::clock::{Clock, rfc3339};
use replay_tool::files::{find, glance, open};
use replay_tool::filter::{Filter, Kept};
use replay_tool::scan::{ScanError, Stop, scan};
use serde::Serialize;
use serde_json::value::RawValue;

use super::evidence::actor;
use crate::cli::{Common, LogArgs};
use crate::output::{Out, Tone, remark, tame};
use crate::{Answer, Failure, Outcome};

/// How much of a payload is shown on one line, in characters.
const PAYLOAD_PREVIEW_CHARS: usize = 100;

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
    let files = find(&args.logs.paths)?;
    let clock = common.clock(&files)?;
    let filter = filter(args, clock)?;
    let mut printer = Printer { clock, whole: args.payload, left: args.limit.unwrap_or(u64::MAX), out };
    let mut whole = true;
    for file in files.iter().take_while(|_| args.limit != Some(0)) {
        if printer.left == 0 {
            break;
        }
        if files.len() > 1 && !printer.out.json() {
            printer.out.toned(Tone::Title, &format!("== {}", file.display()))?;
        }
        whole &= printer.file(file, &filter, common.workers())?;
    }
    Ok(if whole { Outcome::Fine } else { Outcome::Difference })
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

/// Prints entries until enough were printed.
struct Printer<'a> {
    clock: Clock,
    /// Payloads are shown whole.
    whole: bool,
    /// How many more entries to print.
    left: u64,
    out: &'a mut Out,
}

impl Printer<'_> {
    /// Prints what is wanted of one file; false when it does not hold to its end.
    fn file(&mut self, file: &Path, filter: &Filter, workers: usize) -> Result<bool, Failure> {
        let stream = glance(file).map_or_else(String::new, |glance| glance.header.stream);
        let walked = scan(open(file)?, workers, filter, |entries| {
            for entry in &entries {
                self.left = self.left.checked_sub(1).ok_or(Stop::Enough)?;
                self.print(entry, &stream)?;
            }
            Ok(())
        });
        match walked {
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
