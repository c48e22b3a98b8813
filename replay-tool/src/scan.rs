//! Walking a whole export: every line read, every hash checked, on as many threads as help.
//!
//! A block can be checked without the blocks before it ([`seam`]). So blocks are dealt to workers in turn, collected in
//! the same order, and the first fault found in that order is the first fault of the file.

mod parallel;
mod seam;

use std::io::{self, Read};
use std::thread;

use domain::journal::{ExportFooter, ExportHeader, Framer, GENESIS, Hash, Head, hash_header_line};

use crate::block::{Block, BlockError, Blocks, lines};
use crate::fault::{Fault, Wrong, quote};
use crate::header::{Header, Original, read_header};
use crate::limits::{MAX_LINE_BYTES, MAX_WORKERS};
use crate::line::{AnyLine, Line, Scratch, read};

use seam::{Job, Seam, next_job};

/// Why a file was not walked to its end.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It does not hold.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The reader asked to stop; nothing was wrong up to there.
    #[error("stopped on request")]
    Enough,
    /// A thread ended without an answer.
    #[error("a worker thread ended early")]
    Worker,
}

/// Why a reader takes no more.
#[derive(Debug)]
pub enum Stop {
    /// It has what it wanted.
    Enough,
    /// It cannot go on, for want of a disk or a listener.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Stop> for ScanError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Enough => Self::Enough,
            Stop::Io(error) => Self::Io(error),
        }
    }
}

/// A file that holds from its first byte to its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its first line.
    pub header: ExportHeader,
    /// Number of entries.
    pub entries: u64,
    /// The last entry, or the one before the first where there is none.
    pub head: Head,
    /// What it is a copy of, for a redacted copy.
    pub original: Option<Original>,
}

/// What a reader makes of a file, block by block, while it is being verified.
pub trait Reading: Sync {
    /// What is gathered from the lines of one block, on any thread.
    type Gathered: Send + Default;

    /// Told the header before anything else.
    ///
    /// # Errors
    /// A reader that cannot use this stream ends the walk here.
    fn begin(&self, _header: &ExportHeader) -> io::Result<()> {
        Ok(())
    }

    /// Takes one verified entry.
    fn gather(&self, line: &Line<'_>, into: &mut Self::Gathered);
}

/// Verifying alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Reading for Nothing {
    type Gathered = ();
    fn gather(&self, _line: &Line<'_>, (): &mut ()) {}
}

/// How many threads to use when nobody said: one per core, within reason.
#[must_use]
pub fn default_workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from).clamp(1, MAX_WORKERS)
}

/// Walks `input`, verifying everything; hands what `reading` gathered from each block to `take`, in order.
/// `take` sees only entries that hold, also when a later one does not; a [`Stop`] from it ends the walk.
///
/// # Errors
/// [`ScanError::Fault`] names the first line that does not hold.
pub fn scan<R, W>(
    input: R,
    workers: usize,
    reading: &W,
    mut take: impl FnMut(W::Gathered) -> Result<(), Stop>,
) -> Result<Verified, ScanError>
where
    R: Read + Send,
    W: Reading,
{
    let (mut blocks, file) = begin(input)?;
    reading.begin(&file.header.export)?;
    let mut walk = Walk::new(&file);
    if workers <= 1 {
        let mut seam = Seam::before(walk.head);
        while let Some(job) = next_job(&mut blocks, &mut seam)? {
            let mut gathered = W::Gathered::default();
            let (checked, block) = check_block(&file, job, |line| {
                reading.gather(line, &mut gathered);
                Ok(())
            });
            walk.follow(checked, || take(gathered))?;
            blocks.give_back(block);
        }
    } else {
        parallel::walk(blocks, workers.min(MAX_WORKERS), &file, reading, |checked, gathered| {
            walk.follow(checked, || take(gathered))
        })?;
    }
    walk.finish()
}

/// Walks `input` on this thread alone, handing over each verified entry where it stands, in order.
///
/// # Errors
/// As [`scan`].
pub fn scan_each(
    input: impl Read,
    mut take: impl FnMut(&Line<'_>) -> Result<(), Stop>,
) -> Result<Verified, ScanError> {
    let (mut blocks, file) = begin(input)?;
    let mut walk = Walk::new(&file);
    let mut seam = Seam::before(walk.head);
    while let Some(job) = next_job(&mut blocks, &mut seam)? {
        // What follows the closing line is no entry, whatever it says.
        let ended = walk.ended;
        let (checked, block) = check_block(&file, job, |line| if ended { Ok(()) } else { take(line) });
        walk.follow(checked, || Ok(()))?;
        blocks.give_back(block);
    }
    walk.finish()
}

/// Reads the first line.
fn begin<R: Read>(input: R) -> Result<(Blocks<R>, File), ScanError> {
    let mut blocks = Blocks::new(input);
    let first = match blocks.first_line() {
        Ok(Some(first)) => first,
        Ok(None) => return Err(Fault::header(Wrong::Empty).into()),
        Err(BlockError::LineTooLong) => return Err(Fault::header(Wrong::TooLong).into()),
        Err(BlockError::Io(error)) => return Err(error.into()),
    };
    let file = File::open(&first).map_err(Fault::header)?;
    Ok((blocks, file))
}

/// What every block of a file is checked against.
struct File {
    header: Header,
    header_hash: Hash,
}

impl File {
    fn open(first: &[u8]) -> Result<Self, Wrong> {
        let line = first.strip_suffix(b"\n").unwrap_or(first);
        if line.len() > MAX_LINE_BYTES {
            return Err(Wrong::TooLong);
        }
        let text =
            std::str::from_utf8(line).map_err(|error| Wrong::NotText { valid_up_to: error.valid_up_to() })?;
        let header = read_header(text)?;
        let ExportHeader { from, previous, .. } = header.export;
        if from == 0 || (from == 1) != (previous == GENESIS) {
            return Err(Wrong::ImpossibleStart { from, previous });
        }
        Ok(Self { header, header_hash: hash_header_line(line) })
    }

    /// Hashes its entries.
    fn framer(&self) -> Framer {
        Framer::new(self.header.framing(), &self.header.export.stream)
    }

    /// The entry before the first.
    fn start(&self) -> Head {
        let ExportHeader { from, previous, .. } = self.header.export;
        Head { seq: from.saturating_sub(1), hash: previous }
    }
}

/// A checked block. Line numbers count from 0 within it.
struct Checked {
    lines: u64,
    head: Head,
    ended: bool,
    /// Why the rest of it was not checked.
    broken: Option<Broken>,
}

/// Why a walk ends early.
enum Broken {
    Fault(Fault),
    Stop(Stop),
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Checks a block, handing each entry that holds to `take`; hands the block back for want of further use.
fn check_block(
    file: &File,
    job: Job,
    mut take: impl FnMut(&Line<'_>) -> Result<(), Stop>,
) -> (Checked, Block) {
    let start = job.start.unwrap_or(Head::EMPTY);
    let mut checked = Checked { lines: 0, head: start, ended: false, broken: None };
    let block = match job.block {
        Ok(block) => block,
        Err(wrong) => {
            checked.broken = Some(Fault::entry(0, start.seq.saturating_add(1), wrong).into());
            return (checked, Block::new());
        }
    };
    let cut = block.last() != Some(&b'\n');
    let mut tools = Tools { framer: file.framer(), scratch: Scratch::default() };
    for line in lines(&block) {
        if let Err(broken) = check_line(file, line, &mut tools, &mut checked, &mut take) {
            let last = cut && line.as_ptr_range().end == block.as_ptr_range().end;
            checked.broken = Some(match broken {
                Broken::Fault(fault) if last => as_cut(fault).into(),
                broken => broken,
            });
            break;
        }
        checked.lines += 1;
    }
    (checked, block)
}

/// What is kept from line to line of a block.
struct Tools {
    framer: Framer,
    scratch: Scratch,
}

/// A line that makes no sense and has no end was cut.
fn as_cut(fault: Fault) -> Fault {
    match fault.wrong {
        Wrong::NotAnEntry { .. } | Wrong::NotText { .. } => Fault { wrong: Wrong::CutLine, ..fault },
        _ => fault,
    }
}

fn check_line(
    file: &File,
    line: &[u8],
    tools: &mut Tools,
    checked: &mut Checked,
    take: &mut impl FnMut(&Line<'_>) -> Result<(), Stop>,
) -> Result<(), Broken> {
    let expected = checked.head.seq.saturating_add(1);
    let at_entry = |wrong| Fault::entry(checked.lines, expected, wrong);
    if checked.ended {
        let found = quote(&String::from_utf8_lossy(&line[..line.len().min(MAX_LINE_BYTES)]));
        return Err(Fault::closing(checked.lines, Wrong::AfterEnd { found }).into());
    }
    if line.len() > MAX_LINE_BYTES {
        return Err(at_entry(Wrong::TooLong).into());
    }
    let text = std::str::from_utf8(line)
        .map_err(|error| at_entry(Wrong::NotText { valid_up_to: error.valid_up_to() }))?;
    match read(text, &mut tools.scratch).map_err(at_entry)? {
        AnyLine::Header(header) => {
            Err(at_entry(Wrong::SecondHeader { stream: quote(&header.stream) }).into())
        }
        AnyLine::Footer(footer) => {
            check_footer(file, &footer, checked.head)
                .map_err(|wrong| Fault::closing(checked.lines, wrong))?;
            checked.ended = true;
            Ok(())
        }
        AnyLine::Entry(entry) => {
            checked.head = check_entry(&mut tools.framer, &entry, checked.head).map_err(at_entry)?;
            take(&entry).map_err(Broken::Stop)
        }
    }
}

/// Checks an entry's place and hash.
///
/// # Errors
/// What is wrong with it.
pub fn check_entry(framer: &mut Framer, entry: &Line<'_>, before: Head) -> Result<Head, Wrong> {
    let expected = before.seq.saturating_add(1);
    let found = entry.seq;
    if found > expected {
        return Err(Wrong::Gap { expected, found });
    }
    if found < expected {
        let doubled = found == before.seq && entry.hash == before.hash;
        return Err(if doubled {
            Wrong::Doubled { seq: found }
        } else {
            Wrong::OutOfOrder { expected, found }
        });
    }
    let computed = framer.hash(&entry.content(), &before.hash);
    if computed != entry.hash {
        return Err(Wrong::Hash { stored: entry.hash, computed });
    }
    if !entry.canonical {
        return Err(Wrong::Reformatted);
    }
    Ok(Head { seq: found, hash: computed })
}

fn check_footer(file: &File, footer: &ExportFooter, head: Head) -> Result<(), Wrong> {
    let counted = head.seq - file.start().seq.min(head.seq);
    if footer.header_hash != file.header_hash {
        return Err(Wrong::HeaderHash);
    }
    if footer.entries != counted {
        return Err(Wrong::Count { stated: footer.entries, counted });
    }
    if footer.head_seq != head.seq || footer.head_hash != head.hash {
        return Err(Wrong::Head {
            stated_seq: footer.head_seq,
            stated_hash: footer.head_hash,
            seq: head.seq,
            hash: head.hash,
        });
    }
    Ok(())
}

/// Follows the checked blocks in order and turns their line numbers into the file's.
struct Walk<'a> {
    file: &'a File,
    line: u64,
    head: Head,
    ended: bool,
}

impl<'a> Walk<'a> {
    fn new(file: &'a File) -> Self {
        Self { file, line: 2, head: file.start(), ended: false }
    }

    /// Hands on what a block gave (`take`), also when it ends in a fault.
    fn follow(&mut self, checked: Checked, take: impl FnOnce() -> Result<(), Stop>) -> Result<(), ScanError> {
        if self.ended && (checked.lines > 0 || checked.broken.is_some()) {
            return Err(Fault::closing(self.line, Wrong::AfterEnd { found: "more lines".to_owned() }).into());
        }
        let first_line = self.line;
        self.line += checked.lines;
        self.head = checked.head;
        self.ended = checked.ended;
        take()?;
        match checked.broken {
            Some(Broken::Fault(fault)) => Err(Fault { line: first_line + fault.line, ..fault }.into()),
            Some(Broken::Stop(stop)) => Err(stop.into()),
            None => Ok(()),
        }
    }

    fn finish(self) -> Result<Verified, ScanError> {
        if !self.ended {
            return Err(Fault::closing(self.line, Wrong::CutFile).into());
        }
        let entries = self.head.seq - self.file.start().seq.min(self.head.seq);
        let Header { export, original } = self.file.header.clone();
        Ok(Verified { header: export, entries, head: self.head, original })
    }
}
