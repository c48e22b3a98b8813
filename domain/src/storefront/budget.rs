//! A store's cost budget: a bucket of points that refills at a steady rate, as data. It is not on record: every
//! answer of the store says how full the bucket is, and the host keeps the last word in memory.

use serde::{Deserialize, Serialize};

/// Thousandths of a point in a point: refills of short waits are fractions.
const MILLI: i64 = 1_000;

/// Points kept back for what cannot wait (a shopper's order, a sold item's withdrawal), in percent of the bucket.
pub const RESERVE_PERCENT: i64 = 20;

/// How urgent a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// A sold item must not be sold again: may use the whole bucket.
    Now,
    /// Everything else: leaves the reserve alone.
    Soon,
}

/// The bucket at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostBudget {
    capacity_milli: i64,
    available_milli: i64,
    restore_milli_per_second: i64,
    at: i64,
}

impl CostBudget {
    /// A full bucket of `capacity` points that refills by `restore_per_second`, at `now` (ms since 1970 UTC).
    #[must_use]
    pub fn full(capacity: u32, restore_per_second: u32, now: i64) -> Self {
        let capacity_milli = i64::from(capacity) * MILLI;
        let restore_milli_per_second = i64::from(restore_per_second) * MILLI;
        Self { capacity_milli, available_milli: capacity_milli, restore_milli_per_second, at: now }
    }

    /// What the store's answer said at `now`.
    #[must_use]
    pub fn observed(capacity: u32, available: u32, restore_per_second: u32, now: i64) -> Self {
        let full = Self::full(capacity, restore_per_second, now);
        Self { available_milli: (i64::from(available) * MILLI).min(full.capacity_milli), ..full }
    }

    fn available_at(&self, now: i64) -> i64 {
        let waited_ms = now.saturating_sub(self.at).max(0);
        // Points per second are milli-points per millisecond.
        let refilled = waited_ms.saturating_mul(self.restore_milli_per_second) / 1_000;
        self.available_milli.saturating_add(refilled).min(self.capacity_milli)
    }

    /// Takes `cost` points for a call at `now`, or says how many ms to wait. A call dearer than the bucket is
    /// let through when the bucket is full: the store then says what it thinks of it.
    ///
    /// # Errors
    /// The wait in ms.
    pub fn spend(&self, cost: u32, urgency: Urgency, now: i64) -> Result<Self, i64> {
        let reserve = match urgency {
            Urgency::Now => 0,
            Urgency::Soon => self.capacity_milli * RESERVE_PERCENT / 100,
        };
        let cost = i64::from(cost) * MILLI;
        let needed = cost.saturating_add(reserve).min(self.capacity_milli);
        let available = self.available_at(now);
        if available < needed {
            let rate = self.restore_milli_per_second.max(1);
            return Err(((needed - available) * 1_000).div_ceil_positive(rate));
        }
        Ok(Self { available_milli: available - cost, at: now, ..*self })
    }
}

/// Division upwards, for positive numbers.
trait DivCeil {
    fn div_ceil_positive(self, by: Self) -> Self;
}

impl DivCeil for i64 {
    fn div_ceil_positive(self, by: Self) -> Self {
        self.saturating_add(by - 1) / by
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stf_9_the_bucket_refills_and_keeps_a_reserve_for_what_cannot_wait() {
        let bucket = CostBudget::full(1_000, 50, 0);
        let spent = bucket.spend(800, Urgency::Soon, 0).unwrap();
        // 200 left, all of it reserve: 100 more wait until 300 are there, at 50 a second.
        assert_eq!(spent.spend(100, Urgency::Soon, 0), Err(2_000));
        assert_eq!(spent.spend(100, Urgency::Soon, 1_999), Err(1));
        assert!(spent.spend(100, Urgency::Soon, 2_000).is_ok());
        assert!(spent.spend(200, Urgency::Now, 0).is_ok());
        assert_eq!(spent.spend(201, Urgency::Now, 0), Err(20));
        // A clock that goes back refills nothing.
        assert_eq!(spent.spend(201, Urgency::Now, -5_000), Err(20));
        // The store's word counts.
        assert_eq!(CostBudget::observed(1_000, 0, 50, 0).spend(10, Urgency::Now, 0), Err(200));
        // Dearer than the bucket: only from full.
        assert!(bucket.spend(1_500, Urgency::Soon, 0).is_ok());
    }
}
