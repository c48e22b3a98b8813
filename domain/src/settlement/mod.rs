//! Settlement: a streaming fold over pinned logs, and the statements that come out of it.
//!
//! The fold reads raw entries, page by page, in one fixed order of streams: organization, event, sessions,
//! reconciliation. It changes nothing and may be stopped, stored and resumed between any two pages; the same
//! pins and the same [`Method`] give the same statements, here, in a Worker and in the replay tool. A what-if
//! is the same fold with another method.
//!
//! Every amount on a [`Statement`] names the rule it stands on and the entries it comes from.

mod balance;
mod fact;
mod fold;
mod pins;
mod read;
mod rules;
mod sale;
mod settled;
mod shares;
mod statement;
#[cfg(test)]
mod tests;
mod what_if;

pub use balance::{Books, TrialBalance};
pub use fact::{CreditKind, Fate};
pub use fold::{FOLD_PAGE_ENTRIES, Fold, FoldError, Wanted};
pub use pins::{Pin, PinError, SourceRef, canonical_pins};
pub use rules::{Method, PlanOf, SettlementRules};
pub use sale::{Difference, DifferenceKind, SaleLine};
pub use settled::Settled;
pub use shares::{distribute, exact_share};
pub use statement::{
    Checks, LineAbout, MAX_PART_LINES, Statement, StatementLine, StatementPart, StatementTotals, pages_of,
    parts_of,
};
pub use what_if::{Compared, WhatIf, compare};
