//! Items come in and leave: tags printed, checked in, refused, pulled, put up again, handed out, tagged anew. A command for
//! many does what it can; what it passed over stands in its answer.

use domain::consignment_event::Command;
use domain::consignment_event::items::{Departure, PullReason, RejectReason, RetagReason};
use domain::ids::EventId;
use domain::tag::Tag;
use serde::Deserialize;
use utoipa::ToSchema;

use super::item_commands::{for_owners, tag_of};
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Named, Told};
use crate::http::paths::{ItemOfEvent, OfEvent};
use crate::http::problem::Problems;
use crate::http::words;

/// Some items.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tags {
    /// The tags, at most 500.
    #[schema(value_type = Vec<String>, example = json!(["0010001234"]))]
    pub tags: Vec<Tag>,
}

/// Notes that tags are printed: their price and flags count on the floor, whatever is edited later.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/print",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = Tags,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn print_tags(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(Tags { tags }): Told<Tags>,
) -> Decision {
    for_owners(&decider, event, &tags).await?;
    Ok(decider.event(event, Command::PrintTags { tags }).await?.done())
}

/// A volunteer sees items come in; those checked in already are passed over.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/check-in",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = Tags,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn check_in_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(Tags { tags }): Told<Tags>,
) -> Decision {
    Ok(decider.event(event, Command::CheckIn { tags }).await?.done())
}

/// Items to refuse.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejecting {
    /// The tags, at most 500.
    #[schema(value_type = Vec<String>)]
    pub tags: Vec<Tag>,
    /// Why.
    #[schema(schema_with = words::reject_reasons)]
    pub reason: RejectReason,
}

/// Refuses items at check-in, with the fine that the settings name. They may still be sold, by a person allowed to.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/reject",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = Rejecting,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn reject_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(asked): Told<Rejecting>,
) -> Decision {
    let command = Command::RejectItems { tags: asked.tags, reason: asked.reason };
    Ok(decider.event(event, command).await?.done())
}

/// Items to take out of the sale.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pulling {
    /// The tags, at most 500.
    #[schema(value_type = Vec<String>)]
    pub tags: Vec<Tag>,
    /// Why; `own_wish` withdraws them for their consignor.
    #[schema(schema_with = words::pull_reasons)]
    pub reason: PullReason,
}

/// Takes items out of the sale. Beyond the allowance, a consignor's own wish costs the fine that the settings name.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/pull",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = Pulling,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn pull_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(asked): Told<Pulling>,
) -> Decision {
    let command = Command::PullItems { tags: asked.tags, reason: asked.reason };
    Ok(decider.event(event, command).await?.done())
}

/// Puts pulled, rejected or missing items up for sale after all.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/reinstate",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = Tags,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn reinstate_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(Tags { tags }): Told<Tags>,
) -> Decision {
    Ok(decider.event(event, Command::ReinstateItems { tags }).await?.done())
}

/// Items that leave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Departing {
    /// The tags, at most 500.
    #[schema(value_type = Vec<String>)]
    pub tags: Vec<Tag>,
    /// How.
    #[schema(schema_with = words::departures)]
    pub how: Departure,
}

/// Notes how items leave the hall, other than sold.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/depart",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = Departing,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn depart_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(asked): Told<Departing>,
) -> Decision {
    Ok(decider.event(event, Command::DepartItems { tags: asked.tags, how: asked.how }).await?.done())
}

/// A second tag.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retagging {
    /// Why.
    #[schema(schema_with = words::retag_reasons)]
    pub reason: RetagReason,
}

/// Gives an item another tag; the old one counts no more.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/{tag}/retag",
    tag = "items",
    params(ItemOfEvent, CommandHeaders),
    request_body = Retagging,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn retag_item(
    decider: Decider,
    Named((event, tag)): Named<(EventId, String)>,
    Told(asked): Told<Retagging>,
) -> Decision {
    let command = Command::RetagItem { tag: tag_of(&tag)?, reason: asked.reason };
    Ok(decider.event(event, command).await?.done())
}
