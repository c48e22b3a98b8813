//! Clerk as it speaks to us: session tokens (version 2, RS256) and its published keys.
//!
//! Clerk says who someone is. What they may do stands in the organization's own log.

mod claims;
mod jwks;
mod token;
mod webcrypto;

pub use token::verify;
