//! `stock_count` and `count_difference`: what was counted, and what differs.

use domain::consignment_event::Event;
use serde_json::json;

use crate::At;
use crate::statement::{Sql, Writes, add, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(stock_count where (organization, event));
pub(super) const WIPE_DIFFERENCES: &Sql = delete!(count_difference where (organization, event));

const START: &Sql = insert!(stock_count (organization, event, count, number, status, expected, counted, differences,
    started_at) "");
const COUNT: &Sql = add!(stock_count add (counted, differences) where (organization, event, count));
const END: &Sql = update!(stock_count set (status, ended_at) where (organization, event, count));
const DIFFER: &Sql = insert!(count_difference (organization, event, count, tag, difference, class, found_at)
    "ON CONFLICT (organization, event, count, tag) DO UPDATE SET difference = excluded.difference,
        class = excluded.class, found_at = excluded.found_at");

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let (organization, id) = (&at.organization, &at.id);
    let end = |count, status| {
        json!({ "organization": organization, "event": id, "count": count, "status": status,
            "ended_at": at.entry.recorded_at })
    };
    match event {
        Event::CountStarted(started) => writes.write(
            START,
            [json!({ "organization": organization, "event": id, "count": started.count, "number": at.entry.seq,
                "status": "counting", "expected": started.expected, "counted": 0, "differences": 0,
                "started_at": at.entry.recorded_at })],
        ),
        Event::ItemsCounted(counted) => writes.write(
            COUNT,
            [json!({ "organization": organization, "event": id, "count": counted.count,
                "counted": counted.tags.len(), "differences": 0 })],
        ),
        Event::CountCompared(page) => {
            writes.write(
                DIFFER,
                page.differences.iter().map(|found| {
                    json!({ "organization": organization, "event": id, "count": page.count, "tag": found.tag,
                        "difference": found.difference, "class": found.difference.class(),
                        "found_at": at.entry.recorded_at })
                }),
            )?;
            writes.write(
                COUNT,
                [json!({ "organization": organization, "event": id, "count": page.count, "counted": 0,
                    "differences": page.differences.len() })],
            )
        }
        Event::CountFinished(finished) => writes.write(END, [end(finished.count, "finished")]),
        Event::CountAbandoned(abandoned) => writes.write(END, [end(abandoned.count, "abandoned")]),
        _ => Ok(()),
    }
}
