//! Invitations by e-mail: somebody whose id nobody knows yet is asked to take a role. Their address is in the vault;
//! the log has an opaque id. Who accepts is who signs in with the secret of the mail.

use serde::{Deserialize, Serialize};

use super::decide::{Decision, existing, grant, running};
use super::state::State;
use crate::ids::{Actor, InvitationId, PersonId};
use crate::rejection::{Rejection, conflict, forbidden, not_found, rule};
use crate::rights::Role;

/// How long an invitation can be accepted, days: over a holiday, and not for ever.
pub const INVITATION_DAYS: i64 = 14;

/// Invitations that wait at the same time: a sale's helpers, invited in one evening.
pub const MAX_INVITATIONS: usize = 500;

/// One day, ms.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Somebody was asked by e-mail to take a role. Their address is in the vault, under the invitation's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonInvited {
    /// Its id.
    pub invitation: InvitationId,
    /// What they will be.
    pub role: Role,
    /// Until when it can be accepted, ms since 1970 UTC.
    pub until: i64,
}

/// They came: the role is granted by the next entry, unless they had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationAccepted {
    /// Which.
    pub invitation: InvitationId,
    /// Who they are.
    pub person: PersonId,
}

/// They need not come any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationWithdrawn {
    /// Which.
    pub invitation: InvitationId,
}

/// An invitation that waits for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvitation {
    /// What they will be.
    pub role: Role,
    /// Until when, ms since 1970 UTC.
    pub until: i64,
}

impl State {
    /// Those that ended before this one began are forgotten with it.
    pub(super) fn invite(&mut self, invited: &PersonInvited) {
        let now = invited.until.saturating_sub(INVITATION_DAYS * DAY_MS);
        self.invitations.retain(|_, open| now < open.until);
        let open = OpenInvitation { role: invited.role, until: invited.until };
        self.invitations.insert(invited.invitation, open);
    }
}

pub(super) fn invite(state: &State, invitation: InvitationId, role: Role, now: i64) -> Decision {
    running(state)?;
    if state.invitations.contains_key(&invitation) {
        return Err(conflict("ORG-21", "invitation_exists", invitation.to_string(), "a fresh id"));
    }
    if state.invitations.values().filter(|open| now < open.until).count() >= MAX_INVITATIONS {
        return Err(rule(
            "ORG-21",
            "too_many_invitations",
            "500 open invitations",
            "at most 500 open invitations",
        ));
    }
    let until = now.saturating_add(INVITATION_DAYS * DAY_MS);
    Ok(vec![PersonInvited { invitation, role, until }.into()])
}

pub(super) fn accept(state: &State, invitation: InvitationId, actor: &Actor, now: i64) -> Decision {
    running(state)?;
    let Actor::Person(person) = actor else {
        return Err(forbidden("ORG-21", "not_a_person", actor.to_string(), "the person who was invited"));
    };
    let open = open(state, invitation)?;
    if now >= open.until {
        return Err(conflict(
            "ORG-21",
            "invitation_over",
            "an invitation that has run out",
            "14 days from the mail",
        ));
    }
    let mut events = vec![InvitationAccepted { invitation, person: person.clone() }.into()];
    events.extend(grant(state, person.clone(), open.role)?);
    Ok(events)
}

/// A suspended organization can still take an invitation back.
pub(super) fn withdraw(state: &State, invitation: InvitationId) -> Decision {
    existing(state)?;
    open(state, invitation)?;
    Ok(vec![InvitationWithdrawn { invitation }.into()])
}

fn open(state: &State, invitation: InvitationId) -> Result<OpenInvitation, Rejection> {
    state.invitations.get(&invitation).copied().ok_or_else(|| {
        not_found("ORG-21", "invitation_unknown", invitation.to_string(), "an invitation that is open")
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::Command;
    use super::super::tests::created;
    use super::*;
    use crate::scenario::person;

    fn invited(nth: u128, role: Role) -> Command {
        Command::InvitePerson { invitation: InvitationId(Uuid::from_u128(nth)), role }
    }

    fn accepted(nth: u128) -> Command {
        Command::AcceptInvitation { invitation: InvitationId(Uuid::from_u128(nth)) }
    }

    fn kim() -> Actor {
        Actor::Person(person("user_kim"))
    }

    #[test]
    fn org_21_who_comes_with_an_invitation_has_its_role_and_it_counts_once() {
        let came = created().when(invited(1, Role::Cashier)).by(kim()).when(accepted(1));
        came.then_kinds(&["invitation_accepted", "role_granted"]);
        assert_eq!(came.state().roles_of(&person("user_kim")), [Role::Cashier]);
        came.when(accepted(1)).then_refused("ORG-21", "invitation_unknown");
        let has_it = created().when(invited(1, Role::OrganizationAdmin)).when(accepted(1));
        has_it.then_kinds(&["invitation_accepted"]);
    }

    #[test]
    fn org_21_an_invitation_ends_after_14_days_or_when_it_is_taken_back() {
        let start = 1_800_000_000_000;
        let until = start + INVITATION_DAYS * DAY_MS;
        let waiting = || created().at(start).when(invited(1, Role::Support)).by(kim());
        waiting().at(until - 1).when(accepted(1)).then_kinds(&["invitation_accepted", "role_granted"]);
        waiting().at(until).when(accepted(1)).then_refused("ORG-21", "invitation_over");
        let withdrawn = Command::WithdrawInvitation { invitation: InvitationId(Uuid::from_u128(1)) };
        let gone = waiting().when(withdrawn.clone());
        let late = gone.when(accepted(1));
        late.then_refused("ORG-21", "invitation_unknown");
        late.when(withdrawn).then_refused("ORG-21", "invitation_unknown");
        // One that is over is forgotten with the next.
        let next = waiting().at(until).when(invited(2, Role::Support));
        assert_eq!(next.state().invitations.len(), 1);
    }

    #[test]
    fn org_21_invitations_are_accepted_by_persons_have_ids_of_their_own_and_are_bounded() {
        let waiting = created().when(invited(1, Role::Volunteer)).when(invited(1, Role::Volunteer));
        waiting.then_refused("ORG-21", "invitation_exists");
        created()
            .when(invited(1, Role::Volunteer))
            .by(Actor::System("timer".into()))
            .when(accepted(1))
            .then_refused("ORG-21", "not_a_person");
        let many = u128::try_from(MAX_INVITATIONS).unwrap();
        let full = (1..=many).fold(created(), |scenario, nth| scenario.when(invited(nth, Role::Volunteer)));
        full.when(invited(many + 1, Role::Volunteer)).then_refused("ORG-21", "too_many_invitations");
    }
}
