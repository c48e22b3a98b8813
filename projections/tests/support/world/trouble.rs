//! What comes after sales.

use domain::aggregate::Aggregate;
use domain::ids::{ConsignorNumber, ReceiptId, ReturnId, SessionId, TerminalId};
use domain::journal::EventCodec;
use domain::money::Cents;
use domain::sale_session::{self, AskedLine, Resolution, SaleSession, Tender, TenderKind, UnlistedReason};
use domain::tag::Tag;
use uuid::Uuid;

use super::{Chance, World};

/// Returns, a void, receipts of an outage that sold one item twice, and how a person ends that.
pub(super) fn come(
    world: &mut World,
    chance: &mut Chance,
    session: SessionId,
    tills: &[TerminalId],
    stock: &mut Vec<(Tag, u32)>,
) {
    use sale_session::{AskedReturn, Command, Query, ReturnLines, ReturnReason, VoidReason};
    let sold = |n: u128| ReceiptId(Uuid::from_u128(session.0.as_u128() << 32 | n));
    for number in 0..8 {
        let Some(price) = charged(world, session, sold(number)) else { continue };
        world.session(
            session,
            None,
            Command::ReturnLines(ReturnLines {
                id: ReturnId(Uuid::from_u128(session.0.as_u128() << 16 | number)),
                receipt: sold(number),
                lines: vec![AskedReturn { line: 0, restock: chance.below(2) == 0 }],
                reason: ReturnReason::Faulty,
                tenders: vec![Tender { kind: TenderKind::Cash, amount: price }],
                occurred_at: world.now,
            }),
        );
    }
    for number in 8..12 {
        world.session(
            session,
            None,
            Command::VoidReceipt { receipt: sold(number), reason: VoidReason::Mistake },
        );
    }
    for number in 0..4_u128 {
        let Some((tag, price)) = stock.pop() else { return };
        for till in 0..2_u8 {
            offline(world, session, tills[usize::from(till)], (number, till), (tag, Cents(price.into())));
        }
    }
    for number in 0..3_usize {
        let sale_session::Answer::Cases { cases } =
            SaleSession::answer(&world.sessions[&session].state, &Query::Cases)
        else {
            panic!("no cases")
        };
        let Some(case) = cases.first() else { return };
        let resolution = match (number + chance.below(2)) % 4 {
            0 => Resolution::KeepFirstRefundSecond,
            1 => Resolution::KeepSecondRefundFirst,
            2 => Resolution::TwoItems { consignor: None },
            _ => Resolution::TwoItems { consignor: Some(ConsignorNumber(2)) },
        };
        world.session(
            session,
            None,
            Command::ResolveConflict { case: case.case, resolution, receipts: case.receipts.clone() },
        );
    }
}

/// Two drawers are opened; money moves; one is counted and is short.
pub(super) fn drawers(world: &mut World, chance: &mut Chance, session: SessionId, tills: &[TerminalId]) {
    use sale_session::{CashReason, Command};
    for till in tills.iter().take(2) {
        world.session(session, Some(*till), Command::OpenDrawer { float: Cents(10_000) });
        let taken = i64::try_from(chance.below(5_000)).unwrap() + 1;
        let amount = Cents(-taken);
        world.session(session, Some(*till), Command::MoveCash { amount, reason: CashReason::BankDrop });
    }
    world.session(session, Some(tills[0]), Command::CloseDrawer { counted: Cents(4_000) });
    world.session(session, Some(tills[0]), Command::OpenDrawer { float: Cents(2_000) });
}

/// What the first line of a receipt cost, with its tax.
fn charged(world: &World, session: SessionId, receipt: ReceiptId) -> Option<Cents> {
    world.sessions[&session].log.iter().find_map(|entry| {
        match sale_session::Event::decode(entry).unwrap().event {
            sale_session::Event::ReceiptCompleted(sale) if sale.receipt == receipt => {
                sale.lines.first().map(|line| Cents(line.price.0 + line.tax.0))
            }
            _ => None,
        }
    })
}

fn offline(
    world: &mut World,
    session: SessionId,
    terminal: TerminalId,
    (number, till): (u128, u8),
    (tag, price): (Tag, Cents),
) {
    let receipt = ReceiptId(Uuid::from_u128(session.0.as_u128() << 40 | number << 8 | u128::from(till)));
    let unlisted = sale_session::AskedUnlisted {
        why: UnlistedReason::NoTag,
        tag: None,
        price: Cents(150),
        tax_exempt: true,
        keyed: true,
        tax: None,
    };
    let receipt = sale_session::OfflineReceipt {
        receipt,
        terminal,
        lines: vec![AskedLine::new(tag, price, false)],
        unlisted: if till == 0 { vec![unlisted] } else { Vec::new() },
        tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(price.0 * 2) }],
        change: Cents(price.0),
        occurred_at: world.now - 600_000,
        clock_offset_ms: Some(1_000),
    };
    world.session(session, Some(terminal), sale_session::Command::RecordOfflineReceipt(Box::new(receipt)));
}
