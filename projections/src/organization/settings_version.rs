//! `settings_version`: the settings as they were and are.

use domain::organization::{Event, Settings};
use serde_json::json;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(settings_version where (organization));

const ADD: &Sql = insert!(settings_version
    (organization, version, plan_version, seq, settings, actor, changed_at) "");

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let settings: &Settings = match event {
        Event::OrganizationCreated(created) => &created.settings,
        Event::SettingsChanged(changed) => &changed.settings,
        _ => return Ok(()),
    };
    let row = json!({
        "organization": at.organization,
        "version": settings.version,
        "plan_version": settings.plan.version,
        "seq": at.entry.seq,
        "settings": serde_json::to_string(settings)?,
        "actor": at.entry.actor,
        "changed_at": at.entry.recorded_at,
    });
    writes.write(ADD, [row])
}
