//! Clerk as it speaks to us: session tokens (version 2, RS256) and its published keys.
//!
//! Its webhooks, signed by Svix, say who somebody is called and that they are gone. Clerk says who someone is. What they may do stands in the organization's own log.

mod claims;
mod jwks;
mod svix;
mod token;
mod webcrypto;
mod webhook;

pub use svix::Delivery;
pub use token::verify;
pub use webhook::{Envelope as WebhookEnvelope, News, Person};
