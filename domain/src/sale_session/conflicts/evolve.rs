//! Takes cases and claims into the state.

use super::super::receipts::LineFigures;
use super::super::state::{Case, Figures, LineAt, LineState, Now, OpenClaim, ReceiptKind, State};
use super::event::{ClaimAnswered, ClaimSent, ConflictOpened, ConflictResolved};
use crate::claims::Verdict;
use crate::money::Cents;

impl State {
    pub(in crate::sale_session) fn open_case(&mut self, opened: &ConflictOpened) {
        let receipts =
            opened.receipts.iter().filter_map(|id| self.receipt(*id).map(|(number, _)| number)).collect();
        let second = opened.second.map(|line| LineAt::from(line.at));
        let case = Case { kind: opened.kind, tag: opened.tag, second, receipts };
        self.cases.insert(opened.case, case);
        let Some(line) = opened.second else { return };
        let (at, figures) = (LineAt::from(line.at), Figures::from(line));
        match self.lines.get(&at).copied() {
            None | Some(LineState { now: Now::Credited, .. }) if opened.was_credited => {
                // What was credited until now may be less than the line would be credited with.
                let credited = self.lines.get(&at).map_or(figures, |line| line.figures);
                self.books.uncredit(credited.share, credited.house);
                self.books.hold(figures.price);
            }
            Some(LineState { now: Now::Credited | Now::Contested | Now::Claimed | Now::Gone, .. }) | None => {
            }
        }
        self.lines.insert(at, LineState { now: Now::Contested, figures });
    }

    pub(in crate::sale_session) fn end_case(&mut self, resolved: &ConflictResolved) {
        self.cases.remove(&resolved.case);
        self.ended.insert(resolved.case);
        let sum = |amount: fn(&LineFigures) -> Cents| {
            Cents::total(resolved.refunded.iter().map(amount)).unwrap_or_default()
        };
        self.books.give_back(sum(|line| line.price), sum(|line| line.tax), resolved.refund);
        for line in &resolved.refunded {
            self.uncredit(None, line, true, false);
        }
        for line in &resolved.credited {
            self.credit(line);
        }
        if let Some(dropped) = &resolved.dropped {
            let nothing = |amount: Cents| Cents(amount.0.saturating_neg());
            self.books.charge(nothing(dropped.gross), nothing(dropped.tax), nothing(dropped.total));
            super::super::books::take(&mut self.books.paid, dropped.paid);
            super::super::books::take(&mut self.gross, dropped.gross);
            self.books.unhold(dropped.gross);
            self.lines.iter_mut().filter(|(at, _)| at.number == dropped.number).for_each(|(_, line)| {
                line.now = Now::Gone;
            });
            self.move_cash(dropped.terminal, nothing(dropped.cash));
            self.mark_receipt(dropped.number, ReceiptKind::Dropped);
        }
    }

    pub(in crate::sale_session) fn claim(&mut self, sent: &ClaimSent) {
        let at = LineAt { number: sent.number, line: sent.line };
        self.claims.insert(sent.claim.case, OpenClaim { at, kind: sent.claim.kind, contested: false });
        if let Some(line) = self.lines.get_mut(&at).filter(|line| line.now == Now::Contested) {
            line.now = Now::Claimed;
            self.give_item(at, Some(sent.claim.tag));
        }
    }

    pub(in crate::sale_session) fn hear(&mut self, answered: &ClaimAnswered) {
        match answered.answer.verdict {
            Verdict::Contested { .. } => {
                if let Some(claim) = self.claims.get_mut(&answered.answer.case) {
                    claim.contested = true;
                }
            }
            Verdict::Accepted { .. } | Verdict::Dismissed => {
                self.claims.remove(&answered.answer.case);
            }
        }
        if let Some(line) = &answered.credited {
            self.credit(line);
        }
    }
}
