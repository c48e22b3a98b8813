//! Decisions about fees, waivers and adjustments.

use super::super::decide::Decision;
use super::super::facts::Facts;
use super::super::participation::{Participation, Standing};
use super::super::state::State;
use super::{
    AdjustmentMade, FeeCharge, FeeKind, FeeMethod, FeePaid, FeeWaived, FeesCharged, ReferralCredit,
    ReferralsCredited, WaiverReason,
};
use crate::commission::Tier;
use crate::consignment_event::Event;
use crate::ids::{Actor, ConsignorNumber, NoteRef};
use crate::lifecycle::EventStatus;
use crate::money::{Cents, MAX_AMOUNT};
use crate::organization::Settings;
use crate::rejection::{Rejection, conflict, forbidden, rule};
use crate::stream::StreamId;

/// Longest reference of a payment, in characters: an order's id, a receipt's number.
pub const MAX_REFERENCE_CHARS: usize = 64;

/// Most items in one charge.
const MAX_ITEMS_CHARGED: u32 = 10_000;

/// The cold fact that a payment is recorded.
pub(in super::super) fn payment_key(reference: &str) -> String {
    format!("fee_payment/{reference}")
}

/// A charge, deducted from the payout – or carried by the organization's ledger, where the payout is made.
pub(in super::super) fn fee_charge(
    state: &State,
    consignor: ConsignorNumber,
    kind: FeeKind,
    amount: Cents,
) -> FeeCharge {
    let method = if state.is_paid_out() { FeeMethod::Ledger } else { FeeMethod::Payout };
    FeeCharge { consignor, kind, amount, part_of_share: None, method, items: None, tag: None, booking: None }
}

/// The participation fee of `tier`, less what is charged and not waived already; none when nothing is due.
pub(in super::super) fn participation_fee(
    state: &State,
    rules: &Settings,
    consignor: ConsignorNumber,
    tier: Tier,
    method: FeeMethod,
) -> Option<FeeCharge> {
    let account = state.participations.get(&consignor).and_then(|found| found.fee(FeeKind::Participation));
    let due = account.map_or(Cents::ZERO, super::super::participation::FeeAccount::due);
    let amount = Cents(rules.plan.terms(tier).fee.0.saturating_sub(due.0));
    (amount > Cents::ZERO)
        .then(|| FeeCharge { method, ..fee_charge(state, consignor, FeeKind::Participation, amount) })
}

fn participant(state: &State, consignor: ConsignorNumber) -> Result<&Participation, Rejection> {
    state
        .participations
        .get(&consignor)
        .filter(|found| matches!(found.standing, Standing::Active | Standing::Left))
        .ok_or_else(|| rule("FEE-1", "not_participating", consignor.to_string(), "a participant"))
}

pub(in super::super) fn charge(
    state: &State,
    rules: &Settings,
    consignor: ConsignorNumber,
    kind: FeeKind,
    items: u32,
) -> Decision {
    let found = participant(state, consignor)?;
    let once = |amount: Cents| match found.fee(kind) {
        Some(_) => Err(conflict("FEE-2", "charged_already", kind.name(), "charging it once")),
        None => Ok((amount, None)),
    };
    let counted = || match items {
        1..=MAX_ITEMS_CHARGED => Ok(items),
        _ => Err(rule("FEE-2", "items_unusable", items.to_string(), "1 to 10,000 items")),
    };
    let fees = &rules.fees;
    let (amount, items) = match kind {
        FeeKind::Sort => once(fees.sort)?,
        FeeKind::MissedPickUp => {
            if !matches!(
                state.status,
                EventStatus::Closed
                    | EventStatus::Returns
                    | EventStatus::Reconciliation
                    | EventStatus::Complete
            ) {
                return Err(rule("FEE-2", "pick_up_not_over", state.status.name(), "closed to complete"));
            }
            once(fees.missed_pick_up)?
        }
        FeeKind::Oversize => {
            let items = counted()?;
            let lots = |count: u32| i64::from(count.div_ceil(u32::from(fees.oversize_lot.max(1))));
            let more = lots(found.oversize.saturating_add(items)) - lots(found.oversize);
            (times(fees.oversize, more)?, Some(items))
        }
        FeeKind::Battery => {
            let items = counted()?;
            (times(fees.battery, i64::from(items))?, Some(items))
        }
        FeeKind::Participation | FeeKind::PulledItem | FeeKind::RejectedItem | FeeKind::NoShow => {
            return Err(rule(
                "FEE-2",
                "follows_from_a_rule",
                kind.name(),
                "sort, oversize, battery or missed_pick_up",
            ));
        }
    };
    let charge = FeeCharge { items, ..fee_charge(state, consignor, kind, amount) };
    Ok(vec![FeesCharged { charges: vec![charge] }.into()])
}

fn times(amount: Cents, count: i64) -> Result<Cents, Rejection> {
    let product = amount.0.checked_mul(count).map(Cents).filter(|product| product.is_price());
    product.ok_or_else(|| rule("FEE-2", "amount_unusable", format!("{count} × {amount}"), "a usable amount"))
}

/// Records a payment. A storefront's is a fact, even above what is open: the rest is credited with the
/// settlement. A person at the door takes no more than is open.
pub(in super::super) fn pay(state: &State, paid: FeePaid, actor: &Actor, facts: &Facts) -> Decision {
    let found = participant(state, paid.consignor)?;
    let told = match actor.stream() {
        None => matches!(actor, Actor::System(_)),
        Some(StreamId::Storefront(..)) => true,
        Some(_) => {
            return Err(forbidden("RGT-2", "not_a_storefront", actor.to_string(), "a storefront's own log"));
        }
    };
    if !matches!(paid.method, FeeMethod::Online | FeeMethod::Door) {
        return Err(rule("FEE-3", "method_unusable", "payout or ledger", "online or door"));
    }
    let chars = paid.reference.chars().count();
    if chars == 0 || chars > MAX_REFERENCE_CHARS || paid.reference.chars().any(char::is_control) {
        return Err(rule("FEE-3", "reference_unusable", format!("{chars} characters"), "1 to 64 characters"));
    }
    if paid.amount <= Cents::ZERO || paid.amount > MAX_AMOUNT {
        return Err(rule("FEE-3", "amount_unusable", paid.amount.to_string(), "more than nothing"));
    }
    if facts.has(&payment_key(&paid.reference)) {
        return Ok(Vec::new());
    }
    let open = found.open(paid.kind);
    if !told && paid.amount > open {
        return Err(rule("FEE-3", "more_than_open", paid.amount.to_string(), format!("at most {open}")));
    }
    Ok(vec![paid.into()])
}

pub(in super::super) fn waive(
    state: &State,
    (consignor, kind, amount): (ConsignorNumber, FeeKind, Option<Cents>),
    reason: WaiverReason,
    note: Option<NoteRef>,
) -> Decision {
    let found = participant(state, consignor)?;
    not_paid_out(state)?;
    if !reason.is_manual() {
        return Err(rule("FEE-4", "reason_not_manual", "a reason of a rule", "a reason of a person's own"));
    }
    let open = found.open(kind);
    let share = found.fee(kind).map(|account| account.part_of_share).filter(|part| part.0 > 0);
    let (amount, part_of_share) = match amount {
        // Parts of the share are waived whole, with whatever else is open.
        None => (open.max(Cents::ZERO), share),
        Some(amount) => (amount, None),
    };
    if part_of_share.is_none() && (amount <= Cents::ZERO || amount > open) {
        return Err(rule("FEE-4", "nothing_to_waive", amount.to_string(), format!("up to {open}")));
    }
    Ok(vec![FeeWaived { consignor, kind, amount, part_of_share, reason, note }.into()])
}

fn not_paid_out(state: &State) -> Result<(), Rejection> {
    if state.is_paid_out() {
        return Err(conflict(
            "FEE-6",
            "paid_out",
            "the payouts are made",
            "a posting in the organization's ledger",
        ));
    }
    Ok(())
}

pub(in super::super) fn adjust(state: &State, adjustment: AdjustmentMade) -> Decision {
    participant(state, adjustment.consignor)?;
    not_paid_out(state)?;
    let amount = adjustment.amount;
    if amount == Cents::ZERO || amount.0.unsigned_abs() > MAX_AMOUNT.0.unsigned_abs() {
        return Err(rule("FEE-5", "amount_unusable", amount.to_string(), "an amount other than zero"));
    }
    if let Some(tag) = adjustment.tag
        && state.item(tag).is_none_or(|slot| slot.consignor != adjustment.consignor)
    {
        return Err(rule("FEE-5", "not_the_consignors", tag.grouped(), "an item of the same consignor"));
    }
    Ok(vec![adjustment.into()])
}

/// Credits for referrals where both take part and the credit was not given yet.
pub(in super::super) fn referral_credits(state: &State, rules: &Settings) -> Option<Event> {
    let amount = rules.registration.referral;
    let credits: Vec<ReferralCredit> = state
        .participations
        .iter()
        .filter(|(number, found)| found.standing == Standing::Active && !state.credited.contains(*number))
        .filter_map(|(number, found)| {
            let referrer = found.referral?.by?;
            state.active(referrer)?;
            Some(ReferralCredit { referrer, referred: *number, amount })
        })
        .filter(|credit| credit.amount > Cents::ZERO)
        .collect();
    (!credits.is_empty()).then(|| ReferralsCredited { credits }.into())
}
