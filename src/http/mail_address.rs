//! Addresses that mails go to: read, kept in the vault, named in logs by an opaque id.

use std::collections::BTreeMap;

use domain::tenancy::Scope;
use uuid::Uuid;

use super::command::Commanding;
use super::edge::Edge;
use super::problem::EdgeError;
use crate::vault::{Field, Profile, Vault};

/// Longest address, characters, as in SMTP.
const ADDRESS_CHARS_MAX: usize = 254;

/// Bytes of a UUID.
const UUID_BYTES: usize = 16;

/// An address of the shape that mail servers take. Whether anybody reads it, only a mail can tell. It has no `Debug`.
pub struct MailAddress(String);

impl MailAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// 400 `address_unusable`.
    pub fn read(text: &str) -> Result<Self, EdgeError> {
        let text = text.trim();
        let shaped = text.rsplit_once('@').is_some_and(|(name, host)| {
            let named = !name.is_empty() && !name.contains('@');
            let hosted = host.split('.').all(|part| !part.is_empty()) && host.contains('.');
            named && hosted
        });
        let plain =
            !text.chars().any(|char| char.is_whitespace() || char.is_control() || "<>,;\"".contains(char));
        if shaped && plain && text.chars().count() <= ADDRESS_CHARS_MAX {
            return Ok(Self(text.to_owned()));
        }
        let detail =
            format!("An address looks like name@example.org and has at most {ADDRESS_CHARS_MAX} characters.");
        Err(EdgeError::bad_request("address_unusable", detail))
    }

    /// An id for this address in this command: the same on repetition, another for another address, so that the same
    /// idempotency key with another address is another request. Made with the vault's key, or it could be guessed.
    ///
    /// # Errors
    /// [`EdgeError::Internal`] without the vault's key.
    pub fn reference(&self, edge: &Edge, commanding: &Commanding) -> Result<Uuid, EdgeError> {
        let key = Vault::master_key(edge)?.derive(&format!("address\n{}\n{}", commanding.id, self.0));
        let mut bytes = [0; UUID_BYTES];
        bytes.copy_from_slice(&key[..UUID_BYTES]);
        Ok(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Keeps the address under `subject`, with a name where there is one.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the vault is out of reach.
    pub async fn keep(
        self,
        edge: &Edge,
        scope: &Scope,
        subject: &str,
        name: Option<String>,
    ) -> Result<(), EdgeError> {
        let name = name.map(|name| (Field::Name, name));
        let fields = std::iter::once((Field::Email, self.0)).chain(name).collect();
        let profiles = BTreeMap::from([(subject.to_owned(), Profile { fields })]);
        Vault::of(edge, scope)?.put(&profiles, edge.now()).await
    }
}

/// What a refused command leaves in the vault, nobody needs.
pub async fn forget(edge: &Edge, scope: &Scope, subject: &str, error: &EdgeError) {
    if !matches!(error, EdgeError::Rejected(_)) {
        return;
    }
    let erased = match Vault::of(edge, scope) {
        Ok(vault) => vault.erase(subject).await.map(drop),
        Err(fault) => Err(fault),
    };
    if let Err(error) = erased {
        tracing::error!(subject, %error, "an address of a refused command stays in the vault");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_their_shape() {
        for good in ["ada@mail.example", " ada+sale@a.b.example ", "o'hara@x.example", "é@x.example"] {
            assert!(MailAddress::read(good).is_ok(), "{good}");
        }
        let long = format!("{}@x.example", "a".repeat(ADDRESS_CHARS_MAX));
        for bad in [
            "",
            "ada",
            "@x.example",
            "ada@",
            "ada@localhost",
            "a@b@c.example",
            "ada@x..example",
            "a b@x.example",
            "ada@x.example\nbcc: b@x.example",
            "<ada@x.example>",
            "a@x.example,b@x.example",
            &long,
        ] {
            assert!(MailAddress::read(bad).is_err(), "{bad:.30}");
        }
    }
}
