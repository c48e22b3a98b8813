//! The lifecycles: which status may follow which.

use serde::{Deserialize, Serialize};

macro_rules! names {
    ($enum:ident { $( $variant:ident = $name:literal ),+ $(,)? }) => {
        impl $enum {
            /// The status as it stands in logs, the API and read models.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// Reads a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$variant), )+ _ => None }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

/// A consignment event's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Being planned.
    #[default]
    Draft,
    /// Consignors sign up and list items.
    Registration,
    /// Drop-off: items are checked in.
    Intake,
    /// Sale sessions may be open.
    Selling,
    /// Selling at reduced prices.
    Markdown,
    /// Selling has ended.
    Closed,
    /// Late returns are taken.
    Returns,
    /// Books are compared with the store and settled.
    Reconciliation,
    /// Paid out.
    Complete,
    /// Called off.
    Cancelled,
}

names!(EventStatus {
    Draft = "draft",
    Registration = "registration",
    Intake = "intake",
    Selling = "selling",
    Markdown = "markdown",
    Closed = "closed",
    Returns = "returns",
    Reconciliation = "reconciliation",
    Complete = "complete",
    Cancelled = "cancelled",
});

/// Why an event was called off, or went a step back. A list, so that no name or other personal data slips into
/// the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusReason {
    /// The hall cannot be used.
    Venue,
    /// Storm, snow, flood.
    Weather,
    /// Illness, or an order of the authorities.
    Safety,
    /// Too few people or items.
    TooSmall,
    /// Goods are still coming back.
    LateReturns,
    /// Figures must be put right before anybody is paid.
    Figures,
    /// The step before was a mistake.
    Mistake,
    /// Something else.
    Other,
}

names!(StatusReason {
    Venue = "venue",
    Weather = "weather",
    Safety = "safety",
    TooSmall = "too_small",
    LateReturns = "late_returns",
    Figures = "figures",
    Mistake = "mistake",
    Other = "other",
});

impl EventStatus {
    /// The statuses that may follow; those marked `true` need a reason.
    #[must_use]
    pub const fn next(self) -> &'static [(Self, bool)] {
        match self {
            Self::Draft => &[(Self::Registration, false), (Self::Cancelled, true)],
            Self::Registration => &[(Self::Intake, false), (Self::Cancelled, true)],
            Self::Intake => &[(Self::Selling, false), (Self::Cancelled, true)],
            Self::Selling => &[(Self::Markdown, false), (Self::Closed, false)],
            Self::Markdown => &[(Self::Closed, false)],
            Self::Closed => &[(Self::Returns, false)],
            Self::Returns => &[(Self::Reconciliation, false)],
            Self::Reconciliation => &[(Self::Complete, false), (Self::Returns, true)],
            Self::Complete | Self::Cancelled => &[],
        }
    }

    /// True while items may be listed.
    #[must_use]
    pub const fn takes_items(self) -> bool {
        matches!(self, Self::Registration | Self::Intake | Self::Selling | Self::Markdown)
    }

    /// True while sale sessions may open.
    #[must_use]
    pub const fn sells(self) -> bool {
        matches!(self, Self::Selling | Self::Markdown)
    }
}

/// A sale session's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Planned; holds no items.
    #[default]
    Scheduled,
    /// Items are moving into its custody.
    Opening,
    /// Selling.
    Open,
    /// Not selling for the moment.
    Paused,
    /// Items are moving back.
    Closing,
    /// Ended; late offline receipts are still taken.
    Closed,
    /// Called off before it opened.
    Cancelled,
}

names!(SessionStatus {
    Scheduled = "scheduled",
    Opening = "opening",
    Open = "open",
    Paused = "paused",
    Closing = "closing",
    Closed = "closed",
    Cancelled = "cancelled",
});

/// An item's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// Not complete yet.
    #[default]
    Draft,
    /// Listed by its consignor.
    Listed,
    /// In the hall, seen by a volunteer.
    CheckedIn,
    /// In a session's custody.
    OnFloor,
    /// Sold.
    Sold,
    /// Brought back by a shopper, not restocked.
    Returned,
    /// Released from a session, unsold.
    Released,
    /// Refused at check-in.
    Rejected,
    /// Taken off the floor.
    Pulled,
    /// Not to be found.
    Missing,
    /// Given away.
    Donated,
    /// Back with its consignor.
    PickedUp,
    /// Goes on in a later event.
    Transferred,
    /// Goes on under another tag.
    Retagged,
}

names!(ItemStatus {
    Draft = "draft",
    Listed = "listed",
    CheckedIn = "checked_in",
    OnFloor = "on_floor",
    Sold = "sold",
    Returned = "returned",
    Released = "released",
    Rejected = "rejected",
    Pulled = "pulled",
    Missing = "missing",
    Donated = "donated",
    PickedUp = "picked_up",
    Transferred = "transferred",
    Retagged = "retagged",
});

/// A booking's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    /// On the waiting list.
    #[default]
    Waiting,
    /// A place is free and kept for it for a while.
    Offered,
    /// Has a place.
    Scheduled,
    /// The person is here.
    CheckedIn,
    /// Done.
    Completed,
    /// The person did not come.
    NoShow,
    /// Given up.
    Cancelled,
}

names!(BookingStatus {
    Waiting = "waiting",
    Offered = "offered",
    Scheduled = "scheduled",
    CheckedIn = "checked_in",
    Completed = "completed",
    NoShow = "no_show",
    Cancelled = "cancelled",
});

impl BookingStatus {
    /// True while it takes up a place: kept for it, taken, or used.
    #[must_use]
    pub const fn holds_place(self) -> bool {
        matches!(self, Self::Offered | Self::Scheduled | Self::CheckedIn | Self::Completed | Self::NoShow)
    }

    /// True while something is still to come of it.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Waiting | Self::Offered | Self::Scheduled | Self::CheckedIn)
    }
}
