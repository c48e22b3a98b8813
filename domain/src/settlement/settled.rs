//! Closed books: from them, statements and the trial balance are computed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::balance::{Account, Books, TrialBalance};
use super::fact::Fate;
use super::fold::FoldError;
use super::pins::SourceRef;
use super::rules::{Method, PlanOf};
use super::sale::{
    Difference, DifferenceKind, FinalTerms, SaleLine, SoldLine, step_of_fallen, steps_of_standing,
};
use super::shares::{distribute, exact_share};
use super::statement::{Checks, LineAbout, Statement, StatementLine, StatementTotals};
use crate::commission::CommissionPlan;
use crate::ids::ConsignorNumber;
use crate::money::{BasisPoints, Cents, RoundingScope};

/// Closed books: statements are computed one by one, so that a Worker can write them in pages too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub(super) books: Books,
    pub(super) founded_plan: u32,
    pub(super) plan_of: PlanOf,
    pub(super) by_consignor: BTreeMap<ConsignorNumber, Vec<u32>>,
    pub(super) method: Method,
}

impl Settled {
    /// Everybody who gets a statement, in order.
    pub fn consignors(&self) -> impl Iterator<Item = ConsignorNumber> {
        self.by_consignor.keys().copied()
    }

    /// The same books under another method.
    #[must_use]
    pub fn by_method(&self, method: Method) -> Self {
        Self { method, ..self.clone() }
    }

    /// What a person should know before approving.
    #[must_use]
    pub fn checks(&self) -> Checks {
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        Checks {
            open_conflicts: count(self.books.open_conflicts.len()),
            open_discrepancies: count(self.books.open_discrepancies.len()),
            unmatched: count(self.books.unmatched.len()),
        }
    }

    /// Entries that name a line nobody sold.
    #[must_use]
    pub fn unmatched(&self) -> &[SourceRef] {
        &self.books.unmatched
    }

    /// All statements, in order.
    ///
    /// # Errors
    /// As [`Settled::statement`].
    pub fn statements(&self) -> Result<Vec<Statement>, FoldError> {
        self.consignors().map(|consignor| self.statement(consignor)).collect()
    }

    /// The statement of `consignor`; an empty one for strangers.
    ///
    /// # Errors
    /// [`FoldError::PlanUnknown`] when a line was sold under a plan that no log holds, and
    /// [`FoldError::Range`] for sums that no event can reach.
    pub fn statement(&self, consignor: ConsignorNumber) -> Result<Statement, FoldError> {
        let none = Account::default();
        let account = self.books.accounts.get(&consignor).unwrap_or(&none);
        let tier = account.tier.map_or_else(Default::default, |(tier, _)| tier);
        let terms = FinalTerms { tier, shifts: &account.shifts };
        let mut totals = StatementTotals { settled_before: account.settled, ..StatementTotals::default() };
        let mut lines = self.sale_lines(consignor, &terms, &mut totals)?;
        self.charge_lines(account, &mut totals, &mut lines)?;
        let totals = totals.closed()?;
        Ok(Statement { consignor, tier, shifts: terms.count(), totals, lines })
    }

    /// The plan that `line` is settled by, and the one it was sold under.
    fn plans_of(&self, line: &SoldLine) -> Result<(&CommissionPlan, CommissionPlan), FoldError> {
        let plan = |version| self.books.plans.get(&version).ok_or(FoldError::PlanUnknown(version));
        let sold_under = plan(line.plan)?;
        let settled_by = match self.plan_of {
            PlanOf::Sale => sold_under,
            PlanOf::Event => plan(self.founded_plan)?,
        };
        Ok((sold_under, self.method.applied_to(settled_by)))
    }

    fn sale_lines(
        &self,
        consignor: ConsignorNumber,
        terms: &FinalTerms<'_>,
        totals: &mut StatementTotals,
    ) -> Result<Vec<StatementLine>, FoldError> {
        let sold = self.by_consignor.get(&consignor).map(Vec::as_slice).unwrap_or_default();
        let sold = sold.iter().filter_map(|at| self.books.lines.get(usize::try_from(*at).ok()?));
        let mut lines = Vec::new();
        let mut gross_rounded: BTreeMap<u32, (CommissionPlan, Vec<(usize, i128)>)> = BTreeMap::new();
        for line in sold {
            let (sold_under, settled_by) = self.plans_of(line)?;
            let rate = settled_by.rate_parts(terms.tier, terms.count(), line.printed);
            let (amount, differences) = if line.stands() {
                totals.sold += 1;
                totals.gross = totals.gross.plus(line.net())?;
                let steps = steps_of_standing(line, sold_under, &settled_by, terms);
                if settled_by.scope == RoundingScope::OnGrossTotal {
                    let exact = exact_share(line.net(), rate.rate);
                    let group = gross_rounded.entry(settled_by.version);
                    group.or_insert_with(|| (settled_by.clone(), Vec::new())).1.push((lines.len(), exact));
                }
                (settled_by.rounding.part(line.net(), rate.rate), steps)
            } else {
                (Cents::ZERO, step_of_fallen(line).into_iter().collect())
            };
            totals.estimate = totals.estimate.plus(line.share)?;
            lines.push(line_of_sale(line, settled_by.version, rate, amount, differences, terms));
        }
        for (plan, members) in gross_rounded.into_values() {
            hand_out_remainder(&mut lines, &plan, &members)?;
        }
        totals.share = Cents::total(lines.iter().map(|line| line.amount))?;
        Ok(lines)
    }

    fn charge_lines(
        &self,
        account: &Account,
        totals: &mut StatementTotals,
        lines: &mut Vec<StatementLine>,
    ) -> Result<(), FoldError> {
        let founding = self.books.plans.get(&self.founded_plan);
        let rounding = founding.map_or_else(Default::default, |plan| self.method.applied_to(plan).rounding);
        let amount_of = |amount: Cents, part: BasisPoints, totals: &StatementTotals| {
            amount.plus(rounding.part(totals.share, part))
        };
        for charge in &account.charges {
            let amount = amount_of(charge.amount, charge.part_of_share, totals)?;
            totals.charges = totals.charges.plus(amount)?;
            let rule = if charge.part_of_share.0 > 0 { "STL-9" } else { "STL-8" };
            let about = LineAbout::Charge { charge: charge.kind };
            lines.push(line(about, Cents(amount.0.saturating_neg()), rule, vec![charge.source]));
        }
        for credit in &account.credits {
            let amount = amount_of(credit.amount, credit.part_of_share, totals)?;
            totals.credits = totals.credits.plus(amount)?;
            let rule = if credit.part_of_share.0 > 0 { "STL-9" } else { "STL-8" };
            let about = LineAbout::Credit { credit: credit.kind };
            lines.push(line(about, amount, rule, vec![credit.source]));
        }
        // What this event took from the ledger once, it does not take again.
        if !self.books.approved && !account.ledger.is_empty() {
            totals.carried_in = Cents::total(account.ledger.iter().map(|(_, amount)| *amount))?;
            let sources = account.ledger.iter().rev().map(|(source, _)| *source).collect();
            lines.push(line(LineAbout::CarriedIn, totals.carried_in, "STL-10", sources));
        }
        Ok(())
    }

    /// The trial balance over `statements`, which must be all of them.
    ///
    /// # Errors
    /// [`FoldError::Range`] for sums that no event can reach.
    pub fn trial_balance(&self, statements: &[Statement]) -> Result<TrialBalance, FoldError> {
        self.trial_balance_of(statements.iter().map(|statement| &statement.totals))
    }

    /// [`Settled::trial_balance`] over the totals alone, for those who write statements page by page.
    ///
    /// # Errors
    /// As [`Settled::trial_balance`].
    pub fn trial_balance_of<'a>(
        &self,
        totals: impl IntoIterator<Item = &'a StatementTotals>,
    ) -> Result<TrialBalance, FoldError> {
        let cash = &self.books.cash;
        let mut balance = TrialBalance {
            received: cash.received.minus(cash.refunded)?,
            variance: cash.variance,
            borne: cash.borne,
            ..TrialBalance::default()
        };
        for line in &self.books.lines {
            balance.payable = balance.payable.plus(line.payable()?)?;
            if matches!(line.fate, Fate::Contested(_)) {
                continue;
            }
            balance.gross = balance.gross.plus(line.net())?;
            balance.tax = balance.tax.plus(line.net_tax())?;
            // The house's alone: what belongs to nobody, and what was kept of a line that fell.
            if line.consignor.is_none() || !line.stands() {
                balance.house = balance.house.plus(line.net())?;
            }
        }
        for totals in totals {
            balance.share = balance.share.plus(totals.share)?;
            balance.house = balance.house.plus(totals.house)?;
            balance.charges = balance.charges.plus(totals.charges)?.minus(totals.credits)?;
            balance.earned = balance.earned.plus(totals.earned)?;
        }
        Ok(balance.closed()?)
    }
}

fn line(about: LineAbout, amount: Cents, rule: &'static str, sources: Vec<SourceRef>) -> StatementLine {
    StatementLine { about, amount, rule: Cow::Borrowed(rule), sources }
}

fn line_of_sale(
    sold: &SoldLine,
    plan: u32,
    rate: crate::commission::RateParts,
    amount: Cents,
    differences: Vec<Difference>,
    terms: &FinalTerms<'_>,
) -> StatementLine {
    let rule = if sold.stands() { "STL-4" } else { "STL-3" };
    let mut sources = vec![sold.source];
    sources.extend(sold.credited);
    sources.extend(sold.back);
    sources.extend(sold.fate.source());
    if sold.stands() && rate.shifts.0 > 0 {
        sources.extend(terms.shifts);
    }
    let about = LineAbout::Sale(SaleLine {
        tag: sold.tag,
        printed: sold.printed,
        price: sold.price,
        price_back: sold.price_back,
        plan,
        rate,
        estimate: sold.share,
        differences,
    });
    line(about, amount, rule, sources)
}

/// Replaces shares rounded by line by those that add up to the total rounded once, and says so.
fn hand_out_remainder(
    lines: &mut [StatementLine],
    plan: &CommissionPlan,
    members: &[(usize, i128)],
) -> Result<(), FoldError> {
    let exact: Vec<i128> = members.iter().map(|(_, exact)| *exact).collect();
    for ((at, _), share) in members.iter().zip(distribute(&exact, plan.rounding)?) {
        let Some(line) = lines.get_mut(*at) else { continue };
        let amount = share.minus(line.amount)?;
        line.rule = Cow::Borrowed("STL-5");
        line.amount = share;
        if let LineAbout::Sale(sale) = &mut line.about
            && amount != Cents::ZERO
        {
            sale.differences.push(Difference {
                kind: DifferenceKind::Remainder,
                amount,
                sources: Vec::new(),
            });
        }
    }
    Ok(())
}
