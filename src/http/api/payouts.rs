//! Payouts: what an approved settlement comes to, and how the money left.

use chrono::NaiveDate;
use domain::consignment_event::Command;
use domain::consignment_event::payouts::{PayCommand, PayoutMethod, VoidReason};
use domain::ids::{ConsignorNumber, EventId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::consignors::names_of;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{OfEvent, PayoutOfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// A payout.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PayoutView {
    /// Its number in the event, from 1; printed on cheques and transfers.
    #[schema(example = 12)]
    pub payout: u32,
    /// The settlement that it follows from.
    pub settlement: String,
    /// To whom.
    pub consignor: u32,
    /// Their name; `null` for callers who may not see personal data, and where none is kept.
    #[serde(default)]
    #[schema(required)]
    pub name: Option<String>,
    /// How much.
    pub amount_cents: i64,
    /// `calculated`, `approved`, `paid`, `voided`, `reissued` or `carried`.
    #[schema(example = "approved")]
    pub status: String,
    /// How it was made.
    pub method: Option<String>,
    /// Cheque or trace number.
    pub reference: Option<String>,
    /// The date on it.
    pub paid_on: Option<String>,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// The voided one that it makes good.
    pub replaces: Option<u32>,
    /// The one that makes it good.
    pub replaced_by: Option<u32>,
    /// When it last changed.
    #[serde(deserialize_with = "row::instant")]
    pub changed_at: String,
}

impl Resource for PayoutView {
    const NAME: &'static str = "payout";
    const LIST: List = List {
        select: "SELECT payout, settlement, consignor, amount_cents, status, method, reference, paid_on, void_reason,
              replaces, replaced_by, changed_at
            FROM payout WHERE organization = ?1 AND event = ?2->>'event'
              AND (?2->>'status' IS NULL OR status = ?2->>'status')
              AND (?2->>'method' IS NULL OR method = ?2->>'method')
              AND (?2->>'consignor' IS NULL OR consignor = ?2->>'consignor')
              AND (?2->>'settlement' IS NULL OR settlement = ?2->>'settlement')",
        key: "payout",
        default: "payout",
        sorts: &["amount_cents", "consignor", "status", "paid_on", "changed_at"],
        columns: &[
            "payout", "settlement", "consignor", "name", "amount_cents", "status", "method", "reference", "paid_on",
            "void_reason", "replaces", "replaced_by", "changed_at",
        ],
    };
    type Row = Self;

    async fn views(of: &Asking, mut rows: Vec<Self>) -> Result<Vec<Self>, EdgeError> {
        let mut names = names_of(of, rows.iter().map(|row| row.consignor)).await?;
        for row in &mut rows {
            row.name = names.remove(&row.consignor);
        }
        Ok(rows)
    }
}

/// Which payouts.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PayoutQuery {
    /// `calculated`, `approved`, `paid`, `voided`, `reissued` or `carried`.
    pub status: Option<String>,
    /// `cheque`, `bank`, `paypal`, `cash` or `store_credit`.
    pub method: Option<String>,
    /// A consignor's number.
    pub consignor: Option<u32>,
    /// A settlement's id.
    pub settlement: Option<String>,
}

/// The payouts of an event, by number.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/payouts",
    tag = "payouts",
    params(OfEvent, PayoutQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<PayoutView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_payouts(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<PayoutQuery>,
) -> Result<Listing<PayoutView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// One payout.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/payouts/{payout}",
    tag = "payouts",
    params(PayoutOfEvent, FreshQuery),
    responses((status = 200, body = PayoutView), Problems)
)]
#[worker::send]
pub async fn get_payout(
    looks: Looks,
    Named((event, payout)): Named<(EventId, u32)>,
) -> Result<Found<PayoutView>, EdgeError> {
    looks.one(Of::Event(event), payout).await
}

/// An amount carried forward instead of paid.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CarriedView {
    /// Whose, and by which settlement: `{settlement}/{consignor}`.
    pub carried: String,
    /// The settlement.
    pub settlement: String,
    /// Whose.
    pub consignor: u32,
    /// Positive is owed to the consignor, negative by them.
    pub amount_cents: i64,
    /// `negative`, `below_minimum` or `after_payout`.
    pub reason: String,
}

impl Resource for CarriedView {
    const NAME: &'static str = "amount";
    const LIST: List = List {
        select: "SELECT printf('%s/%010d', settlement, consignor) AS carried, settlement, consignor, amount_cents, reason
            FROM carried_forward WHERE organization = ?1 AND event = ?2->>'event'
              AND (?2->>'settlement' IS NULL OR settlement = ?2->>'settlement')",
        key: "carried",
        default: "carried",
        sorts: &["consignor", "amount_cents", "reason"],
        columns: &["settlement", "consignor", "amount_cents", "reason"],
    };
    as_selected!();
}

/// Which amounts.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CarriedQuery {
    /// A settlement's id.
    pub settlement: Option<String>,
}

/// What the event's settlements carry forward in the organization's ledger instead of paying it.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/carried-forward",
    tag = "payouts",
    params(OfEvent, CarriedQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<CarriedView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_carried_forward(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<CarriedQuery>,
) -> Result<Listing<CarriedView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

async fn pay(decider: &Decider, event: EventId, command: PayCommand) -> Decision {
    Ok(decider.event(event, Command::Pay(command)).await?.done())
}

/// Payouts to approve.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovingPayouts {
    /// Their numbers, at most 5,000.
    #[schema(example = json!([1, 2, 3]))]
    pub payouts: Vec<u32>,
}

/// Says that payouts may be made.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/payouts/approve",
    tag = "payouts",
    params(OfEvent, CommandHeaders),
    request_body = ApprovingPayouts,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn approve_payouts(
    decider: Decider,
    Named(event): Named<EventId>,
    Told(asked): Told<ApprovingPayouts>,
) -> Decision {
    pay(&decider, event, PayCommand::Approve { payouts: asked.payouts }).await
}

/// How a payout was made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayingOut {
    /// How.
    #[schema(schema_with = words::payout_methods)]
    pub method: PayoutMethod,
    /// Cheque or trace number, 1 to 40 characters.
    #[schema(example = "1042", max_length = 40)]
    pub reference: String,
    /// The date on it.
    #[schema(value_type = String, format = Date)]
    pub paid_on: NaiveDate,
}

/// Records that a payout was made.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/payouts/{payout}/paid",
    tag = "payouts",
    params(PayoutOfEvent, CommandHeaders),
    request_body = PayingOut,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn mark_payout_paid(
    decider: Decider,
    Named((event, payout)): Named<(EventId, u32)>,
    Told(paid): Told<PayingOut>,
) -> Decision {
    let (method, reference, paid_on) = (paid.method, paid.reference, paid.paid_on);
    pay(&decider, event, PayCommand::MarkPaid { payout, method, reference, paid_on }).await
}

/// Why a payout counts no more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Voiding {
    /// Why.
    #[schema(schema_with = words::void_reasons)]
    pub reason: VoidReason,
    /// The consignor it was made to, when a note is to be kept with their data.
    #[serde(default)]
    pub consignor: Option<u32>,
    /// More words, kept apart from the log.
    #[serde(default)]
    pub note: Option<String>,
}

/// Voids a payout that was made; the record stays.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/payouts/{payout}/void",
    tag = "payouts",
    params(PayoutOfEvent, CommandHeaders),
    request_body = Voiding,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn void_payout(
    decider: Decider,
    Named((event, payout)): Named<(EventId, u32)>,
    Told(voiding): Told<Voiding>,
) -> Decision {
    let note = decider.note(voiding.consignor.map(ConsignorNumber), voiding.note.as_deref()).await?;
    pay(&decider, event, PayCommand::Void { payout, reason: voiding.reason, note }).await
}

/// Makes a voided payout again, under a number of its own.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/payouts/{payout}/reissue",
    tag = "payouts",
    params(PayoutOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn reissue_payout(decider: Decider, Named((event, payout)): Named<(EventId, u32)>) -> Decision {
    pay(&decider, event, PayCommand::Reissue { payout }).await
}

/// Owes a voided payout in the consignor's ledger instead of making it again.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/payouts/{payout}/carry",
    tag = "payouts",
    params(PayoutOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn carry_payout(decider: Decider, Named((event, payout)): Named<(EventId, u32)>) -> Decision {
    pay(&decider, event, PayCommand::Carry { payout }).await
}
