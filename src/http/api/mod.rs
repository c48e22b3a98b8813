//! The API's operations, one file per group.

pub mod catalogue;
pub mod configuration;
pub mod consignors;
pub mod description;
pub mod events;
pub mod health;
pub mod imports;
pub mod items;
pub mod live;
pub mod log;
pub mod lookup;
pub mod me;
pub mod members;
pub mod pairings;
pub mod platform;
pub mod receipts;
pub mod sale;
pub mod session_steps;
pub mod sessions;
pub mod streams;
pub mod summary;
pub mod terminal_commands;
pub mod terminals;
