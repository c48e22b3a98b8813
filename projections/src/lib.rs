//! Read models of Hangtag: log entries to rows.
//!
//! Pure: an entry goes in, SQL text and rows come out; who runs them (D1 in the Worker, SQLite in the tools)
//! is not this crate's business. One file per read model, in a folder per aggregate. Every table is written
//! from one stream only, so that neither the interleaving of streams nor their distance matters; joins happen
//! when somebody reads. Rows depend on the entries alone: the same log makes the same rows, always.

pub mod beside;
pub mod checkpoint;
mod consignment_event;
pub mod history;
mod organization;
mod reconciliation;
mod sale_session;
mod side;
mod statement;

pub use side::Side;
pub use statement::{STATEMENT_BYTES_MAX, Sql, Statement, Writes};

use domain::journal::{DecodeError, EventCodec, RawEntry};
use domain::stream::StreamId;

/// The generation of the read models. A change of shape makes a new one, filled beside the old one.
pub const GENERATION: &str = "1";

/// Why an entry cannot be projected. The stream stands still then; others go on.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The entry is none that this build can read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A row cannot be written as JSON.
    #[error("a row cannot be written: {0}")]
    Row(#[from] serde_json::Error),
}

/// Where an entry stands: what every row needs besides the event.
struct At<'a> {
    organization: String,
    /// The stream's own id: an event's, a session's; empty for the organization's stream.
    id: String,
    entry: &'a RawEntry,
}

/// Adds the rows of `entry`, which stands in `stream`, to `writes`.
///
/// # Errors
/// [`ProjectionError`]; `writes` holds nothing of the entry's then that was not complete.
pub fn project(stream: &StreamId, entry: &RawEntry, writes: &mut Writes) -> Result<(), ProjectionError> {
    project_on(Side::Live, stream, entry, writes)
}

/// As [`project`], for the rows of one side.
///
/// # Errors
/// As [`project`].
pub fn project_on(
    side: Side,
    stream: &StreamId,
    entry: &RawEntry,
    writes: &mut Writes,
) -> Result<(), ProjectionError> {
    let at = At { organization: side.organization(stream), id: own_id(stream), entry };
    match stream {
        StreamId::Organization(_) => organization::project(&at, &decode(entry)?, writes)?,
        StreamId::Event(..) => consignment_event::project(&at, &decode(entry)?, writes)?,
        StreamId::Session(..) => sale_session::project(&at, &decode(entry)?, writes)?,
        StreamId::Reconciliation(..) => reconciliation::project(&at, &decode(entry)?, writes)?,
        // No read model of its own reads these yet; their checkpoint moves all the same.
        StreamId::Storefront(..) => {}
    }
    history::project(&at, stream, writes)?;
    Ok(())
}

fn decode<E: EventCodec>(entry: &RawEntry) -> Result<E, DecodeError> {
    E::from_payload(&entry.kind, entry.version, &entry.payload)
}

fn own_id(stream: &StreamId) -> String {
    match stream {
        StreamId::Organization(_) => String::new(),
        StreamId::Event(_, event) | StreamId::Reconciliation(_, event) => event.to_string(),
        StreamId::Session(_, session) => session.to_string(),
        StreamId::Storefront(_, shop) => shop.to_string(),
    }
}

/// Statements that delete every row of `stream`, for a rebuild.
///
/// # Errors
/// When a key cannot be written as JSON; ours all can.
pub fn wipe(stream: &StreamId) -> Result<Vec<Statement>, serde_json::Error> {
    wipe_on(Side::Live, stream)
}

/// As [`wipe`], for the rows of one side.
///
/// # Errors
/// As [`wipe`].
pub fn wipe_on(side: Side, stream: &StreamId) -> Result<Vec<Statement>, serde_json::Error> {
    let organization = side.organization(stream);
    let (key, tables): (&str, &[&Sql]) = match stream {
        StreamId::Organization(_) => ("organization", organization::WIPE),
        StreamId::Event(..) => ("event", consignment_event::WIPE),
        StreamId::Session(..) => ("session", sale_session::WIPE),
        StreamId::Reconciliation(..) => ("event", reconciliation::WIPE),
        StreamId::Storefront(..) => return history::wipe(&organization, stream),
    };
    let mut row = serde_json::Map::new();
    row.insert(key.to_owned(), own_id(stream).into());
    row.insert("organization".to_owned(), organization.clone().into());
    let mut writes = Writes::default();
    tables.iter().try_for_each(|sql| writes.write(sql, [&row]))?;
    let mut statements = writes.into_statements();
    statements.extend(history::wipe(&organization, stream)?);
    Ok(statements)
}
