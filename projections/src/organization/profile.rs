//! `organization`: who the tenant is and what its settings say for everyone.

use domain::organization::Event;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(organization where (organization));

const CREATE: &Sql = insert!(organization
    (organization, slug, name, currency, time_zone, settings_version, created_at) "");
const CHANGE: &Sql = update!(organization set (currency, time_zone, settings_version) where (organization));
const SUSPEND: &Sql = update!(organization set (suspended_at) where (organization));

#[derive(Serialize)]
struct CreatedRow<'a> {
    organization: &'a str,
    slug: &'a str,
    name: &'a str,
    currency: &'a str,
    time_zone: &'a str,
    settings_version: u32,
    created_at: i64,
}

#[derive(Serialize)]
struct ChangedRow<'a> {
    organization: &'a str,
    currency: &'a str,
    time_zone: &'a str,
    settings_version: u32,
}

#[derive(Serialize)]
struct SuspendedRow<'a> {
    organization: &'a str,
    suspended_at: Option<i64>,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let organization = at.organization.as_str();
    match event {
        Event::OrganizationCreated(created) => writes.write(
            CREATE,
            [CreatedRow {
                organization,
                slug: &created.slug,
                name: &created.name,
                currency: &created.settings.currency,
                time_zone: &created.settings.time_zone,
                settings_version: created.settings.version,
                created_at: at.entry.recorded_at,
            }],
        ),
        Event::SettingsChanged(changed) => writes.write(
            CHANGE,
            [ChangedRow {
                organization,
                currency: &changed.settings.currency,
                time_zone: &changed.settings.time_zone,
                settings_version: changed.settings.version,
            }],
        ),
        Event::OrganizationSuspended(_) => {
            let suspended_at = Some(at.entry.recorded_at);
            writes.write(SUSPEND, [SuspendedRow { organization, suspended_at }])
        }
        Event::OrganizationReinstated(_) => {
            writes.write(SUSPEND, [SuspendedRow { organization, suspended_at: None }])
        }
        _ => Ok(()),
    }
}
