//! What the verifier accepts, and what it notices.
#![allow(
    missing_docs,
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod support;

use domain::journal::{GENESIS, Hash, Head, RawEntry};
use proptest::prelude::*;
use replay_tool::fault::{Fault, Place, Wrong};
use replay_tool::limits::{BLOCK_BYTES, MAX_LINE_BYTES};
use replay_tool::scan::{Nothing, ScanError, Verified, scan};
use support::{STREAM, export_lines, file, plain_export, unsealed};

fn check_with(bytes: &[u8], workers: usize) -> Result<Verified, Fault> {
    scan(bytes, workers, &Nothing, |()| Ok(())).map_err(|error| match error {
        ScanError::Fault(fault) => fault,
        other => panic!("{other}"),
    })
}

/// One thread and several must agree about everything.
fn check(bytes: &[u8]) -> Result<Verified, Fault> {
    let alone = check_with(bytes, 1);
    assert_eq!(alone, check_with(bytes, 3));
    alone
}

fn fault(bytes: &[u8]) -> Fault {
    check(bytes).unwrap_err()
}

#[test]
fn a_whole_log_holds() {
    let verified = check(&file(&plain_export(9))).unwrap();
    assert_eq!((verified.entries, verified.head.seq, verified.header.stream.as_str()), (9, 9, STREAM));
}

#[test]
fn an_empty_log_holds() {
    assert_eq!(check(&file(&plain_export(0))).unwrap().entries, 0);
}

#[test]
fn the_tail_of_a_log_holds() {
    let start = Head { seq: 40, hash: Hash([7; 32]) };
    let lines = export_lines(STREAM, start, (0..5).map(|n| unsealed("noted", format!("{{\"n\":{n}}}"))));
    let verified = check(&file(&lines)).unwrap();
    assert_eq!((verified.entries, verified.header.from, verified.head.seq), (5, 41, 45));
}

#[test]
fn a_last_line_without_its_end_holds() {
    let mut bytes = file(&plain_export(3));
    bytes.pop();
    assert!(check(&bytes).is_ok());
}

#[test]
fn a_command_id_with_escapes_holds() {
    let strange = RawEntry { command_id: "a\"b\\c\u{1}".to_owned(), ..unsealed("noted", "{}".to_owned()) };
    assert!(check(&file(&export_lines(STREAM, Head::EMPTY, [strange]))).is_ok());
}

#[test]
fn damaged_files_are_described() {
    let lines = plain_export(5);
    let other = export_lines("another/stream", Head::EMPTY, [unsealed("noted", "{}".to_owned())]);
    let swap = |a: usize, b: usize| {
        let mut lines = lines.clone();
        lines.swap(a, b);
        file(&lines)
    };
    let without = |n: usize| file(&[&lines[..n], &lines[n + 1..]].concat());
    let with = |n: usize, line: &str| file(&[&lines[..n], &[line.to_owned()], &lines[n..]].concat());
    let replaced = |n: usize, line: String| {
        let mut lines = lines.clone();
        lines[n] = line;
        file(&lines)
    };
    // what happened, file, line, entry, how it is told
    let cases = [
        ("nothing at all", Vec::new(), 1_u64, None, "the file is empty"),
        ("no header", without(0), 1, None, "no header"),
        (
            "another format",
            replaced(0, lines[0].replace("export.v1", "export.v9")),
            1,
            None,
            "hangtag.log.export.v9",
        ),
        ("an entry missing", without(3), 4, Some(3), "1 missing or moved"),
        ("doubled", with(3, &lines[2]), 4, Some(3), "entry 2 is here twice"),
        ("swapped", swap(2, 3), 3, Some(2), "1 missing or moved"),
        ("an old entry", with(5, &lines[2]), 6, Some(5), "out of order"),
        ("foreign entry", replaced(1, other[1].clone()), 2, Some(1), "comes from another log"),
        ("a blank line", with(2, ""), 3, Some(2), "this is no entry"),
        ("spaces", replaced(2, lines[2].replace("\"seq\":", "\"seq\": ")), 3, Some(2), "reformatted"),
        ("closing line missing", without(6), 7, None, "the closing line is missing"),
        ("last entry missing", without(5), 6, None, "speaks of 5 entries, but there are 4"),
        ("joined files", [file(&lines), file(&other)].concat(), 8, None, "follows the closing line"),
        ("a header between", with(3, &other[0]), 4, Some(3), "another export begins here"),
        ("cut within a line", file(&lines)[..700].to_vec(), 3, Some(2), "in the middle of this line"),
        (
            "not text",
            with(2, "\t").into_iter().map(|b| if b == b'\t' { 0xff } else { b }).collect(),
            3,
            Some(2),
            "not UTF-8",
        ),
    ];
    for (what, bytes, line, entry, words) in cases {
        let fault = fault(&bytes);
        assert_eq!((fault.line, fault.entry), (line, entry), "{what}: {fault}");
        assert!(fault.to_string().contains(words), "{what}: {fault}");
    }
}

#[test]
fn a_line_without_end_is_refused_before_it_fills_the_memory() {
    let endless = vec![b'x'; MAX_LINE_BYTES + 2 * BLOCK_BYTES];
    assert_eq!(fault(&endless).wrong, Wrong::TooLong);
    let lines = plain_export(2);
    let mut bytes = file(&lines[..2]);
    bytes.extend(&endless);
    let fault = fault(&bytes);
    assert_eq!((fault.entry, fault.wrong), (Some(2), Wrong::TooLong));
}

#[test]
fn long_logs_cross_blocks_and_faults_keep_their_numbers() {
    let mut lines = plain_export(9_000);
    assert!(file(&lines).len() > 2 * BLOCK_BYTES);
    assert_eq!(check(&file(&lines)).unwrap().entries, 9_000);
    lines[8_000] = lines[8_000].replacen("noted", "nodet", 1);
    let fault = fault(&file(&lines));
    assert_eq!((fault.line, fault.entry), (8_001, Some(8_000)));
}

#[test]
fn a_chain_resealed_with_a_hole_is_noticed_at_the_hole() {
    let first = export_lines(STREAM, Head::EMPTY, [unsealed("noted", "{}".to_owned())]);
    let wrong_start = Head { seq: 1, hash: GENESIS };
    let second = export_lines(STREAM, wrong_start, [unsealed("noted", "{}".to_owned())]);
    let lines = [first[0].clone(), first[1].clone(), second[1].clone(), second[2].clone()];
    assert_eq!(fault(&file(&lines)).entry, Some(2));
}

#[test]
fn numbers_at_the_end_of_their_range_are_only_an_error() {
    let start = Head { seq: u64::MAX - 1, hash: Hash([7; 32]) };
    let mut lines = export_lines(STREAM, start, [unsealed("noted", "{}".to_owned())]);
    assert!(check(&file(&lines)).is_ok());
    lines.insert(2, lines[1].clone());
    assert!(check(&file(&lines)).is_err());
    let zero = lines[0].replace(&u64::MAX.to_string(), "0");
    assert!(matches!(fault(zero.as_bytes()).wrong, Wrong::ImpossibleStart { from: 0, .. }));
}

proptest! {
    /// Any byte, changed to any other, is noticed, on the line where it stands.
    #[test]
    fn every_changed_byte_is_noticed(position in any::<prop::sample::Index>(), change in 1_u8..=255) {
        let lines = plain_export(6);
        let mut bytes = file(&lines);
        // The very last line end may be missing or odd without anything being lost.
        let at = position.index(bytes.len());
        let line = 1 + bytes[..at].split(|byte| *byte == b'\n').skip(1).count() as u64;
        bytes[at] ^= change;
        let fault = fault(&bytes);
        match line {
            // The header feeds the first entry's hash and the closing line's digest: it may show at either.
            1 => prop_assert!(matches!((fault.place, fault.entry), (Place::Header | Place::Closing, _) | (_, Some(1))), "{fault}"),
            8 => prop_assert!(fault.line >= 8, "{fault}"),
            _ => prop_assert_eq!((fault.line, fault.entry), (line, Some(line - 1)), "{}", fault),
        }
    }

    /// Whatever is cut off, it is noticed (the last line end aside).
    #[test]
    fn every_cut_is_noticed(position in any::<prop::sample::Index>()) {
        let bytes = file(&plain_export(6));
        let kept = position.index(bytes.len() - 1);
        prop_assert!(check(&bytes[..kept]).is_err());
    }

    /// No bytes make it panic.
    #[test]
    fn strange_bytes_are_only_an_error(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(check(&bytes).is_err());
    }

    /// No lines in the shape of entries make it panic, and one thread and many agree.
    #[test]
    fn strange_lines_are_only_an_error(
        picks in prop::collection::vec((0_usize..8, 0_usize..400, any::<char>()), 0..12),
    ) {
        let lines = plain_export(6);
        let mut picked = vec![lines[0].clone()];
        for (pick, at, inserted) in picks {
            let mut line = lines[pick].clone();
            if let Some((start, _)) = line.char_indices().nth(at) {
                line.insert(start, inserted);
            }
            picked.push(line);
        }
        let _ = check(&file(&picked));
    }

    /// Whatever stands in payload and envelope, writing and reading agree.
    #[test]
    fn any_content_survives(payload in any::<String>(), command_id in any::<String>(), at in any::<i64>(), version in any::<u32>()) {
        let entry = RawEntry { command_id, recorded_at: at, version, ..unsealed("noted", payload) };
        prop_assert!(check(&file(&export_lines(STREAM, Head::EMPTY, [entry]))).is_ok());
    }
}
