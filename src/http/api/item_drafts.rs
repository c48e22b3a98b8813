//! Items that are not complete yet.

use domain::consignment_event::Command;
use domain::ids::{ConsignorNumber, EventId};

use super::item_commands::{NewItem, STAFF, for_owners, tag_of};
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Named, Told};
use crate::http::paths::{ItemOfEvent, OfEvent};
use crate::http::problem::Problems;

/// Keeps an item that is not complete yet: texts may be short and prices missing.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/drafts",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = NewItem,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn save_draft(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(draft): Told<NewItem>,
) -> Decision {
    decider.on_behalf_of(ConsignorNumber(draft.consignor), STAFF).await?;
    let command = Command::SaveDraft { tag: None, draft: draft.into() };
    Ok(decider.event(event, command).await?.created())
}

/// Keeps a draft's newer state.
#[utoipa::path(
    put,
    path = "/api/v1/events/{event}/drafts/{tag}",
    tag = "items",
    params(ItemOfEvent, CommandHeaders),
    request_body = NewItem,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn update_draft(
    decider: Decider,
    Named((event, tag)): Named<(EventId, String)>,
    Told(draft): Told<NewItem>,
) -> Decision {
    decider.on_behalf_of(ConsignorNumber(draft.consignor), STAFF).await?;
    let command = Command::SaveDraft { tag: Some(tag_of(&tag)?), draft: draft.into() };
    Ok(decider.event(event, command).await?.done())
}

/// Lists a draft, whole.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/drafts/{tag}/complete",
    tag = "items",
    params(ItemOfEvent, CommandHeaders),
    request_body = NewItem,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn complete_draft(
    decider: Decider,
    Named((event, tag)): Named<(EventId, String)>,
    Told(draft): Told<NewItem>,
) -> Decision {
    decider.on_behalf_of(ConsignorNumber(draft.consignor), STAFF).await?;
    let command = Command::CompleteDraft { tag: tag_of(&tag)?, draft: draft.into() };
    Ok(decider.event(event, command).await?.done())
}

/// Gives a draft up; its tag is not used again.
#[utoipa::path(
    delete,
    path = "/api/v1/events/{event}/drafts/{tag}",
    tag = "items",
    params(ItemOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn discard_draft(decider: Decider, Named((event, tag)): Named<(EventId, String)>) -> Decision {
    let tag = tag_of(&tag)?;
    for_owners(&decider, event, &[tag]).await?;
    Ok(decider.event(event, Command::DiscardDraft { tag }).await?.done())
}
