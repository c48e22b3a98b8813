//! A sale session: custody of its items, terminals, receipts, and the share estimated with each line.
//!
//! Told by subject: `receipts` (at a till, connected or not), `returns`, `online`, `conflicts` (with claims),
//! `terminals`, `custody`; `event`, `command`, `state`, `evolve` and `decide` hold them together.

pub mod basket;
mod books;
mod command;
mod conflicts;
mod custody;
#[cfg(test)]
mod custody_tests;
mod decide;
mod event;
mod evolve;
mod facts;
mod figures;
mod online;
mod queries;
mod receipts;
mod refuse;
mod returns;
mod state;
mod terminals;
#[cfg(test)]
mod tests;

pub use books::Books;
pub use command::Command;
pub use conflicts::{
    ClaimAnswered, ClaimSent, ConflictKind, ConflictOpened, ConflictResolved, DroppedReceipt,
    MAX_CASE_RECEIPTS, Resolution,
};
pub use custody::MAX_TERMS;
pub use event::{
    CloseReason, ClosedOver, CustodyReleased, CustodyTaken, Event, ReleaseConfirmed, SessionCancelled,
    SessionClosed, SessionClosing, SessionOpened, SessionPaused, SessionResumed, SessionScheduled,
    TermsUpdated,
};
pub use facts::{Facts, ReceiptFact};
pub use figures::{Figures, LineAt, LineState, Now};
pub use online::{
    CancelReason, OnlineCancellation, OnlineLine, OnlineLineBack, OnlineOrder, OnlineOrderCancelled,
    OnlineOrderTaken, OnlineOrderUpdated, OnlineRefund, OnlineRefundLine, OnlineRefunded, OrderRef,
};
pub use queries::{Answer, OpenCase, Overview, ParkedOverview, Query, TerminalOverview};
pub use receipts::{
    AskedLine, AskedUnlisted, CLOCK_SKEW_MS_MAX, Line, LineFigures, LineIdentified, LineRef,
    MAX_BASKET_LINES, MAX_RECEIPT_MAILS, MAX_TENDERS, Marked, OfflineFacts, OfflineReceipt, OverrideReason,
    ReceiptCompleted, ReceiptMailAsked, ReceiptVoided, Standing, Tender, TenderKind, UnlistedLine,
    UnlistedReason, Variance, VarianceFound, VoidReason,
};
pub use returns::{AskedReturn, ReturnLines, ReturnReason, ReturnRecorded, ReturnedLine};
pub use state::{
    Case, OpenClaim, OrderLine, OrderState, ParkedBasket, ReceiptKind, ReceiptStub, Slot, State,
    TerminalState,
};
pub use terminals::{
    BasketParked, BasketRecalled, CashMoved, CashReason, DrawerClosed, DrawerOpened, MAX_OFFERS, MAX_PARKED,
    MAX_TERMINAL_NAME_CHARS, MAX_TERMINALS, MAX_WAITING, PAIRING_LIFETIME_MS, PairingOffered,
    TerminalAcknowledged, TerminalPaired, TerminalReported, TerminalRevoked, TerminalRight,
    TerminalRightsSet,
};

use uuid::Uuid;

use crate::aggregate::{Aggregate, Context, Delivery};
use crate::consignment_event;
use crate::ids::{Actor, EventId};
use crate::journal::{EventCodec as _, RawEntry};
use crate::lifecycle::SessionStatus;
use crate::rejection::Rejection;
use crate::stream::StreamId;

/// The `nth` of several ids that one command needs: the host gives one, the others count up inside its random
/// bits, far from the ids of other commands.
fn fresh(id: Uuid, nth: usize) -> Uuid {
    Uuid::from_u128(id.as_u128().wrapping_add((nth as u128) << 40))
}

/// The sale session's rules.
#[derive(Debug)]
pub struct SaleSession;

impl Aggregate for SaleSession {
    const KIND: &'static str = "session";
    const STATE_VERSION: u32 = 4;
    type State = State;
    type Event = Event;
    type Command = Command;
    type Facts = Facts;
    type Query = Query;
    type Answer = Answer;

    fn speaks(actor: &Actor, command: &Command) -> bool {
        matches!(actor, Actor::Terminal(_)) && command.by_terminals()
    }

    fn needs(command: &Command) -> Vec<String> {
        facts::needs(command)
    }

    fn recall(facts: &mut Facts, _key: &str, event: &Event) {
        facts::recall(facts, event);
    }

    fn remember(event: &Event) -> Vec<String> {
        facts::remember(event)
    }

    fn decide(
        state: &State,
        command: Command,
        context: &Context<'_, Facts>,
    ) -> Result<Vec<Event>, Rejection> {
        decide::decide(state, command, context)
    }

    fn deliveries(stream: &StreamId, seq: u64, event: &Event) -> Vec<Delivery> {
        let StreamId::Session(organization, session) = *stream else { return Vec::new() };
        let to_event = |event: EventId, command: &consignment_event::Command| {
            Delivery::of(StreamId::Event(organization, event), format!("{stream}#{seq}"), command)
        };
        match event {
            Event::CustodyTaken(taken) => to_event(
                taken.event,
                &consignment_event::Command::ConfirmCustody { session, page: taken.page },
            ),
            Event::CustodyReleased(released) => to_event(
                released.event,
                &consignment_event::Command::TakeBack(consignment_event::ItemsTakenBack {
                    session,
                    page: released.page,
                    last: released.last,
                    items: released.items.clone(),
                }),
            ),
            Event::ClaimSent(sent) => {
                to_event(sent.event, &consignment_event::Command::TakeClaim(sent.claim))
            }
            // Everything else is nobody else's business; the receivers above are all there are.
            _ => Vec::new(),
        }
    }

    fn turned_away(entry: &RawEntry) -> Option<Actor> {
        // Only this kind is read: receipts, which come by the thousand, are not.
        if entry.kind != "terminal_revoked" {
            return None;
        }
        match Event::decode(entry).ok()?.event {
            Event::TerminalRevoked(revoked) => Some(Actor::Terminal(revoked.terminal)),
            _ => None,
        }
    }

    fn answer(state: &State, query: &Query) -> Answer {
        queries::answer(state, query)
    }

    fn silenced(state: &State, listener: &str) -> Option<Command> {
        let Ok(Actor::Terminal(terminal)) = listener.parse() else { return None };
        let selling = matches!(state.status, SessionStatus::Open | SessionStatus::Paused);
        let held = state.terminal(terminal).filter(|_| selling)?.1.waiting;
        held.map(|_| Command::ReportUnreachable { terminal })
    }

    fn evolve(state: &mut State, event: &Event, recorded_at: i64) {
        state.evolve(event, recorded_at);
    }
}
