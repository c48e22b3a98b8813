use super::super::fees::FeeKind;
use super::super::fixture::*;
use super::super::{Command, Event};
use super::*;
use crate::aggregate::{Aggregate as _, Timer};
use crate::consignment_event::ConsignmentEvent;
use crate::ids::{BookingId, SlotId};
use crate::journal::Hash;
use crate::lifecycle::{BookingStatus, EventStatus};
use crate::money::{BasisPoints, Cents};
use crate::organization::{Penalty, Settings};
use proptest::prelude::*;
use uuid::Uuid;

const START: i64 = NOW + 100 * HOUR;

fn slot(id: u128) -> SlotId {
    SlotId(Uuid::from_u128(id))
}

fn booking(id: u128) -> BookingId {
    BookingId(Uuid::from_u128(id))
}

fn plan(id: u128, kind: SlotKind, starts_at: i64, capacity: u16) -> SlotPlan {
    SlotPlan { slot: slot(id), kind, starts_at, capacity }
}

const SHIFT: SlotKind = SlotKind::Shift(ShiftKind::GeneralHelp);
const DROP: SlotKind = SlotKind::DropOff { zone: 1 };

/// Shifts 1 to 4 (two places each, the first two overlap), drop-offs 5 and 6, pick-ups 7 to 10 (one place).
fn planned(settings: Settings) -> Sale {
    let mut slots = vec![plan(1, SHIFT, START, 2), plan(2, SHIFT, START + HOUR, 2)];
    slots.extend([(3, 10), (4, 20), (11, 30)].map(|(id, hours)| plan(id, SHIFT, START + hours * HOUR, 2)));
    slots.extend([5, 6].map(|id| plan(id, DROP, START, 1)));
    slots.extend([7, 8, 9, 10].map(|id| plan(id, SlotKind::PickUp, START, 1)));
    registering(settings).when(Command::OpenSlots { slots })
}

fn sale() -> Sale {
    planned(settings())
}

fn book(id: u128, at: u128, consignor: u32, wait: bool) -> Command {
    let holder = Holder::Consignor(number(consignor));
    Command::Book { booking: booking(id), slot: slot(at), holder, wait }
}

fn shopper(id: u128, at: u128, digest: u8) -> Command {
    let holder = Holder::Shopper(Hash([digest; 32]));
    Command::Book { booking: booking(id), slot: slot(at), holder, wait: false }
}

fn cancel(id: u128) -> Command {
    Command::CancelBooking { booking: booking(id), reason: CancelReason::OwnWish, note: None }
}

fn standing(sale: &Sale, id: u128) -> BookingStatus {
    sale.state().schedule.booking(booking(id)).unwrap().status
}

fn join(sale: Sale, consignors: std::ops::RangeInclusive<u32>) -> Sale {
    let consignors = consignors
        .map(|n| crate::organization::Enrolment { number: number(n), tier: crate::commission::Tier::Regular })
        .collect();
    sale.when(Command::JoinConsignors { consignors })
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, one line per refusal")]
fn bkg_1_to_9_refusals() {
    let open = |plan| sale().when(Command::OpenSlots { slots: vec![plan] });
    let resize = |capacity| Command::ResizeSlot { slot: slot(1), capacity };
    let here = |id| Command::CheckInBooking { booking: booking(id) };
    let shifts = |n: u128| {
        [(1, 1), (2, 3), (3, 4), (4, 11)]
            .into_iter()
            .take(usize::try_from(n).unwrap())
            .fold(sale(), |sale, (id, at)| sale.when(book(id, at, 1, false)))
    };
    let pick_ups = |n: u128| (1..=n).fold(sale(), |sale, id| sale.when(shopper(id, id + 6, 7)));
    refused(vec![
        ("none", sale().when(Command::OpenSlots { slots: vec![] }), "BKG-1", "too_many_slots"),
        ("again", open(plan(1, SHIFT, START, 1)), "BKG-1", "slot_exists"),
        ("past", open(plan(20, SHIFT, NOW, 1)), "BKG-1", "slot_in_the_past"),
        ("no place", open(plan(20, SHIFT, START, 0)), "BKG-1", "capacity_unusable"),
        (
            "over",
            created(settings())
                .when(to(EventStatus::Cancelled))
                .when(Command::OpenSlots { slots: vec![plan(20, SHIFT, START, 1)] }),
            "BKG-1",
            "event_over",
        ),
        ("unknown", sale().when(book(1, 99, 1, false)), "BKG-2", "slot_unknown"),
        ("unknown", sale().when(here(1)), "BKG-2", "booking_unknown"),
        ("again", shifts(1).when(book(1, 3, 1, false)), "BKG-2", "booking_exists"),
        ("over", sale().at(START + 3 * HOUR).when(book(1, 1, 1, false)), "BKG-2", "slot_over"),
        (
            "cancelled",
            sale()
                .when(Command::CancelSlot { slot: slot(1), reason: CancelReason::Organizer })
                .when(book(1, 1, 1, false)),
            "BKG-2",
            "slot_cancelled",
        ),
        (
            "shrunk",
            sale().when(book(1, 1, 1, false)).when(book(2, 1, 2, false)).when(resize(1)),
            "BKG-3",
            "capacity_below_taken",
        ),
        ("zero", sale().when(resize(0)), "BKG-1", "capacity_unusable"),
        ("full", sale().when(book(1, 5, 1, false)).when(book(2, 5, 2, false)), "BKG-4", "slot_full"),
        ("stranger", sale().when(book(1, 1, 9, false)), "BKG-5", "not_participating"),
        ("consignor", sale().when(book(1, 7, 1, false)), "BKG-5", "holder_unusable"),
        ("shopper", sale().when(shopper(1, 1, 1)), "BKG-5", "holder_unusable"),
        ("fourth shift", shifts(4), "BKG-6", "too_many_bookings"),
        (
            "second drop-off",
            sale().when(book(1, 5, 1, false)).when(book(2, 6, 1, false)),
            "BKG-6",
            "too_many_bookings",
        ),
        ("fourth pick-up", pick_ups(4), "BKG-6", "too_many_bookings"),
        ("overlap", shifts(1).when(book(9, 2, 1, false)), "BKG-6", "overlapping"),
        (
            "not here",
            shifts(1).when(Command::CompleteBooking { booking: booking(1) }),
            "BKG-7",
            "booking_status",
        ),
        ("cancelled", shifts(1).when(cancel(1)).when(cancel(1)), "BKG-7", "booking_status"),
        ("no offer", shifts(1).when(Command::AcceptOffer { booking: booking(1) }), "BKG-7", "booking_status"),
        ("early", shifts(1).when(Command::MissBooking { booking: booking(1) }), "BKG-9", "not_begun"),
    ]);
    // Three of each are fine, and so is another shopper.
    shifts(3).then_kinds(&["booking_made"]);
    pick_ups(3).when(shopper(9, 10, 8)).then_kinds(&["booking_made"]);
}

#[test]
fn bkg_1_shifts_last_three_hours_and_drop_off_slots_a_quarter() {
    let sale = sale();
    let [Event::SlotsOpened(opened)] = sale.appended() else { panic!("one entry") };
    assert_eq!(opened.slots[0].ends_at - START, 3 * HOUR);
    assert_eq!(opened.slots[5].ends_at - START, HOUR / 4);
}

#[test]
fn bkg_4_giving_up_a_place_offers_it_to_the_first_who_waits() {
    let sale = join(sale(), 3..=5);
    let sale = sale.when(book(1, 5, 1, false)).when(book(2, 5, 2, true)).when(book(3, 5, 3, true));
    sale.then_kinds(&["booking_queued"]);
    let sale = sale.when(cancel(1));
    sale.then_kinds(&["booking_cancelled", "booking_offered"]);
    assert_eq!(standing(&sale, 2), BookingStatus::Offered);
    // The place is kept: a newcomer finds none.
    let sale = sale.when(book(4, 5, 4, false));
    sale.then_refused("BKG-4", "slot_full");
    let sale = sale.when(Command::AcceptOffer { booking: booking(2) });
    assert_eq!(standing(&sale, 2), BookingStatus::Scheduled);
    // More places: the next gets an offer too.
    sale.when(Command::ResizeSlot { slot: slot(5), capacity: 2 })
        .then_kinds(&["slot_resized", "booking_offered"]);
}

#[test]
fn bkg_8_an_offer_not_taken_up_in_time_goes_to_the_next() {
    let sale = join(sale(), 3..=3);
    let sale =
        sale.when(book(1, 5, 1, false)).when(book(2, 5, 2, true)).when(book(3, 5, 3, true)).when(cancel(1));
    let end = NOW + 12 * HOUR;
    assert_eq!(sale.state().next_due(NOW), Some(end));
    let sale = sale.at(end).when(Command::AcceptOffer { booking: booking(2) });
    sale.then_refused("BKG-8", "offer_expired");
    let sale = sale.by(timer()).when(Command::RunTimers);
    sale.then_kinds(&["booking_offer_expired", "booking_offered"]);
    assert_eq!(standing(&sale, 3), BookingStatus::Offered);
}

#[test]
fn bkg_10_a_completed_shift_raises_the_terms_and_open_sessions_are_told() {
    let done = |sale: Sale| {
        sale.at(START)
            .when(Command::CheckInBooking { booking: booking(1) })
            .when(Command::CompleteBooking { booking: booking(1) })
    };
    let sale = done(sale().when(book(1, 1, 1, false)));
    sale.then_kinds(&["booking_completed"]);
    assert_eq!(sale.state().terms(number(1)).shifts, 1);
    sale.when(Command::CompleteBooking { booking: booking(1) }).then_kinds(&[]);
    let selling = planned(settings())
        .when(Command::ListItems { import: None, items: vec![draft(1, "A")] })
        .when(book(1, 1, 1, false))
        .when(to(EventStatus::Intake));
    let sale = done(open(selling, 1));
    sale.then_kinds(&["booking_completed", "terms_changed"]);
    let told = sale.deliveries().pop().unwrap().command;
    assert_eq!((told["type"].as_str(), told["terms"][0]["shifts"].as_u64()), (Some("update_terms"), Some(1)));
}

#[test]
fn bkg_9_a_missed_shift_costs_a_fine_and_brings_no_points() {
    let missed = |settings| {
        planned(settings)
            .when(book(1, 1, 1, false))
            .at(START)
            .when(Command::MissBooking { booking: booking(1) })
    };
    let sale = missed(settings());
    sale.then_kinds(&["booking_missed", "fees_charged"]);
    assert_eq!(sale.state().participations[&number(1)].open(FeeKind::NoShow), Cents(2_000));
    assert_eq!(sale.state().terms(number(1)).shifts, 0);
    let mut part = settings();
    part.fees.no_show = Penalty::PartOfShare(BasisPoints(1_000));
    let sale = missed(part);
    let [_, Event::FeesCharged(charged)] = sale.appended() else { panic!("a charge") };
    assert_eq!(
        (charged.charges[0].amount, charged.charges[0].part_of_share),
        (Cents(0), Some(BasisPoints(1_000)))
    );
    let mut free = settings();
    free.fees.no_show = Penalty::Amount(Cents(0));
    missed(free).then_kinds(&["booking_missed"]);
    // A missed drop-off costs nothing.
    let drop = sale.when(book(2, 3, 1, false));
    drop.then_kinds(&["booking_made"]);
}

#[test]
fn bkg_11_a_shift_missed_after_the_payout_is_a_linked_debit() {
    let mut sale = sale().when(book(1, 1, 1, false));
    for status in [
        EventStatus::Intake,
        EventStatus::Selling,
        EventStatus::Closed,
        EventStatus::Returns,
        EventStatus::Reconciliation,
        EventStatus::Complete,
    ] {
        sale = sale.when(to(status));
    }
    let sale = sale.at(START).when(Command::MissBooking { booking: booking(1) });
    let posting = sale.deliveries().pop().unwrap().command["postings"][0].clone();
    assert_eq!(posting["reason"].as_str(), Some("no_show_after_payout"));
    assert_eq!(posting["amount_cents"].as_i64(), Some(-2_000));
}

#[test]
fn bkg_12_reminders_are_due_the_day_before_and_the_day_of_once_each() {
    let sale = sale().when(book(1, 1, 1, false)).by(timer());
    let (first, second) = (START - 24 * HOUR, START - 3 * HOUR);
    assert_eq!(sale.state().next_due(NOW), Some(first));
    let timers = ConsignmentEvent::timers(sale.state(), NOW);
    assert_eq!(timers, [Timer { name: "schedule", due_at: first, command: Command::RunTimers }]);
    let sale = sale.at(first - 1).when(Command::RunTimers);
    sale.then_kinds(&[]);
    let sale = sale.at(first).when(Command::RunTimers);
    sale.then_kinds(&["reminder_due"]);
    let sale = sale.when(Command::RunTimers);
    sale.then_kinds(&[]);
    assert_eq!(sale.state().next_due(first), Some(second));
    let sale = sale.at(second).when(Command::RunTimers);
    let [Event::ReminderDue(due)] = sale.appended() else { panic!("one reminder") };
    assert_eq!(due.reminder, Reminder::DayOf);
    assert_eq!(sale.state().next_due(second), None);
    // Whoever gave up is not reminded.
    let gone = self::sale().when(book(1, 1, 1, false)).when(cancel(1)).by(timer()).at(first);
    gone.when(Command::RunTimers).then_kinds(&[]);
}

#[test]
fn bkg_13_a_slot_called_off_takes_its_bookings_along() {
    let sale = sale().when(book(1, 5, 1, false)).when(book(2, 5, 2, true));
    let sale = sale.when(Command::CancelSlot { slot: slot(5), reason: CancelReason::Organizer });
    assert_eq!(
        (standing(&sale, 1), standing(&sale, 2)),
        (BookingStatus::Cancelled, BookingStatus::Cancelled)
    );
    // They may book elsewhere.
    sale.when(book(3, 6, 1, false)).then_kinds(&["booking_made"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn bkg_3_no_order_of_commands_takes_more_places_than_there_are(steps in proptest::collection::vec((0_u8..7, 0_u128..12, 1_u32..8, 1_u16..4), 1..80)) {
        let mut sale = join(sale(), 3..=8);
        let mut now = NOW;
        for (at, (what, id, consignor, capacity)) in steps.into_iter().enumerate() {
            now += HOUR;
            sale = sale.at(now);
            sale = match what {
                0..=2 => sale.when(book(u128::try_from(at).unwrap() + 100, 5 + id % 2, consignor, true)),
                3 => sale.when(cancel(id + 100)),
                4 => sale.when(Command::AcceptOffer { booking: booking(id + 100) }),
                5 => sale.when(Command::ResizeSlot { slot: slot(5), capacity }),
                _ => sale.by(timer()).when(Command::RunTimers).by(olivia()),
            };
            let schedule = &sale.state().schedule;
            for (index, slot) in (0..).zip(&schedule.slots) {
                prop_assert!(schedule.taken(index) <= usize::from(slot.capacity));
            }
            for consignor in 1..=8 {
                let active = schedule.of(HolderKey::Consignor(number(consignor))).filter(|(it, _)| it.status.is_active()).count();
                prop_assert!(active <= 1, "one active drop-off");
            }
        }
    }
}
