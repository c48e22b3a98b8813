//! The API's operations, one file per group.

pub mod catalogue;
pub mod configuration;
pub mod consignors;
pub mod denied_access;
pub mod description;
pub mod events;
pub mod health;
pub mod imports;
pub mod items;
pub mod live;
pub mod log;
pub mod me;
pub mod members;
pub mod pairings;
pub mod platform;
pub mod platform_hosts;
pub mod platform_steps;
pub mod receipts;
pub mod sale;
pub mod session_steps;
pub mod sessions;
pub mod streams;
pub mod summary;
pub mod support_access;
pub mod terminals;
