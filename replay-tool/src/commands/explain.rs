//! `explain` and `receipt`: stories, told to a person.

use domain::ids::ConsignorNumber;
use domain::money::Cents;
use domain::sale_session::{Tender, TenderKind};
use domain::tag::Tag;
use replay_tool::clock::Clock;
use replay_tool::story::consignor::{self, ConsignorStory};
use replay_tool::story::item::{self, ItemStory};
use replay_tool::story::receipt::{self, LineStory, ReceiptStory, Wanted};
use replay_tool::story::words;

use super::evidence::{Legend, actor};
use super::statement;
use crate::cli::{Common, Explain, Logs, ReceiptArgs};
use crate::output::{Align, Cell, Out, Table, Tone, tame};
use crate::{Answer, Failure, Outcome};

/// Said wherever an estimate is shown.
const ESTIMATE: &str =
    "Shares are estimates until the settlement: shifts may still be completed, items returned.";

pub fn run(what: &Explain, common: &Common, out: &mut Out) -> Answer {
    match what {
        Explain::Receipt(args) => receipt(args, common, out),
        Explain::Item { tag, logs } => {
            let known =
                Tag::parse(tag).map_err(|error| Failure::new(format!("{tag:?} is no tag: {error}")))?;
            item(known, logs, common, out)
        }
        Explain::Consignor { number, logs } => consignor(ConsignorNumber(*number), logs, common, out),
        Explain::Statement { number, event } => {
            statement::statement(ConsignorNumber(*number), event, common, out)
        }
        Explain::Payout { payout, event } => statement::payout(payout, event, common, out),
        Explain::Settlement { event } => statement::settlement(event, common, out),
    }
}

pub fn receipt(args: &ReceiptArgs, common: &Common, out: &mut Out) -> Answer {
    let logs = args.logs.sorted()?;
    let story = receipt::tell(&logs, &Wanted::read(&args.receipt), common.workers())?;
    if out.json() {
        out.document(&story)?;
    } else {
        show_receipt(&story, common.clock(&logs.files())?, out)?;
    }
    Ok(if story.differences.is_empty() { Outcome::Fine } else { Outcome::Difference })
}

fn show_receipt(story: &ReceiptStory, clock: Clock, out: &mut Out) -> Result<(), Failure> {
    let mut legend = Legend::default();
    let planned =
        story.planned.as_ref().map_or_else(String::new, |evidence| format!(" {}", legend.cite(evidence)));
    out.toned(Tone::Title, &format!("Receipt {} of {}", story.number, tame(&story.session)))?;
    out.line(&format!("  id         {}", story.receipt))?;
    let terminal = story.terminal.as_deref().unwrap_or("a terminal unknown here");
    let recorded = story.evidence.recorded_at;
    let sale = legend.cite(&story.evidence);
    out.line(&format!(
        "  sold       {} at {} ({})",
        clock.show(story.occurred_at),
        tame(terminal),
        tame(&story.actor)
    ))?;
    out.line(&format!("  recorded   {} {sale}", clock.show(recorded)))?;
    out.line(&format!(
        "  rules      commission plan version {}, amounts in {}{planned}",
        story.plan,
        tame(&story.currency)
    ))?;
    out.line("")?;
    out.table(&receipt_lines(story, &mut legend))?;
    out.line("")?;
    out.line(&format!(
        "  prices {} + tax {} → to pay {}",
        Cents(story.gross_cents),
        Cents(story.tax_cents),
        Cents(story.total_cents)
    ))?;
    let tenders: Vec<String> = story.tenders.iter().map(tender).collect();
    out.line(&format!("  paid {}; change {}", tenders.join(", "), Cents(story.change_cents)))?;
    show_exceptions(story, &mut legend, out)?;
    out.line(&format!("  {ESTIMATE}"))?;
    for gap in &story.gaps {
        out.toned(Tone::Warning, &format!("  not told: {gap}"))?;
    }
    if story.differences.is_empty() {
        out.toned(
            Tone::Good,
            "  The rules, applied again to the state before this entry, give the same figures.",
        )?;
    }
    for difference in &story.differences {
        out.toned(Tone::Bad, &format!("  DIFFERS: {}", tame(difference)))?;
    }
    legend.show(out)?;
    Ok(())
}

/// What was not as usual: things unknown, variances, and what became of the receipt.
fn show_exceptions(story: &ReceiptStory, legend: &mut Legend, out: &mut Out) -> Result<(), Failure> {
    if story.offline {
        out.line("  made without a connection: recorded as it was charged")?;
    }
    for line in &story.unlisted {
        let tag = line.tag.map_or_else(|| "without a readable tag".to_owned(), Tag::grouped);
        out.line(&format!("  unknown to the session: {tag} at {}, tax {}", line.price, line.tax))?;
    }
    for found in &story.variances {
        let line = found.line.map_or_else(String::new, |line| format!(", line {}", line + 1));
        let expected =
            found.expected.map_or_else(String::new, |expected| format!(": the rules say {expected}"));
        out.toned(Tone::Warning, &format!("  variance: {}{line}{expected}", words(&found.variance)))?;
    }
    for after in &story.afterwards {
        let cited = legend.cite(&after.evidence);
        out.toned(Tone::Warning, &format!("  later: {} {cited}", tame(&after.text)))?;
    }
    Ok(())
}

fn receipt_lines(story: &ReceiptStory, legend: &mut Legend) -> Table {
    let mut table = Table::new(&[
        ("tag", Align::Left),
        ("item", Align::Left),
        ("consignor", Align::Left),
        ("printed", Align::Right),
        ("price", Align::Right),
        ("tax", Align::Right),
        ("rate", Align::Right),
        ("share", Align::Right),
        ("house", Align::Right),
        ("said by", Align::Left),
    ]);
    for line in &story.lines {
        let said: Vec<String> =
            [line.listing.as_ref().map(|listing| &listing.evidence), line.custody.as_ref()]
                .into_iter()
                .flatten()
                .map(|evidence| legend.cite(evidence))
                .collect();
        let recorded = &line.line;
        table.push([
            line.tag.grouped().into(),
            item_name(line).into(),
            format!("{} ({})", line.consignor, line.terms).into(),
            recorded.printed.to_string().into(),
            price(line),
            recorded.tax.to_string().into(),
            recorded.rate.to_string().into(),
            recorded.share.to_string().into(),
            recorded.house.to_string().into(),
            Cell::toned(Tone::Faint, said.join(" ")),
        ]);
    }
    table
}

fn item_name(line: &LineStory) -> String {
    let mut name = match &line.listing {
        Some(listing) if listing.size.is_empty() => tame(&listing.title),
        Some(listing) => format!("{}, {}", tame(&listing.title), tame(&listing.size)),
        None => "?".to_owned(),
    };
    for (flag, words) in
        [(line.line.keyed, " (keyed by hand)"), (line.line.not_checked_in, " (never checked in)")]
    {
        if flag {
            name.push_str(words);
        }
    }
    name
}

fn price(line: &LineStory) -> Cell {
    if line.line.reduction.0 == 0 {
        return line.line.price.to_string().into();
    }
    Cell::toned(Tone::Warning, format!("{} (−{})", line.line.price, line.line.reduction))
}

fn tender(tender: &Tender) -> String {
    let kind = match tender.kind {
        TenderKind::Cash => "cash",
        TenderKind::Card => "card",
        TenderKind::Cheque => "cheque",
        TenderKind::StoreCredit => "store credit",
    };
    format!("{} {kind}", tender.amount)
}

fn item(tag: Tag, logs: &Logs, common: &Common, out: &mut Out) -> Answer {
    let logs = logs.sorted()?;
    let story = item::tell(&logs, tag, common.workers())?;
    if out.json() {
        out.document(&story)?;
    } else {
        show_item(&story, common.clock(&logs.files())?, out)?;
    }
    Ok(Outcome::Fine)
}

fn show_item(story: &ItemStory, clock: Clock, out: &mut Out) -> Result<(), Failure> {
    let mut legend = Legend::default();
    let status = story.status.unwrap_or("unknown");
    out.toned(Tone::Title, &format!("Item {}: {status}", story.tag.grouped()))?;
    if let Some(listing) = &story.listing {
        let flags = match (listing.reduce, listing.donate) {
            (true, true) => "; may be reduced, donated if unsold",
            (true, false) => "; may be reduced",
            (false, true) => "; donated if unsold",
            (false, false) => "",
        };
        let what = [&listing.title, &listing.size, &listing.category, &listing.condition];
        let what: Vec<String> =
            what.into_iter().filter(|text| !text.is_empty()).map(|text| tame(text)).collect();
        out.line(&format!(
            "  {} of consignor {} at {}{flags}",
            what.join(", "),
            listing.consignor,
            Cents(listing.price_cents)
        ))?;
    } else {
        out.toned(Tone::Warning, "  not told: what it is; the event's own log is not here")?;
    }
    out.line("")?;
    let mut table = Table::new(&[
        ("when", Align::Left),
        ("what", Align::Left),
        ("by", Align::Left),
        ("said by", Align::Left),
    ]);
    for step in &story.steps {
        let cited = legend.cite(&step.evidence);
        let when = clock.show(step.evidence.recorded_at);
        table.push([
            when.into(),
            tame(&step.text).into(),
            actor(&step.actor).into(),
            Cell::toned(Tone::Faint, cited),
        ]);
    }
    out.table(&table)?;
    legend.show(out)?;
    Ok(())
}

fn consignor(number: ConsignorNumber, logs: &Logs, common: &Common, out: &mut Out) -> Answer {
    let logs = logs.sorted()?;
    let story = consignor::tell(&logs, number, common.workers())?;
    if out.json() {
        out.document(&story)?;
    } else {
        show_consignor(&story, common.clock(&logs.files())?, out)?;
    }
    Ok(Outcome::Fine)
}

fn show_consignor(story: &ConsignorStory, clock: Clock, out: &mut Out) -> Result<(), Failure> {
    let mut legend = Legend::default();
    out.toned(Tone::Title, &format!("Consignor {}", story.consignor))?;
    for (word, found) in [("enrolled", &story.enrolled), ("joined", &story.joined)] {
        for joined in found {
            let cited = legend.cite(&joined.evidence);
            let when = clock.show(joined.evidence.recorded_at);
            out.line(&format!("  {word} as {}, {when} {cited}", joined.tier))?;
        }
    }
    for listed in &story.listed {
        let cited = legend.cite(&listed.evidence);
        let when = clock.show(listed.evidence.recorded_at);
        out.line(&format!(
            "  listed {} items for {}, {when} {cited}",
            listed.items,
            Cents(listed.price_cents)
        ))?;
    }
    out.line("")?;
    if story.sales.is_empty() {
        out.line("  Nothing sold so far.")?;
    } else {
        out.table(&sales(story, clock, &mut legend))?;
    }
    out.line("")?;
    out.line(&format!("  {} of {} items sold for {}", story.sold, story.items, Cents(story.gross_cents)))?;
    out.toned(
        Tone::Title,
        &format!("  estimated share {}, house {}", Cents(story.share_cents), Cents(story.house_cents)),
    )?;
    out.line(&format!("  {ESTIMATE}"))?;
    for gap in &story.gaps {
        out.toned(Tone::Warning, &format!("  not told: {gap}"))?;
    }
    legend.show(out)?;
    Ok(())
}

fn sales(story: &ConsignorStory, clock: Clock, legend: &mut Legend) -> Table {
    let mut table = Table::new(&[
        ("when", Align::Left),
        ("receipt", Align::Right),
        ("tag", Align::Left),
        ("item", Align::Left),
        ("price", Align::Right),
        ("rate", Align::Right),
        ("share", Align::Right),
        ("said by", Align::Left),
    ]);
    for sale in &story.sales {
        let cited = legend.cite(&sale.evidence);
        table.push([
            clock.show(sale.evidence.recorded_at).into(),
            sale.receipt.to_string().into(),
            sale.line.tag.grouped().into(),
            sale.title.as_deref().map_or_else(|| "?".to_owned(), tame).into(),
            sale.line.price.to_string().into(),
            sale.line.rate.to_string().into(),
            sale.line.share.to_string().into(),
            Cell::toned(Tone::Faint, cited),
        ]);
    }
    table
}
