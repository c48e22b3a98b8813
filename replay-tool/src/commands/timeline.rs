//! `state` and `diff`: time travel.

use std::collections::BTreeMap;

use domain::tag::Tag;
use replay_tool::clock::{Clock, rfc3339};
use replay_tool::logs::Source;
use replay_tool::timeline::{At, Difference, Summary, compare, summarize};
use serde::Serialize;

use crate::cli::{Common, DiffArgs, OneLog, StateArgs};
use crate::output::{Out, Tone, tame};
use crate::{Answer, Failure, Outcome};

/// A state, for programs.
#[derive(Serialize)]
struct ToldState<'a> {
    stream: String,
    seq: u64,
    recorded: Option<String>,
    facts: BTreeMap<&'a str, &'a str>,
    counts: BTreeMap<&'a str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a BTreeMap<Tag, String>>,
}

/// A difference, for programs.
#[derive(Serialize)]
struct ToldDifference<'a> {
    stream: String,
    #[serde(flatten)]
    difference: &'a Difference,
}

pub fn state(args: &StateArgs, common: &Common, out: &mut Out) -> Answer {
    let (sources, clock) = chosen(&args.log, common)?;
    let at = args.at.as_deref().map_or(Ok(At::End), |text| read_at(text, clock))?;
    for source in &sources {
        let summary = summarize(source, at, common.workers())?;
        if out.json() {
            out.document(&told(source, &summary, args.log.items))?;
        } else {
            show_state(source, &summary, args.log.items, clock, out)?;
        }
    }
    Ok(Outcome::Fine)
}

pub fn diff(args: &DiffArgs, common: &Common, out: &mut Out) -> Answer {
    let (sources, clock) = chosen(&args.log, common)?;
    let from = read_at(&args.from, clock)?;
    let to = args.to.as_deref().map_or(Ok(At::End), |text| read_at(text, clock))?;
    let mut same = true;
    for source in &sources {
        let before = summarize(source, from, common.workers())?;
        let after = summarize(source, to, common.workers())?;
        let difference = compare(&before, &after);
        same &= difference.facts.is_empty() && difference.items.is_empty();
        if out.json() {
            out.document(&ToldDifference { stream: source.stream.to_string(), difference: &difference })?;
        } else {
            show_difference(source, &difference, args.log.items, out)?;
        }
    }
    Ok(if same { Outcome::Fine } else { Outcome::Difference })
}

/// The logs that were meant.
fn chosen(log: &OneLog, common: &Common) -> Result<(Vec<Source>, Clock), Failure> {
    let logs = log.logs.sorted()?;
    let clock = common.clock(&logs.files())?;
    let wanted =
        |source: &Source| log.stream.as_ref().is_none_or(|text| source.stream.to_string().contains(text));
    let sources: Vec<Source> = logs.all.into_iter().filter(wanted).collect();
    if sources.is_empty() {
        return Err(Failure::new("no log here is of such a stream"));
    }
    Ok((sources, clock))
}

/// A number is an entry, anything else a time.
fn read_at(text: &str, clock: Clock) -> Result<At, Failure> {
    match text.parse() {
        Ok(seq) => Ok(At::Seq(seq)),
        Err(_) => Ok(At::Time(clock.read(text)?)),
    }
}

fn told<'a>(source: &Source, summary: &'a Summary, items: bool) -> ToldState<'a> {
    ToldState {
        stream: source.stream.to_string(),
        seq: summary.seq,
        recorded: rfc3339(summary.recorded_at),
        facts: summary.facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        counts: summary.counts(),
        items: items.then_some(&summary.items),
    }
}

fn show_state(
    source: &Source,
    summary: &Summary,
    items: bool,
    clock: Clock,
    out: &mut Out,
) -> Result<(), Failure> {
    out.toned(Tone::Title, &source.stream.to_string())?;
    let when = match summary.seq {
        0 => "before its first entry".to_owned(),
        seq => format!("after entry {seq}, {}", clock.show(summary.recorded_at)),
    };
    out.toned(Tone::Faint, &format!("  {when}"))?;
    for (name, value) in &summary.facts {
        out.line(&format!("  {:<24} {}", tame(name), tame(value)))?;
    }
    for (status, count) in summary.counts() {
        out.line(&format!("  {:<24} {count}", format!("items {status}")))?;
    }
    if items {
        for (tag, status) in &summary.items {
            out.line(&format!("    {}  {status}", tag.grouped()))?;
        }
    }
    Ok(())
}

fn show_difference(
    source: &Source,
    difference: &Difference,
    items: bool,
    out: &mut Out,
) -> Result<(), Failure> {
    out.toned(Tone::Title, &source.stream.to_string())?;
    out.toned(Tone::Faint, &format!("  from entry {} to entry {}", difference.from_seq, difference.to_seq))?;
    let side = |value: &Option<String>| value.as_deref().map_or_else(|| "–".to_owned(), tame);
    for change in &difference.facts {
        out.line(&format!("  {:<24} {} → {}", tame(&change.name), side(&change.from), side(&change.to)))?;
    }
    let mut moves: BTreeMap<(String, String), u64> = BTreeMap::new();
    for moved in &difference.items {
        // Which receipt an item was sold on is told item by item.
        let short = |value: &Option<String>| side(value).split(" on ").next().unwrap_or_default().to_owned();
        *moves.entry((short(&moved.from), short(&moved.to))).or_insert(0) += 1;
    }
    for ((from, to), count) in moves {
        out.line(&format!("  {:<24} {from} → {to}", format!("{count} items")))?;
    }
    if items {
        for moved in &difference.items {
            out.line(&format!("    {}  {} → {}", moved.tag.grouped(), side(&moved.from), side(&moved.to)))?;
        }
    }
    if difference.facts.is_empty() && difference.items.is_empty() {
        out.line("  nothing changed")?;
    }
    Ok(())
}
