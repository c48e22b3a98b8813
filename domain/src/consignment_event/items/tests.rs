use super::super::custody::ItemFlags;
use super::super::fees::FeeKind;
use super::super::fixture::*;
use super::super::{Command, ConsignmentEvent, Event, ItemSlot, State};
use super::*;
use crate::aggregate::Aggregate;
use crate::ids::EventId;
use crate::lifecycle::{EventStatus, ItemStatus};
use crate::money::{BasisPoints, Cents};
use uuid::Uuid;

const LATER: EventId = EventId(Uuid::from_u128(0xF));

fn sale(items: u32) -> Sale {
    stocked(settings(), items)
}

fn check_in(items: &[u32]) -> Command {
    Command::CheckIn { tags: tags(items) }
}

fn reject(items: &[u32]) -> Command {
    Command::RejectItems { tags: tags(items), reason: RejectReason::Stained }
}

fn pull(items: &[u32]) -> Command {
    Command::PullItems { tags: tags(items), reason: PullReason::OwnWish }
}

fn reinstate(items: &[u32]) -> Command {
    Command::ReinstateItems { tags: tags(items) }
}

fn depart(items: &[u32], how: Departure) -> Command {
    Command::DepartItems { tags: tags(items), how }
}

fn edit(item: u32) -> ItemEdit {
    ItemEdit {
        tag: tag(item),
        category: None,
        title: None,
        size: None,
        condition: None,
        price: None,
        reduce: None,
        donate: None,
    }
}

fn price(item: u32, cents: i64) -> Command {
    Command::EditItems { edits: vec![ItemEdit { price: Some(Cents(cents)), ..edit(item) }] }
}

fn transfer(items: &[u32]) -> Command {
    let items =
        items.iter().map(|n| TransferDraft { tag: tag(*n), draft: draft(7, &format!("T{n}")) }).collect();
    Command::TransferItems { to: LATER, items }
}

fn retag(item: u32) -> Command {
    Command::RetagItem { tag: tag(item), reason: RetagReason::Lost }
}

/// Sold out of item 1, the rest is back, and the event is closed.
fn over(items: u32) -> Sale {
    close(open(sale(items).when(check_in(&[1, 2])), 1), items, &[1]).when(to(EventStatus::Closed))
}

#[test]
fn itm_12_to_22_and_chk_refusals() {
    let many: Vec<u32> = (1..=501).collect();
    let on_floor = || open(sale(2), 1);
    let discarded = Command::DiscardDraft { tag: tag(1) };
    let whole = Command::CompleteDraft { tag: tag(1), draft: draft(1, "x") };
    let same = Command::TransferItems { to: EventId(Uuid::from_u128(0xE)), items: vec![] };
    let twice = Command::EditItems { edits: vec![edit(1), edit(1)] };
    let down = Command::RepriceItems { tags: tags(&[1]), change: PriceChange::ReduceBp(BasisPoints(10_001)) };
    let long = Command::SaveDraft { tag: None, draft: ItemDraft { title: "x".repeat(201), ..draft(1, "") } };
    let stranger = Command::SaveDraft { tag: None, draft: draft(9, "") };
    refused(vec![
        ("many", sale(1).when(check_in(&many)), "ITM-12", "too_many_tags"),
        ("none", sale(1).when(pull(&[])), "ITM-12", "too_many_tags"),
        ("twice", sale(1).when(twice), "ITM-12", "tag_repeated"),
        ("unknown", sale(1).when(check_in(&[2])), "ITM-13", "item_unknown"),
        ("unknown", sale(1).when(Command::PrintTags { tags: tags(&[2]) }), "ITM-13", "item_unknown"),
        ("unknown", sale(1).when(retag(2)), "ITM-13", "item_unknown"),
        ("on floor", on_floor().when(price(1, 500)), "ITM-14", "custody_elsewhere"),
        ("on floor", on_floor().when(pull(&[1])), "ITM-14", "custody_elsewhere"),
        ("on floor", on_floor().when(check_in(&[1])), "ITM-14", "custody_elsewhere"),
        ("on floor", on_floor().when(retag(1)), "ITM-14", "custody_elsewhere"),
        ("sold", over(2).when(pull(&[1])), "ITM-15", "not_for_sale"),
        ("over", over(2).when(reinstate(&[2])), "ITM-16", "sale_over"),
        ("sold", close(open(sale(1), 1), 1, &[1]).when(reinstate(&[1])), "ITM-16", "not_withdrawn"),
        ("listed", sale(1).when(discarded), "ITM-17", "not_a_draft"),
        ("listed", sale(1).when(whole), "ITM-17", "not_a_draft"),
        ("long", sale(1).when(long), "ITM-17", "draft_unusable"),
        ("stranger", sale(1).when(stranger), "ITM-10", "consignor_not_participating"),
        ("over", over(2).when(price(2, 500)), "ITM-18", "sale_over"),
        ("sold", close(open(sale(1), 1), 1, &[1]).when(price(1, 500)), "ITM-18", "not_editable"),
        ("much", sale(1).when(down), "ITM-18", "reduction_unusable"),
        ("cheap", sale(1).when(price(1, 10)), "ITM-6", "price_too_low"),
        ("sold", over(2).when(Command::PrintTags { tags: tags(&[1]) }), "ITM-19", "not_printable"),
        ("sold", over(2).when(retag(1)), "ITM-20", "not_retaggable"),
        ("same", over(2).when(same), "ITM-21", "same_event"),
        ("early", sale(1).when(transfer(&[1])), "ITM-21", "sale_not_over"),
        ("sold", over(2).when(transfer(&[1])), "ITM-21", "not_transferable"),
        ("early", registering(settings()).when(check_in(&[1])), "CHK-1", "no_drop_off"),
        ("rejected", sale(1).when(reject(&[1])).when(check_in(&[1])), "CHK-2", "item_withdrawn"),
        ("sold", close(open(sale(1), 1), 1, &[1]).when(check_in(&[1])), "CHK-2", "item_gone"),
        ("pulled", sale(1).when(pull(&[1])).when(reject(&[1])), "CHK-3", "not_at_check_in"),
        ("early", sale(1).when(depart(&[1], Departure::Donated)), "CHK-4", "sale_not_over"),
        ("never in", sale(1).when(depart(&[1], Departure::PickedUp)), "CHK-5", "not_in_the_hall"),
        ("sold", over(2).when(depart(&[1], Departure::PickedUp)), "CHK-5", "not_in_the_hall"),
    ]);
}

#[test]
fn itm_14_a_session_has_its_items_to_itself() {
    let sale = open(sale(1), 1).when(price(1, 500));
    assert_eq!(sale.refusal().refusal, crate::rejection::Refusal::CustodyElsewhere);
}

#[test]
fn chk_1_scans_take_what_they_can_and_name_what_they_passed_over() {
    let sale = sale(3).when(pull(&[3])).when(check_in(&[1, 1, 2, 3, 9]));
    let [Event::ItemsCheckedIn(items)] = sale.appended() else { panic!("one entry") };
    assert_eq!(items.tags, tags(&[1, 2]));
    let codes: Vec<_> = items.refused.iter().map(|item| item.code.as_str()).collect();
    assert_eq!(codes, ["item_withdrawn", "item_unknown"]);
    // Scanned again: nothing to say.
    sale.when(check_in(&[1, 2])).then_kinds(&[]);
}

#[test]
fn chk_3_rejected_items_may_carry_a_fine_and_may_still_be_sold() {
    let mut fined = settings();
    fined.fees.rejected = Cents(50);
    let sale = stocked(fined, 2).when(reject(&[1]));
    sale.then_kinds(&["items_rejected", "fees_charged"]);
    self::sale(1).when(reject(&[1])).then_kinds(&["items_rejected"]);
    // It goes to the floor marked, so that a till can sell it; unsold, it is rejected again.
    let sale = open(sale, 1);
    let slot = sale.state().item(tag(1)).unwrap();
    assert_eq!((slot.status, slot.flags.has(ItemFlags::REJECTED)), (ItemStatus::OnFloor, true));
    assert_eq!(status(&close(sale, 2, &[]), 1), ItemStatus::Rejected);
    let sold = close(open(self::sale(2).when(reject(&[1])), 1), 2, &[1]);
    assert_eq!(status(&sold, 1), ItemStatus::Sold);
    assert!(!sold.state().item(tag(1)).unwrap().flags.has(ItemFlags::REJECTED));
}

#[test]
fn fee_11_pulling_more_than_the_allowance_costs_a_fine_for_each() {
    let all: Vec<u32> = (1..=8).collect();
    let sale = sale(8).when(check_in(&all)).when(pull(&[1, 2, 3, 4]));
    sale.then_kinds(&["items_pulled"]);
    let sale = sale.when(pull(&[5, 6, 7]));
    let [_, Event::FeesCharged(fines)] = sale.appended() else { panic!("fines") };
    assert_eq!(fines.charges.iter().map(|it| it.tag.unwrap()).collect::<Vec<_>>(), tags(&[6, 7]));
    assert_eq!(sale.state().participations[&number(1)].open(FeeKind::PulledItem), Cents(200));
    // The organizer's own decision costs nothing, nor does what never came in.
    let organizer = Command::PullItems { tags: tags(&[8]), reason: PullReason::Organizer };
    sale.when(organizer).then_kinds(&["items_pulled"]);
    self::sale(8).when(pull(&all)).then_kinds(&["items_pulled"]);
}

#[test]
fn itm_16_what_was_pulled_or_missing_is_for_sale_again_and_reaches_an_open_floor() {
    let sale = open(sale(3).when(check_in(&[1])).when(pull(&[1])), 1);
    assert_eq!(status(&sale, 1), ItemStatus::Pulled);
    let sale = sale.when(reinstate(&[1]));
    sale.then_kinds(&["items_reinstated", "custody_handed_over"]);
    assert_eq!(status(&sale, 1), ItemStatus::OnFloor);
}

#[test]
fn itm_17_a_draft_keeps_its_tag_until_it_is_whole() {
    let sale = registering(settings())
        .when(Command::SaveDraft { tag: None, draft: ItemDraft { title: String::new(), ..draft(1, "A") } });
    sale.then_kinds(&["draft_saved"]);
    let again = Command::SaveDraft { tag: Some(tag(1)), draft: draft(1, "A") };
    let sale = sale.when(again).when(Command::SaveDraft { tag: Some(tag(1)), draft: draft(2, "A") });
    sale.then_refused("ITM-17", "not_the_consignors");
    let unfinished =
        Command::CompleteDraft { tag: tag(1), draft: ItemDraft { title: " ".into(), ..draft(1, "A") } };
    let sale = sale.when(unfinished);
    sale.then_refused("ITM-1", "title_unusable");
    let sale = sale.when(Command::CompleteDraft { tag: tag(1), draft: draft(1, "A") });
    sale.then_kinds(&["items_listed"]);
    assert_eq!((sale.state().items.len(), status(&sale, 1)), (1, ItemStatus::Listed));
    let sale = sale.when(Command::SaveDraft { tag: None, draft: draft(1, "B") });
    let sale = sale.when(Command::CompleteDraft { tag: tag(2), draft: draft(1, "A") });
    sale.then_refused("ITM-11", "reference_repeated");
    let sale = sale.when(Command::DiscardDraft { tag: tag(2) });
    sale.when(to(EventStatus::Intake)).when(check_in(&[2])).then_refused("CHK-2", "item_gone");
}

#[test]
fn itm_18_edits_keep_to_the_rules_for_drafts_and_name_what_they_passed_over() {
    let edits = vec![
        ItemEdit { title: Some("  Red   train".into()), price: Some(Cents(1_010)), ..edit(1) },
        ItemEdit { category: Some("weapons".into()), ..edit(2) },
        ItemEdit { reduce: Some(false), donate: Some(true), ..edit(3) },
    ];
    let sale = sale(3).when(Command::EditItems { edits });
    let [Event::ItemsEdited(edited)] = sale.appended() else { panic!("one entry") };
    assert_eq!(edited.edits[0].title.as_deref(), Some("Red train"));
    assert_eq!(edited.refused[0].rule, "ITM-4");
    assert_eq!(sale.state().item(tag(1)).unwrap().price, 1_000);
    let flags = sale.state().item(tag(3)).unwrap().flags;
    assert_eq!((flags.has(ItemFlags::REDUCE), flags.has(ItemFlags::DONATE)), (false, true));
}

#[test]
fn itm_18_many_prices_change_by_one_rule_to_the_lower_step_never_below_the_lowest() {
    let reprice = |change| Command::RepriceItems { tags: tags(&[1, 2]), change };
    let sale = sale(2).when(price(2, 75)).when(reprice(PriceChange::ReduceBp(BasisPoints(3_300))));
    let prices: Vec<_> = sale.state().items.iter().map(|slot| slot.price).collect();
    assert_eq!(prices, [650, 50]);
    let sale = sale.when(reprice(PriceChange::SetCents(Cents(225))));
    assert!(sale.state().items.iter().all(|slot| slot.price == 225));
}

#[test]
fn itm_19_the_printed_tag_beats_later_edits() {
    let sale = sale(2).when(Command::PrintTags { tags: tags(&[1]) }).when(Command::EditItems {
        edits: vec![
            ItemEdit { price: Some(Cents(2_000)), reduce: Some(false), ..edit(1) },
            ItemEdit { price: Some(Cents(2_000)), reduce: Some(false), ..edit(2) },
        ],
    });
    let sale = open(sale, 1);
    let page = sale.log().iter().find_map(|event| match event {
        Event::CustodyHandedOver(page) => Some(page.items.clone()),
        _ => None,
    });
    let told: Vec<_> =
        page.unwrap().iter().map(|item| (item.price.0, item.flags.has(ItemFlags::REDUCE))).collect();
    assert_eq!(told, [(1_000, true), (2_000, false)]);
    // Printed again on the floor, it says what its session sells it by; printed again at home, what is true now.
    let again = Command::PrintTags { tags: tags(&[1]) };
    let sale = sale.when(again.clone());
    let [Event::TagsPrinted(printed)] = sale.appended() else { panic!("one entry") };
    assert_eq!(printed.tags[0].price, Cents(1_000));
    let sale = close(sale, 2, &[]).when(again);
    let [Event::TagsPrinted(printed)] = sale.appended() else { panic!("one entry") };
    assert_eq!((printed.tags[0].price, printed.tags[0].flags.has(ItemFlags::REDUCE)), (Cents(2_000), false));
}

#[test]
fn itm_20_an_item_goes_on_under_another_tag_and_the_old_one_counts_no_more() {
    let sale = sale(1).when(check_in(&[1])).when(retag(1));
    let [Event::ItemRetagged(retagged)] = sale.appended() else { panic!("one entry") };
    assert_eq!((retagged.old, retagged.new), (tag(1), tag(2)));
    assert_eq!((status(&sale, 1), status(&sale, 2)), (ItemStatus::Retagged, ItemStatus::CheckedIn));
    assert_eq!(sale.state().available().count(), 1);
}

#[test]
fn chk_4_after_the_sale_items_are_picked_up_or_given_away_once() {
    let sale = over(4).when(depart(&[2], Departure::PickedUp)).when(depart(&[2], Departure::PickedUp));
    sale.then_kinds(&[]);
    let sale = sale.when(depart(&[3, 2], Departure::Donated));
    let [Event::ItemsDeparted(items)] = sale.appended() else { panic!("one entry") };
    assert_eq!((items.tags.clone(), items.refused[0].tag), (tags(&[3]), tag(2)));
    let sale = sale.when(depart(&[4], Departure::Missing)).when(depart(&[4], Departure::PickedUp));
    assert_eq!(status(&sale, 4), ItemStatus::PickedUp);
}

#[test]
fn itm_22_items_go_on_in_a_later_event_at_most_twice_with_their_owner() {
    let sale = over(3).when(transfer(&[2, 3]));
    let [Event::ItemsTransferred(sent)] = sale.appended() else { panic!("one entry") };
    assert!(sent.items.iter().all(|item| item.item.consignor == number(1) && item.transfers == 1));
    let sent = sent.clone();
    assert_eq!(sale.deliveries().pop().unwrap().command["type"].as_str(), Some("receive_transfers"));
    sale.when(transfer(&[2])).then_kinds(&[]);
    // The later event takes them under its own tags, and counts.
    let mut second = sent;
    second.from = LATER;
    second.items[0].transfers = 2;
    second.items[1].item.consignor = number(9);
    let later = registering(settings()).by(event_log(0xF)).when(Command::ReceiveTransfers(second.clone()));
    let [Event::TransfersReceived(received)] = later.appended() else { panic!("one entry") };
    assert_eq!((received.items.len(), received.refused[0].rule.as_str()), (1, "ITM-10"));
    assert_eq!(later.deliveries().pop().unwrap().command["type"].as_str(), Some("return_transfers"));
    let later = later.by(olivia()).when(to(EventStatus::Cancelled));
    later.when(transfer(&[1])).then_refused("ITM-22", "transferred_too_often");
    registering(settings())
        .by(event_log(0x9))
        .when(Command::ReceiveTransfers(second))
        .then_refused("RGT-2", "not_the_event");
}

#[test]
fn itm_23_what_the_later_event_does_not_take_is_here_again() {
    let refused = vec![
        PassedOver { tag: tag(2), rule: "ITM-8".into(), code: "listing_closed".into() },
        PassedOver { tag: tag(1), rule: "ITM-8".into(), code: "listing_closed".into() },
    ];
    let back = || Command::ReturnTransfers(TransfersReturned { from: LATER, refused: refused.clone() });
    let sale = over(2).when(transfer(&[2])).by(event_log(0xF)).when(back());
    assert_eq!((status(&sale, 1), status(&sale, 2)), (ItemStatus::Sold, ItemStatus::Released));
    sale.when(back()).then_kinds(&[]);
}

#[test]
fn cus_9_items_that_come_while_a_session_opens_reach_its_floor() {
    // All pages have left, none is confirmed yet.
    let opening = open(sale(2), 0);
    let sale = opening.when(Command::ListItems { import: None, items: vec![draft(1, "late")] });
    sale.then_kinds(&["items_listed", "custody_handed_over"]);
}

#[test]
fn hot_state_at_100_000_items_stays_within_64_bytes_an_item() {
    let mut state = State::default();
    let founded = sale(1).log()[0].clone();
    ConsignmentEvent::evolve(&mut state, &founded, NOW);
    for page in 0..200_u32 {
        let items = (1..=500)
            .map(|n| ListedItem {
                tag: tag(page * 500 + n),
                row: None,
                consignor: number(n),
                category: "toys".into(),
                title: "Wooden train".into(),
                size: String::new(),
                condition: "good".into(),
                price: Cents(1_000),
                reduce: true,
                donate: false,
                reference: String::new(),
            })
            .collect();
        let listed = super::super::ItemsListed { import: None, items, refused: Vec::new() };
        ConsignmentEvent::evolve(&mut state, &listed.into(), NOW);
    }
    assert_eq!(state.items.len(), 100_000);
    let bytes = state.items.capacity() * size_of::<ItemSlot>();
    assert!(bytes <= 64 * 100_000, "{bytes} bytes");
    assert!(size_of::<super::super::schedule::BookingState>() <= 64);
    // A snapshot is no larger.
    let snapshot = bincode::serde::encode_to_vec(&state, bincode::config::standard()).unwrap();
    assert!(snapshot.len() <= 64 * 100_000, "{} bytes", snapshot.len());
    let (back, _): (State, usize) =
        bincode::serde::decode_from_slice(&snapshot, bincode::config::standard()).unwrap();
    assert_eq!(back, state);
}

#[test]
fn itm_24_the_state_survives_a_snapshot_with_everything_in_it() {
    use super::super::schedule::{Holder, ShiftKind, SlotKind, SlotPlan};
    use crate::ids::{BookingId, CountId, SlotId};
    let slot = SlotId(Uuid::from_u128(1));
    let sale = sale(3)
        .when(check_in(&[1]))
        .when(Command::PrintTags { tags: tags(&[1]) })
        .when(Command::OpenSlots {
            slots: vec![SlotPlan {
                slot,
                kind: SlotKind::Shift(ShiftKind::DropOffSorting),
                starts_at: NOW + HOUR,
                capacity: 1,
            }],
        })
        .when(Command::Book {
            booking: BookingId(Uuid::from_u128(2)),
            slot,
            holder: Holder::Consignor(number(1)),
            wait: false,
        })
        .when(Command::StartCount { count: CountId(Uuid::from_u128(3)) })
        .when(Command::CountItems { count: CountId(Uuid::from_u128(3)), tags: tags(&[1, 3]) })
        .by(organization())
        .when(Command::KnowRights { person: crate::scenario::person("x"), roles: vec![], seq: 1 });
    let snapshot = bincode::serde::encode_to_vec(sale.state(), bincode::config::standard()).unwrap();
    let (back, _): (State, usize) =
        bincode::serde::decode_from_slice(&snapshot, bincode::config::standard()).unwrap();
    assert_eq!(&back, sale.state());
}
