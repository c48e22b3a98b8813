use super::super::tests::*;
use super::super::*;
use crate::ids::{Actor, BasketId};
use crate::money::Cents;
use crate::scenario::Scenario;

fn rights(rights: &[TerminalRight]) -> Command {
    Command::SetTerminalRights { terminal: terminal(1), rights: rights.to_vec() }
}

fn basket(n: u128) -> BasketId {
    BasketId(Uuid::from_u128(n))
}

fn park(n: u128, tags: &[u32]) -> Command {
    let lines = tags.iter().map(|n| AskedLine::new(tag(*n), Cents(1), false)).collect();
    Command::ParkBasket { basket: basket(n), lines }
}

#[test]
fn trm_1_a_session_that_is_over_pairs_no_terminal() {
    let closing = open().by(olivia()).when(Command::Close);
    closing.when(Command::OfferPairing { code_digest: digest(9) }).then_refused("TRM-1", "session_over");
}

#[test]
fn trm_2_offers_and_terminals_are_bounded() {
    let mut scenario = open().by(olivia());
    for n in 0..MAX_OFFERS {
        scenario = scenario.when(Command::OfferPairing { code_digest: digest(u8::try_from(n).unwrap()) });
    }
    scenario
        .when(Command::OfferPairing { code_digest: digest(200) })
        .then_refused("TRM-2", "too_many_terminals");
}

#[test]
fn trm_3_names_fit_on_a_screen() {
    for name in ["", "   ", "a\nb", &"x".repeat(MAX_TERMINAL_NAME_CHARS + 1)] {
        let pair = Command::Pair {
            code_digest: digest(1),
            terminal: terminal(3),
            name: name.to_owned(),
            token_digest: digest(13),
        };
        open().when(pair).then_refused("TRM-3", "name_unusable");
    }
}

#[test]
fn trm_5_unknown_terminals_are_told_so() {
    open()
        .by(olivia())
        .when(Command::RevokeTerminal { terminal: terminal(9) })
        .then_refused("TRM-5", "terminal_unknown");
    open()
        .by(olivia())
        .when(Command::ReportUnreachable { terminal: terminal(9) })
        .then_refused("TRM-5", "terminal_unknown");
    open().by(till(9)).when(Command::ReportWaiting { waiting: 1 }).then_refused("TRM-5", "terminal_unknown");
    open().by(olivia()).when(Command::ReportWaiting { waiting: 1 }).then_refused("TRM-5", "not_a_terminal");
}

#[test]
fn trm_6_rights_are_set_by_people_and_count_versions() {
    open().when(rights(&TerminalRight::ALL)).then_refused("SES-11", "not_a_person");
    let set = open().by(olivia()).when(rights(&[TerminalRight::TakeReturns, TerminalRight::TakeReturns]));
    match set.appended() {
        [Event::TerminalRightsSet(set)] => {
            assert_eq!((set.version, set.rights.as_slice()), (1, [TerminalRight::TakeReturns].as_slice()));
        }
        other => panic!("{other:?}"),
    }
    let same = set.when(rights(&[TerminalRight::TakeReturns]));
    same.then_kinds(&[]);
    let revoked = same.when(Command::RevokeTerminal { terminal: terminal(1) });
    revoked.when(rights(&[])).then_refused("TRM-6", "terminal_revoked");
}

#[test]
fn trm_7_rights_and_revocations_are_acknowledged_in_any_order() {
    let revoked = open()
        .by(olivia())
        .when(rights(&[TerminalRight::TakeReturns]))
        .when(Command::RevokeTerminal { terminal: terminal(1) })
        .by(till(1));
    let ack = |version| Command::Acknowledge { version };
    let known = revoked.when(ack(2));
    known.then_kinds(&["terminal_acknowledged"]);
    let late = known.when(ack(1));
    late.then_kinds(&[]);
    assert_eq!(late.state().terminals[0].acknowledged, 2);
    late.when(ack(3)).then_refused("TRM-7", "version_unknown");
}

#[test]
fn trm_8_terminals_say_what_they_hold_and_selling_shows_they_can_be_reached() {
    open().when(Command::ReportWaiting { waiting: MAX_WAITING + 1 }).then_refused("TRM-8", "waiting_absurd");
    let held = open().when(Command::ReportWaiting { waiting: 3 });
    let same = held.when(Command::ReportWaiting { waiting: 3 });
    same.then_kinds(&[]);
    let lost = same.by(olivia()).when(Command::ReportUnreachable { terminal: terminal(1) });
    lost.then_kinds(&["terminal_reported"]);
    let back = lost.by(till(1)).when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    back.then_kinds(&["receipt_completed", "terminal_reported"]);
}

#[test]
fn trm_8_a_terminal_gone_silent_is_reported_once_and_only_while_selling() {
    let silent = |sale: &Scenario<SaleSession>, listener: &str| SaleSession::silenced(sale.state(), listener);
    let listener = till(1).to_string();
    let report = Command::ReportUnreachable { terminal: terminal(1) };
    assert_eq!(silent(&open(), &listener), Some(report.clone()));
    for nobody in [till(9), olivia(), Actor::System("host".into())] {
        assert_eq!(silent(&open(), &nobody.to_string()), None, "{nobody}");
    }
    assert_eq!(silent(&open(), "unnamed"), None);
    let lost = open().by(Actor::System("timer".into())).when(report.clone());
    lost.then_kinds(&["terminal_reported"]);
    assert_eq!(silent(&lost, &listener), None);
    assert!(silent(&open().by(olivia()).when(Command::Pause).when(Command::Resume), &listener).is_some());
    assert_eq!(silent(&open().by(olivia()).when(Command::Pause), &listener), Some(report));
    assert_eq!(silent(&open().by(olivia()).when(Command::Close), &listener), None);
}

#[test]
fn ses_12_closing_over_terminals_that_may_hold_sales_needs_a_reason_and_is_on_record() {
    let held = || open().when(Command::ReportWaiting { waiting: 2 }).by(olivia());
    held().when(Command::Close).then_refused("SES-12", "terminals_hold_sales");
    held()
        .by(till(2))
        .when(Command::CloseOver { reason: CloseReason::HallClosed })
        .then_refused("SES-11", "not_a_person");
    let closing = held()
        .when(Command::ReportUnreachable { terminal: terminal(2) })
        .when(Command::CloseOver { reason: CloseReason::HallClosed });
    match closing.appended() {
        [Event::SessionClosing(closing), Event::CustodyReleased(_)] => {
            assert_eq!(
                closing.over,
                [
                    ClosedOver { terminal: terminal(1), waiting: Some(2) },
                    ClosedOver { terminal: terminal(2), waiting: None },
                ]
            );
            assert_eq!(closing.reason, Some(CloseReason::HallClosed));
        }
        other => panic!("{other:?}"),
    }
    // A revoked terminal may hold sales like any other.
    held()
        .when(Command::RevokeTerminal { terminal: terminal(1) })
        .when(Command::Close)
        .then_refused("SES-12", "terminals_hold_sales");
}

#[test]
fn ses_11_tills_do_not_steer_the_session() {
    for command in [
        Command::Pause,
        Command::Resume,
        Command::Close,
        Command::OfferPairing { code_digest: digest(9) },
        Command::RevokeTerminal { terminal: terminal(2) },
        Command::ReportUnreachable { terminal: terminal(2) },
    ] {
        open().when(command).then_refused("SES-11", "not_a_person");
    }
}

#[test]
fn trm_9_a_drawer_is_opened_counted_and_its_difference_named() {
    let opened = open().when(Command::OpenDrawer { float: Cents(5_000) });
    opened.when(Command::OpenDrawer { float: Cents(1) }).then_refused("TRM-9", "drawer_open");
    let day = open()
        .when(Command::OpenDrawer { float: Cents(5_000) })
        .when(sell(1, &[(1, 1_000)], &[(TenderKind::Cash, 2_000)], 1_000))
        .when(sell(2, &[(3, 75)], &[(TenderKind::Card, 75)], 0))
        .when(Command::MoveCash { amount: Cents(-4_000), reason: CashReason::BankDrop })
        .when(Command::CloseDrawer { counted: Cents(1_990) });
    match day.appended() {
        [Event::DrawerClosed(closed)] => {
            assert_eq!((closed.expected, closed.difference), (Cents(2_000), Cents(-10)));
        }
        other => panic!("{other:?}"),
    }
    day.when(Command::CloseDrawer { counted: Cents(0) }).then_refused("TRM-9", "drawer_not_open");
    open().when(Command::OpenDrawer { float: Cents(-1) }).then_refused("MNY-4", "amount_out_of_range");
}

#[test]
fn trm_10_only_cash_that_is_there_moves() {
    let opened = || open().when(Command::OpenDrawer { float: Cents(100) });
    let moved = |amount| Command::MoveCash { amount: Cents(amount), reason: CashReason::Change };
    opened().when(moved(-101)).then_refused("TRM-10", "cash_not_there");
    opened().when(moved(0)).then_refused("TRM-10", "cash_not_there");
    opened().when(moved(-100)).then_kinds(&["cash_moved"]);
}

#[test]
fn trm_11_baskets_are_parked_at_one_till_and_taken_up_at_any() {
    open().when(park(1, &[])).then_refused("TRM-11", "basket_size");
    open().when(park(1, &[1, 1])).then_refused("TRM-11", "item_not_free");
    open().when(park(1, &[99])).then_refused("TRM-11", "item_not_free");
    let parked = open().when(park(1, &[1]));
    let refused = parked.when(park(2, &[1]));
    refused.then_refused("TRM-11", "item_not_free");
    let refused = refused.when(park(1, &[2]));
    refused.then_refused("TRM-11", "cannot_park");
    let recalled = refused.by(till(2)).when(Command::RecallBasket { basket: basket(1) });
    recalled.then_kinds(&["basket_recalled"]);
    recalled.when(Command::RecallBasket { basket: basket(1) }).then_refused("TRM-11", "basket_unknown");
    let paused = open().by(olivia()).when(Command::Pause).by(till(1)).when(park(1, &[1]));
    paused.then_refused("SAL-1", "session_not_open");
    let closing = open().when(park(1, &[1])).by(olivia()).when(Command::Close);
    assert!(closing.state().parked.is_empty(), "closing gives parked baskets up");
}

#[test]
fn trm_4_a_terminals_id_is_used_once() {
    let again = Command::Pair {
        code_digest: digest(9),
        terminal: terminal(1),
        name: "Till 1 again".into(),
        token_digest: digest(19),
    };
    let offered = open().by(olivia()).when(Command::OfferPairing { code_digest: digest(9) });
    offered.when(again).then_refused("TRM-4", "terminal_exists");
}
