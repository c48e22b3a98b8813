//! `reconcile`: exports of a store against our logs.

use std::fs::File;
use std::path::PathBuf;

use domain::money::Cents;
use domain::reconciliation::{Class, Finding, RunKind, Subject};
use replay_tool::clock::Clock;
use replay_tool::files::FindError;
use replay_tool::reconcile::{Asked, Export, Reconciled, read_export, reconcile};
use replay_tool::shopify::bulk::QUERY;
use replay_tool::story::words;

use super::evidence::Legend;
use super::statement::signed;
use crate::cli::{Common, ReconcileArgs};
use crate::output::{Align, Cell, Out, Table, Tone, tame};
use crate::{Answer, Failure, Outcome};

pub fn run(args: &ReconcileArgs, common: &Common, out: &mut Out) -> Answer {
    if args.print_query {
        out.line(QUERY.trim_end())?;
        return Ok(Outcome::Fine);
    }
    args.event.with(common, |logs, chosen, clock| {
        let exports: Vec<Export> = args
            .exports
            .iter()
            .map(|file| read(file, &chosen.currency, args.reveal))
            .collect::<Result<_, _>>()?;
        let now = args.at.as_deref().map(|at| clock.read(at)).transpose()?;
        let kind = if args.changes { RunKind::Changes } else { RunKind::Full };
        let found = reconcile(logs, chosen, exports, Asked { kind, now }, common.workers())?;
        if out.json() {
            out.document(&found)?;
        } else {
            show(&found, clock, out)?;
        }
        Ok(if found.findings.is_empty() { Outcome::Fine } else { Outcome::Difference })
    })
}

fn read(file: &PathBuf, currency: &str, reveal: bool) -> Result<Export, Failure> {
    let input = File::open(file).map_err(|error| FindError::io(file, error))?;
    read_export(input, currency, reveal).map_err(|error| Failure::new(format!("{}: {error}", file.display())))
}

fn show(found: &Reconciled, clock: Clock, out: &mut Out) -> Result<(), Failure> {
    let mut legend = Legend::default();
    out.toned(Tone::Title, &format!("{} and its store, in {}", tame(&found.event), tame(&found.currency)))?;
    let items = found.items.map_or_else(String::new, |items| format!("; {items} items compared"));
    out.line(&format!(
        "  {} orders here, {} there{items}; as of {}",
        found.orders_here,
        found.orders_there,
        clock.show(found.now)
    ))?;
    for gap in &found.gaps {
        out.toned(Tone::Warning, &format!("  not told: {}", tame(gap)))?;
    }
    out.line("")?;
    if found.findings.is_empty() {
        out.toned(Tone::Good, "  Both sides say the same.")?;
        return Ok(());
    }
    out.table(&findings(found, &mut legend))?;
    out.line("")?;
    let mut table =
        Table::new(&[("difference", Align::Left), ("how many", Align::Right), ("at stake", Align::Right)]);
    for sum in &found.classes {
        table.push([
            words(&sum.class).into(),
            sum.count.to_string().into(),
            Cents(sum.at_stake_cents).to_string().into(),
        ]);
    }
    out.table(&table)?;
    for (order, contact) in &found.contacts {
        out.line(&format!("  order {order}: {}", tame(contact)))?;
    }
    legend.show(out)?;
    Ok(())
}

fn findings(found: &Reconciled, legend: &mut Legend) -> Table {
    let mut table = Table::new(&[
        ("difference", Align::Left),
        ("about", Align::Left),
        ("ours", Align::Right),
        ("theirs", Align::Right),
        ("they have more", Align::Right),
        ("our evidence", Align::Left),
        ("their evidence", Align::Left),
    ]);
    for finding in &found.findings {
        let (ours, theirs) = sides(finding);
        let tone = if finding.difference == Cents::ZERO { Tone::Faint } else { Tone::Warning };
        let entries: Vec<String> = finding
            .our_evidence
            .entries
            .iter()
            .map(|entry| legend.cite_line(&entry.stream.to_string(), entry.seq, 0))
            .collect();
        let body = finding.their_evidence.body.as_ref().map(replay_tool::fault::short).unwrap_or_default();
        table.push([
            words(&finding.class).into(),
            about(finding).into(),
            ours.into(),
            theirs.into(),
            Cell::toned(tone, signed(finding.difference)),
            Cell::toned(Tone::Faint, entries.join(" ")),
            Cell::toned(Tone::Faint, body),
        ]);
    }
    table
}

fn about(finding: &Finding) -> String {
    let part = |word: &str| finding.part.map_or_else(String::new, |part| format!(", {word} {part}"));
    match &finding.subject {
        Subject::Order(order) => {
            let word = match finding.class {
                Class::Refund | Class::PartialRefundWithAdjustment => "refund",
                _ => "line",
            };
            format!("order {order}{}", part(word))
        }
        Subject::Item(tag) => tag.grouped(),
        Subject::Topic(topic) => tame(topic),
    }
}

/// Amounts as amounts, numbers as numbers.
fn sides(finding: &Finding) -> (String, String) {
    let money = |side: i64| Cents(side).to_string();
    match finding.class {
        Class::Quantity | Class::WebhookMissing | Class::SubscriptionMissing => {
            (finding.ours.to_string(), finding.theirs.to_string())
        }
        Class::Deleted if matches!(finding.subject, Subject::Item(_)) => {
            (finding.ours.to_string(), finding.theirs.to_string())
        }
        Class::MissingHere => ("–".to_owned(), money(finding.theirs)),
        Class::MissingThere | Class::Deleted => (money(finding.ours), "–".to_owned()),
        _ => (money(finding.ours), money(finding.theirs)),
    }
}
