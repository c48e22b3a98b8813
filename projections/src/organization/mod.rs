//! Read models of the organization's stream.

mod consignor;
mod founded_event;
mod invitation;
mod ledger_entry;
mod membership;
mod profile;
mod referral_code;
mod settings_version;

use domain::organization::Event;

use crate::At;
use crate::statement::{Sql, Writes};

pub(crate) const WIPE: &[&Sql] = &[
    profile::WIPE,
    settings_version::WIPE,
    membership::WIPE,
    consignor::WIPE,
    referral_code::WIPE,
    ledger_entry::WIPE,
    founded_event::WIPE,
    invitation::WIPE,
];

pub(crate) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    profile::project(at, event, writes)?;
    settings_version::project(at, event, writes)?;
    membership::project(at, event, writes)?;
    consignor::project(at, event, writes)?;
    referral_code::project(at, event, writes)?;
    ledger_entry::project(at, event, writes)?;
    founded_event::project(at, event, writes)?;
    invitation::project(at, event, writes)
}
