//! Commands that were answered before, taken or refused.

use domain::rejection::Rejection;

use super::Store;
use crate::objects::database::{Cell, Database, Param, StoreError};

const FIND_COMMAND: &str =
    "SELECT body_hash, first_seq, last_seq, NULL AS rejection FROM commands WHERE command_id = ?1
    UNION ALL SELECT body_hash, 0, 0, rejection FROM refusals WHERE command_id = ?1";
const REMEMBER_REFUSAL: &str = "INSERT INTO refusals (command_id, body_hash, rejection) VALUES (?1, ?2, ?3)";

/// A command that was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCommand {
    /// Digest of its body and actor, hex.
    pub body_hash: String,
    /// Seq of its first entry.
    pub first_seq: u64,
    /// Seq of its last entry.
    pub last_seq: u64,
    /// The refusal it got; it has no entries then.
    pub refusal: Option<Rejection>,
}

impl<D: Database> Store<D> {
    /// What is known of a command.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn command(&self, command_id: &str) -> Result<Option<KnownCommand>, StoreError> {
        let rows = self.database.run(FIND_COMMAND, &[Param::Text(command_id)])?;
        match rows.into_iter().next().as_deref() {
            None => Ok(None),
            Some([Cell::Text(body_hash), Cell::Integer(first), Cell::Integer(last), rejection]) => {
                let refusal = match rejection {
                    Cell::Text(json) => Some(serde_json::from_str(json)?),
                    _ => None,
                };
                Ok(Some(KnownCommand {
                    body_hash: body_hash.clone(),
                    first_seq: first.cast_unsigned(),
                    last_seq: last.cast_unsigned(),
                    refusal,
                }))
            }
            Some(_) => Err(StoreError::Shape("command")),
        }
    }

    /// Keeps a refusal as the command's first reply.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is stored then.
    pub fn refuse(&self, command_id: &str, body_hash: &str, refusal: &Rejection) -> Result<(), StoreError> {
        let rejection = serde_json::to_string(refusal)?;
        let row = [Param::Text(command_id), Param::Text(body_hash), Param::Text(&rejection)];
        self.database.write(REMEMBER_REFUSAL, &row)
    }
}
