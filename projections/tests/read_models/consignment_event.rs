//! An event's rows, told one by one: who takes part, money, slots, counts, settlements, payouts.

use domain::commission::Tier;
use domain::consignment_event::Event;
use domain::consignment_event::count::{
    CountAbandoned, CountCompared, CountDifference, CountFinished, CountStarted, CountedItem, ItemsCounted,
};
use domain::consignment_event::fees::{
    AdjustmentMade, AdjustmentReason, FeeCharge, FeeKind, FeeMethod, FeePaid, FeeWaived, FeesCharged,
    ReferralCredit, ReferralsCredited, WaiverReason,
};
use domain::consignment_event::participation::{
    ConsignorQueued, ConsignorRegistered, LeaveReason, ParticipationCancelled, PlaceOffered, Referral,
    ReferralSource, Registration, RegistrationPlanned,
};
use domain::consignment_event::payouts::{
    CalculatedPayout, CarriedForward, CarryReason, PayoutMethod, PayoutPaid, PayoutReissued, PayoutVoided,
    PayoutsApproved, PayoutsCalculated, VoidReason,
};
use domain::consignment_event::schedule::{
    BookingCheckedIn, BookingMade, BookingOffered, BookingQueued, CancelReason, Holder, OpenedSlot,
    ShiftKind, SlotCancelled, SlotKind, SlotPlan, SlotResized, SlotsOpened,
};
use domain::consignment_event::settlement::{
    SettlementApproved, SettlementCalculated, SettlementPinned, StatementsCalculated,
};
use domain::ids::{BookingId, ConsignorNumber, CountId, PersonId, SettlementId, SlotId};
use domain::journal::Hash;
use domain::money::{BasisPoints, Cents};
use domain::settlement::{Checks, LineAbout, StatementLine, StatementPart, StatementTotals, TrialBalance};
use domain::tag::Tag;
use serde_json::{Value, json};
use uuid::Uuid;

use super::given::{ANN, BEN, given_event, id, then, time};

#[test]
fn who_registers_waits_is_offered_a_place_and_leaves() {
    let registration = Registration {
        consignor: ANN,
        tier: Tier::Super,
        method: FeeMethod::Door,
        referral: Some(Referral { source: ReferralSource::Consignor, by: Some(BEN) }),
        terms: 3,
    };
    let sql = "SELECT consignor, tier, standing, method, referral_source, referred_by, terms, offer_expires_at, left_reason
        FROM participation";
    let plan = RegistrationPlanned { opens_at: Some(5), closes_at: None, capacity: Some(9), terms: 3 };
    let mut events = vec![plan.into(), ConsignorQueued { registration }.into()];
    let row = |standing: &str, offer: Value, left: Value| {
        json!([[101, "super", standing, "door", "consignor", 102, 3, offer, left]])
    };
    let database = given_event(&events);
    assert_eq!(then(&database, sql), row("waiting", Value::Null, Value::Null));
    assert_eq!(
        then(&database, "SELECT opens_at, closes_at, capacity, terms, planned_at FROM registration_plan"),
        json!([[5, null, 9, 3, time(1)]])
    );
    events.push(PlaceOffered { consignor: ANN, expires_at: 77 }.into());
    assert_eq!(then(&given_event(&events), sql), row("offered", json!(77), Value::Null));
    events.push(ConsignorRegistered { registration, from_waiting_list: true }.into());
    assert_eq!(then(&given_event(&events), sql), row("active", Value::Null, Value::Null));
    let reason = LeaveReason::OwnWish;
    events.push(ParticipationCancelled { consignor: ANN, reason, note: None, had_place: true }.into());
    assert_eq!(then(&given_event(&events), sql), row("left", Value::Null, json!("own_wish")));
}

fn charge(kind: FeeKind, amount: i64, part_of_share: Option<BasisPoints>) -> FeeCharge {
    FeeCharge {
        consignor: ANN,
        kind,
        amount: Cents(amount),
        part_of_share,
        method: FeeMethod::Payout,
        items: None,
        tag: None,
        booking: None,
    }
}

#[test]
fn every_movement_of_money_is_a_line() {
    let charges = vec![
        charge(FeeKind::Participation, 1_500, None),
        charge(FeeKind::NoShow, 0, Some(BasisPoints(1_000))),
    ];
    let database = given_event(&[
        FeesCharged { charges }.into(),
        FeePaid {
            consignor: ANN,
            kind: FeeKind::Participation,
            amount: Cents(1_000),
            method: FeeMethod::Door,
            reference: "d-1".into(),
        }
        .into(),
        FeeWaived {
            consignor: ANN,
            kind: FeeKind::Participation,
            amount: Cents(500),
            part_of_share: None,
            reason: WaiverReason::Goodwill,
            note: None,
        }
        .into(),
        AdjustmentMade {
            consignor: ANN,
            amount: Cents(-75),
            reason: AdjustmentReason::Correction,
            tag: None,
            note: None,
        }
        .into(),
        ReferralsCredited {
            credits: vec![ReferralCredit { referrer: ANN, referred: BEN, amount: Cents(500) }],
        }
        .into(),
    ]);
    let sql = "SELECT seq, line, consignor, movement, kind, amount_cents, part_of_share_bp, method, reason, reference, referred
        FROM fee_entry ORDER BY seq, line";
    assert_eq!(
        then(&database, sql),
        json!([
            [1, 0, 101, "charged", "participation", 1500, null, "payout", null, null, null],
            [1, 1, 101, "charged", "no_show", 0, 1000, "payout", null, null, null],
            [2, 0, 101, "paid", "participation", 1000, null, "door", null, "d-1", null],
            [3, 0, 101, "waived", "participation", 500, null, null, "goodwill", null, null],
            [4, 0, 101, "adjusted", null, -75, null, null, "correction", null, null],
            [5, 0, 101, "referred", null, 500, null, null, null, null, 102],
        ])
    );
}

#[test]
fn slots_and_bookings_go_their_way() {
    let (slot, first, second) =
        (SlotId(Uuid::from_u128(7)), BookingId(Uuid::from_u128(8)), BookingId(Uuid::from_u128(9)));
    let plan = SlotPlan { slot, kind: SlotKind::Shift(ShiftKind::GeneralHelp), starts_at: 10, capacity: 1 };
    let mut events: Vec<Event> = vec![
        SlotsOpened { slots: vec![OpenedSlot { plan, ends_at: 20 }] }.into(),
        BookingMade { booking: first, slot, holder: Holder::Consignor(ANN) }.into(),
        BookingQueued { booking: second, slot, holder: Holder::Shopper(Hash([1; 32])) }.into(),
        SlotResized { slot, capacity: 2 }.into(),
        BookingOffered { booking: second, expires_at: 99 }.into(),
        BookingCheckedIn { booking: first }.into(),
    ];
    let bookings = "SELECT booking, consignor, shopper, status, offer_expires_at, cancelled, changed_at FROM booking ORDER BY booking";
    let slots = "SELECT slot, kind, shift, zone, starts_at, ends_at, capacity, cancelled FROM slot";
    let digest = Hash([1; 32]).to_string();
    let database = given_event(&events);
    assert_eq!(
        then(&database, bookings),
        json!([
            [id(8), 101, null, "checked_in", null, null, time(6)],
            [id(9), null, digest, "offered", 99, null, time(5)],
        ])
    );
    assert_eq!(then(&database, slots), json!([[id(7), "shift", "general_help", null, 10, 20, 2, null]]));
    events
        .push(SlotCancelled { slot, reason: CancelReason::Organizer, bookings: vec![first, second] }.into());
    let database = given_event(&events);
    assert_eq!(
        then(&database, bookings),
        json!([
            [id(8), 101, null, "cancelled", null, "slot_cancelled", time(7)],
            [id(9), null, digest, "cancelled", null, "slot_cancelled", time(7)],
        ])
    );
    assert_eq!(then(&database, "SELECT cancelled FROM slot"), json!([["organizer"]]));
}

#[test]
fn a_count_adds_up_what_was_seen_and_what_differs() {
    let (count, other) = (CountId(Uuid::from_u128(5)), CountId(Uuid::from_u128(6)));
    let tag = |item| Tag::new(1, item).unwrap();
    let missing = CountedItem { tag: tag(3), difference: CountDifference::MissingOnFloor };
    let database = given_event(&[
        CountStarted { count, expected: 3 }.into(),
        ItemsCounted { count, tags: vec![tag(1), tag(2)] }.into(),
        ItemsCounted { count, tags: vec![tag(4)] }.into(),
        CountCompared { count, compared: 500, differences: vec![missing] }.into(),
        CountFinished { count, counted: 3, differences: 1 }.into(),
        CountStarted { count: other, expected: 2 }.into(),
        CountAbandoned { count: other }.into(),
    ]);
    assert_eq!(
        then(
            &database,
            "SELECT count, number, status, expected, counted, differences, started_at, ended_at FROM stock_count ORDER BY number"
        ),
        json!([
            [id(5), 1, "finished", 3, 3, 1, time(1), time(5)],
            [id(6), 6, "abandoned", 2, 0, 0, time(6), time(7)],
        ])
    );
    assert_eq!(
        then(&database, "SELECT count, tag, difference, class FROM count_difference"),
        json!([[id(5), tag(3).to_string(), "missing_on_floor", "missing"]])
    );
}

fn statement(consignor: ConsignorNumber, due: i64, whole: bool) -> StatementPart {
    let line = StatementLine {
        about: LineAbout::CarriedIn,
        amount: Cents(due),
        rule: "STL-10".into(),
        sources: vec![(0, 4, 0).into()],
    };
    let totals = StatementTotals { carried_in: Cents(due), due: Cents(due), ..StatementTotals::default() };
    StatementPart {
        consignor,
        tier: Tier::Regular,
        shifts: 1,
        lines: vec![line],
        totals: whole.then_some(totals),
    }
}

#[test]
fn a_settlement_is_pinned_calculated_signed_and_approved_and_replaces_what_nobody_approved() {
    let (given_up, settlement) = (SettlementId(Uuid::from_u128(3)), SettlementId(Uuid::from_u128(4)));
    let pinned = |settlement, number| SettlementPinned { settlement, number, amends: None, pins: Vec::new() };
    let approval = |by: &str, complete| SettlementApproved {
        settlement,
        by: PersonId(by.into()),
        complete,
        despite: None,
        note: None,
    };
    let parts = vec![statement(ANN, 300, false), statement(ANN, 300, true), statement(BEN, -200, true)];
    let database = given_event(&[
        pinned(given_up, 1).into(),
        pinned(settlement, 2).into(),
        StatementsCalculated { settlement, page: 1, parts }.into(),
        SettlementCalculated {
            settlement,
            statements: 2,
            balance: TrialBalance { earned: Cents(100), ..TrialBalance::default() },
            checks: Checks { open_conflicts: 1, ..Checks::default() },
        }
        .into(),
        approval("user_a", false).into(),
        approval("user_b", true).into(),
    ]);
    assert_eq!(
        then(&database, "SELECT settlement, status, pages, statements, approvals, balance->>'earned_cents', checks->>'open_conflicts',
            calculated_at, approved_at FROM settlement ORDER BY number"),
        json!([
            [id(3), "replaced", 0, 0, "[]", null, null, null, null],
            [id(4), "approved", 1, 2, "[\"user_a\",\"user_b\"]", 100, 1, time(4), time(6)],
        ])
    );
    assert_eq!(
        then(
            &database,
            "SELECT consignor, tier, shifts, carried_in_cents, due_cents FROM statement ORDER BY consignor"
        ),
        json!([[101, "regular", 1, 300, 300], [102, "regular", 1, -200, -200]])
    );
    assert_eq!(
        then(&database, "SELECT consignor, part, lines->0->>'rule' FROM statement_part ORDER BY part"),
        json!([[101, 0, "STL-10"], [101, 1, "STL-10"], [102, 2, "STL-10"]])
    );
}

#[test]
fn a_payout_is_approved_paid_voided_and_made_again() {
    let settlement = SettlementId(Uuid::from_u128(4));
    let (payout, consignor, amount) = (1, ANN, Cents(900));
    let method = PayoutMethod::Cheque;
    let paid_on = "2027-05-01".parse().unwrap();
    let database = given_event(&[
        PayoutsCalculated {
            settlement,
            payouts: vec![CalculatedPayout { payout, consignor, amount }],
            carried: vec![CarriedForward {
                consignor: BEN,
                amount: Cents(-50),
                reason: CarryReason::Negative,
            }],
            taken: Vec::new(),
        }
        .into(),
        PayoutsApproved { payouts: vec![1], by: PersonId("user_a".into()) }.into(),
        PayoutPaid { payout, consignor, amount, method, reference: "1042".into(), paid_on }.into(),
        PayoutVoided { payout, consignor, amount, method, reason: VoidReason::Lost, note: None }.into(),
        PayoutReissued { payout: 2, replaces: 1, consignor, amount }.into(),
    ]);
    assert_eq!(
        then(&database, "SELECT payout, consignor, amount_cents, status, method, reference, paid_on, void_reason, replaces,
            replaced_by, changed_at FROM payout ORDER BY payout"),
        json!([
            [1, 101, 900, "reissued", "cheque", "1042", "2027-05-01", "lost", null, 2, time(5)],
            [2, 101, 900, "approved", null, null, null, null, 1, null, time(5)],
        ])
    );
    assert_eq!(
        then(&database, "SELECT consignor, amount_cents, reason FROM carried_forward"),
        json!([[102, -50, "negative"]])
    );
}
