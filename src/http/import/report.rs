//! What became of each row.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::command::Position;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Listed as it stood.
    Accepted,
    /// Listed, with something put right or left out; the notes say what.
    AcceptedWithWarning,
    /// Not listed; the notes say why.
    Refused,
}

/// One thing about a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Note {
    /// Stable code.
    #[schema(example = "price_off_step")]
    pub code: String,
    /// The column it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "price")]
    pub column: Option<String>,
    /// A sentence for the person who made the file.
    pub message: String,
    /// True when the row cannot be listed because of it.
    #[serde(skip)]
    pub refuses: bool,
}

impl Note {
    /// Something that was put right or left out.
    pub fn adjusted(code: &str, column: &str, message: String) -> Self {
        Self { code: code.to_owned(), column: Some(column.to_owned()), message, refuses: false }
    }

    /// Something that the row cannot be listed with.
    pub fn refused(code: &str, column: Option<&str>, message: String) -> Self {
        Self { code: code.to_owned(), column: column.map(str::to_owned), message, refuses: true }
    }
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowReport {
    /// The row, from 1; the header is not counted.
    pub row: u32,
    /// The line of the file it begins on, from 1; the header is line 1.
    pub line: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// The tag it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0010001234")]
    pub tag: Option<String>,
    /// The weightiest note's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The weightiest note's sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The weightiest note's column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The other notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Note>,
}

impl RowReport {
    /// The report of a row with these notes; listed under `tag`, unless it was refused.
    pub fn new(row: u32, line: u32, tag: Option<String>, mut notes: Vec<Note>) -> Self {
        notes.sort_by_key(|note| !note.refuses);
        let outcome = match (&tag, notes.is_empty()) {
            (None, _) => Outcome::Refused,
            (Some(_), true) => Outcome::Accepted,
            (Some(_), false) => Outcome::AcceptedWithWarning,
        };
        let mut notes = notes.into_iter();
        let first = notes.next();
        Self {
            row,
            line,
            outcome,
            tag,
            code: first.as_ref().map(|note| note.code.clone()),
            column: first.as_ref().and_then(|note| note.column.clone()),
            message: first.map(|note| note.message),
            more: notes.collect(),
        }
    }
}

/// What became of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// Its id, as it stands in the event's log.
    pub import: String,
    /// Rows in the file, empty lines aside.
    pub rows: u32,
    /// Rows listed as they stood.
    pub accepted: u32,
    /// Rows listed with something put right or left out.
    pub warned: u32,
    /// Rows not listed.
    pub refused: u32,
    /// Consignors that the organization did not know before.
    pub consignors_new: u32,
    /// Headings that mean nothing here.
    pub ignored_columns: Vec<String>,
    /// Every row.
    pub results: Vec<RowReport>,
    #[serde(flatten)]
    /// Where the event's log stands.
    pub position: Position,
}
