use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;

const STREAM: &str = "00000000-0000-0000-0000-00000000000a/organization";

fn unsealed(kind: &str, payload: &str) -> RawEntry {
    RawEntry {
        seq: 0,
        recorded_at: 1_800_000_000_000,
        command_id: "command-1".into(),
        actor: "person:user_olivia".into(),
        kind: kind.into(),
        version: 1,
        payload: payload.into(),
        hash: GENESIS,
    }
}

fn chain(payloads: &[&str]) -> Vec<RawEntry> {
    let mut head = Head::EMPTY;
    payloads
        .iter()
        .map(|payload| {
            let entry = RawEntry::seal(STREAM, &head, unsealed("role_granted", payload));
            head = Head { seq: entry.seq, hash: entry.hash };
            entry
        })
        .collect()
}

fn verify(entries: &[RawEntry]) -> Result<Head, ChainBreak> {
    let mut verifier = Verifier::new(STREAM);
    entries.iter().try_for_each(|entry| verifier.accept(entry))?;
    Ok(verifier.head())
}

#[test]
fn log_1_the_framing_is_pinned() {
    // Worked out by the ten lines of Python in docs/adr/0002: a changed framing must change the domain separator.
    let entries = chain(&[r#"{"person":"user_ed","role":"support"}"#, "{}"]);
    assert_eq!(
        entries.iter().map(|entry| entry.hash.to_string()).collect::<Vec<_>>(),
        [
            "6c8e87c91ee857148f8ce92470038da27af6081eaa3ec41000fcf0d20e830143",
            "197c582dd58bf4d159de88c67f0b5d211cdeb8be890df2994ff1dca3cf2f2250"
        ]
    );
}

proptest! {
    #[test]
    fn log_1_a_frame_is_hashed_as_sha256_has_it(stream in ".{0,150}", actor in ".{0,20}", payload in ".{0,300}", seq in any::<u64>()) {
        let previous = Hash([7; 32]);
        let entry = RawEntry { seq, actor, ..unsealed("role_granted", &payload) };
        let fields: [&[u8]; 10] = [
            b"hangtag.log.v1", stream.as_bytes(), &seq.to_be_bytes(), &entry.recorded_at.to_be_bytes(),
            entry.command_id.as_bytes(), entry.actor.as_bytes(), entry.kind.as_bytes(),
            &entry.version.to_be_bytes(), entry.payload.as_bytes(), &previous.0,
        ];
        let mut hasher = Sha256::new();
        for field in fields {
            hasher.update(u32::try_from(field.len()).unwrap().to_be_bytes());
            hasher.update(field);
        }
        let mut framer = Framer::new(Framing::Log, &stream);
        let expected = Hash(hasher.finalize().into());
        prop_assert_eq!(framer.hash(&(&entry).into(), &previous), expected);
        // The framer keeps its memory, and nothing of what was in it.
        prop_assert_eq!(framer.hash(&(&entry).into(), &previous), expected);
    }
}

#[test]
fn log_2_gaps_repetitions_and_swaps_are_noticed_at_their_entry() {
    let entries = chain(&["1", "2", "3", "4"]);
    assert_eq!(verify(&entries).map(|head| head.seq), Ok(4));
    let without_third = [&entries[..2], &entries[3..]].concat();
    assert_eq!(verify(&without_third).map_err(|found| found.seq), Err(4));
    let twice = [&entries[..2], &entries[1..]].concat();
    assert_eq!(
        verify(&twice).map_err(|found| found.fault),
        Err(ChainFault::Sequence { expected: 3, found: 2 })
    );
}

#[test]
fn log_3_moving_bytes_between_fields_changes_the_hash() {
    let one = RawEntry { actor: "person:a".into(), kind: "bc".into(), ..unsealed("", "{}") };
    let other = RawEntry { actor: "person:ab".into(), kind: "c".into(), ..unsealed("", "{}") };
    assert_ne!(hash_entry(STREAM, &one, &GENESIS), hash_entry(STREAM, &other, &GENESIS));
    assert_ne!(hash_entry("a", &one, &GENESIS), hash_entry("b", &one, &GENESIS));
}

proptest! {
    #[test]
    fn log_4_any_changed_byte_is_noticed_at_its_entry(at in 0_usize..4, byte in 0_usize..8, bit in 0_u8..7) {
        let mut entries = chain(&["payload1", "payload2", "payload3", "payload4"]);
        let mut payload = entries[at].payload.clone().into_bytes();
        payload[byte] ^= 1 << bit;
        entries[at].payload = String::from_utf8(payload).unwrap();
        prop_assert_eq!(verify(&entries).map_err(|found| found.seq), Err(entries[at].seq));
    }
}
