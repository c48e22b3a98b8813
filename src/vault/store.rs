//! Where sealed values stand: two D1 tables, keys apart from values.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::tenancy::Scope;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::keyring::Keyring;
use super::seal::{DataKey, MasterKey, VaultFault};
use crate::adapters::database::{Rows, Value};
use crate::http::edge::Edge;
use crate::http::problem::EdgeError;
use crate::http::tenant::Tenant;

/// Most persons sealed by one statement: their JSON stays under D1's 100 KB of bound text with room to spare.
const STORE_PAGE_PERSONS: usize = 100;

/// What is kept about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// As they write it.
    Name,
    /// Where mail reaches them.
    Email,
    /// A note about them, in a subject of its own: free text may name people.
    Note,
    /// Where they can be called.
    Phone,
    /// Where cheques go, on several lines.
    Address,
    /// Where payouts go.
    BankAccount,
    /// What tax forms ask for.
    TaxNumber,
    /// A body as an outside service sent it.
    Evidence,
}

impl Field {
    const ALL: [Self; 8] = [
        Self::Name,
        Self::Email,
        Self::Note,
        Self::Phone,
        Self::Address,
        Self::BankAccount,
        Self::TaxNumber,
        Self::Evidence,
    ];

    /// The name in rows and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Note => "note",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::BankAccount => "bank_account",
            Self::TaxNumber => "tax_number",
            Self::Evidence => "evidence",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// A person's values. Never logged: it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// By field.
    pub fields: BTreeMap<Field, String>,
}

/// One organization's personal data.
pub struct Vault<'a> {
    rows: Rows<'a>,
    organization: String,
    keys: Keyring,
}

/// What an erasure has destroyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Destroyed {
    /// Data keys: without one, what it sealed is noise.
    pub keys: u32,
    /// Sealed values, gone as well.
    pub values: u32,
}

#[derive(Deserialize)]
struct KeyRow {
    subject: String,
    wrapped: String,
}

#[derive(Deserialize)]
struct ValueRow {
    subject: String,
    field: String,
    sealed: String,
}

#[derive(Serialize)]
struct NewKey<'a> {
    subject: &'a str,
    wrapped: String,
}

#[derive(Serialize)]
struct NewValue<'a> {
    subject: &'a str,
    field: &'static str,
    sealed: String,
}

const SELECT_KEYS: &str = "SELECT subject, wrapped FROM vault_key
    WHERE organization = ?1 AND subject IN (SELECT value FROM json_each(?2))";

const INSERT_KEYS: &str = "INSERT INTO vault_key (organization, subject, wrapped, wrapped_by, created_at)
    SELECT ?1, value ->> 'subject', value ->> 'wrapped', ?4, CAST(?3 AS INTEGER) FROM json_each(?2) WHERE true
    ON CONFLICT (organization, subject) DO NOTHING";

const UPSERT_VALUES: &str = "INSERT INTO vault_value (organization, subject, field, sealed, updated_at)
    SELECT ?1, value ->> 'subject', value ->> 'field', value ->> 'sealed', CAST(?3 AS INTEGER) FROM json_each(?2) WHERE true
    ON CONFLICT (organization, subject, field) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at";

const SELECT_VALUES: &str = "SELECT subject, field, sealed FROM vault_value
    WHERE organization = ?1 AND subject IN (SELECT value FROM json_each(?2))";

/// A subject and what hangs on it: the notes about a person are theirs.
const SELECT_SUBJECTS: &str = "SELECT subject FROM vault_key
    WHERE organization = ?1 AND (subject = ?2 OR subject GLOB ?2 || '/*') ORDER BY subject";

const DELETE_KEYS: &str = "DELETE FROM vault_key
    WHERE organization = ?1 AND (subject = ?2 OR subject GLOB ?2 || '/*') RETURNING subject";

const DELETE_VALUES: &str = "DELETE FROM vault_value
    WHERE organization = ?1 AND (subject = ?2 OR subject GLOB ?2 || '/*') RETURNING subject";

const CLEAR_VALUES: &str = "DELETE FROM vault_value WHERE organization = ?1 AND subject = ?2";

#[derive(Deserialize)]
struct SubjectRow {
    subject: String,
}

impl<'a> Vault<'a> {
    /// Opens the tenant's vault.
    ///
    /// # Errors
    /// [`VaultFault::NoMasterKey`] when the secret is missing.
    pub fn open(edge: &'a Edge, tenant: &Tenant) -> Result<Self, EdgeError> {
        Self::of(edge, tenant.scope())
    }

    /// Opens an organization's vault.
    ///
    /// # Errors
    /// [`VaultFault::NoMasterKey`] when the secret is missing.
    pub fn of(edge: &'a Edge, scope: &Scope) -> Result<Self, EdgeError> {
        let keys = Keyring::of(edge.env())?;
        Ok(Self { rows: Rows::of(edge.env(), scope), organization: scope.to_string(), keys })
    }

    /// What is kept about the subject and what hangs on it, by subject.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the store is out of reach.
    pub async fn all_about(&self, subject: &str) -> Result<BTreeMap<String, Profile>, EdgeError> {
        let rows: Vec<SubjectRow> = self.rows.all(SELECT_SUBJECTS, &[Value::Text(subject)]).await?;
        let subjects: Vec<String> = rows.into_iter().map(|row| row.subject).collect();
        self.get(&subjects).await
    }

    /// Whether anything was ever kept about the subject and not erased.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the store is out of reach.
    pub async fn knows(&self, subject: &str) -> Result<bool, EdgeError> {
        let rows: Vec<SubjectRow> = self.rows.all(SELECT_SUBJECTS, &[Value::Text(subject)]).await?;
        Ok(!rows.is_empty())
    }

    /// Destroys the keys of the subject and of what hangs on it, then the values. The keys go first: should it end
    /// there, nobody can read the values any more.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the store is out of reach; doing it again does the rest.
    pub async fn erase(&self, subject: &str) -> Result<Destroyed, EdgeError> {
        let keys: Vec<SubjectRow> = self.rows.all(DELETE_KEYS, &[Value::Text(subject)]).await?;
        let values: Vec<SubjectRow> = self.rows.all(DELETE_VALUES, &[Value::Text(subject)]).await?;
        let count = |rows: &Vec<SubjectRow>| u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(Destroyed { keys: count(&keys), values: count(&values) })
    }

    /// Destroys the subject's values and keeps their key: what is derived from it still holds.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the store is out of reach.
    pub async fn clear(&self, subject: &str) -> Result<(), EdgeError> {
        self.rows.run(CLEAR_VALUES, &[Value::Text(subject)]).await
    }

    /// The deployment's key.
    ///
    /// # Errors
    /// [`VaultFault::NoMasterKey`] when the secret is missing.
    pub fn master_key(edge: &Edge) -> Result<MasterKey, VaultFault> {
        Keyring::of(edge.env()).map(Keyring::into_current)
    }

    /// Keeps what is given about each subject; fields that are not given stay as they are.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the store is out of reach; sealing faults as internal errors.
    pub async fn put(&self, profiles: &BTreeMap<String, Profile>, now: i64) -> Result<(), EdgeError> {
        let subjects: Vec<&str> = profiles.keys().map(String::as_str).collect();
        for page in subjects.chunks(STORE_PAGE_PERSONS) {
            let keys = self.keys_made_where_missing(page, now).await?;
            let mut values = Vec::new();
            for (&subject, key) in
                page.iter().filter_map(|subject| keys.get_key_value(*subject).map(|(_, key)| (subject, key)))
            {
                for (field, value) in profiles.get(subject).into_iter().flat_map(|profile| &profile.fields) {
                    let sealed = key.seal(value, &self.value_place(subject, field.name()))?;
                    values.push(NewValue { subject, field: field.name(), sealed });
                }
            }
            let (values, now) = (serde_json::to_string(&values)?, now.to_string());
            self.rows.run(UPSERT_VALUES, &[Value::Text(&values), Value::Text(&now)]).await?;
        }
        Ok(())
    }

    /// What is kept about these subjects. Values that do not open are left out and reported in the log.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the store is out of reach.
    pub async fn get(&self, subjects: &[String]) -> Result<BTreeMap<String, Profile>, EdgeError> {
        let mut profiles: BTreeMap<String, Profile> = BTreeMap::new();
        for page in subjects.chunks(STORE_PAGE_PERSONS) {
            let page: Vec<&str> = page.iter().map(String::as_str).collect();
            let keys = self.keys(&page).await?;
            let wanted = serde_json::to_string(&page)?;
            let rows: Vec<ValueRow> = self.rows.all(SELECT_VALUES, &[Value::Text(&wanted)]).await?;
            for row in rows {
                let (Some(key), Some(field)) = (keys.get(&row.subject), Field::from_name(&row.field)) else {
                    continue;
                };
                match key.open(&row.sealed, &self.value_place(&row.subject, &row.field)) {
                    Ok(value) => {
                        profiles.entry(row.subject).or_default().fields.insert(field, value);
                    }
                    Err(fault) => tracing::error!(%fault, subject = %row.subject, "vault value"),
                }
            }
        }
        Ok(profiles)
    }

    /// A secret that belongs to the subject, for `purpose`: the same each time, and gone with the subject's key. None
    /// when nothing is kept about them.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the store is out of reach.
    pub async fn secret_of(&self, subject: &str, purpose: &str) -> Result<Option<String>, EdgeError> {
        let key = self.keys(&[subject]).await?.remove(subject);
        Ok(key.map(|key| URL_SAFE_NO_PAD.encode(key.derive(purpose))))
    }

    /// Whether `given` is the subject's secret for `purpose`.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`] when the store is out of reach.
    pub async fn is_secret_of(&self, subject: &str, purpose: &str, given: &str) -> Result<bool, EdgeError> {
        let Some(secret) = self.secret_of(subject, purpose).await? else { return Ok(false) };
        // Compared by digests, so that how long it takes says nothing.
        Ok(Sha256::digest(secret) == Sha256::digest(given))
    }

    async fn keys(&self, subjects: &[&str]) -> Result<BTreeMap<String, DataKey>, EdgeError> {
        let wanted = serde_json::to_string(subjects)?;
        let rows: Vec<KeyRow> = self.rows.all(SELECT_KEYS, &[Value::Text(&wanted)]).await?;
        let mut keys = BTreeMap::new();
        for row in rows {
            let key = self.keys.unwrap_key(&row.wrapped, &key_place(&self.organization, &row.subject))?;
            keys.insert(row.subject, key);
        }
        Ok(keys)
    }

    async fn keys_made_where_missing(
        &self,
        subjects: &[&str],
        now: i64,
    ) -> Result<BTreeMap<String, DataKey>, EdgeError> {
        let known = self.keys(subjects).await?;
        let mut fresh = Vec::new();
        for subject in subjects.iter().filter(|subject| !known.contains_key(**subject)) {
            let place = key_place(&self.organization, subject);
            let wrapped = self.keys.current().wrap(&DataKey::generate()?, &place)?;
            fresh.push(NewKey { subject, wrapped });
        }
        if fresh.is_empty() {
            return Ok(known);
        }
        let (fresh, now) = (serde_json::to_string(&fresh)?, now.to_string());
        let wrapped_by = self.keys.current().fingerprint();
        let values = [&fresh, &now, &wrapped_by].map(|text| Value::Text(text));
        self.rows.run(INSERT_KEYS, &values).await?;
        // Read again: another request may have been first, and then its key is the one that counts.
        self.keys(subjects).await
    }

    fn value_place(&self, subject: &str, field: &str) -> String {
        format!("{}/{subject}/{field}", self.organization)
    }
}

/// Where a data key belongs: it unwraps nowhere else.
pub(super) fn key_place(organization: &str, subject: &str) -> String {
    format!("{organization}/{subject}")
}

impl From<VaultFault> for EdgeError {
    fn from(fault: VaultFault) -> Self {
        Self::Internal(fault.to_string())
    }
}
