//! An item: everything that happened to one tag, in order, over all logs at hand.

mod steps;

use domain::consignment_event::{self, ConsignmentEvent};
use domain::lifecycle::ItemStatus;
use domain::sale_session::SaleSession;
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
    story
        .steps
        .sort_by_key(|step| (step.evidence.recorded_at, step.evidence.stream.clone(), step.evidence.seq));
    Ok(story)
}

fn in_event(source: &Source, story: &mut ItemStory, workers: usize) -> Result<(), StoryError> {
    let needle = story.tag.to_string();
    each::<ConsignmentEvent>(
        &source.path,
        workers,
        |line| line.payload.contains(&needle),
        |entry| {
            let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
            if let consignment_event::Event::ItemsListed(listed) = &entry.event
                && let Some(item) = listed.items.iter().find(|item| item.tag == story.tag)
            {
                story.listing = Some(Listing::new(item, evidence.clone()));
            }
            let Some((status, text)) = steps::at_the_event(&entry.event, story.tag) else { return Ok(()) };
            if let Some(status) = status {
                story.status = Some(status.name());
            }
            story.steps.push(Step { evidence, text, actor: entry.actor });
            Ok(())
        },
    )?;
    Ok(())
}

fn in_session(source: &Source, story: &mut ItemStory, workers: usize) -> Result<(), StoryError> {
    let needle = story.tag.to_string();
    each::<SaleSession>(
        &source.path,
        workers,
        |line| line.payload.contains(&needle),
        |entry| {
            let Some((status, text)) = steps::in_a_session(&entry.event, story.tag) else { return Ok(()) };
            if let Some(status) = status {
                story.status = Some(status.name());
            }
            let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
            story.steps.push(Step { evidence, text, actor: entry.actor });
            Ok(())
        },
    )?;
    Ok(())
}
