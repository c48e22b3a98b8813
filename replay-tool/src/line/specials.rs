//! Where strings end and escapes begin: sixty-four bytes of a line looked at together.

/// Bytes that are looked at together, as many as a word has bits.
const CHUNK: usize = 64;

/// Finds the bytes of a line that end a run of plain characters in a JSON string. Remembers the chunk that was
/// looked at last: a line is read from its front, and a chunk of it holds ten of them.
pub(super) struct Specials<'a> {
    bytes: &'a [u8],
    /// Where the chunk begins.
    chunk: usize,
    /// One bit for each special byte of the chunk, the first byte's lowest.
    found: u64,
}

impl<'a> Specials<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, chunk: 0, found: find(bytes) }
    }

    /// Where the first special byte stands, from `at` on.
    pub(super) fn next(&mut self, at: usize) -> Option<usize> {
        let chunk = at - at % CHUNK;
        if chunk != self.chunk {
            self.look(chunk)?;
        }
        let found = self.found >> (at % CHUNK);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        loop {
            self.look(self.chunk + CHUNK)?;
            if self.found != 0 {
                return Some(self.chunk + self.found.trailing_zeros() as usize);
            }
        }
    }

    fn look(&mut self, chunk: usize) -> Option<()> {
        let rest = self.bytes.get(chunk..).filter(|rest| !rest.is_empty())?;
        self.found = find(rest);
        self.chunk = chunk;
        Some(())
    }
}

/// The special bytes among the first [`CHUNK`].
fn find(bytes: &[u8]) -> u64 {
    if let Some(chunk) = bytes.first_chunk() {
        return find_in(chunk);
    }
    let mut chunk = [b' '; CHUNK];
    chunk[..bytes.len()].copy_from_slice(bytes);
    find_in(&chunk)
}

/// The factor that moves the flag in byte `n` (its lowest bit) to bit `56 + n`: bit `7 (8 - n)` is set for each `n`.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// Without branches, so that a compiler takes sixteen or more at a time. Eight flags become eight bits by one
/// multiplication, which moves the flag of byte `n` to bit `56 + n`.
fn find_in(chunk: &[u8; CHUNK]) -> u64 {
    let flags = chunk.map(|byte| u8::from(is_special(byte)));
    let mut found = 0;
    for (at, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        found |= (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (8 * at);
    }
    found
}

/// Whether a byte ends a run of plain characters inside a JSON string.
#[expect(clippy::needless_bitwise_bool, reason = "what looks at many bytes together has no use for branches")]
const fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < 0x20)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn many_at_a_time_or_one_are_the_same(bytes in prop::array::uniform32(any::<u16>())) {
            let mut chunk = [0; CHUNK];
            for (pair, number) in chunk.chunks_exact_mut(2).zip(bytes) {
                pair.copy_from_slice(&number.to_le_bytes());
            }
            let expected = (0..).zip(chunk).fold(0, |found, (at, byte)| found | u64::from(is_special(byte)) << at);
            prop_assert_eq!(find_in(&chunk), expected);
        }

        #[test]
        fn each_is_found_from_anywhere(
            mut bytes in prop::collection::vec(0x20_u8..0x22, 0..200),
            rare in prop::collection::vec(
                (any::<prop::sample::Index>(), prop::sample::select(vec![b'"', b'\\', 0, 0x1f, 0x7f, 0x80, 0xa2, 0xdc, 0xff])),
                0..4,
            ),
            from in any::<prop::sample::Index>(),
        ) {
            for (at, byte) in rare {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            let from = from.index(bytes.len() + 1);
            let expected = bytes[from..].iter().position(|byte| is_special(*byte)).map(|at| from + at);
            let mut specials = Specials::of(&bytes);
            prop_assert_eq!(specials.next(from), expected);
            // Once more, from the chunk that it stands at now.
            prop_assert_eq!(specials.next(from), expected);
        }
    }
}
