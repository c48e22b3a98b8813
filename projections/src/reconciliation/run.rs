//! `reconciliation_run`: comparisons with the store.

use domain::reconciliation::Event;
use serde_json::json;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(reconciliation_run where (organization, event));

const START: &Sql =
    insert!(reconciliation_run (organization, event, run, kind, status, found, vanished, started_at) "");
const FINISH: &Sql =
    update!(reconciliation_run set (status, found, vanished, ended_at) where (organization, event, run));
const ABANDON: &Sql = update!(reconciliation_run set (status, ended_at) where (organization, event, run));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let (organization, id, now) = (&at.organization, &at.id, at.entry.recorded_at);
    match event {
        Event::RunStarted(started) => writes.write(
            START,
            [json!({ "organization": organization, "event": id, "run": started.run, "kind": started.kind,
                "status": "running", "found": 0, "vanished": 0, "started_at": now })],
        ),
        Event::RunFinished(finished) => writes.write(
            FINISH,
            [json!({ "organization": organization, "event": id, "run": finished.run, "status": "finished",
                "found": finished.found, "vanished": finished.vanished, "ended_at": now })],
        ),
        Event::RunAbandoned(abandoned) => writes.write(
            ABANDON,
            [json!({ "organization": organization, "event": id, "run": abandoned.run, "status": "abandoned",
                "ended_at": now })],
        ),
        _ => Ok(()),
    }
}
