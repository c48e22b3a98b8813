//! Roles as permissions. Clerk says who someone is; the organization's log says what they may do.

use serde::{Deserialize, Serialize};

/// What a person is in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the organization.
    OrganizationAdmin,
    /// Runs its events.
    EventAdmin,
    /// Reads everything, replays, repairs read models, decides nothing about money.
    Support,
    /// Sells at a paired terminal.
    Cashier,
    /// Checks in and hands out.
    Volunteer,
    /// Sees their own items and payouts.
    Consignor,
}

/// One thing that may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Change settings and who may do what.
    ManageOrganization,
    /// Create and run events.
    ManageEvents,
    /// Import, edit and pull items.
    ManageItems,
    /// Schedule, open and close sale sessions; pair terminals.
    ManageSessions,
    /// Ring up baskets.
    Sell,
    /// Sell at another price than the tag's and take back lines after the fact, with a reason.
    OverridePrices,
    /// Check items in and out.
    HandleItems,
    /// See events, items, sessions, receipts and estimates.
    ReadEverything,
    /// Read and export logs.
    ReadLogs,
    /// Resume, compare and rebuild what is projected from logs; send dead letters again. Changes no log.
    RepairReadModels,
    /// Approve, pay, void; waive and adjust.
    DecideMoney,
    /// See personal data of others.
    ReadPersonalData,
    /// See one's own items, sales and payouts.
    ReadOwn,
    /// Take part: register, list one's own items, book.
    TakePart,
}

impl Permission {
    /// True for what changes nothing.
    #[must_use]
    pub const fn reads(self) -> bool {
        matches!(self, Self::ReadEverything | Self::ReadLogs | Self::ReadPersonalData | Self::ReadOwn)
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::OrganizationAdmin,
        Self::EventAdmin,
        Self::Support,
        Self::Cashier,
        Self::Volunteer,
        Self::Consignor,
    ];

    /// The name in logs, API and read models.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrganizationAdmin => "organization_admin",
            Self::EventAdmin => "event_admin",
            Self::Support => "support",
            Self::Cashier => "cashier",
            Self::Volunteer => "volunteer",
            Self::Consignor => "consignor",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What the role may do.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::OrganizationAdmin => &[
                P::ManageOrganization,
                P::ManageEvents,
                P::ManageItems,
                P::ManageSessions,
                P::Sell,
                P::OverridePrices,
                P::HandleItems,
                P::ReadEverything,
                P::ReadLogs,
                P::RepairReadModels,
                P::DecideMoney,
                P::ReadPersonalData,
                P::ReadOwn,
                P::TakePart,
            ],
            Self::EventAdmin => &[
                P::ManageEvents,
                P::ManageItems,
                P::ManageSessions,
                P::Sell,
                P::OverridePrices,
                P::HandleItems,
                P::ReadEverything,
                P::ReadLogs,
                P::ReadPersonalData,
                P::ReadOwn,
                P::TakePart,
            ],
            Self::Support => &[P::ReadEverything, P::ReadLogs, P::RepairReadModels, P::ReadOwn],
            Self::Cashier => &[P::Sell, P::ReadOwn],
            Self::Volunteer => &[P::HandleItems, P::ReadOwn],
            Self::Consignor => &[P::ReadOwn, P::TakePart],
        }
    }

    /// True when the role may do `permission`.
    #[must_use]
    pub fn permits(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}
