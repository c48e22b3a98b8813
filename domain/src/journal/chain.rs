//! The hash chain that makes history tamper-evident.
//!
//! `hash = SHA-256(frame)`, where the frame is a fixed prefix followed by nine fields, each preceded by its
//! length in bytes as an unsigned 32-bit big-endian integer:
//!
//! | # | field | bytes |
//! |---|---|---|
//! | 0 | domain separation ([`Framing`]) | `hangtag.log.v1` |
//! | 1 | stream id | UTF-8 |
//! | 2 | seq | 8, unsigned big-endian |
//! | 3 | recorded at, ms since 1970 UTC | 8, signed big-endian |
//! | 4 | command id | UTF-8 |
//! | 5 | actor | UTF-8 |
//! | 6 | kind | UTF-8 |
//! | 7 | version | 4, unsigned big-endian |
//! | 8 | payload, the JSON bytes as stored | as stored |
//! | 9 | previous hash (32 zero bytes before the first entry) | 32 |
//!
//! Length prefixes make the framing injective: no two different entries share a frame.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::block_api::compress256;

use super::entry::{Head, RawEntry};
use crate::spelling::from_text;

/// What a chain of hashes is about: separates these hashes from each other and from any other use of SHA-256,
/// and names the version of the framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Framing {
    /// A log: `hangtag.log.v1`.
    #[default]
    Log,
    /// A copy of a log without its texts and names: `hangtag.redacted.v1`. Its hashes hold it together, and can
    /// never be taken for the log's.
    RedactedCopy,
}

impl Framing {
    const fn domain(self) -> &'static [u8] {
        match self {
            Self::Log => b"hangtag.log.v1",
            Self::RedactedCopy => b"hangtag.redacted.v1",
        }
    }
}

/// The previous hash of a stream's first entry.
pub const GENESIS: Hash = Hash([0; 32]);

/// A SHA-256 digest; 64 lower-case hex digits in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Parses 64 hex digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
        // Without branches: readers of long logs do this for every entry.
        let (mut nibbles, mut valid) = ([0_u8; 64], true);
        for (nibble, digit) in nibbles.iter_mut().zip(digits) {
            let (decimal, letter) = (digit.wrapping_sub(b'0'), digit.wrapping_sub(b'a'));
            *nibble = if decimal < 10 { decimal } else { letter.wrapping_add(10) };
            valid &= decimal < 10 || letter < 6;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(nibbles.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1] & 0xf;
        }
        valid.then_some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, |text| Self::from_hex(text).ok_or("a hash is 64 lower-case hex digits"))
    }
}

/// What an entry's hash covers besides stream and predecessor, borrowed: readers of long logs own nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content<'a> {
    /// Position in the stream.
    pub seq: u64,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
    /// The command that caused it.
    pub command_id: &'a str,
    /// Who caused it.
    pub actor: &'a str,
    /// The event's name.
    pub kind: &'a str,
    /// The version of the payload's shape.
    pub version: u32,
    /// The JSON bytes as stored.
    pub payload: &'a [u8],
}

impl<'a> From<&'a RawEntry> for Content<'a> {
    fn from(entry: &'a RawEntry) -> Self {
        Self {
            seq: entry.seq,
            recorded_at: entry.recorded_at,
            command_id: &entry.command_id,
            actor: &entry.actor,
            kind: &entry.kind,
            version: entry.version,
            payload: entry.payload.as_bytes(),
        }
    }
}

/// The hash of `entry` in `stream`, following an entry whose hash is `previous`.
#[must_use]
pub fn hash_entry(stream: &str, entry: &RawEntry, previous: &Hash) -> Hash {
    hash_content(stream, &entry.into(), previous)
}

/// [`hash_entry`] over borrowed content.
#[must_use]
pub fn hash_content(stream: &str, content: &Content<'_>, previous: &Hash) -> Hash {
    Framer::new(Framing::Log, stream).hash(content, previous)
}

/// Bytes that SHA-256 takes at once.
const BLOCK: usize = 64;

/// The state in which SHA-256 begins (FIPS 180-4, 5.3.3).
const BEGINNING: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// Hashes the entries of one stream, one after the other, in memory that it keeps from entry to entry. It lays a
/// frame out with SHA-256's padding and compresses it in one go: an entry is four or five blocks, and a hasher that
/// is fed by pieces costs as much again.
#[derive(Clone)]
pub struct Framer {
    /// SHA-256 behind the whole blocks of the frame's first two fields, which are the same for every entry.
    begun: [u32; 8],
    /// How many bytes that was.
    begun_bytes: usize,
    /// The rest of the frame.
    frame: Vec<u8>,
    /// How much of it still belongs to the first two fields.
    kept: usize,
}

impl fmt::Debug for Framer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framer").finish_non_exhaustive()
    }
}

impl Framer {
    /// For the entries of `stream`.
    #[must_use]
    pub fn new(framing: Framing, stream: &str) -> Self {
        let mut frame = Vec::with_capacity(1_024);
        put(&mut frame, framing.domain());
        put(&mut frame, stream.as_bytes());
        let mut begun = BEGINNING;
        let (whole, _) = frame.as_chunks::<BLOCK>();
        compress256(&mut begun, whole);
        let begun_bytes = whole.as_flattened().len();
        frame.drain(..begun_bytes);
        Self { begun, begun_bytes, kept: frame.len(), frame }
    }

    /// The hash of `content`, following an entry whose hash is `previous`.
    pub fn hash(&mut self, content: &Content<'_>, previous: &Hash) -> Hash {
        let frame = &mut self.frame;
        frame.truncate(self.kept);
        put(frame, &content.seq.to_be_bytes());
        put(frame, &content.recorded_at.to_be_bytes());
        put(frame, content.command_id.as_bytes());
        put(frame, content.actor.as_bytes());
        put(frame, content.kind.as_bytes());
        put(frame, &content.version.to_be_bytes());
        put(frame, content.payload);
        put(frame, &previous.0);
        pad(frame, self.begun_bytes);
        let mut state = self.begun;
        compress256(&mut state, frame.as_chunks().0);
        let mut hash = Hash::default();
        for (bytes, word) in hash.0.as_chunks_mut().0.iter_mut().zip(state) {
            *bytes = word.to_be_bytes();
        }
        hash
    }
}

/// Appends one field with its length.
fn put(frame: &mut Vec<u8>, field: &[u8]) {
    // No field reaches 4 GiB: a stored row ends at 2 MB.
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(field);
}

/// Ends a message of which `before` bytes went ahead of `frame`, as SHA-256 has it (FIPS 180-4, 5.1.1).
fn pad(frame: &mut Vec<u8>, before: usize) {
    let bits = ((before + frame.len()) as u64) * 8;
    frame.push(0x80);
    let end = (frame.len() + size_of::<u64>()).next_multiple_of(BLOCK) - size_of::<u64>();
    frame.resize(end, 0);
    frame.extend_from_slice(&bits.to_be_bytes());
}

/// What is wrong with an entry, seen from its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The sequence has a gap, a repetition or a step back.
    #[error("expected entry {expected}, found {found}")]
    Sequence {
        /// The seq that should have come.
        expected: u64,
        /// The seq that came.
        found: u64,
    },
    /// The stored hash is not the hash of the stored content.
    #[error("its hash is {stored}, but its content hashes to {computed}")]
    Hash {
        /// As stored.
        stored: Hash,
        /// As computed from content and predecessor.
        computed: Hash,
    },
}

/// The first entry at which a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} of {stream}: {fault}")]
pub struct ChainBreak {
    /// The stream.
    pub stream: String,
    /// The seq at which it was noticed.
    pub seq: u64,
    /// What was wrong.
    pub fault: ChainFault,
}

/// Walks a chain entry by entry; stops being usable at the first break.
#[derive(Debug, Clone)]
pub struct Verifier {
    stream: String,
    head: Head,
}

impl Verifier {
    /// Starts before the first entry of `stream`.
    #[must_use]
    pub fn new(stream: impl Into<String>) -> Self {
        Self::resume(stream, Head::EMPTY)
    }

    /// Starts behind an entry that is already trusted.
    #[must_use]
    pub fn resume(stream: impl Into<String>, head: Head) -> Self {
        Self { stream: stream.into(), head }
    }

    /// The last entry that held.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// [`ChainBreak`] when `entry` is not the successor of the last one, or does not hash to what it says.
    pub fn accept(&mut self, entry: &RawEntry) -> Result<(), ChainBreak> {
        let broken = |fault| ChainBreak { stream: self.stream.clone(), seq: entry.seq, fault };
        let expected = self.head.seq + 1;
        if entry.seq != expected {
            return Err(broken(ChainFault::Sequence { expected, found: entry.seq }));
        }
        let computed = hash_entry(&self.stream, entry, &self.head.hash);
        if computed != entry.hash {
            return Err(broken(ChainFault::Hash { stored: entry.hash, computed }));
        }
        self.head = Head { seq: entry.seq, hash: entry.hash };
        Ok(())
    }
}
