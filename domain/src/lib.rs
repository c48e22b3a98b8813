//! The rules of consignment events, whole and pure.
//!
//! Nothing here reads a clock, draws a random number or touches storage: time, the actor and fresh ids
//! come in through [`aggregate::Context`]. Every aggregate is told in the same order: its events, its
//! commands, its state (`evolve`: total and infallible) and its decisions (`decide`).
//!
//! `domain/SPEC.md` numbers the rules; a [`rejection::Rejection`] carries the number of the rule it stands on.

pub mod aggregate;
pub mod claims;
pub mod commission;
pub mod consignment_event;
pub mod ids;
pub mod journal;
pub mod lifecycle;
pub mod markdown;
pub mod money;
pub mod organization;
pub mod reconciliation;
pub mod rejection;
pub mod rights;
pub mod sabotage;
pub mod sale_session;
#[cfg(test)]
mod scenario;
pub mod settlement;
mod spelling;
pub mod storefront;
pub mod stream;
pub mod tag;
pub mod tax;
pub mod tenancy;
