//! Terminals: pairing, rights, what they hold, cash drawers, parked baskets.

mod decide;
mod drawers;
mod event;
mod evolve;
mod parked;
#[cfg(test)]
mod tests;

pub use decide::{MAX_OFFERS, MAX_TERMINAL_NAME_CHARS, MAX_TERMINALS, MAX_WAITING, PAIRING_LIFETIME_MS};
pub(super) use decide::{acknowledge, offer, pair, reachable, revoke, set_rights, unreachable, waiting};
pub(super) use drawers::{close_drawer, move_cash, open_drawer};
pub use event::{
    BasketParked, BasketRecalled, CashMoved, CashReason, DrawerClosed, DrawerOpened, PairingOffered,
    TerminalAcknowledged, TerminalPaired, TerminalReported, TerminalRevoked, TerminalRight,
    TerminalRightsSet,
};
pub use parked::MAX_PARKED;
pub(super) use parked::{park, recall};
