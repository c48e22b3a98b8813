//! Making export files for tests.

pub mod settled;
pub mod store;
pub mod world;

use domain::journal::{
    EXPORT_FORMAT, ExportFooter, ExportHeader, GENESIS, Hash, Head, RawEntry, hash_header_line,
};

/// An export as a platform would write it: the lines, without their line ends.
pub fn export_lines(stream: &str, start: Head, unsealed: impl IntoIterator<Item = RawEntry>) -> Vec<String> {
    let header = ExportHeader {
        format: EXPORT_FORMAT.to_owned(),
        stream: stream.to_owned(),
        from: start.seq + 1,
        previous: start.hash,
        exported_at: 1_792_400_000_000,
    };
    let mut lines = vec![serde_json::to_string(&header).unwrap()];
    let mut head = start;
    for entry in unsealed {
        let sealed = RawEntry::seal(stream, &head, entry);
        head = Head { seq: sealed.seq, hash: sealed.hash };
        lines.push(serde_json::to_string(&sealed).unwrap());
    }
    lines.push(closing_line(&lines, start, head));
    lines
}

/// The closing line for what stands before it.
pub fn closing_line(lines: &[String], start: Head, head: Head) -> String {
    let footer = ExportFooter {
        entries: head.seq - start.seq,
        head_seq: head.seq,
        head_hash: head.hash,
        header_hash: hash_header_line(lines[0].as_bytes()),
    };
    serde_json::to_string(&footer).unwrap()
}

/// The first `entries` entries of an export, closed as if they were all; at least one.
pub fn cut_export(lines: &[String], entries: usize) -> Vec<String> {
    let entries = entries.clamp(1, lines.len() - 2);
    let mut cut = lines[..=entries].to_vec();
    let last: RawEntry = serde_json::from_str(&lines[entries]).unwrap();
    let closing = closing_line(&cut, Head::EMPTY, Head { seq: last.seq, hash: last.hash });
    cut.push(closing);
    cut
}

/// Joined with line ends.
pub fn file(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| line.bytes().chain([b'\n'])).collect()
}

/// An entry before it is sealed.
pub fn unsealed(kind: &str, payload: String) -> RawEntry {
    RawEntry {
        seq: 0,
        recorded_at: 1_792_300_000_000,
        command_id: "0190f3a2-0000-7000-8000-000000000001".to_owned(),
        actor: "person:user_demo_olivia".to_owned(),
        kind: kind.to_owned(),
        version: 1,
        payload,
        hash: Hash::default(),
    }
}

/// A stream's name.
pub const STREAM: &str = "01900000-0000-7000-8000-000000000001/session/01900000-0000-7000-8000-000000000002";

/// A small export of `count` entries with quotes, escapes and letters beyond ASCII.
pub fn plain_export(count: u64) -> Vec<String> {
    let entries = (0..count).map(|n| {
        let payload =
            format!("{{\"n\":{n},\"title\":\"Jupe d'été \\\"{n}\\\" \\n \\u0007\",\"flags\":[true,null]}}");
        RawEntry {
            recorded_at: 1_792_300_000_000 + i64::try_from(n).unwrap() * 1_000,
            ..unsealed("noted", payload)
        }
    });
    export_lines(STREAM, Head { seq: 0, hash: GENESIS }, entries)
}
