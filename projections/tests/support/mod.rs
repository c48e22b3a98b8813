//! What the tests share.

pub mod database;
pub mod oracle;
pub mod world;
