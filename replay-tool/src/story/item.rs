//! An item: everything that happened to one tag, in order, over all logs at hand.

use domain::consignment_event::{self, ConsignmentEvent, Outcome};
use domain::lifecycle::ItemStatus;
use domain::sale_session::{self, SaleSession};
use domain::tag::Tag;
use serde::Serialize;

use super::{Evidence, Listing, StoryError};
use crate::logs::{Logs, Source};
use crate::typed::each;

/// The story of an item.
#[derive(Debug, Clone, Serialize)]
pub struct ItemStory {
    /// Its tag.
    pub tag: Tag,
    /// As it was listed, where the event's log is at hand.
    pub listing: Option<Listing>,
    /// Where it stands, after the last of the steps.
    pub status: Option<&'static str>,
    /// What happened to it, by the logs' clocks.
    pub steps: Vec<Step>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Step {
    /// Where it is said; steps are told in this order.
    #[serde(flatten)]
    pub evidence: Evidence,
    /// In a sentence.
    pub text: String,
    /// Who caused it.
    pub actor: String,
}

/// Tells the story of `tag`.
///
/// # Errors
/// [`StoryError`].
pub fn tell(logs: &Logs, tag: Tag, workers: usize) -> Result<ItemStory, StoryError> {
    let mut story = ItemStory { tag, listing: None, status: None, steps: Vec::new() };
    for source in logs.events().into_values() {
        in_event(source, &mut story, workers)?;
    }
    let at_event = story.status;
    for source in logs.sessions().into_values() {
        in_session(source, &mut story, workers)?;
    }
    // The event hears of a sale only when the session gives the item back; until then the session knows better.
    if at_event.is_some_and(|status| status != ItemStatus::OnFloor.name()) {
        story.status = at_event;
    }
    if story.steps.is_empty() {
        return Err(StoryError::Unknown(format!("no log here knows {}", tag.grouped())));
    }
    story.steps.sort_by_key(|step| (step.evidence.recorded_at, step.evidence.stream.clone(), step.evidence.seq));
    Ok(story)
}

fn in_event(source: &Source, story: &mut ItemStory, workers: usize) -> Result<(), StoryError> {
    let needle = story.tag.to_string();
    each::<ConsignmentEvent>(&source.path, workers, |line| line.payload.contains(&needle), |entry| {
        let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
        let (status, text) = match &entry.event {
            consignment_event::Event::ItemsListed(listed) => {
                let Some(item) = listed.items.iter().find(|item| item.tag == story.tag) else { return Ok(()) };
                story.listing = Some(Listing::new(item, evidence.clone()));
                let row = item.row.map_or_else(String::new, |row| format!(", row {row} of an import"));
                (ItemStatus::Listed, format!("listed at {} by consignor {}{row}", item.price, item.consignor))
            }
            consignment_event::Event::CustodyHandedOver(page) => {
                let Some(item) = page.items.iter().find(|item| item.tag == story.tag) else { return Ok(()) };
                (ItemStatus::OnFloor, format!("handed over to session {} at {} (page {})", page.session, item.price, page.page))
            }
            consignment_event::Event::ItemsTakenBack(page) => {
                let Some(item) = page.items.iter().find(|item| item.tag == story.tag) else { return Ok(()) };
                match item.outcome {
                    Outcome::Sold => (ItemStatus::Sold, format!("session {} reports it sold", page.session)),
                    Outcome::Unsold => (ItemStatus::Released, format!("back from session {}, unsold", page.session)),
                }
            }
            consignment_event::Event::EventCreated(_)
            | consignment_event::Event::StatusChanged(_)
            | consignment_event::Event::ConsignorsJoined(_)
            | consignment_event::Event::SessionScheduled(_)
            | consignment_event::Event::SessionOpening(_)
            | consignment_event::Event::CustodyConfirmed(_) => return Ok(()),
        };
        story.status = Some(status.name());
        story.steps.push(Step { evidence, text, actor: entry.actor });
        Ok(())
    })?;
    Ok(())
}

fn in_session(source: &Source, story: &mut ItemStory, workers: usize) -> Result<(), StoryError> {
    let needle = story.tag.to_string();
    each::<SaleSession>(&source.path, workers, |line| line.payload.contains(&needle), |entry| {
        let (status, text) = match &entry.event {
            sale_session::Event::CustodyTaken(taken) if taken.items.iter().any(|item| item.tag == story.tag) => {
                (ItemStatus::OnFloor, format!("on the floor: in the session's custody (page {})", taken.page))
            }
            sale_session::Event::ReceiptCompleted(receipt) => {
                let Some(line) = receipt.lines.iter().find(|line| line.tag == story.tag) else { return Ok(()) };
                let keyed = if line.keyed { ", tag keyed by hand" } else { "" };
                let text = format!(
                    "sold at {} on receipt {} ({}){keyed}; consignor {}: {} of it, estimated {}",
                    line.price, receipt.number, receipt.receipt, line.consignor, line.rate, line.share
                );
                (ItemStatus::Sold, text)
            }
            sale_session::Event::CustodyReleased(page) => {
                let Some(item) = page.items.iter().find(|item| item.tag == story.tag) else { return Ok(()) };
                match item.outcome {
                    Outcome::Sold => (ItemStatus::Sold, "reported to the event as sold".to_owned()),
                    Outcome::Unsold => (ItemStatus::Released, "given back to the event, unsold".to_owned()),
                }
            }
            _ => return Ok(()),
        };
        story.status = Some(status.name());
        let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
        story.steps.push(Step { evidence, text, actor: entry.actor });
        Ok(())
    })?;
    Ok(())
}
