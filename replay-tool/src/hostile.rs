//! What must hold for any bytes at all: the properties that fuzzing (`fuzz/`) and the tests try to refute. Each
//! function panics when its property does not hold.

#![expect(clippy::panic, clippy::missing_panics_doc, reason = "a refuted property is said by panicking")]

use domain::aggregate::Aggregate;
use domain::consignment_event::ConsignmentEvent;
use domain::journal::{EventCodec, RawEntry};
use domain::organization::Organization;
use domain::reconciliation::Reconciliation;
use domain::sale_session::SaleSession;
use domain::storefront::Storefront;

use crate::line::{AnyLine, Line, Scratch, read};
use crate::scan::{Reading, ScanError, Verified, scan, scan_each};

/// Any line is parsed or refused, and what is called canonical is what the platform writes.
pub fn parser(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.contains('\n') {
        return;
    }
    let mut scratch = Scratch::default();
    if let Ok(AnyLine::Entry(line)) = read(text, &mut scratch)
        && line.canonical
    {
        let written = serde_json::to_string(&RawEntry::from(&line)).unwrap_or_default();
        assert!(written == text, "called canonical:\n{text}\nbut written as\n{written}");
    }
}

/// Any payload is read or refused, and what is read can be folded. The bytes: which aggregate, which of its
/// kinds, which version, and the payload.
pub fn upcaster(bytes: &[u8]) {
    let [aggregate, kind, version, payload @ ..] = bytes else { return };
    let Ok(payload) = std::str::from_utf8(payload) else { return };
    match aggregate % 5 {
        0 => folds::<Organization>(*kind, *version, payload),
        1 => folds::<ConsignmentEvent>(*kind, *version, payload),
        2 => folds::<SaleSession>(*kind, *version, payload),
        3 => folds::<Storefront>(*kind, *version, payload),
        _ => folds::<Reconciliation>(*kind, *version, payload),
    }
}

fn folds<A: Aggregate>(kind: u8, version: u8, payload: &str) {
    let kinds = A::Event::KINDS;
    let Some((kind, newest)) = kinds.get(usize::from(kind) % kinds.len().max(1)) else { return };
    // Versions from 0 to one too many.
    let version = u32::from(version) % (newest + 2);
    if let Ok(event) = A::Event::from_payload(kind, version, payload) {
        let mut state = A::State::default();
        A::evolve(&mut state, &event, i64::MAX);
        A::evolve(&mut state, &event, i64::MIN);
    }
}

/// Any file holds or does not, and one thread says the same as two, and as a reader entry by entry.
pub fn verifier(bytes: &[u8]) {
    let (one, two) = (verdict(bytes, 1), verdict(bytes, 2));
    assert!(one == two, "one thread: {one}\ntwo: {two}");
    let mut handed = 0;
    let walked = scan_each(bytes, |_| {
        handed += 1;
        Ok(())
    });
    let each = told(walked, handed);
    assert!(one == each, "by blocks: {one}\nentry by entry: {each}");
}

/// Counts what was handed over.
struct Counting;

impl Reading for Counting {
    type Gathered = u64;

    fn gather(&self, _line: &Line<'_>, into: &mut u64) {
        *into += 1;
    }
}

fn verdict(bytes: &[u8], workers: usize) -> String {
    let mut handed = 0;
    let walked = scan(bytes, workers, &Counting, |count| {
        handed += count;
        Ok(())
    });
    told(walked, handed)
}

fn told(walked: Result<Verified, ScanError>, handed: u64) -> String {
    match walked {
        Ok(verified) => {
            assert!(
                verified.entries == handed,
                "{} entries hold, {handed} were handed over",
                verified.entries
            );
            format!("holds up to {}", verified.head.seq)
        }
        Err(ScanError::Fault(fault)) => format!("{fault} after {handed}"),
        Err(error) => panic!("bytes cannot fail to be read: {error}"),
    }
}
