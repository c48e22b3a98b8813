//! Of whom something is kept: the account of a consignor, or somebody who signs in.

use domain::ids::{ConsignorNumber, PersonId};

use crate::http::api::members::person_named;
use crate::http::problem::EdgeError;

/// Whom a privacy request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A consignor, by number.
    Consignor(ConsignorNumber),
    /// Somebody who signs in.
    Person(PersonId),
}

impl Subject {
    /// Reads `consignor:{number}` or `person:{id}`.
    ///
    /// # Errors
    /// 404 for anything else: it names nobody.
    pub fn named(text: &str) -> Result<Self, EdgeError> {
        let nobody = || EdgeError::NotFound("person");
        let (kind, id) = text.split_once(':').ok_or_else(nobody)?;
        match kind {
            "consignor" => {
                let plain =
                    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
                let number = plain.then(|| id.parse().ok()).flatten().ok_or_else(nobody)?;
                Ok(Self::Consignor(ConsignorNumber(number)))
            }
            "person" => person_named(id).map(Self::Person),
            _ => Err(nobody()),
        }
    }

    /// Under which the vault keeps what is known.
    #[must_use]
    pub fn in_vault(&self) -> String {
        match self {
            Self::Consignor(number) => format!("consignor:{number}"),
            Self::Person(person) => format!("person:{person}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_read_as_the_vault_writes_them() {
        for text in ["consignor:101", "person:user_demo_cora"] {
            assert_eq!(Subject::named(text).unwrap().in_vault(), text);
        }
        for text in [
            "",
            "101",
            "consignor:",
            "consignor:0",
            "consignor:01",
            "consignor:+1",
            "consignor:1/note:x",
            "consignor:99999999999",
            "person:",
            "person:*",
            "evidence:abc",
            "consignor:*",
        ] {
            assert!(Subject::named(text).is_err(), "{text}");
        }
    }
}
