//! Statements worked out by hand, and properties of the fold.

mod fold;
mod logs;
mod published;
mod shares;
mod statements;
