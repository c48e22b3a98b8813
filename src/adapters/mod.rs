//! What the Worker speaks to outside itself: one folder per contract.

pub mod circuit;
pub mod clerk;
pub mod database;
pub mod mailchimp;
pub mod random;
