//! The edge: host → organization, token → caller, rights, idempotency, the API and its description.
//!
//! A request passes [`serve`] (request id, cross-origin answers, security headers, problem bodies), the guard in
//! [`router`] (tenant, caller, rights by the one table in [`access`]) and then its handler in [`api`].

pub mod access;
pub mod api;
pub mod caller;
pub mod command;
pub mod denied;
pub mod directory;
pub mod edge;
pub mod extract;
pub mod fresh;
pub mod import;
pub mod limits;
pub mod page;
pub mod privacy;
pub mod problem;
#[cfg(test)]
mod rights_table;
pub mod router;
mod runtime;
pub mod security;
pub mod standing;
pub mod tenant;
pub mod terminal_token;
pub mod time;

pub use runtime::serve;
