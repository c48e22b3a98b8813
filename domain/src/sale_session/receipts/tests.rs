use super::super::tests::*;
use super::super::*;
use crate::claims::{ClaimAnswer, ClaimKind, Verdict};
use crate::commission::Tier;
use crate::consignment_event::{CustodyItem, ItemFlags, Terms};
use crate::ids::{Actor, BasketId, CaseId, ConsignorNumber, ReceiptId};
use crate::markdown::MarkdownSchedule;
use crate::money::{BasisPoints, Cents};
use crate::scenario::Scenario;
use crate::tag::Tag;
use crate::tax::TaxRule;
use uuid::Uuid;

fn id(n: u128) -> ReceiptId {
    ReceiptId(Uuid::from_u128(n))
}

fn sale(n: u128, lines: Vec<AskedLine>, unlisted: Vec<AskedUnlisted>, paid: i64) -> Command {
    let tenders =
        if paid == 0 { Vec::new() } else { vec![Tender { kind: TenderKind::Card, amount: Cents(paid) }] };
    Command::CompleteReceipt { receipt: id(n), lines, unlisted, tenders, change: Cents(0), occurred_at: NOW }
}

fn overridden(n: u32, price: i64, reason: OverrideReason, printed: Option<i64>) -> AskedLine {
    AskedLine {
        overridden: Some(reason),
        printed: printed.map(Cents),
        ..AskedLine::new(tag(n), Cents(price), false)
    }
}

fn unlisted(why: UnlistedReason, tag: Option<Tag>, price: i64) -> AskedUnlisted {
    AskedUnlisted { why, tag, price: Cents(price), tax_exempt: false, keyed: true, tax: None }
}

fn first(scenario: &Scenario<SaleSession>) -> &ReceiptCompleted {
    match scenario.appended().first() {
        Some(Event::ReceiptCompleted(receipt)) => receipt,
        other => panic!("expected a receipt, found {other:?}"),
    }
}

#[test]
fn sal_2_the_same_receipt_again_changes_nothing_and_another_under_its_id_is_refused() {
    let sold = open().when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    let again = sold.when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    again.then_kinds(&[]);
    again.when(sell(1, &[(3, 75)], &[(TenderKind::Card, 75)], 0)).then_refused("SAL-2", "receipt_exists");
}

#[test]
fn sal_11_overrides_need_the_right() {
    let cheaper = || sale(1, vec![overridden(1, 700, OverrideReason::Damaged, None)], vec![], 700);
    open().when(cheaper()).then_refused("SAL-11", "override_not_permitted");
    let sold = open().by(till(2)).when(cheaper());
    let line = &first(&sold).lines[0];
    assert_eq!((line.price, line.expected), (Cents(700), Some(Cents(1_000))));
    assert_eq!(line.overridden, Some(OverrideReason::Damaged));
    assert_eq!((line.share, line.house), (Cents(420), Cents(280)), "shares are of the price sold at");
    check(&sold);
}

#[test]
fn sal_12_a_reason_covers_what_it_says_and_no_more() {
    use OverrideReason as R;
    for (reason, price, printed, fine) in [
        (R::Damaged, 1_000, None, true),
        (R::Damaged, 1_001, None, false),
        (R::Bundle, 0, None, true),
        (R::Goodwill, 1_200, None, false),
        (R::Other, 1_200, None, true),
        (R::PrintedTag, 1_200, Some(1_200), true),
        (R::PrintedTag, 1_200, None, false),
        (R::PrintedTag, 1_199, Some(1_200), false),
        // What a tag says counts only where the tag is the reason.
        (R::Damaged, 1_200, Some(1_200), false),
    ] {
        let asked = sale(1, vec![overridden(1, price, reason, printed)], vec![], price);
        let outcome = open().by(till(2)).when(asked);
        if fine {
            outcome.then_kinds(&["receipt_completed"]);
        } else {
            outcome.then_refused("SAL-12", "reason_does_not_cover");
        }
    }
}

#[test]
fn mkd_3_the_printed_tag_beats_the_database_and_its_price_earns_the_bonus() {
    // Tag 2 is 120.00 in the database; its tag in hand says 90.00: no bonus for a price of 100.00 or more.
    let asked = sale(1, vec![overridden(2, 9_000, OverrideReason::PrintedTag, Some(9_000))], vec![], 9_000);
    let sold = open().by(till(2)).when(asked);
    let line = &first(&sold).lines[0];
    assert_eq!((line.printed, line.rate), (Cents(9_000), BasisPoints(7_500)));
}

#[test]
fn sal_13_missing_rejected_and_unlisted_things_are_sold_with_the_right_and_as_what_they_were() {
    let missing = || sale(1, vec![AskedLine::new(tag(4), Cents(500), true)], vec![], 500);
    let rejected = || sale(2, vec![AskedLine::new(tag(5), Cents(800), false)], vec![], 800);
    let no_tag = || sale(3, vec![], vec![unlisted(UnlistedReason::NoTag, None, 250)], 250);
    open().when(missing()).then_refused("SAL-13", "item_needs_permission");
    open().when(rejected()).then_refused("SAL-13", "item_needs_permission");
    open().when(no_tag()).then_refused("SAL-13", "unlisted_needs_permission");
    let sold = open().by(till(2)).when(missing());
    assert_eq!((first(&sold).lines[0].marked, first(&sold).lines[0].keyed), (Some(Marked::Missing), true));
    let sold = sold.when(rejected());
    assert_eq!(first(&sold).lines[0].marked, Some(Marked::Rejected));
    let sold = sold.when(no_tag());
    assert_eq!(first(&sold).unlisted[0].why, UnlistedReason::NoTag);
    assert_eq!(sold.state().books.house, Cents(200 + 200 + 250), "the house has what nobody is named for");
    sold.then_kinds(&["receipt_completed"]);
    check(&sold);
}

#[test]
fn sal_14_a_parked_item_is_not_sold_elsewhere() {
    let basket = BasketId(Uuid::from_u128(7));
    let parked =
        open().when(Command::ParkBasket { basket, lines: vec![AskedLine::new(tag(1), Cents(1_000), false)] });
    let refused = parked.by(till(2)).when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    refused.then_refused("SAL-14", "item_parked");
    assert!(refused.refusal().found.contains("Till 1"));
    let recalled = refused.when(Command::RecallBasket { basket });
    recalled.when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0)).then_kinds(&["receipt_completed"]);
}

#[test]
fn sal_15_what_the_session_knows_is_sold_by_its_tag_and_once() {
    let asked =
        |n: u128, t: u32| sale(n, vec![], vec![unlisted(UnlistedReason::DamagedTag, Some(tag(t)), 300)], 300);
    open().by(till(2)).when(asked(1, 1)).then_refused("SAL-15", "tag_is_known");
    open().by(till(2)).when(asked(1, 77)).when(asked(2, 77)).then_refused("SAL-6", "item_already_sold");
    let twice = vec![
        unlisted(UnlistedReason::UnknownTag, Some(tag(77)), 300),
        unlisted(UnlistedReason::UnknownTag, Some(tag(77)), 300),
    ];
    open().by(till(2)).when(sale(1, vec![], twice, 600)).then_refused("SAL-4", "tag_twice");
    open()
        .when(sale(1, vec![AskedLine::new(tag(1), Cents(-1), false)], vec![], 0))
        .then_refused("MNY-4", "amount_out_of_range");
    let absurd = vec![unlisted(UnlistedReason::NoTag, None, -5)];
    open().by(till(2)).when(sale(1, vec![], absurd, 0)).then_refused("MNY-4", "amount_out_of_range");
}

#[test]
fn sal_16_an_unlisted_tag_is_claimed_and_credited_to_its_consignor_once_the_event_knows_it() {
    let sold = open().by(till(2)).when(sale(
        1,
        vec![],
        vec![unlisted(UnlistedReason::UnknownTag, Some(tag(77)), 300)],
        300,
    ));
    sold.then_kinds(&["receipt_completed", "claim_sent"]);
    let Some(Event::ClaimSent(sent)) = sold.appended().last().cloned() else { panic!("no claim") };
    assert_eq!((sent.claim.kind, sent.claim.price, sent.line), (ClaimKind::Sold, Cents(300), 0));
    assert_eq!((sold.state().books.share, sold.state().books.house), (Cents(0), Cents(300)));
    let item = CustodyItem {
        tag: tag(77),
        consignor: ConsignorNumber(2),
        price: Cents(300),
        flags: ItemFlags::default(),
    };
    let terms = Terms { consignor: ConsignorNumber(2), tier: Tier::Super, shifts: 1 };
    let answer = ClaimAnswer { case: sent.claim.case, verdict: Verdict::Accepted { item, terms } };
    let known = sold.by(event_actor()).when(Command::TakeClaimAnswer(answer));
    assert_eq!((known.state().books.share, known.state().books.house), (Cents(210), Cents(90)));
    check(&known);
    known.when(Command::TakeClaimAnswer(answer)).then_refused("CON-9", "claim_unknown");
}

#[test]
fn sal_18_a_receipt_is_mailed_at_most_five_times_and_the_log_has_no_address() {
    let mailed = |n: u128, address: u128| Command::MailReceipt {
        receipt: id(n),
        address: crate::ids::AddressRef(Uuid::from_u128(address)),
    };
    let sold = open().when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    let five = (1..=5).fold(sold, |scenario, address| {
        let asked = scenario.when(mailed(1, address));
        asked.then_kinds(&["receipt_mail_asked"]);
        asked
    });
    let five = five.when(mailed(1, 6));
    five.then_refused("SAL-18", "mailed_too_often");
    five.when(mailed(2, 7)).then_refused("RET-1", "receipt_unknown");
    let by_person = open().when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0)).by(olivia());
    by_person.when(mailed(1, 1)).then_kinds(&["receipt_mail_asked"]);
}

#[test]
fn sal_17_a_person_says_what_an_unlisted_line_was() {
    let identify = |tag: Option<Tag>, consignor: Option<u32>| Command::IdentifyLine {
        receipt: id(1),
        line: 0,
        tag,
        consignor: consignor.map(ConsignorNumber),
    };
    let sold = || {
        open()
            .by(till(2))
            .when(sale(1, vec![], vec![unlisted(UnlistedReason::NoTag, None, 1_000)], 1_000))
            .by(olivia())
    };
    sold().when(identify(None, None)).then_refused("SAL-17", "nobody_named");
    sold().when(identify(Some(tag(99)), None)).then_refused("SAL-17", "item_unknown_here");
    sold().by(till(2)).when(identify(None, Some(1))).then_refused("SES-11", "not_a_person");
    let by_number = sold().when(identify(None, Some(2)));
    assert_eq!((by_number.state().books.share, by_number.state().books.house), (Cents(750), Cents(250)));
    check(&by_number);
    by_number.when(identify(None, Some(1))).then_refused("SAL-17", "line_is_identified");
    let by_tag = sold().when(identify(Some(tag(1)), None));
    assert_eq!(by_tag.state().books.share, Cents(600));
    check(&by_tag);
    // The item is sold now: neither tills nor a second line can have it.
    let again = by_tag.by(till(1)).when(sell(2, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    again.then_refused("SAL-6", "item_already_sold");
    let other = again
        .by(till(2))
        .when(sale(3, vec![], vec![unlisted(UnlistedReason::NoTag, None, 5)], 5))
        .by(olivia())
        .when(Command::IdentifyLine { receipt: id(3), line: 0, tag: Some(tag(1)), consignor: None });
    other.then_refused("SAL-17", "item_already_sold");
    let unknown = Command::IdentifyLine { receipt: id(9), line: 0, tag: None, consignor: None };
    other.when(unknown).then_refused("RET-1", "receipt_unknown");
    // A readable tag is claimed from the event first: its answer may name the consignor.
    let claimed = open()
        .by(till(2))
        .when(sale(1, vec![], vec![unlisted(UnlistedReason::UnknownTag, Some(tag(404)), 1_000)], 1_000))
        .by(olivia())
        .when(identify(None, Some(1)));
    claimed.then_refused("SAL-17", "line_is_claimed");
    let released = sold().when(Command::Close).when(identify(Some(tag(1)), None));
    released.then_refused("SAL-17", "not_in_custody");
}

#[test]
fn cus_3_what_has_left_the_custody_is_sold_by_whoever_has_it() {
    // Items leave only while the session closes, when nothing is sold any more; were one to leave earlier, the
    // session would say so.
    let left = open().given_state(|state| state.slot_mut(tag(1)).unwrap().marks |= Slot::RELEASED);
    let asked = sale(1, vec![AskedLine::new(tag(1), Cents(1_000), false)], vec![], 1_000);
    left.when(asked).then_refused("CUS-3", "not_in_custody");
}

#[test]
fn tax_2_unlisted_lines_are_taxed_unless_exempt() {
    let tax = TaxRule { rate: BasisPoints(1_000), inclusive: false, exempt: Vec::new() };
    let open = || open_with(tax.clone(), MarkdownSchedule::default()).by(till(2));
    let taxed = open().when(sale(1, vec![], vec![unlisted(UnlistedReason::NoTag, None, 300)], 330));
    assert_eq!(first(&taxed).tax, Cents(30));
    let exempt = AskedUnlisted { tax_exempt: true, ..unlisted(UnlistedReason::NoTag, None, 300) };
    assert_eq!(first(&open().when(sale(1, vec![], vec![exempt], 300))).tax, Cents(0));
}

#[test]
fn ret_2_a_receipt_is_voided_whole_in_its_session_and_its_items_are_free() {
    let void = |n| Command::VoidReceipt { receipt: id(n), reason: VoidReason::Mistake };
    let sold = || {
        open().when(Command::OpenDrawer { float: Cents(5_000) }).when(sell(
            1,
            &[(1, 1_000), (3, 75)],
            &[(TenderKind::Cash, 2_000)],
            925,
        ))
    };
    sold().when(void(1)).then_refused("RET-1", "not_permitted");
    sold().by(till(2)).when(void(2)).then_refused("RET-1", "receipt_unknown");
    let voided = sold().by(till(2)).when(void(1));
    voided.then_kinds(&["receipt_voided"]);
    assert_eq!((voided.state().sold, voided.state().books.share), (0, Cents(0)));
    assert_eq!(voided.state().books.refunded_total, Cents(1_075));
    check(&voided);
    let again = voided.by(till(1)).when(sell(2, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    again.then_kinds(&["receipt_completed"]);
    let again = again.by(olivia()).when(void(1));
    again.then_refused("RET-2", "receipt_void");
    sold().by(olivia()).when(Command::Close).when(void(1)).then_refused("RET-2", "session_over");
}

#[test]
fn ret_2_a_receipt_that_changed_is_not_voided_whole() {
    let sold = open().when(sell(1, &[(1, 1_000), (3, 75)], &[(TenderKind::Card, 1_075)], 0)).by(olivia());
    let returned = sold.when(Command::ReturnLines(ReturnLines {
        id: crate::ids::ReturnId(Uuid::from_u128(1)),
        receipt: id(1),
        lines: vec![AskedReturn { line: 1, restock: true }],
        reason: ReturnReason::Faulty,
        tenders: vec![Tender { kind: TenderKind::Card, amount: Cents(75) }],
        occurred_at: NOW,
    }));
    returned
        .when(Command::VoidReceipt { receipt: id(1), reason: VoidReason::Mistake })
        .then_refused("RET-2", "receipt_changed");
}

#[test]
fn con_9_only_the_event_answers_claims() {
    let answer = ClaimAnswer { case: CaseId(Uuid::from_u128(1)), verdict: Verdict::Dismissed };
    open().when(Command::TakeClaimAnswer(answer)).then_refused("CUS-1", "not_the_event");
    open()
        .by(Actor::System("timer".into()))
        .when(Command::TakeClaimAnswer(answer))
        .then_refused("CUS-1", "not_the_event");
}
