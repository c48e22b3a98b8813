//! The shape of every route that changes something: who asks, under which id, expecting what; one command to one
//! stream; what it caused as the answer. A handler only says which command.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::aggregate::Aggregate;
use domain::consignment_event::{self, ConsignmentEvent};
use domain::ids::{Actor, ConsignorNumber, EventId, NoteRef, SessionId};
use domain::organization::{self, Answer, Organization, Query};
use domain::reconciliation::{self, Reconciliation};
use domain::rights::Permission;
use domain::sale_session::{self, SaleSession};
use domain::stream::StreamId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::caller::Caller;
use super::command::{Commanding, Position, Reply, deliver_now};
use super::edge::Edge;
use super::fresh::settle;
use super::problem::EdgeError;
use super::tenant::Tenant;
use super::time::instant;
use crate::objects::client::{Accepted, ask};
use crate::vault::{Field, Profile, Vault};

/// Longest note, characters: a few sentences.
pub const NOTE_CHARS_MAX: usize = 1_000;

/// What a command caused.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recorded {
    /// The id of what the command made, where it made something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(flatten)]
    /// Where the stream stands.
    pub position: Position,
    /// The entries that it caused, in order; empty when there was nothing to do.
    pub entries: Vec<RecordedEntry>,
}

/// An entry of a log, as a command's answer shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordedEntry {
    /// Its position.
    pub seq: u64,
    /// When, by the log's clock.
    #[schema(example = "2027-03-27T10:00:00.000Z")]
    pub recorded_at: String,
    /// What happened.
    #[schema(example = "fee_waived")]
    pub kind: String,
    /// The entry's own data, as the log holds it; its shape belongs to `kind`. What a command for many passed over
    /// stands under `refused`, with the rule and the code.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// What a route that changes something answers.
pub type Decision = Result<Reply<Recorded>, EdgeError>;

/// Asks streams to decide, in the name of the caller.
pub struct Decider {
    /// The request's surroundings.
    pub edge: Edge,
    /// The organization.
    pub tenant: Tenant,
    /// Who asks.
    pub caller: Caller,
    /// Under which id, expecting what.
    pub commanding: Commanding,
}

impl Decider {
    /// Asks the organization.
    ///
    /// # Errors
    /// As the organization refuses, or 503.
    pub async fn organization(&self, command: organization::Command) -> Result<Decided, EdgeError> {
        self.ask::<Organization>(&self.tenant.organization(), command).await
    }

    /// Asks an event.
    ///
    /// # Errors
    /// As the event refuses, or 503.
    pub async fn event(
        &self,
        event: EventId,
        command: consignment_event::Command,
    ) -> Result<Decided, EdgeError> {
        self.ask::<ConsignmentEvent>(&self.tenant.event(event), command).await
    }

    /// Asks a sale session.
    ///
    /// # Errors
    /// As the session refuses, or 503.
    pub async fn session(
        &self,
        session: SessionId,
        command: sale_session::Command,
    ) -> Result<Decided, EdgeError> {
        self.ask::<SaleSession>(&self.tenant.session(session), command).await
    }

    /// Asks an event's reconciliation.
    ///
    /// # Errors
    /// As the reconciliation refuses, or 503.
    pub async fn reconciliation(
        &self,
        event: EventId,
        command: reconciliation::Command,
    ) -> Result<Decided, EdgeError> {
        self.ask::<Reconciliation>(&self.tenant.reconciliation(event), command).await
    }

    async fn ask<A: Aggregate>(&self, stream: &StreamId, command: A::Command) -> Result<Decided, EdgeError> {
        let accepted = self.commanding.send::<A>(&self.edge, stream, command).await?;
        if !accepted.repeated {
            deliver_now::<A>(&self.edge, stream, &accepted).await;
        }
        settle(&self.edge, stream, accepted.seq).await;
        Ok(Decided { accepted, id: None })
    }

    /// Lets through those who may act for anybody, and a consignor for themself.
    ///
    /// # Errors
    /// 403 for everybody else.
    pub async fn on_behalf_of(
        &self,
        consignor: ConsignorNumber,
        staff: &[Permission],
    ) -> Result<(), EdgeError> {
        if staff.iter().any(|permission| self.caller.may(*permission)) {
            return Ok(());
        }
        let other = || EdgeError::Forbidden("to be that consignor, or one who runs the event".into());
        match self.own_number().await? {
            Some(own) if own == consignor && self.caller.may(Permission::TakePart) => Ok(()),
            _ => Err(other()),
        }
    }

    /// The number of the account that the caller signs in for.
    ///
    /// # Errors
    /// 503 when the organization's object is out of reach.
    pub async fn own_number(&self) -> Result<Option<ConsignorNumber>, EdgeError> {
        let Actor::Person(person) = self.caller.actor() else { return Ok(None) };
        let query = Query::AccountOf { person };
        match ask::<Organization>(self.edge.env(), &self.tenant.organization(), &query).await? {
            Answer::AccountOf { number } => Ok(number),
            _ => Err(EdgeError::Internal("the organization answered something else".into())),
        }
    }

    /// Keeps more words in the vault, with the person they are about where there is one, so that they go with that
    /// person's data; the log gets a reference. The same request makes the same reference.
    ///
    /// # Errors
    /// 400 for notes that are too long; 503 when the vault is out of reach.
    pub async fn note(
        &self,
        about: Option<ConsignorNumber>,
        text: Option<&str>,
    ) -> Result<Option<NoteRef>, EdgeError> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        if text.chars().count() > NOTE_CHARS_MAX {
            let detail = format!("note has at most {NOTE_CHARS_MAX} characters.");
            return Err(EdgeError::bad_request("note_too_long", detail));
        }
        let note = NoteRef(self.commanding.fresh_id("note"));
        let subject = match about {
            Some(consignor) => format!("consignor:{consignor}/note:{note}"),
            None => format!("note:{note}"),
        };
        let profile = Profile { fields: [(Field::Note, text.to_owned())].into() };
        let notes = [(subject, profile)].into();
        Vault::open(&self.edge, &self.tenant)?.put(&notes, self.edge.now()).await?;
        Ok(Some(note))
    }
}

/// What a stream decided.
pub struct Decided {
    /// Its reply.
    pub accepted: Accepted,
    id: Option<String>,
}

impl Decided {
    /// Names what the command made.
    #[must_use]
    pub fn made(self, id: &impl ToString) -> Self {
        Self { id: Some(id.to_string()), ..self }
    }

    /// Something new: 201.
    #[must_use]
    pub fn created(self) -> Reply<Recorded> {
        let recorded = self.recorded();
        Reply::created(&self.accepted, recorded)
    }

    /// Something done: 200.
    #[must_use]
    pub fn done(self) -> Reply<Recorded> {
        let recorded = self.recorded();
        Reply::done(&self.accepted, recorded)
    }

    fn recorded(&self) -> Recorded {
        let entry = |entry: &domain::journal::RawEntry| RecordedEntry {
            seq: entry.seq,
            recorded_at: instant(entry.recorded_at),
            kind: entry.kind.clone(),
            data: serde_json::from_str(&entry.payload).unwrap_or_default(),
        };
        Recorded {
            id: self.id.clone(),
            position: Position::from(&self.accepted),
            entries: self.accepted.entries.iter().map(entry).collect(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Decider {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, EdgeError> {
        Ok(Self {
            edge: Edge::from_request_parts(parts, state).await?,
            tenant: Tenant::from_request_parts(parts, state).await?,
            caller: Caller::from_request_parts(parts, state).await?,
            commanding: Commanding::from_request_parts(parts, state).await?,
        })
    }
}
