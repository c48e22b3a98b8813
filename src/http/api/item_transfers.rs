//! Unsold items go on to a later event.

use domain::consignment_event::Command;
use domain::consignment_event::items::TransferDraft;
use domain::ids::EventId;
use domain::money::Cents;
use domain::tag::Tag;
use serde::Deserialize;
use utoipa::ToSchema;

use super::item_commands::for_owners;
use super::items::{Described, described};
use crate::adapters::database::Value;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Named, Told};
use crate::http::paths::OfEvent;
use crate::http::problem::{EdgeError, Problems};

/// Unsold items that go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The later event.
    #[schema(value_type = String)]
    pub to: EventId,
    /// At most 500.
    pub items: Vec<TransferItem>,
}

/// One item that goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferItem {
    /// Its tag here.
    #[schema(value_type = String)]
    pub tag: Tag,
    /// Its price there; `null` for the same.
    #[serde(default)]
    pub price_cents: Option<i64>,
}

const SELECT_DESCRIBED: &str = concat!(
    "SELECT ",
    described!(),
    " FROM item i WHERE i.organization = ?1 AND i.event = ?2 AND i.tag IN (SELECT value FROM json_each(?3))"
);

/// Lists unsold items again in a later event, as they are or at another price: at most twice per item, its history
/// kept.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/transfer",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = Transfer,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn transfer_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(asked): Told<Transfer>,
) -> Decision {
    let tags: Vec<Tag> = asked.items.iter().map(|item| item.tag).collect();
    for_owners(&decider, event, &tags).await?;
    let (id, tags) = (event.to_string(), serde_json::to_string(&tags)?);
    let rows = decider.tenant.rows(&decider.edge);
    let found: Vec<Described> = rows.all(SELECT_DESCRIBED, &[Value::Text(&id), Value::Text(&tags)]).await?;
    let draft = |item: &TransferItem| {
        let mut draft = found.iter().find(|own| own.tag == item.tag.to_string())?.draft();
        draft.price = item.price_cents.map_or(draft.price, Cents);
        Some(TransferDraft { tag: item.tag, draft })
    };
    let items: Option<Vec<TransferDraft>> = asked.items.iter().map(draft).collect();
    let items = items.ok_or(EdgeError::NotFound("item"))?;
    Ok(decider.event(event, Command::TransferItems { to: asked.to, items }).await?.done())
}
