//! `log`: reading entries.

use std::io;
use std::path::Path;

use replay_tool::clock::{Clock, rfc3339};
use replay_tool::files::{find, glance, open};
use replay_tool::filter::{Filter, Kept};
use replay_tool::scan::{ScanError, Stop, scan};
use serde::Serialize;
use serde_json::value::RawValue;

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
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut broken = false;
    for file in &files {
        if left == 0 {
            break;
        }
        if files.len() > 1 && !out.json() {
            out.toned(Tone::Title, &format!("== {}", file.display()))?;
        }
        broken |= !print_file(file, &filter, clock, args.payload, common.workers(), &mut left, out)?;
    }
    Ok(if broken { Outcome::Difference } else { Outcome::Fine })
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

/// Prints what is wanted of one file; false when it does not hold to its end.
fn print_file(
    file: &Path,
    filter: &Filter,
    clock: Clock,
    whole: bool,
    workers: usize,
    left: &mut u64,
    out: &mut Out,
) -> Result<bool, Failure> {
    let stream = glance(file).map_or_else(String::new, |glance| glance.header.stream);
    let walked = scan(open(file)?, workers, filter, |entries| {
        for entry in &entries {
            if *left == 0 {
                return Err(Stop::Enough);
            }
            *left -= 1;
            print(entry, &stream, clock, whole, out)?;
        }
        Ok(())
    });
    match walked {
        Ok(_) | Err(ScanError::Enough) => Ok(true),
        Err(ScanError::Fault(fault)) => {
            out.flush()?;
            remark(&format!("{}: {fault}; nothing from there on is shown", file.display()));
            Ok(false)
        }
        Err(ScanError::Io(error)) => Err(error.into()),
        Err(error) => Err(error.into()),
    }
}

fn print(entry: &Kept, stream: &str, clock: Clock, whole: bool, out: &mut Out) -> io::Result<()> {
    if out.json() {
        let event = serde_json::from_str(&entry.payload).ok();
        return out.document(&Told { stream, recorded: rfc3339(entry.recorded_at), event, entry });
    }
    let seq = format!("{:>6}", entry.seq);
    let seq = out.paint(Tone::Faint, &seq);
    let kind = out.paint(Tone::Title, &format!("{:<22}", tame(&entry.kind)));
    let payload = if whole { entry.payload.clone() } else { preview(&entry.payload) };
    let payload = tame(&payload);
    out.line(&format!("{seq}  {}  {kind}  {}  {payload}", clock.show(entry.recorded_at), tame(&entry.actor)))
}

fn preview(payload: &str) -> String {
    match payload.char_indices().nth(PAYLOAD_PREVIEW_CHARS) {
        Some((end, _)) => format!("{}…", &payload[..end]),
        None => payload.to_owned(),
    }
}
