//! One line of an export: fast when it is written as the platform writes it, patient when it is not.
//!
//! The platform writes an entry's fields in one order, without spaces and with the shortest escapes. The fast
//! path reads exactly that and copies nothing but the unescaped payload; anything else goes through a JSON
//! parser, is understood if it can be, and is marked as not [`Line::canonical`], because a verifier has to
//! notice bytes that changed even where their meaning did not.

mod specials;

use std::borrow::Cow;

use domain::journal::{Content, ExportFooter, ExportHeader, Hash, RawEntry};
use serde::Deserialize;

use self::specials::Specials;
use crate::fault::{Wrong, complaint, quote};

/// An entry, borrowed from its line and from the reader's scratch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line as it stands in the file, without its line end.
    pub text: &'a str,
    /// Position in the stream.
    pub seq: u64,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
    /// The command that caused it.
    pub command_id: Cow<'a, str>,
    /// Who caused it.
    pub actor: Cow<'a, str>,
    /// The event's name.
    pub kind: Cow<'a, str>,
    /// The version of the payload's shape.
    pub version: u32,
    /// The JSON as stored, unescaped.
    pub payload: &'a str,
    /// The stored hash.
    pub hash: Hash,
    /// Whether the line is, byte for byte, what the platform writes for this entry.
    pub canonical: bool,
}

impl Line<'_> {
    /// What the entry's hash covers.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        Content {
            seq: self.seq,
            recorded_at: self.recorded_at,
            command_id: &self.command_id,
            actor: &self.actor,
            kind: &self.kind,
            version: self.version,
            payload: self.payload.as_bytes(),
        }
    }
}

impl From<&Line<'_>> for RawEntry {
    fn from(line: &Line<'_>) -> Self {
        Self {
            seq: line.seq,
            recorded_at: line.recorded_at,
            command_id: line.command_id.clone().into_owned(),
            actor: line.actor.clone().into_owned(),
            kind: line.kind.clone().into_owned(),
            version: line.version,
            payload: line.payload.to_owned(),
            hash: line.hash,
        }
    }
}

/// Any line of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyLine<'a> {
    /// The first line.
    Header(ExportHeader),
    /// A line between.
    Entry(Line<'a>),
    /// The last line.
    Footer(ExportFooter),
}

/// Where a payload is unescaped; it keeps its memory from line to line.
#[derive(Debug, Default)]
pub struct Scratch {
    /// At least as long as any line so far and a window more; what stands behind `length` is left over.
    bytes: Vec<u8>,
    length: usize,
}

impl Scratch {
    /// The payload.
    fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes.get(..self.length)?).ok()
    }

    /// Puts in a payload that needs no unescaping.
    fn put(&mut self, text: &str) {
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        self.length = text.len();
    }
}

/// Reads a line that should be an entry and may be the closing line. `scratch` holds the unescaped payload.
///
/// # Errors
/// [`Wrong`] says what the line is instead.
pub fn read<'a>(line: &'a str, scratch: &'a mut Scratch) -> Result<AnyLine<'a>, Wrong> {
    let parts = canonical_entry(line, scratch);
    match parts {
        // The payload was cut from UTF-8 at ASCII characters only, so it is text.
        Some(parts) => Ok(AnyLine::Entry(parts.into_line(line, scratch.text().unwrap_or_default()))),
        None => read_patiently(line, scratch),
    }
}

/// What the fast path found, with byte ranges instead of borrows so that the scratch can still be written.
struct Parts<'a> {
    seq: u64,
    recorded_at: i64,
    command_id: &'a str,
    actor: &'a str,
    kind: &'a str,
    version: u32,
    hash: Hash,
}

impl<'a> Parts<'a> {
    fn into_line(self, text: &'a str, payload: &'a str) -> Line<'a> {
        Line {
            text,
            seq: self.seq,
            recorded_at: self.recorded_at,
            command_id: Cow::Borrowed(self.command_id),
            actor: Cow::Borrowed(self.actor),
            kind: Cow::Borrowed(self.kind),
            version: self.version,
            payload,
            hash: self.hash,
            canonical: true,
        }
    }
}

fn canonical_entry<'a>(line: &'a str, scratch: &mut Scratch) -> Option<Parts<'a>> {
    let mut cursor = Cursor::new(line);
    cursor.expect("{\"seq\":")?;
    let seq = cursor.unsigned()?;
    cursor.expect(",\"recorded_at\":")?;
    let recorded_at = cursor.signed()?;
    cursor.expect(",\"command_id\":\"")?;
    let command_id = cursor.plain_string()?;
    cursor.expect(",\"actor\":\"")?;
    let actor = cursor.plain_string()?;
    cursor.expect(",\"kind\":\"")?;
    let kind = cursor.plain_string()?;
    cursor.expect(",\"version\":")?;
    let version = u32::try_from(cursor.unsigned()?).ok()?;
    cursor.expect(",\"payload\":\"")?;
    cursor.escaped_string(scratch)?;
    cursor.expect(",\"hash\":\"")?;
    let hash = Hash::from_hex(cursor.taken(HASH_DIGITS)?)?;
    (cursor.rest() == "\"}").then_some(Parts { seq, recorded_at, command_id, actor, kind, version, hash })
}

/// Hex digits of a hash.
const HASH_DIGITS: usize = 64;

/// Reads the platform's own spelling of JSON from the front of a line; `None` on any other.
struct Cursor<'a> {
    line: &'a str,
    /// How much of it was read; where a character begins.
    at: usize,
    specials: Specials<'a>,
}

impl<'a> Cursor<'a> {
    fn new(line: &'a str) -> Self {
        Self { line, at: 0, specials: Specials::of(line.as_bytes()) }
    }

    fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    #[expect(clippy::inline_always, reason = "inlined, `text` is a constant, and comparing it is no call")]
    #[inline(always)]
    fn expect(&mut self, text: &str) -> Option<()> {
        self.rest().starts_with(text).then(|| self.at += text.len())
    }

    /// Digits without a leading zero.
    fn unsigned(&mut self) -> Option<u64> {
        let bytes = self.rest().as_bytes();
        let (mut number, mut end) = (0_u64, 0);
        while let Some(digit) = bytes.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
        {
            number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
            end += 1;
        }
        if end == 0 || (end > 1 && bytes[0] == b'0') {
            return None;
        }
        self.at += end;
        Some(number)
    }

    fn signed(&mut self) -> Option<i64> {
        let negative = self.rest().starts_with('-');
        self.at += usize::from(negative);
        let magnitude = self.unsigned()?;
        match negative {
            false => i64::try_from(magnitude).ok(),
            true if magnitude == 0 => None,
            true => 0_i64.checked_sub_unsigned(magnitude),
        }
    }

    /// So many bytes, whatever they are.
    fn taken(&mut self, bytes: usize) -> Option<&'a str> {
        let taken = self.line.get(self.at..self.at + bytes)?;
        self.at += bytes;
        Some(taken)
    }

    /// The rest of a string that holds no escapes, and its closing quote.
    fn plain_string(&mut self) -> Option<&'a str> {
        let end = self.specials.next(self.at)?;
        let text = self.line.get(self.at..end)?;
        self.at = end;
        self.expect("\"")?;
        Some(text)
    }

    /// The rest of a string with the shortest escapes, and its closing quote.
    fn escaped_string(&mut self, into: &mut Scratch) -> Option<()> {
        let from = self.line.as_bytes();
        // Copying window by window may write some bytes too many, which are written over.
        if into.bytes.len() < from.len() + WINDOW {
            into.bytes.resize(from.len() + WINDOW, 0);
        }
        let (mut read, mut written) = (self.at, 0);
        loop {
            let special = self.specials.next(read)?;
            copy(from.get(read..)?, into.bytes.get_mut(written..)?, special - read)?;
            written += special - read;
            if from.get(special) == Some(&b'"') {
                into.length = written;
                self.at = special + 1;
                return Some(());
            }
            // A control character is no escape.
            let (meant, length) = escape(from.get(special..)?)?;
            *into.bytes.get_mut(written)? = meant;
            written += 1;
            read = special + length;
        }
    }
}

/// Bytes that are copied together.
const WINDOW: usize = 16;

/// Copies `count` bytes, and perhaps some more: runs between escapes are short, and a call for each costs more than
/// what it copies.
fn copy(from: &[u8], to: &mut [u8], count: usize) -> Option<()> {
    let mut done = 0;
    while done < count {
        let from = from.get(done..)?;
        let to = to.get_mut(done..)?;
        match (from.first_chunk::<WINDOW>(), to.first_chunk_mut::<WINDOW>()) {
            (Some(from), Some(to)) => *to = *from,
            _ => to.get_mut(..count - done)?.copy_from_slice(from.get(..count - done)?),
        }
        done += WINDOW;
    }
    Some(())
}

/// What an escape means, and its length; only the shortest of its meaning.
fn escape(escape: &[u8]) -> Option<(u8, usize)> {
    let rest = escape.strip_prefix(b"\\")?;
    let meant = match rest.first()? {
        plain @ (b'"' | b'\\') => *plain,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return Some((short_control(rest.get(1..5)?)?, 6)),
        _ => return None,
    };
    Some((meant, 2))
}

/// `00xx` of a `\u00xx` for a control character that has no shorter escape, in lower case.
fn short_control(digits: &[u8]) -> Option<u8> {
    let hex = digits.strip_prefix(b"00").filter(|hex| !hex.iter().any(u8::is_ascii_uppercase))?;
    let code = u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok().filter(|code| *code < 0x20)?;
    // `from_str_radix` would take a sign.
    let shorter = matches!(code, 0x08 | 0x09 | 0x0a | 0x0c | 0x0d) || !hex.iter().all(u8::is_ascii_hexdigit);
    (!shorter).then_some(code)
}

/// An entry in any spelling of JSON.
#[derive(Deserialize)]
struct LooseEntry<'a> {
    seq: u64,
    recorded_at: i64,
    #[serde(borrow)]
    command_id: Cow<'a, str>,
    #[serde(borrow)]
    actor: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    version: u32,
    #[serde(borrow)]
    payload: Cow<'a, str>,
    hash: Hash,
}

fn read_patiently<'a>(line: &'a str, scratch: &'a mut Scratch) -> Result<AnyLine<'a>, Wrong> {
    if let Ok(footer) = serde_json::from_str::<ExportFooter>(line) {
        let written = serde_json::to_string(&footer).is_ok_and(|written| written == line);
        return if written { Ok(AnyLine::Footer(footer)) } else { Err(Wrong::Reformatted) };
    }
    if let Ok(header) = serde_json::from_str::<ExportHeader>(line) {
        return Ok(AnyLine::Header(header));
    }
    let entry: LooseEntry<'a> = serde_json::from_str(line)
        .map_err(|error| Wrong::NotAnEntry { why: complaint(&error), found: quote(line) })?;
    scratch.put(&entry.payload);
    let mut read = Line {
        text: line,
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        command_id: entry.command_id,
        actor: entry.actor,
        kind: entry.kind,
        version: entry.version,
        payload: scratch.text().unwrap_or_default(),
        hash: entry.hash,
        canonical: false,
    };
    read.canonical = is_written_as(&read, line);
    Ok(AnyLine::Entry(read))
}

/// Whether writing `entry` gives `line`. The fast path refuses escapes outside the payload, which a command id
/// may hold and still be written by the platform.
fn is_written_as(entry: &Line<'_>, line: &str) -> bool {
    let owned = RawEntry::from(entry);
    serde_json::to_string(&owned).is_ok_and(|written| written == line)
}
