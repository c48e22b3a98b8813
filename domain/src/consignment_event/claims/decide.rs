//! Decisions about claims.

use super::super::decide::Decision;
use super::super::state::State;
use super::{ClaimAccepted, ClaimContested, ClaimResolution, ClaimResolved};
use crate::claims::{Claim, ClaimKind};
use crate::consignment_event::{CustodyItem, Event, Terms};
use crate::ids::{CaseId, SessionId};
use crate::lifecycle::ItemStatus;
use crate::rejection::{elsewhere, not_found};
use crate::tag::Tag;

/// True when the claim fits what the event knows: a late sale of something still here, or the return of what
/// that session sold.
fn fits(state: &State, claim: &Claim) -> bool {
    let Some(slot) = state.item(claim.tag) else { return false };
    match claim.kind {
        ClaimKind::Sold => match slot.status {
            ItemStatus::Draft
            | ItemStatus::Listed
            | ItemStatus::CheckedIn
            | ItemStatus::Returned
            | ItemStatus::Released
            | ItemStatus::Rejected
            | ItemStatus::Pulled
            | ItemStatus::Missing => true,
            ItemStatus::OnFloor
            | ItemStatus::Sold
            | ItemStatus::Donated
            | ItemStatus::PickedUp
            | ItemStatus::Transferred
            | ItemStatus::Retagged => false,
        },
        ClaimKind::Returned => {
            let number = state.session(claim.session).map(|(number, _)| number);
            slot.status == ItemStatus::Sold && number == Some(slot.session)
        }
    }
}

/// The item and its consignor's terms, as the session is told.
fn told(state: &State, tag: Tag) -> Option<(CustodyItem, Terms)> {
    let slot = state.item(tag)?;
    Some((state.custody_item(tag.item(), slot)?, state.terms(slot.consignor)))
}

/// Takes a claim, or contests it: what was sold in the hall stays sold, so it is never refused.
pub(in super::super) fn take(state: &State, claim: Claim) -> Vec<Event> {
    let slot = state.item(claim.tag);
    match (slot, told(state, claim.tag)) {
        (Some(slot), Some((item, terms))) if fits(state, &claim) => {
            vec![ClaimAccepted { claim, found: slot.status, item, terms }.into()]
        }
        _ => {
            let found = slot.map(|slot| slot.status);
            let index = slot.and_then(|slot| usize::from(slot.session).checked_sub(1));
            let holder = index.and_then(|index| state.sessions.get(index)).map(|session| session.id);
            vec![ClaimContested { claim, found, holder }.into()]
        }
    }
}

pub(in super::super) fn resolve(
    state: &State,
    (session, case): (SessionId, CaseId),
    resolution: ClaimResolution,
) -> Decision {
    let Some((tag, kind)) = state.contested.get(&(session, case)).copied() else {
        return Err(not_found("CON-5", "no_open_claim", case.to_string(), "a contested claim, once"));
    };
    let on_floor = state.item(tag).is_some_and(|slot| slot.status == ItemStatus::OnFloor);
    if resolution == ClaimResolution::Upheld && on_floor {
        return Err(elsewhere(
            "CON-6",
            "custody_elsewhere",
            format!("{} is on a floor", tag.grouped()),
            "closing the session that holds it first",
        ));
    }
    let credited = match resolution {
        ClaimResolution::Dismissed => None,
        ClaimResolution::Upheld => {
            let item = told(state, tag);
            if item.is_none() {
                return Err(not_found("CON-6", "item_unknown", tag.grouped(), "dismissing the claim"));
            }
            item
        }
    };
    Ok(vec![ClaimResolved { session, case, tag, kind, resolution, credited }.into()])
}
