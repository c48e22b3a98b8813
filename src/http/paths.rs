//! What stands in paths, for the API's description.
#![expect(dead_code, reason = "only the OpenAPI document reads these")]

use utoipa::IntoParams;

/// Something of an event.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfEvent {
    /// The event's id.
    #[param(example = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b")]
    event: String,
}

/// A consignor in an event.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ConsignorOfEvent {
    /// The event's id.
    event: String,
    /// The consignor's number.
    #[param(example = 101)]
    consignor: u32,
}

/// An account of the organization.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfAccount {
    /// The consignor's number.
    #[param(example = 101)]
    number: u32,
}

/// An item of an event.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ItemOfEvent {
    /// The event's id.
    event: String,
    /// The item's tag, ten digits, with hyphens or without.
    #[param(example = "0010001234")]
    tag: String,
}

/// A slot of an event's schedule.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SlotOfEvent {
    /// The event's id.
    event: String,
    /// The slot's id.
    slot: String,
}

/// A booking in an event's schedule.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct BookingOfEvent {
    /// The event's id.
    event: String,
    /// The booking's id.
    booking: String,
}

/// A stock count of an event.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CountOfEvent {
    /// The event's id.
    event: String,
    /// The count's id.
    count: String,
}

/// A settlement of an event.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SettlementOfEvent {
    /// The event's id.
    event: String,
    /// The settlement's id.
    settlement: String,
}

/// A payout of an event.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PayoutOfEvent {
    /// The event's id.
    event: String,
    /// The payout's number.
    #[param(example = 12)]
    payout: u32,
}

/// A case of an event: a difference with the store, or a claim.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CaseOfEvent {
    /// The event's id.
    event: String,
    /// The case's id.
    case: String,
}

/// Something of a sale session.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfSession {
    /// The session's id.
    session: String,
}

/// A terminal of a session.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TerminalOfSession {
    /// The session's id.
    session: String,
    /// The terminal's id.
    terminal: String,
}

/// A conflict of a session.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ConflictOfSession {
    /// The session's id.
    session: String,
    /// The conflict's id.
    conflict: String,
}

/// A receipt of a session.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ReceiptOfSession {
    /// The session's id.
    session: String,
    /// The receipt's id.
    receipt: String,
}

/// A line of a receipt.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct LineOfReceipt {
    /// The session's id.
    session: String,
    /// The receipt's id.
    receipt: String,
    /// The line, from 1.
    #[param(example = 1)]
    line: u16,
}
