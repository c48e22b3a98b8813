//! What a settlement would come to, over the logs as they stand now. Nothing is recorded.

use axum::Json;
use domain::ids::{ConsignorNumber, EventId};
use domain::settlement::{Pin, Settled, canonical_pins};
use serde::Serialize;
use utoipa::ToSchema;

use super::events::find_event;
use super::settlements::{BalanceView, ChecksView, PinView, streams_of};
use super::statements::{StatementView, view_of};
use crate::http::extract::Named;
use crate::http::list::Asking;
use crate::http::paths::{ConsignorOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::settling::{self, SettlingError};

/// What a settlement would come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// What was read: every log, up to which entry.
    pub pins: Vec<PinView>,
    /// The trial balance.
    pub balance: BalanceView,
    /// What a person should know.
    pub checks: ChecksView,
    /// Statements, without their lines, by consignor.
    pub statements: Vec<StatementView>,
}

/// Calculates what a settlement over the logs as they stand now would come to. Nothing is recorded.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/settlement-preview",
    tag = "settlements",
    params(OfEvent),
    responses((status = 200, body = Preview), Problems)
)]
#[worker::send]
pub async fn preview_settlement(
    of: Asking,
    Named(event): Named<EventId>,
) -> Result<Json<Preview>, EdgeError> {
    find_event(&of.edge, &of.tenant, event).await?;
    let (pins, settled) = preview(&of, event).await?;
    let statements = settled.statements().map_err(SettlingError::from)?;
    let balance = settled.trial_balance(&statements).map_err(SettlingError::from)?;
    Ok(Json(Preview {
        pins: serde_json::from_value(serde_json::to_value(&pins)?)?,
        balance: serde_json::from_value(serde_json::to_value(balance)?)?,
        checks: serde_json::from_value(serde_json::to_value(settled.checks())?)?,
        statements: statements.iter().map(|statement| view_of(statement, &pins, false)).collect(),
    }))
}

/// Calculates one consignor's statement over the logs as they stand now. Nothing is recorded.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/settlement-preview/{consignor}",
    tag = "settlements",
    params(ConsignorOfEvent),
    responses((status = 200, body = StatementView), Problems)
)]
#[worker::send]
pub async fn preview_statement(
    of: Asking,
    Named((event, consignor)): Named<(EventId, u32)>,
) -> Result<Json<StatementView>, EdgeError> {
    find_event(&of.edge, &of.tenant, event).await?;
    let (pins, settled) = preview(&of, event).await?;
    if !settled.consignors().any(|number| number.0 == consignor) {
        return Err(EdgeError::NotFound("statement"));
    }
    let statement = settled.statement(ConsignorNumber(consignor)).map_err(SettlingError::from)?;
    Ok(Json(view_of(&statement, &pins, true)))
}

async fn preview(of: &Asking, event: EventId) -> Result<(Vec<Pin>, Settled), EdgeError> {
    let streams = streams_of(&of.edge, &of.tenant, event).await?;
    let pins = settling::heads(of.edge.env(), &streams).await?;
    let pins = canonical_pins(pins).map_err(|error| SettlingError::Fold(error.into()))?;
    let settled = settling::fold(of.edge.env(), pins.clone()).await?;
    Ok((pins, settled))
}
