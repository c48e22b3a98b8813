//! `fetch`: logs from the platform into a folder, verified as they come, continued where they stopped.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use domain::journal::{ExportHeader, Head};
use domain::stream::StreamId;
use indicatif::{ProgressBar, ProgressStyle};
use replay_tool::fault::Wrong;
use replay_tool::files::{FindError, file_name};
use replay_tool::line::Line;
use replay_tool::partial::{Beginning, beginning};
use replay_tool::scan::{Reading, ScanError, scan};
use serde::Serialize;

use crate::api::{ATTEMPTS, ApiError, Client, EventRow, FIRST_PAUSE, StreamRow};
use crate::cli::{Common, Fetch};
use crate::output::{Align, Cell, Out, Table, Tone, remark};
use crate::{Answer, Failure, Outcome};

/// What an unfinished file's name ends in.
const UNFINISHED: &str = "part";

/// What became of one stream.
#[derive(Serialize)]
struct Fetched {
    stream: String,
    file: String,
    entries: u64,
    new_entries: u64,
    head_seq: u64,
    head_hash: String,
}

pub fn run(args: &Fetch, common: &Common, out: &mut Out) -> Answer {
    let mut client = Client::new(&args.api)?;
    let streams = if args.streams.is_empty() {
        let event = choose(client.events()?, args.event.as_deref())?;
        let (begun, empty): (Vec<_>, Vec<_>) =
            client.streams(&event.id)?.into_iter().partition(|row| row.seq > 0);
        for row in empty {
            remark(&format!("{} has no entries yet", row.stream));
        }
        begun
    } else {
        args.streams.iter().map(|stream| StreamRow { stream: stream.clone(), seq: 0 }).collect()
    };
    fs::create_dir_all(&args.into).map_err(|error| FindError::io(&args.into, error))?;
    let bar = progress(&streams, common.json);
    let mut fetched = Vec::new();
    for row in &streams {
        let target = args.into.join(file_name(&row.stream));
        match fetch_stream(
            &mut client,
            &row.stream,
            &target,
            common.threads.map_or(1, NonZeroUsize::get),
            &bar,
        ) {
            Ok(one) => fetched.push(one),
            Err(Stopped::Differs(text)) => {
                bar.finish_and_clear();
                remark(&text);
                return Ok(Outcome::Difference);
            }
            Err(Stopped::Failed(failure)) => {
                bar.finish_and_clear();
                return Err(failure);
            }
        }
    }
    bar.finish_and_clear();
    show(&fetched, out)?;
    Ok(Outcome::Fine)
}

/// The event that was meant.
fn choose(events: Vec<EventRow>, wanted: Option<&str>) -> Result<EventRow, Failure> {
    let known: Vec<String> =
        events.iter().map(|event| format!("  {:>3}  {}", event.ordinal, event.name)).collect();
    let matching = |event: &EventRow| {
        wanted.is_none_or(|wanted| {
            event.id == wanted
                || event.ordinal.to_string() == wanted
                || event.name.eq_ignore_ascii_case(wanted)
        })
    };
    let mut matching: Vec<EventRow> = events.into_iter().filter(matching).collect();
    match (matching.len(), wanted) {
        (1, _) => Ok(matching.remove(0)),
        (0, None) => Err(Failure::new("there are no events yet")),
        (_, None) => Err(Failure::new(format!("which event? There are:\n{}", known.join("\n")))),
        (0, Some(wanted)) => {
            Err(Failure::new(format!("there is no event {wanted:?}. There are:\n{}", known.join("\n"))))
        }
        (_, Some(wanted)) => {
            Err(Failure::new(format!("{wanted:?} fits several events; give its number or id")))
        }
    }
}

fn progress(streams: &[StreamRow], quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(streams.iter().map(|row| row.seq).sum());
    if let Ok(style) =
        ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} entries, {per_sec}  {msg}")
    {
        bar.set_style(style);
    }
    bar
}

/// Why a stream was not fetched to its head.
enum Stopped {
    /// What came contradicts itself or what is here.
    Differs(String),
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn fetch_stream(
    client: &mut Client,
    stream: &StreamId,
    target: &Path,
    workers: usize,
    bar: &ProgressBar,
) -> Result<Fetched, Stopped> {
    bar.set_message(target.display().to_string());
    let part = target.with_extension(format!("{}.{UNFINISHED}", replay_tool::files::EXTENSION));
    let mut kept = prepare(target, &part, stream)?;
    let already = kept.as_ref().map_or(0, |kept| kept.head.seq);
    bar.inc(already);
    let mut attempt = 1;
    let mut pause = FIRST_PAUSE;
    loop {
        match fetch_rest(client, stream, &part, &mut kept, workers, bar) {
            Ok(()) => break,
            Err(Interrupted::ForNow(why)) if attempt < ATTEMPTS => {
                bar.suspend(|| remark(&format!("{why}; trying again")));
                thread::sleep(pause);
                attempt += 1;
                pause *= 2;
            }
            Err(Interrupted::ForNow(why)) => {
                let at = kept.as_ref().map_or(0, |kept| kept.head.seq);
                let text = format!(
                    "{why}\n{} holds up to entry {at}; the same command continues there",
                    part.display()
                );
                return Err(Stopped::Failed(Failure::new(text)));
            }
            Err(Interrupted::ForGood(stopped)) => return Err(stopped),
        }
    }
    let Some(kept) = kept else {
        return Err(Failure::new(format!("{stream}: the platform sent nothing")).into());
    };
    finish(&kept, &part, target)?;
    Ok(Fetched {
        stream: stream.to_string(),
        file: target.display().to_string(),
        entries: kept.head.seq,
        new_entries: kept.head.seq.saturating_sub(already),
        head_seq: kept.head.seq,
        head_hash: kept.head.hash.to_string(),
    })
}

/// Makes the unfinished file hold what is here already, and nothing that does not hold.
fn prepare(target: &Path, part: &Path, stream: &StreamId) -> Result<Option<Beginning>, Failure> {
    let at_part = |error| Failure::from(FindError::io(part, error));
    if !part.exists() {
        if !target.exists() {
            return Ok(None);
        }
        fs::copy(target, part).map_err(at_part)?;
    }
    let kept = beginning(File::open(part).map_err(at_part)?).map_err(at_part)?;
    match kept {
        Some(kept) if kept.header.stream == stream.to_string() && kept.header.from == 1 => {
            OpenOptions::new()
                .write(true)
                .open(part)
                .and_then(|file| file.set_len(kept.bytes))
                .map_err(at_part)?;
            Ok(Some(kept))
        }
        Some(kept) => Err(Failure::new(format!(
            "{} is in the way: it holds {} from entry {}",
            part.display(),
            kept.header.stream,
            kept.header.from
        ))),
        None => {
            fs::remove_file(part).map_err(at_part)?;
            Ok(None)
        }
    }
}

/// Why the platform's answer was not taken to its end.
enum Interrupted {
    ForNow(String),
    ForGood(Stopped),
}

impl<E: Into<Failure>> From<E> for Interrupted {
    fn from(error: E) -> Self {
        Self::ForGood(Stopped::Failed(error.into()))
    }
}

/// What of an answer is kept: its lines as they came, and where they end.
#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    head: Option<Head>,
    count: u64,
}

/// Takes the lines, once the header has shown that they continue what is here.
struct Continuing {
    stream: String,
    head: Option<Head>,
    header: OnceLock<ExportHeader>,
}

/// The marker of an error that is a difference.
const NOT_CONTINUED: io::ErrorKind = io::ErrorKind::InvalidData;

impl Reading for Continuing {
    type Gathered = Lines;

    fn begin(&self, header: &ExportHeader) -> io::Result<()> {
        let head = self.head.unwrap_or(Head::EMPTY);
        let continues = header.stream == self.stream
            && header.from == head.seq.saturating_add(1)
            && header.previous == head.hash;
        if !continues {
            return Err(io::Error::new(
                NOT_CONTINUED,
                format!(
                    "the platform's log of {} does not continue the one here: after entry {} it has {}, here stands {}",
                    header.stream, head.seq, header.previous, head.hash
                ),
            ));
        }
        let _ = self.header.set(header.clone());
        Ok(())
    }

    fn gather(&self, line: &Line<'_>, into: &mut Lines) {
        into.text.extend_from_slice(line.text.as_bytes());
        into.text.push(b'\n');
        into.head = Some(Head { seq: line.seq, hash: line.hash });
        into.count += 1;
    }
}

/// Fetches what is missing and appends it to the unfinished file.
fn fetch_rest(
    client: &mut Client,
    stream: &StreamId,
    part: &Path,
    kept: &mut Option<Beginning>,
    workers: usize,
    bar: &ProgressBar,
) -> Result<(), Interrupted> {
    let head = kept.as_ref().map(|kept| kept.head);
    let body =
        client.log(stream, head.map_or(1, |head| head.seq.saturating_add(1))).map_err(
            |error| match error {
                ApiError::Unreachable(why) => Interrupted::ForNow(why),
                ApiError::Refused(why) => Interrupted::ForGood(Stopped::Failed(Failure::new(why))),
            },
        )?;
    let reading = Continuing { stream: stream.to_string(), head, header: OnceLock::new() };
    let mut file = append_to(part).map_err(|error| FindError::io(part, error))?;
    let walked = scan(body, workers, &reading, |lines| {
        let kept = match kept {
            Some(kept) => kept,
            None => kept.insert(write_header(&mut file, &reading)?),
        };
        file.write_all(&lines.text)?;
        kept.bytes += lines.text.len() as u64;
        kept.head = lines.head.unwrap_or(kept.head);
        bar.inc(lines.count);
        Ok(())
    });
    file.flush().map_err(|error| FindError::io(part, error))?;
    match walked {
        Ok(_) => Ok(()),
        Err(ScanError::Fault(fault))
            if matches!(fault.wrong, Wrong::CutFile | Wrong::CutLine | Wrong::Empty) =>
        {
            Err(Interrupted::ForNow(format!("{stream}: the answer ended early")))
        }
        Err(ScanError::Fault(fault)) => Err(Interrupted::ForGood(Stopped::Differs(format!(
            "{stream}: what the platform sends does not hold: {fault}"
        )))),
        Err(ScanError::Io(error)) if error.kind() == NOT_CONTINUED && reading.header.get().is_none() => {
            Err(Interrupted::ForGood(Stopped::Differs(error.to_string())))
        }
        Err(error) => Err(Interrupted::ForNow(format!("{stream}: {error}"))),
    }
}

fn append_to(part: &Path) -> io::Result<BufWriter<File>> {
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(part)?;
    file.seek(SeekFrom::End(0))?;
    Ok(BufWriter::new(file))
}

fn write_header(file: &mut impl Write, reading: &Continuing) -> io::Result<Beginning> {
    let header = reading.header.get().ok_or_else(|| io::Error::other("entries without a header"))?;
    let line = serde_json::to_string(header)?;
    writeln!(file, "{line}")?;
    Ok(Beginning::new(header.clone(), &line))
}

/// Closes the file and puts it in its place.
fn finish(kept: &Beginning, part: &Path, target: &Path) -> Result<(), Failure> {
    let closing = serde_json::to_string(&kept.closing())?;
    let close = || -> io::Result<()> {
        let mut file = append_to(part)?;
        writeln!(file, "{closing}")?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(part, target)
    };
    close().map_err(|error| FindError::io(&PathBuf::from(part), error).into())
}

fn show(fetched: &[Fetched], out: &mut Out) -> Result<(), Failure> {
    if out.json() {
        out.document(&fetched)?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("file", Align::Left),
        ("entries", Align::Right),
        ("new", Align::Right),
        ("head", Align::Left),
    ]);
    for one in fetched {
        let news = if one.new_entries == 0 {
            Cell::toned(Tone::Faint, "0")
        } else {
            Cell::toned(Tone::Good, one.new_entries.to_string())
        };
        let head = format!("{} {}", one.head_seq, &one.head_hash[..16]);
        table.push([one.file.as_str().into(), one.entries.to_string().into(), news, head.into()]);
    }
    out.table(&table)?;
    Ok(())
}
