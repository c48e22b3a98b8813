//! Deliberate bugs, for showing that the simulator sees. Without the feature `sabotage` every question is a
//! constant “no” and nothing of this is left in the program.

/// One deliberate bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bug {
    /// The host forgets which commands it has seen.
    ForgetsCommands,
    /// The host decides anew about a late copy of a refused command.
    ForgetsRefusals,
    /// The host drops a delivery when the receiver was away.
    DropsDeliveries,
    /// An item can be sold again.
    SellsTwice,
    /// The house's part is rounded by itself, so that the parts need not add up.
    RoundsBothParts,
    /// A replayed receipt leaves its items unsold.
    ForgetsSoldItems,
    /// An offline sale of a sold item opens no conflict.
    HidesConflicts,
    /// The second sale of an item is credited before its conflict is resolved.
    CreditsTwice,
    /// A return leaves the line's share with the consignor.
    KeepsReturnedShare,
    /// Lines that a store adds to an order later are passed over.
    LosesEdits,
    /// The comparison with the store does not look at refunds.
    OverlooksRefunds,
    /// A difference on record is found again by the next comparison.
    FindsAgain,
}

impl Bug {
    /// Every bug, with the name it is asked for by.
    pub const ALL: [(&'static str, Self); 12] = [
        ("forgets_commands", Self::ForgetsCommands),
        ("forgets_refusals", Self::ForgetsRefusals),
        ("drops_deliveries", Self::DropsDeliveries),
        ("sells_twice", Self::SellsTwice),
        ("rounds_both_parts", Self::RoundsBothParts),
        ("forgets_sold_items", Self::ForgetsSoldItems),
        ("hides_conflicts", Self::HidesConflicts),
        ("credits_twice", Self::CreditsTwice),
        ("keeps_returned_share", Self::KeepsReturnedShare),
        ("loses_edits", Self::LosesEdits),
        ("overlooks_refunds", Self::OverlooksRefunds),
        ("finds_again", Self::FindsAgain),
    ];
}

#[cfg(feature = "sabotage")]
mod switch {
    use std::cell::Cell;

    use super::Bug;

    thread_local! {
        static ACTIVE: Cell<Option<Bug>> = const { Cell::new(None) };
    }

    /// Turns one bug on (and every other off) for this thread.
    pub fn sabotage(bug: Option<Bug>) {
        ACTIVE.with(|active| active.set(bug));
    }

    /// True while `bug` is on.
    #[must_use]
    pub fn sabotaged(bug: Bug) -> bool {
        ACTIVE.with(Cell::get) == Some(bug)
    }
}

#[cfg(feature = "sabotage")]
pub use switch::{sabotage, sabotaged};

/// Always no: this build has no deliberate bugs.
#[cfg(not(feature = "sabotage"))]
#[must_use]
pub const fn sabotaged(_bug: Bug) -> bool {
    false
}
