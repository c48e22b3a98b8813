//! `explain statement`, `payout` and `settlement`: every cent, to a person.

mod whole;

use std::collections::BTreeSet;

use domain::ids::ConsignorNumber;
use domain::money::Cents;
use domain::settlement::{DifferenceKind, LineAbout, SaleLine, StatementTotals};
use replay_tool::clock::Clock;
use replay_tool::logs::Logs as FoundLogs;
use replay_tool::settle::{Chosen, choose};
use replay_tool::story::payout::{self, PayoutStory};
use replay_tool::story::statement::{self, Calculation, LineStory, Said, StatementStory};
use replay_tool::story::words;

pub use self::whole::settlement;
use super::evidence::Legend;
use crate::cli::{Common, OneEvent};
use crate::output::{Align, Cell, Out, Table, Tone, tame};
use crate::{Answer, Failure, Outcome};

/// What the rules that lines stand on say, in short.
const RULES: [(&str, &str); 6] = [
    ("STL-3", "what was returned, voided, contested or overruled earns nothing"),
    ("STL-4", "what is left of the price, at the final rate: tier and completed shifts as they are now"),
    ("STL-5", "the plan rounds the total once; the cents left over go to the largest fractions"),
    ("STL-8", "charges, waivers, payments, referral credits and adjustments, one line each"),
    ("STL-9", "a part of the share of the whole event"),
    ("STL-10", "the balance that the organization's ledger carried"),
];

impl OneEvent {
    fn logs(&self) -> Result<FoundLogs, Failure> {
        self.logs.sorted()
    }

    /// The logs and the event that were meant.
    pub fn with<T>(
        &self,
        common: &Common,
        then: impl FnOnce(&FoundLogs, &Chosen<'_>, Clock) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let logs = self.logs()?;
        let chosen = choose(&logs, self.event.as_deref(), common.workers())?;
        let clock = common.clock(std::slice::from_ref(&chosen.source.path))?;
        then(&logs, &chosen, clock)
    }
}

pub fn statement(number: ConsignorNumber, event: &OneEvent, common: &Common, out: &mut Out) -> Answer {
    event.with(common, |logs, chosen, clock| {
        let story = statement::tell(logs, chosen, number, common.workers())?;
        if out.json() {
            out.document(&story)?;
        } else {
            let mut legend = Legend::default();
            show_statement(&story, clock, &mut legend, out)?;
            legend.show(out)?;
        }
        Ok(outcome(story.differences.is_empty()))
    })
}

pub fn payout(wanted: &str, event: &OneEvent, common: &Common, out: &mut Out) -> Answer {
    event.with(common, |logs, chosen, clock| {
        let story = payout::tell(logs, chosen, wanted, common.workers())?;
        if out.json() {
            out.document(&story)?;
        } else {
            show_payout(&story, clock, out)?;
        }
        Ok(outcome(story.differences.is_empty() && story.statement.differences.is_empty()))
    })
}

const fn outcome(same: bool) -> Outcome {
    if same { Outcome::Fine } else { Outcome::Difference }
}

fn show_payout(story: &PayoutStory, clock: Clock, out: &mut Out) -> Result<(), Failure> {
    let mut legend = Legend::default();
    let life = &story.payout;
    out.toned(
        Tone::Title,
        &format!(
            "Payout {} of {}: {} {} to consignor {}, {}",
            life.payout,
            tame(&story.statement.event),
            Cents(life.amount_cents),
            tame(&story.statement.currency),
            life.consignor,
            life.status
        ),
    )?;
    for step in &life.steps {
        let cited = legend.cite(&step.evidence);
        let when = clock.show(step.evidence.recorded_at);
        out.line(&format!("  {when}  {} {cited}", tame(&step.text)))?;
    }
    for difference in &story.differences {
        out.toned(Tone::Bad, &format!("  DIFFERS: {}", tame(difference)))?;
    }
    out.line("")?;
    show_statement(&story.statement, clock, &mut legend, out)?;
    legend.show(out)?;
    Ok(())
}

fn show_statement(
    story: &StatementStory,
    clock: Clock,
    legend: &mut Legend,
    out: &mut Out,
) -> Result<(), Failure> {
    let shifts = if story.shifts == 1 { "1 shift".to_owned() } else { format!("{} shifts", story.shifts) };
    out.toned(
        Tone::Title,
        &format!(
            "Statement of consignor {} ({}, {shifts}) for {}",
            story.consignor,
            story.tier,
            tame(&story.event)
        ),
    )?;
    show_calculation(&story.calculation, clock, legend, out)?;
    out.line("")?;
    if story.lines.is_empty() {
        out.line("  Nothing was sold, charged or credited.")?;
    } else {
        out.table(&lines(story, legend))?;
    }
    show_steps(story, legend, out)?;
    out.line("")?;
    show_totals(&story.totals, &story.currency, out)?;
    for life in &story.payouts {
        let made = life.made.as_ref().map_or_else(String::new, |made| {
            format!(" by {} {} of {}", words(&made.method), tame(&made.reference), made.paid_on)
        });
        let cited = life.steps.last().map_or_else(String::new, |step| legend.cite(&step.evidence));
        out.line(&format!(
            "  payout {}: {}, {}{made} {cited}",
            life.payout,
            Cents(life.amount_cents),
            life.status
        ))?;
    }
    for carried in &story.carried {
        out.line(&format!("  {}", tame(carried)))?;
    }
    show_verdict(&story.calculation, story.recalculated, &story.differences, &story.gaps, out)?;
    let rules: BTreeSet<&str> = story.lines.iter().map(|line| line.line.rule.as_ref()).collect();
    show_rules(&rules, out)
}

fn show_calculation(
    calculation: &Calculation,
    clock: Clock,
    legend: &mut Legend,
    out: &mut Out,
) -> Result<(), Failure> {
    match calculation {
        Calculation::Preview => {
            out.toned(Tone::Warning, "  a preview: nothing is settled yet; over what the logs hold now")?;
        }
        Calculation::Recorded { number, approved, pinned, approvals } => {
            let cited = legend.cite(pinned);
            let status = if *approved { "approved" } else { "not approved yet" };
            let when = clock.show(pinned.recorded_at);
            out.line(&format!(
                "  settlement {number}, {status}; over the logs as they stood {when} {cited}"
            ))?;
            for approval in approvals {
                let cited = legend.cite(&approval.evidence);
                let when = clock.show(approval.evidence.recorded_at);
                out.line(&format!("  approved by {} {when} {cited}", tame(&approval.by)))?;
            }
        }
    }
    Ok(())
}

fn lines(story: &StatementStory, legend: &mut Legend) -> Table {
    let mut table = Table::new(&[
        ("tag", Align::Left),
        ("what", Align::Left),
        ("price", Align::Right),
        ("rate", Align::Left),
        ("estimate", Align::Right),
        ("amount", Align::Right),
        ("rule", Align::Left),
        ("said by", Align::Left),
    ]);
    for line in &story.lines {
        let said = cite(&line.said_by, legend);
        let amount = amount(line);
        let rule = Cell::toned(Tone::Faint, line.line.rule.as_ref());
        let said = Cell::toned(Tone::Faint, said);
        match &line.line.about {
            LineAbout::Sale(sale) => table.push([
                sale.tag.map_or_else(|| "–".to_owned(), domain::tag::Tag::grouped).into(),
                tame(line.title.as_deref().unwrap_or("?")).into(),
                sale_price(sale).into(),
                rate(sale).into(),
                sale.estimate.to_string().into(),
                amount,
                rule,
                said,
            ]),
            other => {
                let what = other_than_sale(other);
                let empty = || Cell::from("");
                table.push([empty(), what.into(), empty(), empty(), empty(), amount, rule, said]);
            }
        }
    }
    table
}

fn amount(line: &LineStory) -> Cell {
    let text = line.line.amount.to_string();
    if line.line.amount < Cents::ZERO { Cell::toned(Tone::Warning, text) } else { text.into() }
}

fn sale_price(sale: &SaleLine) -> String {
    if sale.price_back == Cents::ZERO {
        return sale.price.to_string();
    }
    format!("{} − {}", sale.price, sale.price_back)
}

/// `70 % (60 + 10 shifts)`
fn rate(sale: &SaleLine) -> String {
    let parts = &sale.rate;
    let mut made_of = Vec::new();
    for (points, word) in [(parts.bonus, "price bonus"), (parts.shifts, "shifts")] {
        if points.0 > 0 {
            made_of.push(format!("{points} {word}"));
        }
    }
    if made_of.is_empty() {
        return parts.rate.to_string();
    }
    let capped = if parts.capped { ", capped" } else { "" };
    format!("{} ({} + {}{capped})", parts.rate, parts.base, made_of.join(" + "))
}

fn other_than_sale(about: &LineAbout) -> String {
    match about {
        LineAbout::Sale(_) => "sale".to_owned(),
        LineAbout::Charge { charge } => format!("fee: {}", words(charge)),
        LineAbout::Credit { credit } => format!("credit: {}", words(credit)),
        LineAbout::CarriedIn => "carried in from the ledger".to_owned(),
    }
}

fn cite(said: &[Said], legend: &mut Legend) -> String {
    let cited: Vec<String> =
        said.iter().map(|said| legend.cite_line(&said.stream, said.seq, said.line)).collect();
    cited.join(" ")
}

/// The way from what the till estimated to what is due, for lines where the two differ.
fn show_steps(story: &StatementStory, legend: &mut Legend, out: &mut Out) -> Result<(), Failure> {
    let mut first = true;
    for line in &story.lines {
        let LineAbout::Sale(sale) = &line.line.about else { continue };
        if sale.differences.is_empty() {
            continue;
        }
        if first {
            out.line("")?;
            out.line("  Not what was estimated at the sale:")?;
            first = false;
        }
        let tag = sale.tag.map_or_else(|| "no tag".to_owned(), domain::tag::Tag::grouped);
        let steps: Vec<String> = sale
            .differences
            .iter()
            .map(|step| {
                // The entries behind a difference are among the line's own.
                let said: Vec<Said> = step
                    .sources
                    .iter()
                    .filter_map(|source| {
                        let at = line.line.sources.iter().position(|known| known == source)?;
                        line.said_by.get(at).cloned()
                    })
                    .collect();
                let cited = if said.is_empty() { String::new() } else { format!(" {}", cite(&said, legend)) };
                format!("{} {}{cited}", why(step.kind), signed(step.amount))
            })
            .collect();
        out.line(&format!("  {tag}  {} → {}: {}", sale.estimate, line.line.amount, steps.join(", ")))?;
    }
    Ok(())
}

const fn why(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Returned => "the item came back",
        DifferenceKind::Voided => "the receipt was voided",
        DifferenceKind::Contested => "a conflict about it is open",
        DifferenceKind::Overruled => "the conflict was decided otherwise",
        DifferenceKind::Refunded => "a part of the price was given back",
        DifferenceKind::Recorded => "the till's rules were not these",
        DifferenceKind::Plan => "another version of the plan",
        DifferenceKind::Tier => "another tier since",
        DifferenceKind::Shifts => "shifts completed since",
        DifferenceKind::Remainder => "rounding the total",
    }
}

pub fn signed(amount: Cents) -> String {
    if amount > Cents::ZERO { format!("+{amount}") } else { amount.to_string() }
}

fn show_totals(totals: &StatementTotals, currency: &str, out: &mut Out) -> Result<(), Failure> {
    out.line(&format!(
        "  {} sold for {}: share {} (estimated at the sale {}), house {}",
        totals.sold, totals.gross, totals.share, totals.estimate, totals.house
    ))?;
    out.line(&format!(
        "  share {} − charges {} + credits {} = earned {}",
        totals.share, totals.charges, totals.credits, totals.earned
    ))?;
    out.toned(
        Tone::Title,
        &format!(
            "  earned {} + carried in {} − settled before {} = due {} {}",
            totals.earned,
            totals.carried_in,
            totals.settled_before,
            totals.due,
            tame(currency)
        ),
    )?;
    Ok(())
}

fn show_verdict(
    calculation: &Calculation,
    recalculated: bool,
    differences: &[String],
    gaps: &[String],
    out: &mut Out,
) -> Result<(), Failure> {
    for gap in gaps {
        out.toned(Tone::Warning, &format!("  not told: {}", tame(gap)))?;
    }
    let recorded = matches!(calculation, Calculation::Recorded { .. });
    if recorded && recalculated && differences.is_empty() {
        out.toned(Tone::Good, "  Settled again here from the pinned logs: the same, to the cent.")?;
    }
    for difference in differences {
        out.toned(Tone::Bad, &format!("  DIFFERS: {}", tame(difference)))?;
    }
    Ok(())
}

fn show_rules(used: &BTreeSet<&str>, out: &mut Out) -> Result<(), Failure> {
    if used.is_empty() {
        return Ok(());
    }
    out.line("")?;
    for (rule, text) in RULES.iter().filter(|(rule, _)| used.contains(rule)) {
        out.toned(Tone::Faint, &format!("{rule}: {text}"))?;
    }
    Ok(())
}
