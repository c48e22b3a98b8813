//! What every aggregate is: a state, commands that may be refused, events that may not.

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::ids::Actor;
use crate::journal::{EventCodec, RawEntry};
use crate::rejection::Rejection;
use crate::stream::StreamId;

/// Something one aggregate hands to another: an idempotent command, sent by the host at least once and in
/// order per target, after the entry that causes it is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The receiver.
    pub to: StreamId,
    /// The command's id at the receiver: made from the sender's stream and entry, so that a repetition is one.
    pub command_id: String,
    /// The receiver's command, as JSON.
    pub command: serde_json::Value,
}

/// Something to be done at a time: a command that the host sends when it is due, under an id made from the name
/// and the instant, so that it happens once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer<C> {
    /// One timer of a name is set at a time.
    pub name: &'static str,
    /// When, ms since 1970 UTC; a time that has passed means: now.
    pub due_at: i64,
    /// What to do then.
    pub command: C,
}

/// What a decision may know beyond state and command.
#[derive(Debug)]
pub struct Context<'a, Facts> {
    /// The log's clock, ms since 1970 UTC.
    pub now: i64,
    /// Who asks.
    pub actor: &'a Actor,
    /// The command's id: the idempotency key of the request or delivery.
    pub command_id: &'a str,
    /// A fresh id, should the decision need to name something new.
    pub fresh_id: Uuid,
    /// Cold facts that the command named, looked up by the host.
    pub facts: &'a Facts,
}

/// One kind of Durable Object's rules.
///
/// `decide` reads the hot state and refuses or answers with events; `evolve` is total: whatever the log says
/// happened, happened. What only some commands need (a receipt to return, say) stays out of the state and is read from
/// the log again: `remember` says under which keys an entry is to be found, `needs` which keys a command asks for. The
/// host keeps keys and places beside the log, written in the same transaction.
pub trait Aggregate {
    /// The stream's kind, as it stands in stream ids (`session`, `event`, …).
    const KIND: &'static str;
    /// Raised when the state's shape or meaning changes: older snapshots are thrown away.
    const STATE_VERSION: u32;
    /// Whether [`Aggregate::timers`] ever says anything: otherwise nobody wakes the state to ask.
    const TIMED: bool = false;
    /// Hot state, compact.
    type State: Default + Serialize + DeserializeOwned;
    /// What can happen.
    type Event: EventCodec;
    /// What can be asked.
    type Command: Serialize + DeserializeOwned;
    /// Cold facts: what commands need of entries that were found by key.
    type Facts: Default;
    /// A question that the hot state can answer (may this terminal speak here? which items are yours?).
    type Query: Serialize + DeserializeOwned;
    /// The answer to a [`Aggregate::Query`].
    type Answer: Serialize + DeserializeOwned;

    /// Keys of the entries that `command` needs to be decided.
    fn needs(command: &Self::Command) -> Vec<String>;

    /// Whether `actor` may send `command` over a socket that it listens on. Nobody may unless the aggregate says so:
    /// what travels there passes no edge but the one that opened the socket.
    fn speaks(actor: &Actor, command: &Self::Command) -> bool {
        let _ = (actor, command);
        false
    }

    /// Takes what is needed of the entry that was found under `key` into `facts`.
    fn recall(facts: &mut Self::Facts, key: &str, event: &Self::Event);

    /// Keys under which the entry is to be found from now on, in the place of an earlier one.
    fn remember(event: &Self::Event) -> Vec<String>;

    /// Decides about `command`.
    ///
    /// # Errors
    /// A [`Rejection`] names the rule, what was found and what would be allowed; nothing has happened then.
    fn decide(
        state: &Self::State,
        command: Self::Command,
        context: &Context<'_, Self::Facts>,
    ) -> Result<Vec<Self::Event>, Rejection>;

    /// What the entry `seq` of `stream` hands to other aggregates.
    fn deliveries(stream: &StreamId, seq: u64, event: &Self::Event) -> Vec<Delivery>;

    /// Whom the entry turns away for good: their open connections are closed at once.
    #[must_use]
    fn turned_away(_entry: &RawEntry) -> Option<Actor> {
        None
    }

    /// Answers from the hot state; changes nothing.
    fn answer(state: &Self::State, query: &Self::Query) -> Self::Answer;

    /// What is to be done later, as the state stands at `now` (ms since 1970 UTC). Whatever is missing here is
    /// no longer set.
    fn timers(_state: &Self::State, _now: i64) -> Vec<Timer<Self::Command>> {
        Vec::new()
    }

    /// What to record when `listener` (as [`Actor`] spells it) has not been heard of for a while; none when
    /// nobody minds.
    fn silenced(_state: &Self::State, _listener: &str) -> Option<Self::Command> {
        None
    }

    /// Takes what happened into the state.
    fn evolve(state: &mut Self::State, event: &Self::Event, recorded_at: i64);
}

impl Delivery {
    /// One delivery of `command` to `to`; none if the command cannot be written as JSON (ours all can).
    pub fn of<C: Serialize>(to: StreamId, command_id: String, command: &C) -> Vec<Self> {
        serde_json::to_value(command).map(|command| Self { to, command_id, command }).into_iter().collect()
    }
}
