//! The bounds of the log host, each with its unit and its reason.

/// Bytes of a request body that holds a command. The largest legitimate one is an import of 2 MiB of CSV,
/// which grows when its fields get names.
pub const COMMAND_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of a command id. A stream id plus a seq, or an outside delivery id, fits with room.
pub const COMMAND_ID_BYTES_MAX: usize = 200;

/// Bytes of one entry's payload. A row may have 2 MB, and reading pages escapes the payload into another JSON
/// text, which at worst doubles it; half a MiB leaves room on both counts.
pub const PAYLOAD_BYTES_MAX: usize = 512 * 1024;

/// Entries that one command may append: bounds the work between two awaits (an import writes chunks of items,
/// not an entry per item).
pub const ENTRIES_PER_COMMAND_MAX: usize = 2_000;

/// Entries in one page read from storage or sent to a reader.
pub const PAGE_ENTRIES_MAX: u32 = 1_000;

/// Bytes of payloads and envelopes in one page, before escaping: the aggregated JSON must stay below SQLite's
/// 2 MB per value.
pub const PAGE_BYTES_MAX: i64 = 768 * 1024;

/// Bytes that an entry's envelope adds to its payload in a page, generously: used to count a page's size.
pub const ENVELOPE_BYTES: i64 = 320;

/// Entries behind the last snapshot that are worth a new one: replaying them takes a tenth of a second, and a snapshot
/// of a hundred thousand items holds up the commands behind it for several hundredths.
pub const SNAPSHOT_AFTER_ENTRIES: usize = 3_000;

/// Bytes of payloads behind the last snapshot that are worth a new one (imports and custody pages are few
/// entries, but large).
pub const SNAPSHOT_AFTER_BYTES: usize = 2 * 1024 * 1024;

/// Bytes of one stored part of a snapshot: a row may have 2 MB.
pub const SNAPSHOT_PART_BYTES: usize = 1024 * 1024;

/// Open live sockets per object: 24 terminals, their screens and some consoles, with room for reconnects.
pub const LIVE_SOCKETS_MAX: usize = 512;

/// Milliseconds that the outbox waits for more entries before it nudges the queue: one nudge per burst. The queue itself
/// takes a second, and whoever cannot wait for the rows asks with `min_seq`.
pub const OUTBOX_DELAY_MS: i64 = 200;

/// Milliseconds after which an unconfirmed nudge is repeated: well above the projector's usual second, and
/// what a reader waits at most when the queue has lost a nudge.
pub const CONFIRM_AFTER_MS: i64 = 10_000;

/// Milliseconds of the first retry after a failed send or delivery; doubles with each further failure.
pub const RETRY_FIRST_MS: i64 = 500;

/// Milliseconds between retries at most: a stream that was parked for a day is picked up within the hour.
pub const RETRY_MAX_MS: i64 = 3_600_000;

/// Deliveries that one alarm hands out before it re-arms itself: bounds an alarm's run time.
pub const DELIVERIES_PER_ALARM: u32 = 50;

/// Timers that one alarm serves before it re-arms itself: bounds an alarm's run time.
pub const TIMERS_PER_ALARM: u32 = 100;

/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60_000;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Milliseconds without a sign of life after which a terminal counts as out of reach. Terminals ping every
/// 15 seconds; a router that starts anew takes two or three minutes.
pub const LISTENER_SILENT_MS: i64 = 5 * MINUTE_MS;

/// Entries of a closed segment: enough that a long log is few objects in the archive, few enough that one is read in a
/// moment.
pub const SEGMENT_ENTRIES: u64 = 1_000;

/// Bytes of payloads and envelopes after which a segment closes before it has its entries: it is read as a whole, into
/// the 128 MB that a Worker has.
pub const SEGMENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Milliseconds after which the entries behind the last segment become one, however few they are: what a log says is in
/// the archive within the hour.
pub const ARCHIVE_AFTER_MS: i64 = 60 * MINUTE_MS;

/// Segments that one answer names: a reader comes again for more.
pub const SEGMENTS_PER_ANSWER: u32 = 50;

/// Bytes of one page of an import: a few segments, and within what a request may carry.
pub const IMPORT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Lines of one page of an import: bounds the work of one transaction.
pub const IMPORT_LINES_MAX: usize = 5_000;
