//! The edge: host → organization, token → caller, rights, idempotency, the API and its description.
//!
//! A request passes [`serve`] (request id, cross-origin answers, security headers, problem bodies), the guard in
//! [`router`] (tenant, caller, rights by the one table in [`access`]) and then its handler in [`api`].

pub mod access;
pub mod api;
pub mod cache;
mod caller;
pub mod command;
pub mod csv;
pub mod decider;
pub mod denied;
pub mod directory;
pub mod edge;
pub mod extract;
pub mod fresh;
pub mod import;
pub mod limits;
pub mod list;
pub mod looks;
pub mod mail_address;
pub mod order;
pub mod page;
pub mod paths;
pub mod privacy;
pub mod problem;
pub mod reference;
#[cfg(test)]
mod rights_table;
pub mod router;
pub mod row;
mod runtime;
pub mod schema;
pub mod security;
pub mod standing;
pub mod stories;
pub mod tenant;
pub mod terminal_token;
pub mod time;
pub mod words;

pub use runtime::serve;
