//! Logs of any length, written as a platform would.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use domain::consignment_event::Event;
use domain::consignment_event::items::{ItemsCheckedIn, ItemsPulled, ItemsReinstated, PullReason};
use domain::journal::{
    EXPORT_FORMAT, EventCodec, ExportFooter, ExportHeader, GENESIS, Hash, Head, RawEntry, hash_header_line,
};
use domain::tag::Tag;
use uuid::Uuid;

use crate::support::world::{SMALL, Size, World};

/// Items of the event: a large sale's.
const ITEMS: u32 = 100_000;

/// A log on disk.
pub struct Made {
    pub path: PathBuf,
    pub stream: String,
    pub entries: u64,
    pub bytes: u64,
}

/// The log of an event in which 100,000 items are listed, and then checked in, pulled and reinstated one by one.
pub fn event(path: &Path, entries: u64) -> Made {
    let world = World::new(1, Size { consignors: 1_000, items: ITEMS, receipts: 0, ..SMALL });
    let listed = world.event_log().iter().take_while(|entry| entry.kind != "session_scheduled").cloned();
    let mut writer = Writer::new(path, &world.event_id.to_string());
    for entry in listed {
        writer.write(entry);
    }
    for n in 0.. {
        if writer.head.seq >= entries {
            break;
        }
        writer.write(one_item(n));
    }
    writer.finish()
}

fn one_item(n: u32) -> RawEntry {
    let tags = vec![Tag::new(1, n % ITEMS + 1).unwrap()];
    let event = match n / ITEMS {
        0 => Event::from(ItemsCheckedIn { tags, refused: Vec::new() }),
        round if round % 2 == 1 => {
            ItemsPulled { tags, reason: PullReason::Organizer, refused: Vec::new() }.into()
        }
        _ => ItemsReinstated { tags, refused: Vec::new() }.into(),
    };
    RawEntry {
        seq: 0,
        recorded_at: 1_807_900_000_000 + i64::from(n) * 50,
        command_id: Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + u128::from(n)).to_string(),
        actor: "person:user_demo_olivia".to_owned(),
        kind: event.kind().to_owned(),
        version: event.version(),
        payload: event.to_payload().unwrap(),
        hash: Hash::default(),
    }
}

/// The log of a session with some 16,000 receipts of two or three lines.
pub fn session(path: &Path) -> Made {
    let world = World::new(1, Size { consignors: 1_000, items: 40_000, receipts: 20_000, ..SMALL });
    let mut writer = Writer::new(path, &world.session_id.to_string());
    for entry in world.session_log() {
        writer.write(entry.clone());
    }
    writer.finish()
}

struct Writer {
    file: BufWriter<File>,
    path: PathBuf,
    stream: String,
    header_hash: Hash,
    head: Head,
    bytes: u64,
}

impl Writer {
    fn new(path: &Path, stream: &str) -> Self {
        let header = ExportHeader {
            format: EXPORT_FORMAT.to_owned(),
            stream: stream.to_owned(),
            from: 1,
            previous: GENESIS,
            exported_at: 1_807_999_000_000,
        };
        let line = serde_json::to_string(&header).unwrap();
        let mut file = BufWriter::new(File::create(path).unwrap());
        writeln!(file, "{line}").unwrap();
        Self {
            file,
            path: path.to_owned(),
            stream: stream.to_owned(),
            header_hash: hash_header_line(line.as_bytes()),
            head: Head::EMPTY,
            bytes: line.len() as u64 + 1,
        }
    }

    fn write(&mut self, entry: RawEntry) {
        let sealed = RawEntry::seal(&self.stream, &self.head, entry);
        self.head = Head { seq: sealed.seq, hash: sealed.hash };
        let line = serde_json::to_string(&sealed).unwrap();
        self.bytes += line.len() as u64 + 1;
        writeln!(self.file, "{line}").unwrap();
    }

    fn finish(mut self) -> Made {
        let footer = ExportFooter {
            entries: self.head.seq,
            head_seq: self.head.seq,
            head_hash: self.head.hash,
            header_hash: self.header_hash,
        };
        writeln!(self.file, "{}", serde_json::to_string(&footer).unwrap()).unwrap();
        self.file.flush().unwrap();
        Made { path: self.path, stream: self.stream, entries: self.head.seq, bytes: self.bytes }
    }
}
