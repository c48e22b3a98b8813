//! `referral_code`: by which consignors bring others along.

use domain::organization::Event;
use serde_json::json;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(referral_code where (organization));

const ISSUE: &Sql = insert!(referral_code (organization, code, consignor, issued_at)
    "ON CONFLICT (organization, code) DO UPDATE SET
        consignor = excluded.consignor, issued_at = excluded.issued_at, retired_at = NULL");
const RETIRE: &Sql = update!(referral_code set (retired_at) where (organization, code));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let organization = &at.organization;
    match event {
        Event::ReferralCodeIssued(issued) => writes.write(
            ISSUE,
            [json!({ "organization": organization, "code": issued.code, "consignor": issued.consignor,
                "issued_at": at.entry.recorded_at })],
        ),
        Event::ReferralCodeRetired(retired) => writes.write(
            RETIRE,
            [json!({ "organization": organization, "code": retired.code, "retired_at": at.entry.recorded_at })],
        ),
        _ => Ok(()),
    }
}
