//! A command's envelope as it comes in: bounded, and with a digest of what makes it the same command.

use domain::ids::Actor;
use domain::journal::Hash;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::limits::{COMMAND_BYTES_MAX, COMMAND_ID_BYTES_MAX};
use super::wire::SubmitError;

/// An [`super::wire::Envelope`] whose command stays the bytes that came.
#[derive(Deserialize)]
pub struct Received<'a> {
    /// The idempotency key.
    pub command_id: String,
    /// Who asks.
    pub actor: Actor,
    /// The head's seq that the caller has seen.
    #[serde(default)]
    pub if_match: Option<u64>,
    /// The command's JSON.
    #[serde(borrow)]
    pub command: &'a RawValue,
}

impl<'a> Received<'a> {
    /// Reads an envelope.
    ///
    /// # Errors
    /// [`SubmitError::Malformed`] says what is wrong with it.
    pub fn parse(body: &'a str) -> Result<Self, SubmitError> {
        if body.len() > COMMAND_BYTES_MAX {
            return Err(SubmitError::Malformed(format!("a command has at most {COMMAND_BYTES_MAX} bytes")));
        }
        let received: Self =
            serde_json::from_str(body).map_err(|error| SubmitError::Malformed(error.to_string()))?;
        let id_bytes = received.command_id.len();
        if id_bytes == 0 || id_bytes > COMMAND_ID_BYTES_MAX {
            return Err(SubmitError::Malformed(format!(
                "a command id has 1 to {COMMAND_ID_BYTES_MAX} bytes"
            )));
        }
        Ok(received)
    }

    /// Digest of what makes two commands the same, hex: who asks and what. `if_match` is how, not what.
    pub fn digest(&self) -> String {
        let actor = self.actor.to_string();
        let mut hasher = Sha256::new();
        hasher.update(u64::try_from(actor.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(actor.as_bytes());
        hasher.update(self.command.get().as_bytes());
        Hash(hasher.finalize().into()).to_string()
    }
}
