//! Fees, fines, payments, waivers and adjustments: every movement of money in an event that is no sale.

use domain::consignment_event::Command;
use domain::consignment_event::fees::{AdjustmentReason, FeeKind, FeeMethod, WaiverReason};
use domain::ids::{ConsignorNumber, EventId};
use domain::money::Cents;
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::OfEvent;
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// What one consignor owes of one kind of fee.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FeeView {
    /// Whose and what for: `{consignor}/{kind}`.
    #[schema(example = "0000000101/participation")]
    pub account: String,
    /// Whose.
    pub consignor: u32,
    /// What for.
    #[schema(example = "participation")]
    pub kind: String,
    /// Charged so far.
    pub charged_cents: i64,
    /// Waived so far.
    pub waived_cents: i64,
    /// Paid so far, outside the payout.
    pub paid_cents: i64,
    /// Carried by the organization's ledger: fell due after the payout.
    pub carried_cents: i64,
    /// Still open: deducted from the payout. Negative when more was paid than charged.
    pub open_cents: i64,
    /// Parts of the share of the whole event, charged and not waived; their amount is known at the settlement.
    pub part_of_share_bp: i64,
}

impl Resource for FeeView {
    const NAME: &'static str = "fee";
    const LIST: List = List {
        select: "SELECT printf('%010d/%s', consignor, kind) AS account, consignor, kind,
              SUM((movement = 'charged') * amount_cents) AS charged_cents,
              SUM((movement = 'waived') * amount_cents) AS waived_cents,
              SUM((movement = 'paid') * amount_cents) AS paid_cents,
              SUM((movement = 'charged' AND method = 'ledger') * amount_cents) AS carried_cents,
              SUM(CASE WHEN movement = 'charged' AND method <> 'ledger' THEN amount_cents
                WHEN movement IN ('waived', 'paid') THEN -amount_cents ELSE 0 END) AS open_cents,
              SUM(CASE movement WHEN 'charged' THEN 1 WHEN 'waived' THEN -1 ELSE 0 END
                * COALESCE(part_of_share_bp, 0)) AS part_of_share_bp
            FROM fee_entry WHERE organization = ?1 AND event = ?2->>'event' AND kind IS NOT NULL
              AND (?2->>'consignor' IS NULL OR consignor = ?2->>'consignor')
              AND (?2->>'kind' IS NULL OR kind = ?2->>'kind')
            GROUP BY consignor, kind
            HAVING ?2->>'open' IS NULL OR (open_cents <> 0) = ?2->>'open'",
        key: "account",
        default: "account",
        sorts: &["consignor", "kind", "charged_cents", "open_cents"],
        columns: &[
            "consignor",
            "kind",
            "charged_cents",
            "waived_cents",
            "paid_cents",
            "carried_cents",
            "open_cents",
            "part_of_share_bp",
        ],
    };
    as_selected!();
}

/// Which fees.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeeQuery {
    /// A consignor's number.
    pub consignor: Option<u32>,
    /// A kind: `participation`, `no_show`, …
    pub kind: Option<String>,
    /// Only those with something open, or only the others.
    pub open: Option<bool>,
}

/// What consignors owe, by consignor and kind.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/fees",
    tag = "fees",
    params(OfEvent, FeeQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<FeeView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_fees(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<FeeQuery>,
) -> Result<Listing<FeeView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// One movement of money.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FeeMovement {
    /// Where it stands: the entry of the event's log and the line in it.
    #[schema(example = "0000000042.000")]
    pub line: String,
    /// Whose.
    pub consignor: u32,
    /// `charged`, `paid`, `waived`, `adjusted` or `referred` (a credit for bringing somebody along).
    #[schema(example = "waived")]
    pub movement: String,
    /// What for; `null` for adjustments and referrals.
    pub kind: Option<String>,
    /// Charged: what is owed. Otherwise: what the consignor gets of it; negative for what is taken from them.
    pub amount_cents: i64,
    /// Where the amount is a part of the share of the whole event.
    pub part_of_share_bp: Option<u32>,
    /// How it is paid.
    pub method: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Reference of a payment.
    pub reference: Option<String>,
    /// The item that it is about.
    pub tag: Option<String>,
    /// The booking that it is about.
    pub booking: Option<String>,
    /// How many items it is for.
    pub items: Option<u32>,
    /// The consignor who came through this one.
    pub referred: Option<u32>,
    /// Who.
    pub actor: String,
    /// When.
    #[serde(deserialize_with = "row::instant")]
    pub recorded_at: String,
}

impl Resource for FeeMovement {
    const NAME: &'static str = "movement";
    const LIST: List = List {
        select: "SELECT printf('%010d.%03d', seq, line) AS line, consignor, movement, kind, amount_cents,
              part_of_share_bp, method, reason, reference, tag, booking, items, referred, actor, recorded_at
            FROM fee_entry WHERE organization = ?1 AND event = ?2->>'event'
              AND (?2->>'consignor' IS NULL OR consignor = ?2->>'consignor')
              AND (?2->>'kind' IS NULL OR kind = ?2->>'kind')
              AND (?2->>'movement' IS NULL OR movement = ?2->>'movement')",
        key: "line",
        default: "-line",
        sorts: &["consignor", "kind", "amount_cents", "recorded_at"],
        columns: &[
            "line",
            "consignor",
            "movement",
            "kind",
            "amount_cents",
            "part_of_share_bp",
            "method",
            "reason",
            "reference",
            "tag",
            "booking",
            "items",
            "referred",
            "actor",
            "recorded_at",
        ],
    };
    as_selected!();
}

/// Which movements.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MovementQuery {
    /// A consignor's number.
    pub consignor: Option<u32>,
    /// A kind of fee.
    pub kind: Option<String>,
    /// `charged`, `paid`, `waived`, `adjusted` or `referred`.
    pub movement: Option<String>,
}

/// Every charge, payment, waiver, adjustment and referral credit, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/fees/movements",
    tag = "fees",
    params(OfEvent, MovementQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<FeeMovement> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_fee_movements(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<MovementQuery>,
) -> Result<Listing<FeeMovement>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// A fee to charge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCharge {
    /// Who owes it.
    #[schema(example = 101)]
    pub consignor: u32,
    /// What for: `sort`, `oversize`, `battery` or `missed_pick_up`; the others follow from what happens.
    #[schema(schema_with = words::fee_kinds)]
    pub kind: FeeKind,
    /// Items, for `oversize` and `battery`.
    #[serde(default)]
    pub items: u32,
}

/// Charges a fee by the settings' rates.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/fees/charges",
    tag = "fees",
    params(OfEvent, CommandHeaders),
    request_body = NewCharge,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn charge_fee(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(new): Told<NewCharge>,
) -> Decision {
    let consignor = ConsignorNumber(new.consignor);
    let command = Command::ChargeFee { consignor, kind: new.kind, items: new.items };
    Ok(decider.event(event, command).await?.created())
}

/// A payment of a fee.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// By whom.
    #[schema(example = 101)]
    pub consignor: u32,
    /// What for.
    #[schema(schema_with = words::fee_kinds)]
    pub kind: FeeKind,
    /// How much.
    #[schema(example = 900)]
    pub amount_cents: i64,
    /// `online` or `door`.
    #[schema(schema_with = words::fee_methods)]
    pub method: FeeMethod,
    /// Reference of the payment, 1 to 64 characters: the same one counts once.
    #[schema(example = "door-0042", max_length = 64)]
    pub reference: String,
}

/// Records that a fee was paid, at the door or online.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/fees/payments",
    tag = "fees",
    params(OfEvent, CommandHeaders),
    request_body = NewPayment,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn record_fee_payment(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(new): Told<NewPayment>,
) -> Decision {
    let command = Command::RecordFeePayment {
        consignor: ConsignorNumber(new.consignor),
        kind: new.kind,
        amount: Cents(new.amount_cents),
        method: new.method,
        reference: new.reference,
    };
    Ok(decider.event(event, command).await?.created())
}

/// A waiver.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWaiver {
    /// Whose.
    #[schema(example = 101)]
    pub consignor: u32,
    /// What for.
    #[schema(schema_with = words::fee_kinds)]
    pub kind: FeeKind,
    /// How much of it; `null` for all that is open.
    #[serde(default)]
    pub amount_cents: Option<i64>,
    /// Why.
    #[schema(schema_with = words::waiver_reasons)]
    pub reason: WaiverReason,
    /// More words, kept apart from the log with the consignor's data.
    #[serde(default)]
    pub note: Option<String>,
}

/// Waives a fee, in whole or in part.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/fees/waivers",
    tag = "fees",
    params(OfEvent, CommandHeaders),
    request_body = NewWaiver,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn waive_fee(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(new): Told<NewWaiver>,
) -> Decision {
    let consignor = ConsignorNumber(new.consignor);
    let note = decider.note(Some(consignor), new.note.as_deref()).await?;
    let amount = new.amount_cents.map(Cents);
    let command = Command::WaiveFee { consignor, kind: new.kind, amount, reason: new.reason, note };
    Ok(decider.event(event, command).await?.created())
}

/// An adjustment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdjustment {
    /// Whose.
    #[schema(example = 101)]
    pub consignor: u32,
    /// Positive is to the consignor.
    #[schema(example = 500)]
    pub amount_cents: i64,
    /// Why.
    #[schema(schema_with = words::adjustment_reasons)]
    pub reason: AdjustmentReason,
    /// The item that it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub tag: Option<Tag>,
    /// More words, kept apart from the log with the consignor's data.
    #[serde(default)]
    pub note: Option<String>,
}

/// Adjusts somebody's figures by hand, with a reason.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/adjustments",
    tag = "fees",
    params(OfEvent, CommandHeaders),
    request_body = NewAdjustment,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn adjust(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(new): Told<NewAdjustment>,
) -> Decision {
    let consignor = ConsignorNumber(new.consignor);
    let note = decider.note(Some(consignor), new.note.as_deref()).await?;
    let amount = Cents(new.amount_cents);
    let command = Command::Adjust { consignor, amount, reason: new.reason, tag: new.tag, note };
    Ok(decider.event(event, command).await?.created())
}
