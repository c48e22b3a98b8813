//! The same world, to the end: a shift, a fee, a waiver, the close, a late return, the settlement, the cheques.

use domain::consignment_event::fees::{FeeKind, WaiverReason};
use domain::consignment_event::payouts::{PayCommand, PayoutMethod};
use domain::consignment_event::schedule::{Holder, ShiftKind, SlotKind, SlotPlan};
use domain::consignment_event::settlement::SettleCommand;
use domain::consignment_event::{self};
use domain::ids::{Actor, BookingId, ConsignorNumber, ReturnId, SettlementId, SlotId};
use domain::journal::RawEntry;
use domain::lifecycle::EventStatus;
use domain::money::Cents;
use domain::sale_session::{self, AskedReturn, ReturnLines, ReturnReason, Tender, TenderKind};
use domain::settlement::{FOLD_PAGE_ENTRIES, Fold, Method, Pin, Settled, parts_of};

use super::world::{World, olivia};

/// What a share must be for its line to be brought back late.
const WANTED_CENTS: i64 = 450;

impl World {
    /// Consignor 2 helps for a shift, whenever the doors are not open yet.
    pub fn shift(&mut self, consignor: u32) {
        let (slot, booking) = (SlotId(self.fresh()), BookingId(self.fresh()));
        let starts_at = self.now + 3_600_000;
        let plan = SlotPlan { slot, kind: SlotKind::Shift(ShiftKind::GeneralHelp), starts_at, capacity: 5 };
        self.at_event(&olivia(), consignment_event::Command::OpenSlots { slots: vec![plan] });
        let holder = Holder::Consignor(ConsignorNumber(consignor));
        let book = consignment_event::Command::Book { booking, slot, holder, wait: false };
        self.at_event(&olivia(), book);
        self.now = starts_at;
        self.at_event(&olivia(), consignment_event::Command::CheckInBooking { booking });
        self.now += 3 * 3_600_000;
        self.at_event(&olivia(), consignment_event::Command::CompleteBooking { booking });
    }

    /// A fee, and a part of it waived.
    pub fn fees(&mut self, consignor: u32) {
        let consignor = ConsignorNumber(consignor);
        let kind = FeeKind::Battery;
        self.at_event(&olivia(), consignment_event::Command::ChargeFee { consignor, kind, items: 3 });
        let (amount, reason) = (Some(Cents(100)), WaiverReason::Goodwill);
        let waive = consignment_event::Command::WaiveFee { consignor, kind, amount, reason, note: None };
        self.at_event(&olivia(), waive);
    }

    /// The first line sold whose share is 4.50 (or just any, where there is none) comes back a day later.
    pub fn late_return(&mut self) -> ConsignorNumber {
        self.now += 86_400_000;
        let sold = self.sales();
        let found = sold.iter().find_map(|receipt| {
            let at = receipt.lines.iter().position(|line| line.share.0 == WANTED_CENTS)?;
            Some((receipt, at))
        });
        let (receipt, at) = found.unwrap_or((&sold[1], 0));
        let line = receipt.lines[at].clone();
        let back = ReturnLines {
            id: ReturnId(self.fresh()),
            receipt: receipt.receipt,
            lines: vec![AskedReturn { line: u16::try_from(at).unwrap(), restock: false }],
            reason: ReturnReason::Faulty,
            tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(line.price.0 + line.tax.0) }],
            occurred_at: self.now,
        };
        self.at_session(&olivia(), sale_session::Command::ReturnLines(back));
        line.consignor
    }

    /// Ends the selling.
    pub fn close(&mut self) {
        self.at_session(&olivia(), sale_session::Command::Close);
        self.to(EventStatus::Closed);
        self.to(EventStatus::Returns);
    }

    fn to(&mut self, to: EventStatus) {
        self.at_event(&olivia(), consignment_event::Command::ChangeStatus { to, reason: None });
    }

    /// Settles, approves, and pays by cheque.
    pub fn settle(&mut self) -> Settled {
        self.to(EventStatus::Reconciliation);
        let settlement = SettlementId(self.fresh());
        let pins = self.pins();
        let settled = fold(&pins, &self.logs());
        self.settle_command(SettleCommand::Pin { settlement, pins });
        let statements = settled.statements().unwrap();
        let balance = settled.trial_balance(&statements).unwrap();
        let parts = statements.into_iter().flat_map(parts_of).collect();
        let record = SettleCommand::Record { settlement, page: 1, parts };
        let close = SettleCommand::Close { settlement, balance, checks: settled.checks() };
        for command in [record, close] {
            let command = consignment_event::Command::Settle(Box::new(command));
            self.at_event(&Actor::System("timer".to_owned()), command);
        }
        self.settle_command(SettleCommand::Approve { settlement, despite: None, note: None });
        let payouts: Vec<u32> = self.payouts();
        self.pay_command(PayCommand::Approve { payouts: payouts.clone() });
        for payout in payouts {
            let reference = (1_000 + payout).to_string();
            let paid_on = chrono::NaiveDate::from_ymd_opt(2027, 5, 3).unwrap();
            self.pay_command(PayCommand::MarkPaid {
                payout,
                method: PayoutMethod::Cheque,
                reference,
                paid_on,
            });
        }
        settled
    }

    fn settle_command(&mut self, command: SettleCommand) {
        self.at_event(&olivia(), consignment_event::Command::Settle(Box::new(command)));
    }

    fn pay_command(&mut self, command: PayCommand) {
        self.at_event(&olivia(), consignment_event::Command::Pay(command));
    }
}

/// The domain's own settlement of `logs`, in the order of `pins`.
pub fn fold(pins: &[Pin], logs: &[(Pin, &[RawEntry]); 3]) -> Settled {
    let mut fold = Fold::new(pins.to_vec()).unwrap();
    while let Some(wanted) = fold.wanted() {
        let (_, entries) = logs.iter().find(|(pin, _)| pin.stream == wanted.stream).unwrap();
        let from = usize::try_from(wanted.from - 1).unwrap();
        let to = usize::try_from(wanted.to).unwrap().min(from + FOLD_PAGE_ENTRIES);
        fold.take(&entries[from..to]).unwrap();
    }
    fold.finish(Method::by_the_rules()).unwrap()
}
