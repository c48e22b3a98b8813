//! The tenant's rules for fees, registration and bookings, with the defaults of the field.

use serde::{Deserialize, Serialize};

use crate::money::{BASIS_POINTS_IN_WHOLE, BasisPoints, Cents};

/// Longest shift or slot, in minutes: a day.
pub const MAX_SLOT_MINUTES: u16 = 24 * 60;

/// What a missed shift costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Penalty {
    /// A fixed amount.
    Amount(Cents),
    /// A part of the consignor's share of the whole event; known when that is settled.
    PartOfShare(BasisPoints),
}

/// What things cost besides the participation fee, which is the commission plan's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeRules {
    /// Once per consignor, when volunteers had to sort their drop-off.
    pub sort: Cents,
    /// Per lot of oversize items.
    pub oversize: Cents,
    /// Oversize items in a lot; begun lots count whole.
    pub oversize_lot: u16,
    /// Per item that came without working batteries.
    pub battery: Cents,
    /// Per item pulled beyond the allowance.
    pub pulled: Cents,
    /// Items a consignor may have pulled without a fine.
    pub pulled_allowance: u16,
    /// Per item refused at check-in.
    pub rejected: Cents,
    /// Per shift missed.
    pub no_show: Penalty,
    /// Once per consignor, when unsold items were not picked up.
    pub missed_pick_up: Cents,
}

impl Default for FeeRules {
    fn default() -> Self {
        Self {
            sort: Cents(1_000),
            oversize: Cents(500),
            oversize_lot: 5,
            battery: Cents(100),
            pulled: Cents(100),
            pulled_allowance: 5,
            rejected: Cents(0),
            no_show: Penalty::Amount(Cents(2_000)),
            missed_pick_up: Cents(1_000),
        }
    }
}

/// Rules of who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRules {
    /// To the referrer, when both take part.
    pub referral: Cents,
    /// Every Nth participation is free of fee; 0 for never.
    pub loyalty_every: u16,
    /// How long a place is kept for the next on the waiting list, in hours.
    pub offer_hours: u16,
}

impl Default for RegistrationRules {
    fn default() -> Self {
        Self { referral: Cents(500), loyalty_every: 0, offer_hours: 24 }
    }
}

/// Rules of shifts and slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleRules {
    /// Length of a volunteer shift, in minutes.
    pub shift_minutes: u16,
    /// Shifts per consignor and event.
    pub shifts_per_consignor: u8,
    /// Length of a drop-off slot, in minutes.
    pub drop_off_minutes: u16,
    /// Active drop-off slots per consignor and event.
    pub drop_offs_per_consignor: u8,
    /// Length of a pick-up slot, in minutes.
    pub pick_up_minutes: u16,
    /// Active pick-up slots per invoice and event.
    pub pick_ups_per_invoice: u8,
    /// How long a free place is kept for the next on the waiting list, in hours.
    pub offer_hours: u16,
    /// How long before it begins the first reminder goes out, in hours.
    pub reminder_hours: u16,
    /// How long before it begins the second reminder goes out, in hours.
    pub day_of_reminder_hours: u16,
}

impl Default for ScheduleRules {
    fn default() -> Self {
        Self {
            shift_minutes: 180,
            shifts_per_consignor: 3,
            drop_off_minutes: 15,
            drop_offs_per_consignor: 1,
            pick_up_minutes: 15,
            pick_ups_per_invoice: 3,
            offer_hours: 12,
            reminder_hours: 24,
            day_of_reminder_hours: 3,
        }
    }
}

impl FeeRules {
    /// What is wrong with the rules, in words.
    #[must_use]
    pub fn problems(&self) -> Vec<&'static str> {
        let amounts =
            [self.sort, self.oversize, self.battery, self.pulled, self.rejected, self.missed_pick_up];
        let penalty = match self.no_show {
            Penalty::Amount(amount) => amount.is_price(),
            Penalty::PartOfShare(rate) => rate.0 <= BASIS_POINTS_IN_WHOLE,
        };
        let mut problems = Vec::new();
        if !penalty || !amounts.into_iter().all(Cents::is_price) {
            problems.push("a fee that is no amount");
        }
        if self.oversize_lot == 0 {
            problems.push("an oversize lot of no items");
        }
        problems
    }
}

impl RegistrationRules {
    /// What is wrong with the rules, in words.
    #[must_use]
    pub fn problems(&self) -> Vec<&'static str> {
        if self.referral.is_price() { Vec::new() } else { vec!["a referral credit that is no amount"] }
    }
}

impl ScheduleRules {
    /// What is wrong with the rules, in words.
    #[must_use]
    pub fn problems(&self) -> Vec<&'static str> {
        let lengths = [self.shift_minutes, self.drop_off_minutes, self.pick_up_minutes];
        if lengths.iter().all(|minutes| (1..=MAX_SLOT_MINUTES).contains(minutes)) {
            Vec::new()
        } else {
            vec!["a shift or slot of no length, or longer than a day"]
        }
    }
}
