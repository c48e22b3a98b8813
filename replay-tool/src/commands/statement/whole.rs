//! `explain settlement`: all statements, and the trial balance over them.

use domain::money::Cents;
use domain::settlement::SourceRef;
use replay_tool::clock::Clock;
use replay_tool::settle::Life;
use replay_tool::story::statement::{SettlementStory, said, tell_whole};

use super::{cite, outcome, show_calculation, show_verdict};
use crate::cli::{Common, OneEvent};
use crate::commands::evidence::Legend;
use crate::output::{Align, Cell, Out, Table, Tone, tame};
use crate::{Answer, Failure};

pub fn settlement(event: &OneEvent, common: &Common, out: &mut Out) -> Answer {
    event.with(common, |logs, chosen, clock| {
        let story = tell_whole(logs, chosen, common.workers())?;
        if out.json() {
            out.document(&story)?;
        } else {
            show_settlement(&story, clock, out)?;
        }
        Ok(outcome(story.differences.is_empty() && story.balance.difference == Cents::ZERO))
    })
}

fn show_settlement(story: &SettlementStory, clock: Clock, out: &mut Out) -> Result<(), Failure> {
    let mut legend = Legend::default();
    out.toned(Tone::Title, &format!("Settlement of {} in {}", tame(&story.event), tame(&story.currency)))?;
    show_calculation(&story.calculation, clock, &mut legend, out)?;
    let pins: Vec<String> = (0..)
        .zip(&story.pins)
        .filter_map(|(pin, head)| {
            let said = said(SourceRef { pin, seq: head.seq, line: 0 }, &story.pins)?;
            Some(cite(&[said], &mut legend))
        })
        .collect();
    out.line(&format!("  reads up to {}", pins.join(" ")))?;
    out.line("")?;
    out.table(&statements(story))?;
    out.line("")?;
    show_balance(story, out)?;
    let paid: Vec<&Life> = story.payouts.iter().filter(|life| life.status == "paid").collect();
    let sum = Cents(paid.iter().fold(0_i64, |sum, life| sum.saturating_add(life.amount_cents)));
    out.line(&format!("  {} payouts, {} of them paid: {sum}", story.payouts.len(), paid.len()))?;
    show_verdict(&story.calculation, story.recalculated, &story.differences, &story.gaps, out)?;
    legend.show(out)?;
    Ok(())
}

fn statements(story: &SettlementStory) -> Table {
    let mut table = Table::new(&[
        ("consignor", Align::Right),
        ("sold", Align::Right),
        ("gross", Align::Right),
        ("share", Align::Right),
        ("charges", Align::Right),
        ("credits", Align::Right),
        ("earned", Align::Right),
        ("due", Align::Right),
    ]);
    for line in &story.statements {
        let totals = &line.totals;
        let amounts = [totals.gross, totals.share, totals.charges, totals.credits, totals.earned, totals.due];
        let cells = [line.consignor.to_string(), totals.sold.to_string()];
        let amounts = amounts.into_iter().map(|amount| amount.to_string());
        table.push(cells.into_iter().chain(amounts).map(Cell::from));
    }
    table
}

fn show_balance(story: &SettlementStory, out: &mut Out) -> Result<(), Failure> {
    let balance = &story.balance;
    out.line(&format!(
        "  received {} − variances {} + borne by the house {} = payable {}",
        balance.received, balance.variance, balance.borne, balance.payable
    ))?;
    out.line(&format!("  gross {} = shares {} + house {}", balance.gross, balance.share, balance.house))?;
    out.line(&format!(
        "  shares {} − charges less credits {} = earned {}",
        balance.share, balance.charges, balance.earned
    ))?;
    let tone = if balance.difference == Cents::ZERO { Tone::Good } else { Tone::Bad };
    out.toned(tone, &format!("  trial balance: {} out", balance.difference))?;
    let checks = &story.checks;
    if !checks.are_clear() {
        out.toned(
            Tone::Warning,
            &format!(
                "  open: {} conflicts, {} discrepancies, {} entries that name a line nobody sold",
                checks.open_conflicts, checks.open_discrepancies, checks.unmatched
            ),
        )?;
    }
    Ok(())
}
