//! `what-if`: another plan or rounding, side by side.

use std::path::Path;

use domain::commission::CommissionPlan;
use domain::money::Cents;
use domain::settlement::Method;
use replay_tool::what_if::{SideBySide, Wishes, what_if};

use super::statement::signed;
use crate::cli::{Common, WhatIfArgs};
use crate::output::{Align, Cell, Out, Table, Tone, tame};
use crate::{Answer, Failure, Outcome};

pub fn run(args: &WhatIfArgs, common: &Common, out: &mut Out) -> Answer {
    let method = Method {
        plan: args.plan.as_deref().map(read_plan).transpose()?,
        rounding: args.rounding.map(Into::into),
        scope: args.scope.map(Into::into),
    };
    let wishes =
        Wishes { regular: args.regular, super_: args.super_, shift_points: args.shift_points, cap: args.cap };
    if method.is_by_the_rules() && wishes == Wishes::default() {
        return Err(Failure::new(
            "what if what? Say --plan, --regular, --super, --shift-points, --cap, --rounding or --scope",
        ));
    }
    args.event.with(common, |logs, chosen, _| {
        let found = what_if(logs, chosen, method, &wishes, common.workers())?;
        if out.json() {
            out.document(&found)?;
        } else {
            show(&found, out)?;
        }
        Ok(Outcome::Fine)
    })
}

fn read_plan(file: &Path) -> Result<CommissionPlan, Failure> {
    let named = |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| named(&error))?;
    serde_json::from_str(&text).map_err(|error| named(&error))
}

fn show(found: &SideBySide, out: &mut Out) -> Result<(), Failure> {
    out.toned(Tone::Title, &format!("What if: {} in {}", tame(&found.event), tame(&found.currency)))?;
    let over = match found.settlement {
        Some(number) => format!("the logs as settlement {number} read them"),
        None => "the logs as they stand".to_owned(),
    };
    out.line(&format!("  a recalculation over {over}: demand would not have been the same"))?;
    for change in changes(&found.plan, &found.plan_if) {
        out.line(&format!("  {change}"))?;
    }
    for gap in &found.gaps {
        out.toned(Tone::Warning, &format!("  {}", tame(gap)))?;
    }
    out.line("")?;
    out.table(&table(found))?;
    out.line("")?;
    let differ = &found.compared;
    out.toned(
        Tone::Title,
        &format!(
            "  shares {} → {} ({}), house {} → {} ({})",
            found.balance.share,
            found.balance_if.share,
            signed(differ.shares_differ_by),
            found.balance.house,
            found.balance_if.house,
            signed(differ.house_differs_by)
        ),
    )?;
    let out_by = found.balance.difference.0.saturating_add(found.balance_if.difference.0);
    let tone = if out_by == 0 { Tone::Good } else { Tone::Bad };
    out.toned(
        tone,
        &format!("  trial balances: {} and {} out", found.balance.difference, found.balance_if.difference),
    )?;
    Ok(())
}

/// In what the tried plan differs, one line each.
fn changes(plan: &CommissionPlan, tried: &CommissionPlan) -> Vec<String> {
    let mut changes = Vec::new();
    let mut differ = |what: &str, was: String, is: String| {
        if was != is {
            changes.push(format!("{what}: {was} → {is}"));
        }
    };
    differ("regular share", plan.regular.base.to_string(), tried.regular.base.to_string());
    differ("super share", plan.super_.base.to_string(), tried.super_.base.to_string());
    differ("price bonus (super)", plan.super_.bonus.to_string(), tried.super_.bonus.to_string());
    differ("points per shift", plan.shift_points.to_string(), tried.shift_points.to_string());
    differ("shifts that count", plan.shifts_max.to_string(), tried.shifts_max.to_string());
    differ("cap", plan.cap.to_string(), tried.cap.to_string());
    differ("rounding", code(&plan.rounding), code(&tried.rounding));
    differ("rounded", code(&plan.scope), code(&tried.scope));
    changes
}

fn code(value: &impl serde::Serialize) -> String {
    replay_tool::story::words(value)
}

fn table(found: &SideBySide) -> Table {
    let mut table = Table::new(&[
        ("consignor", Align::Right),
        ("share", Align::Right),
        ("if", Align::Right),
        ("due", Align::Right),
        ("if", Align::Right),
        ("differs by", Align::Right),
    ]);
    for one in &found.compared.consignors {
        let differs = Cents(one.due_if.0.saturating_sub(one.due.0));
        let tone = match differs.0 {
            0 => Tone::Faint,
            1.. => Tone::Good,
            _ => Tone::Warning,
        };
        table.push([
            one.consignor.to_string().into(),
            one.share.to_string().into(),
            one.share_if.to_string().into(),
            one.due.to_string().into(),
            one.due_if.to_string().into(),
            Cell::toned(tone, signed(differs)),
        ]);
    }
    table
}
