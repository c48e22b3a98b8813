//! Statements worked out by hand, and properties of the fold.

mod due;
mod evidence;
mod fold;
mod lines;
mod logs;
mod published;
mod shares;
mod statements;
