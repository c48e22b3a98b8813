//! `fee_entry`: every movement of money that is no sale. What a consignor owes is the sum of them.

use domain::consignment_event::Event;
use serde_json::{Map, Value, json};

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(fee_entry where (organization, event));

const ADD: &Sql = insert!(fee_entry (organization, event, seq, line, consignor, movement, kind, amount_cents,
    part_of_share_bp, method, reason, reference, tag, booking, items, referred, note, actor, recorded_at) "");

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let movements = movements(event)?;
    let rows = movements.into_iter().zip(0_u32..).map(|((movement, mut row), line)| {
        let place = json!({
            "organization": at.organization, "event": at.id, "seq": at.entry.seq, "line": line,
            "movement": movement, "actor": at.entry.actor, "recorded_at": at.entry.recorded_at,
        });
        if let Value::Object(place) = place {
            row.extend(place);
        }
        row
    });
    writes.write(ADD, rows)
}

/// A movement's name and the columns that it has of its own.
type Movement = (&'static str, Map<String, Value>);

/// The columns are named as the log names them.
fn movements(event: &Event) -> Result<Vec<Movement>, serde_json::Error> {
    let row = |value: Value| match value {
        Value::Object(row) => row,
        _ => Map::new(),
    };
    Ok(match event {
        Event::FeesCharged(charged) => charged
            .charges
            .iter()
            .map(|charge| serde_json::to_value(charge).map(|value| ("charged", row(value))))
            .collect::<Result<_, _>>()?,
        Event::FeePaid(paid) => vec![("paid", row(serde_json::to_value(paid)?))],
        Event::FeeWaived(waived) => vec![("waived", row(serde_json::to_value(waived)?))],
        Event::AdjustmentMade(made) => vec![("adjusted", row(serde_json::to_value(made)?))],
        Event::ReferralsCredited(credited) => credited
            .credits
            .iter()
            .map(|credit| {
                let value = json!({ "consignor": credit.referrer, "referred": credit.referred,
                    "amount_cents": credit.amount });
                ("referred", row(value))
            })
            .collect(),
        _ => Vec::new(),
    })
}
