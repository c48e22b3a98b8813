//! Items are listed, edited and priced. A command for many does what it can; what it passed over stands in its answer,
//! with the rule and the code.

use domain::consignment_event::Command;
use domain::consignment_event::items::{ItemDraft, ItemEdit, PriceChange};
use domain::ids::{ConsignorNumber, EventId};
use domain::money::{BasisPoints, Cents};
use domain::rights::Permission;
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Named, Told};
use crate::http::paths::{ItemOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};

/// Who may act on anybody's items.
pub(super) const STAFF: &[Permission] = &[Permission::ManageItems];

/// An item to list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// Whose it is, by number.
    #[schema(example = 101)]
    pub consignor: u32,
    /// Category code.
    #[schema(example = "toys")]
    pub category: String,
    /// What it is.
    #[schema(example = "Wooden train, 40 parts")]
    pub title: String,
    /// Size, as on the label; may be empty.
    #[serde(default)]
    pub size: String,
    /// Condition code.
    #[schema(example = "good")]
    pub condition: String,
    /// Price; between two steps it goes down to the lower one.
    #[schema(example = 450)]
    pub price_cents: i64,
    /// May be reduced.
    #[serde(default)]
    pub reduce: bool,
    /// To be donated if unsold.
    #[serde(default)]
    pub donate: bool,
    /// The consignor's own reference; unique per consignor and event unless empty.
    #[serde(default)]
    pub reference: String,
}

impl From<NewItem> for ItemDraft {
    fn from(item: NewItem) -> Self {
        Self {
            row: None,
            consignor: ConsignorNumber(item.consignor),
            category: item.category,
            title: item.title,
            size: item.size,
            condition: item.condition,
            price: Cents(item.price_cents),
            reduce: item.reduce,
            donate: item.donate,
            reference: item.reference,
        }
    }
}

/// Items to list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItems {
    /// At most 500.
    pub items: Vec<NewItem>,
}

/// Lets through staff, and a consignor for their own items.
async fn for_all(decider: &Decider, items: &[NewItem]) -> Result<(), EdgeError> {
    let mut owners: Vec<u32> = items.iter().map(|item| item.consignor).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        decider.on_behalf_of(ConsignorNumber(owner), STAFF).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Owners {
    owners: String,
}

const SELECT_OWNERS: &str = "SELECT json_group_array(DISTINCT consignor) AS owners FROM item
    WHERE organization = ?1 AND event = ?2 AND tag IN (SELECT value FROM json_each(?3))";

/// Lets through staff, and a consignor whose items all of these are.
pub(super) async fn for_owners(decider: &Decider, event: EventId, tags: &[Tag]) -> Result<(), EdgeError> {
    if STAFF.iter().any(|permission| decider.caller.may(*permission)) {
        return Ok(());
    }
    let (event, tags) = (event.to_string(), serde_json::to_string(tags)?);
    let rows = decider.tenant.rows(&decider.edge);
    let found: Option<Owners> = rows.first(SELECT_OWNERS, &[Value::Text(&event), Value::Text(&tags)]).await?;
    let owners: Vec<u32> = serde_json::from_str(&found.map(|found| found.owners).unwrap_or_default())?;
    let Some((first, [])) = owners.split_first() else {
        return Err(EdgeError::Forbidden("to be the consignor of these items".into()));
    };
    decider.on_behalf_of(ConsignorNumber(*first), STAFF).await
}

/// A tag as addresses have it.
pub(super) fn tag_of(text: &str) -> Result<Tag, EdgeError> {
    Tag::parse(text).map_err(|_| EdgeError::NotFound("item"))
}

/// Lists items: each gets its tag, or is refused with the rule.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = NewItems,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn create_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(new): Told<NewItems>,
) -> Decision {
    for_all(&decider, &new.items).await?;
    let items = new.items.into_iter().map(ItemDraft::from).collect();
    Ok(decider.event(event, Command::ListItems { import: None, items }).await?.created())
}

/// New values; those left out stay.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemChange {
    /// Category code.
    #[serde(default)]
    pub category: Option<String>,
    /// What it is.
    #[serde(default)]
    pub title: Option<String>,
    /// Size, as on the label.
    #[serde(default)]
    pub size: Option<String>,
    /// Condition code.
    #[serde(default)]
    pub condition: Option<String>,
    /// Price.
    #[serde(default)]
    #[schema(example = 400)]
    pub price_cents: Option<i64>,
    /// May be reduced.
    #[serde(default)]
    pub reduce: Option<bool>,
    /// To be donated if unsold.
    #[serde(default)]
    pub donate: Option<bool>,
}

impl ItemChange {
    fn of(self, tag: Tag) -> ItemEdit {
        ItemEdit {
            tag,
            category: self.category,
            title: self.title,
            size: self.size,
            condition: self.condition,
            price: self.price_cents.map(Cents),
            reduce: self.reduce,
            donate: self.donate,
        }
    }
}

/// Edits one item. What stands on its printed tag counts on the floor all the same.
#[utoipa::path(
    patch,
    path = "/api/v1/events/{event}/items/{tag}",
    tag = "items",
    params(ItemOfEvent, CommandHeaders),
    request_body = ItemChange,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn edit_item(
    decider: Decider,
    Named((event, tag)): Named<(EventId, String)>,
    Told(change): Told<ItemChange>,
) -> Decision {
    let tag = tag_of(&tag)?;
    for_owners(&decider, event, &[tag]).await?;
    Ok(decider.event(event, Command::EditItems { edits: vec![change.of(tag)] }).await?.done())
}

/// Edits of many items.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemChanges {
    /// The tags, at most 500.
    #[schema(value_type = Vec<String>)]
    pub tags: Vec<Tag>,
    /// New values for all of them.
    pub change: ItemChange,
}

/// Edits many items at once.
#[utoipa::path(
    patch,
    path = "/api/v1/events/{event}/items",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = ItemChanges,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn edit_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(changes): Told<ItemChanges>,
) -> Decision {
    for_owners(&decider, event, &changes.tags).await?;
    let edits = changes.tags.iter().map(|tag| changes.change.clone().of(*tag)).collect();
    Ok(decider.event(event, Command::EditItems { edits }).await?.done())
}

/// One rule for many prices: exactly one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Repricing {
    /// The tags, at most 500.
    #[schema(value_type = Vec<String>)]
    pub tags: Vec<Tag>,
    /// To this price.
    #[serde(default)]
    pub set_cents: Option<i64>,
    /// Down by this part, to the lower step, never below the lowest price.
    #[serde(default)]
    #[schema(example = 500)]
    pub reduce_bp: Option<u32>,
}

/// Changes many prices by one rule.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/items/reprice",
    tag = "items",
    params(OfEvent, CommandHeaders),
    request_body = Repricing,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn reprice_items(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(asked): Told<Repricing>,
) -> Decision {
    let change = match (asked.set_cents, asked.reduce_bp) {
        (Some(cents), None) => PriceChange::SetCents(Cents(cents)),
        (None, Some(rate)) => PriceChange::ReduceBp(BasisPoints(rate)),
        _ => {
            let detail = "Exactly one of set_cents and reduce_bp.";
            return Err(EdgeError::bad_request("price_change_unclear", detail));
        }
    };
    Ok(decider.event(event, Command::RepriceItems { tags: asked.tags, change }).await?.done())
}
