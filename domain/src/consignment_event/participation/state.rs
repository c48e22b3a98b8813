//! What the event remembers of its participants.

use serde::{Deserialize, Serialize};

use super::super::fees::{FeeCharge, FeeKind, FeeMethod, FeePaid, FeeWaived};
use super::super::schedule::{HolderKey, SlotKind};
use super::super::state::State;
use super::{ParticipationCancelled, PlaceOffered, Referral, Registration};
use crate::commission::Tier;
use crate::ids::{BookingId, ConsignorNumber};
use crate::money::{BasisPoints, Cents};
use crate::organization::Enrolment;

/// Whether somebody has a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Standing {
    /// Takes part.
    #[default]
    Active,
    /// On the waiting list.
    Waiting,
    /// A place is kept for them.
    Offered,
    /// Gave up, or left the waiting list.
    Left,
}

/// One kind of fee of one consignor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeAccount {
    /// Which.
    pub kind: FeeKind,
    /// Charged so far.
    pub charged: Cents,
    /// Paid so far, or carried by the organization's ledger.
    pub paid: Cents,
    /// Waived so far.
    pub waived: Cents,
    /// Parts of the share charged and not waived, in sum.
    pub part_of_share: BasisPoints,
}

impl FeeAccount {
    /// What is still open; negative when more was paid than charged.
    #[must_use]
    pub fn open(&self) -> Cents {
        Cents(self.due().0.saturating_sub(self.paid.0))
    }

    /// What was charged and not waived.
    #[must_use]
    pub fn due(&self) -> Cents {
        Cents(self.charged.0.saturating_sub(self.waived.0))
    }
}

/// How a consignor takes part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Participation {
    /// The tier.
    pub tier: Tier,
    /// Shifts completed so far.
    pub shifts: u8,
    /// Whether they have a place.
    pub standing: Standing,
    /// Their personal data is gone.
    pub erased: bool,
    /// How the fee is paid.
    pub method: FeeMethod,
    /// How they came.
    pub referral: Option<Referral>,
    /// Until when a place is kept, ms since 1970 UTC; 0 for none.
    pub offer_expires_at: i64,
    /// Items pulled, for the allowance.
    pub pulled: u32,
    /// Oversize items so far.
    pub oversize: u32,
    /// Fees by kind, as far as any were charged.
    pub fees: Vec<FeeAccount>,
}

impl Participation {
    /// The account of `kind`.
    #[must_use]
    pub fn fee(&self, kind: FeeKind) -> Option<&FeeAccount> {
        self.fees.iter().find(|account| account.kind == kind)
    }

    /// What is still open of `kind`.
    #[must_use]
    pub fn open(&self, kind: FeeKind) -> Cents {
        self.fee(kind).map_or(Cents::ZERO, FeeAccount::open)
    }

    fn fee_mut(&mut self, kind: FeeKind) -> &mut FeeAccount {
        let at = self.fees.iter().position(|account| account.kind == kind).unwrap_or_else(|| {
            self.fees.push(FeeAccount {
                kind,
                charged: Cents::ZERO,
                paid: Cents::ZERO,
                waived: Cents::ZERO,
                part_of_share: BasisPoints(0),
            });
            self.fees.len() - 1
        });
        &mut self.fees[at]
    }
}

impl State {
    /// The participation of `consignor`, while they have a place.
    #[must_use]
    pub fn active(&self, consignor: ConsignorNumber) -> Option<&Participation> {
        self.participations.get(&consignor).filter(|found| found.standing == Standing::Active)
    }

    /// Places taken or kept.
    #[must_use]
    pub fn places_taken(&self) -> usize {
        let takes = |found: &&Participation| matches!(found.standing, Standing::Active | Standing::Offered);
        self.participations.values().filter(takes).count()
    }

    pub(in super::super) fn with_participation(
        &mut self,
        consignor: ConsignorNumber,
        change: impl FnOnce(&mut Participation),
    ) {
        if let Some(participation) = self.participations.get_mut(&consignor) {
            change(participation);
        }
    }

    pub(in super::super) fn joined(&mut self, consignors: &[Enrolment]) {
        for consignor in consignors {
            let participation = self.participations.entry(consignor.number).or_default();
            participation.tier = consignor.tier;
            participation.standing = Standing::Active;
            self.queue.retain(|waiting| *waiting != consignor.number);
        }
    }

    pub(in super::super) fn registered(&mut self, registration: &Registration, standing: Standing) {
        let participation = self.participations.entry(registration.consignor).or_default();
        participation.tier = registration.tier;
        participation.method = registration.method;
        participation.referral = registration.referral;
        participation.standing = standing;
        participation.offer_expires_at = 0;
        self.queue.retain(|waiting| *waiting != registration.consignor);
        if standing == Standing::Waiting {
            self.queue.push(registration.consignor);
        }
    }

    pub(in super::super) fn place_offered(&mut self, offer: &PlaceOffered) {
        self.queue.retain(|waiting| *waiting != offer.consignor);
        self.with_participation(offer.consignor, |found| {
            found.standing = Standing::Offered;
            found.offer_expires_at = offer.expires_at;
        });
    }

    pub(in super::super) fn left(&mut self, consignor: ConsignorNumber) {
        self.queue.retain(|waiting| *waiting != consignor);
        self.with_participation(consignor, |found| {
            found.standing = Standing::Left;
            found.offer_expires_at = 0;
        });
    }

    pub(in super::super) fn cancelled(&mut self, cancelled: &ParticipationCancelled) {
        self.left(cancelled.consignor);
    }

    pub(in super::super) fn charged(&mut self, charges: &[FeeCharge]) {
        for charge in charges {
            self.with_participation(charge.consignor, |found| {
                if charge.kind == FeeKind::Oversize {
                    found.oversize = found.oversize.saturating_add(charge.items.unwrap_or(0));
                }
                let account = found.fee_mut(charge.kind);
                account.charged = account.charged.plus(charge.amount).unwrap_or(account.charged);
                let part = charge.part_of_share.map_or(0, |part| part.0);
                account.part_of_share.0 = account.part_of_share.0.saturating_add(part);
                if charge.method == FeeMethod::Ledger {
                    // The organization's ledger carries it from here; nothing stays open.
                    account.paid = account.paid.plus(charge.amount).unwrap_or(account.paid);
                }
            });
        }
    }

    pub(in super::super) fn fee_paid(&mut self, paid: &FeePaid) {
        self.with_participation(paid.consignor, |found| {
            let account = found.fee_mut(paid.kind);
            account.paid = account.paid.plus(paid.amount).unwrap_or(account.paid);
        });
    }

    pub(in super::super) fn fee_waived(&mut self, waived: &FeeWaived) {
        self.with_participation(waived.consignor, |found| {
            let account = found.fee_mut(waived.kind);
            account.waived = account.waived.plus(waived.amount).unwrap_or(account.waived);
            let part = waived.part_of_share.map_or(0, |part| part.0);
            account.part_of_share.0 = account.part_of_share.0.saturating_sub(part);
        });
    }

    /// Counts a completed shift of a consignor; other bookings change no terms.
    pub(in super::super) fn shift_completed(&mut self, booking: BookingId) {
        if let Some(consignor) = self.shift_holder(booking) {
            self.with_participation(consignor, |found| found.shifts = found.shifts.saturating_add(1));
        }
    }

    /// The consignor whose volunteer shift the booking is.
    #[must_use]
    pub fn shift_holder(&self, booking: BookingId) -> Option<ConsignorNumber> {
        let booking = self.schedule.booking(booking)?;
        match (self.schedule.slot_of(booking)?.kind, booking.holder) {
            (SlotKind::Shift(_), HolderKey::Consignor(consignor)) => Some(consignor),
            (SlotKind::Shift(_) | SlotKind::DropOff { .. } | SlotKind::PickUp, _) => None,
        }
    }
}
