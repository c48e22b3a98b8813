//! What is done to items: listed, edited, priced, tagged, checked in, refused, pulled, handed out, moved on. A
//! command for many does what it can; what it passed over stands in its answer, with the rule and the code.

use domain::consignment_event::Command;
use domain::consignment_event::items::{
    Departure, ItemDraft, ItemEdit, PriceChange, PullReason, RejectReason, RetagReason, TransferDraft,
};
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
use crate::http::words;

/// Who may act on anybody's items.
const STAFF: &[Permission] = &[Permission::ManageItems];

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
async fn for_owners(decider: &Decider, event: EventId, tags: &[Tag]) -> Result<(), EdgeError> {
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

fn tag_of(text: &str) -> Result<Tag, EdgeError> {
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

#[derive(Deserialize)]
struct Described {
    tag: String,
    consignor: u32,
    category: String,
    title: String,
    size: String,
    condition: String,
    price_cents: i64,
    reduce: i64,
    donate: i64,
    reference: String,
}

const SELECT_DESCRIBED: &str =
    "SELECT tag, consignor, category, title, size, condition, price_cents, reduce, donate, reference FROM item
    WHERE organization = ?1 AND event = ?2 AND tag IN (SELECT value FROM json_each(?3))";

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
        let own = found.iter().find(|row| row.tag == item.tag.to_string())?;
        let draft = ItemDraft {
            row: None,
            consignor: ConsignorNumber(own.consignor),
            category: own.category.clone(),
            title: own.title.clone(),
            size: own.size.clone(),
            condition: own.condition.clone(),
            price: Cents(item.price_cents.unwrap_or(own.price_cents)),
            reduce: own.reduce != 0,
            donate: own.donate != 0,
            reference: own.reference.clone(),
        };
        Some(TransferDraft { tag: item.tag, draft })
    };
    let items: Option<Vec<TransferDraft>> = asked.items.iter().map(draft).collect();
    let items = items.ok_or(EdgeError::NotFound("item"))?;
    Ok(decider.event(event, Command::TransferItems { to: asked.to, items }).await?.done())
}

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
