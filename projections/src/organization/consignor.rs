//! `consignor`: the accounts behind the numbers on tags, with their ledgers' balances. Names and addresses are in
//! the vault.

use domain::ids::ConsignorNumber;
use domain::organization::{Account, AccountFlag, Event, LedgerPosted};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(consignor where (organization));

const ENROL: &Sql = insert!(consignor (organization, number, tier, enrolled_at)
    "ON CONFLICT (organization, number) DO UPDATE SET tier = excluded.tier");
const TIER: &Sql = update!(consignor set (tier) where (organization, number));
const BAR: &Sql = update!(consignor set (barred) where (organization, number));
const TAX_FORM: &Sql = update!(consignor set (tax_form_missing) where (organization, number));
const LINK: &Sql = update!(consignor set (person) where (organization, number));
const ERASE: &Sql = update!(consignor set (erased_at) where (organization, number));
const COUNT: &Sql = update!(consignor set (participations) where (organization, number));
const CARRY: &Sql = update!(consignor set (carried_cents) where (organization, number));
const CREDIT: &Sql = update!(consignor set (store_credit_cents) where (organization, number));

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    number: u32,
    tier: &'a str,
    enrolled_at: i64,
}

/// What changes in an account; each statement reads the one it sets.
#[derive(Default, Serialize)]
struct Change<'a> {
    organization: &'a str,
    number: u32,
    tier: Option<&'a str>,
    barred: Option<u8>,
    tax_form_missing: Option<u8>,
    person: Option<&'a str>,
    erased_at: Option<i64>,
    participations: Option<u32>,
    carried_cents: Option<i64>,
    store_credit_cents: Option<i64>,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let of = |consignor: ConsignorNumber| Change {
        organization: &at.organization,
        number: consignor.0,
        ..Change::default()
    };
    match event {
        Event::ConsignorsEnrolled(enrolled) => writes.write(
            ENROL,
            enrolled.consignors.iter().map(|consignor| Row {
                organization: &at.organization,
                number: consignor.number.0,
                tier: consignor.tier.name(),
                enrolled_at: at.entry.recorded_at,
            }),
        ),
        Event::TierChanged(changed) => {
            writes.write(TIER, [Change { tier: Some(changed.tier.name()), ..of(changed.consignor) }])
        }
        Event::AccountFlagged(flagged) => {
            let (change, on) = (of(flagged.consignor), Some(flagged.on.into()));
            match flagged.flag {
                AccountFlag::Barred => writes.write(BAR, [Change { barred: on, ..change }]),
                AccountFlag::TaxFormMissing => {
                    writes.write(TAX_FORM, [Change { tax_form_missing: on, ..change }])
                }
            }
        }
        Event::AccountLinked(linked) => {
            writes.write(LINK, [Change { person: Some(&linked.person.0), ..of(linked.consignor) }])
        }
        Event::ConsignorErased(erased) => {
            let change = of(erased.consignor);
            writes.write(LINK, [&change])?;
            writes.write(ERASE, [Change { erased_at: Some(at.entry.recorded_at), ..change }])
        }
        Event::ParticipationsCounted(counted) => counted.counts.iter().try_for_each(|count| {
            writes.write(COUNT, [Change { participations: Some(count.count), ..of(count.consignor) }])
        }),
        Event::ParticipationUncounted(left) => {
            writes.write(COUNT, [Change { participations: Some(left.count), ..of(left.consignor) }])
        }
        Event::LedgerPosted(posted) => balances(at, posted, writes),
        _ => Ok(()),
    }
}

/// One statement per posting: the same account may stand in an entry twice, and the last balance counts.
fn balances(at: &At<'_>, posted: &LedgerPosted, writes: &mut Writes) -> Result<(), serde_json::Error> {
    posted.entries.iter().try_for_each(|entry| {
        let change =
            Change { organization: &at.organization, number: entry.posting.consignor.0, ..Change::default() };
        let balance = Some(entry.balance.0);
        match entry.posting.account {
            Account::Carried => writes.write(CARRY, [Change { carried_cents: balance, ..change }]),
            Account::StoreCredit => writes.write(CREDIT, [Change { store_credit_cents: balance, ..change }]),
        }
    })
}
