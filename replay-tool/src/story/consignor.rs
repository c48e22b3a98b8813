//! A consignor: what they brought, what was sold, and what they can expect.

mod credited;

use std::collections::BTreeMap;

use domain::consignment_event::{self, ConsignmentEvent, SessionScheduled};
use domain::ids::ConsignorNumber;
use domain::money::{BasisPoints, Cents, OutOfRange};
use domain::organization::{self, Enrolment, Organization};
use domain::sale_session::{self, Line, SaleSession};
use domain::tag::Tag;
use serde::Serialize;

use credited::Credited;

use super::{Evidence, StoryError};
use crate::logs::{Logs, Source};
use crate::typed::each;

/// The story of a consignor.
#[derive(Debug, Clone, Serialize)]
pub struct ConsignorStory {
    /// The number on their tags.
    pub consignor: u32,
    /// Where they were enrolled in the organization.
    pub enrolled: Vec<Joined>,
    /// Where they joined events.
    pub joined: Vec<Joined>,
    /// Entries that listed items of theirs.
    pub listed: Vec<Listed>,
    /// Number of items they listed.
    pub items: u64,
    /// Sum of the prices listed, in cents.
    pub listed_cents: i64,
    /// Number of items sold.
    pub sold: u64,
    /// What was sold, in order.
    pub sales: Vec<SaleLine>,
    /// Sum of prices sold at, in cents.
    pub gross_cents: i64,
    /// Their estimated share, in cents, rounded as their plans say.
    pub share_cents: i64,
    /// The house's part, in cents.
    pub house_cents: i64,
    /// What could not be told, and why.
    pub gaps: Vec<String>,
}

/// Taking part, in the organization or in an event.
#[derive(Debug, Clone, Serialize)]
pub struct Joined {
    /// The tier.
    pub tier: &'static str,
    /// Where it is said.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Items listed by one entry.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// How many of theirs.
    pub items: u64,
    /// Sum of their prices, in cents.
    pub price_cents: i64,
    /// Where it is said.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// One item sold.
#[derive(Debug, Clone, Serialize)]
pub struct SaleLine {
    /// What it was listed as, where the event's log is at hand.
    pub title: Option<String>,
    /// The receipt's number.
    pub receipt: u32,
    /// The line as recorded.
    #[serde(flatten)]
    pub line: Line,
    /// Where it is said.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Tells the story of `number`.
///
/// # Errors
/// [`StoryError`].
pub fn tell(logs: &Logs, number: ConsignorNumber, workers: usize) -> Result<ConsignorStory, StoryError> {
    let mut story = ConsignorStory {
        consignor: number.0,
        enrolled: Vec::new(),
        joined: Vec::new(),
        listed: Vec::new(),
        items: 0,
        listed_cents: 0,
        sold: 0,
        sales: Vec::new(),
        gross_cents: 0,
        share_cents: 0,
        house_cents: 0,
        gaps: Vec::new(),
    };
    for source in logs.organizations() {
        enrolments(source, number, &mut story, workers)?;
    }
    let mut titles = BTreeMap::new();
    let events = logs.events();
    if events.is_empty() {
        story.gaps.push("no event's own log is here: what they listed is not known".to_owned());
    }
    for source in events.into_values() {
        listings(source, number, &mut story, &mut titles, workers)?;
    }
    let sessions = logs.sessions();
    if sessions.is_empty() {
        story.gaps.push("no session's log is here: what was sold is not known".to_owned());
    }
    for source in sessions.into_values() {
        sales(source, number, &mut story, &titles, workers)?;
    }
    if story.enrolled.is_empty() && story.joined.is_empty() && story.items == 0 && story.sold == 0 {
        return Err(StoryError::Unknown(format!("no log here knows consignor {number}")));
    }
    Ok(story)
}

fn joined(found: &[Enrolment], number: ConsignorNumber, evidence: impl Fn() -> Evidence) -> Option<Joined> {
    let found = found.iter().find(|enrolment| enrolment.number == number)?;
    Some(Joined { tier: found.tier.name(), evidence: evidence() })
}

fn enrolments(
    source: &Source,
    number: ConsignorNumber,
    story: &mut ConsignorStory,
    workers: usize,
) -> Result<(), StoryError> {
    each::<Organization>(
        &source.path,
        workers,
        |line| line.kind == "consignors_enrolled",
        |entry| {
            if let organization::Event::ConsignorsEnrolled(enrolled) = &entry.event {
                let evidence = || Evidence::new(&source.stream, entry.seq, entry.recorded_at);
                story.enrolled.extend(joined(&enrolled.consignors, number, evidence));
            }
            Ok(())
        },
    )?;
    Ok(())
}

fn listings(
    source: &Source,
    number: ConsignorNumber,
    story: &mut ConsignorStory,
    titles: &mut BTreeMap<Tag, String>,
    workers: usize,
) -> Result<(), StoryError> {
    let wanted = |kind: &str| matches!(kind, "consignors_joined" | "items_listed");
    each::<ConsignmentEvent>(
        &source.path,
        workers,
        |line| wanted(&line.kind),
        |entry| {
            let evidence = || Evidence::new(&source.stream, entry.seq, entry.recorded_at);
            match &entry.event {
                consignment_event::Event::ConsignorsJoined(event) => {
                    story.joined.extend(joined(&event.consignors, number, evidence));
                }
                consignment_event::Event::ItemsListed(listed) => {
                    let mut here = Listed { items: 0, price_cents: 0, evidence: evidence() };
                    for item in listed.items.iter().filter(|item| item.consignor == number) {
                        here.items += 1;
                        here.price_cents = here.price_cents.saturating_add(item.price.0);
                        titles.insert(item.tag, item.title.clone());
                    }
                    if here.items > 0 {
                        story.items += here.items;
                        story.listed_cents = story.listed_cents.saturating_add(here.price_cents);
                        story.listed.push(here);
                    }
                }
                _ => {}
            }
            Ok(())
        },
    )?;
    Ok(())
}

fn sales(
    source: &Source,
    number: ConsignorNumber,
    story: &mut ConsignorStory,
    titles: &BTreeMap<Tag, String>,
    workers: usize,
) -> Result<(), StoryError> {
    let mut plan: Option<SessionScheduled> = None;
    let mut lines = Credited::of(number);
    each::<SaleSession>(
        &source.path,
        workers,
        |line| line.kind != "custody_taken" && line.kind != "custody_released",
        |entry| {
            lines.take(&entry.event);
            match entry.event {
                sale_session::Event::SessionScheduled(scheduled) => plan = Some(scheduled.0),
                sale_session::Event::ReceiptCompleted(receipt) => {
                    for line in receipt.lines.into_iter().filter(|line| line.consignor == number) {
                        story.sales.push(SaleLine {
                            title: titles.get(&line.tag).cloned(),
                            receipt: receipt.number,
                            line,
                            evidence: Evidence::new(&source.stream, entry.seq, entry.recorded_at),
                        });
                    }
                }
                _ => {}
            }
            Ok(())
        },
    )?;
    if lines.changed > 0 {
        story.gaps.push(format!(
            "{} lines were returned, refunded, contested or credited later: the sums count them as they are now",
            lines.changed
        ));
    }
    let added = add_up(story, &lines.now(), plan.as_ref());
    added.map_err(|_| {
        StoryError::Unknown(format!("{}: the sums leave the range of amounts", source.path.display()))
    })
}

fn add_up(
    story: &mut ConsignorStory,
    lines: &[(Cents, BasisPoints)],
    plan: Option<&SessionScheduled>,
) -> Result<(), OutOfRange> {
    let gross = Cents::total(lines.iter().map(|(price, _)| *price))?;
    let share = match plan {
        Some(plan) => plan.plan.total_share(lines.iter().copied())?,
        None => Cents::ZERO,
    };
    story.sold += lines.len() as u64;
    story.gross_cents = Cents(story.gross_cents).plus(gross)?.0;
    story.share_cents = Cents(story.share_cents).plus(share)?.0;
    story.house_cents = Cents(story.house_cents).plus(gross.minus(share)?)?.0;
    Ok(())
}
