//! Where sealed values stand: two D1 tables, keys apart from values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::seal::{DataKey, MasterKey, VaultFault};
use crate::adapters::database::{Rows, Value};
use crate::http::edge::Edge;
use crate::http::problem::EdgeError;
use crate::http::tenant::Tenant;

/// Name of the secret that wraps the data keys.
const MASTER_KEY_SECRET: &str = "VAULT_KEY";

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
}

impl Field {
    const ALL: [Self; 3] = [Self::Name, Self::Email, Self::Note];

    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Note => "note",
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
    master: MasterKey,
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

const INSERT_KEYS: &str = "INSERT INTO vault_key (organization, subject, wrapped, created_at)
    SELECT ?1, value ->> 'subject', value ->> 'wrapped', CAST(?3 AS INTEGER) FROM json_each(?2) WHERE true
    ON CONFLICT (organization, subject) DO NOTHING";

const UPSERT_VALUES: &str = "INSERT INTO vault_value (organization, subject, field, sealed, updated_at)
    SELECT ?1, value ->> 'subject', value ->> 'field', value ->> 'sealed', CAST(?3 AS INTEGER) FROM json_each(?2) WHERE true
    ON CONFLICT (organization, subject, field) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at";

const SELECT_VALUES: &str = "SELECT subject, field, sealed FROM vault_value
    WHERE organization = ?1 AND subject IN (SELECT value FROM json_each(?2))";

impl<'a> Vault<'a> {
    /// Opens the tenant's vault.
    ///
    /// # Errors
    /// [`VaultFault::NoMasterKey`] when the secret is missing.
    pub fn open(edge: &'a Edge, tenant: &Tenant) -> Result<Self, EdgeError> {
        Ok(Self {
            rows: tenant.rows(edge),
            organization: tenant.id().to_string(),
            master: Self::master_key(edge)?,
        })
    }

    /// The deployment's key.
    ///
    /// # Errors
    /// [`VaultFault::NoMasterKey`] when the secret is missing.
    pub fn master_key(edge: &Edge) -> Result<MasterKey, VaultFault> {
        let secret = edge.env().secret(MASTER_KEY_SECRET).map_err(|_| VaultFault::NoMasterKey)?;
        MasterKey::parse(&secret.to_string())
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

    async fn keys(&self, subjects: &[&str]) -> Result<BTreeMap<String, DataKey>, EdgeError> {
        let wanted = serde_json::to_string(subjects)?;
        let rows: Vec<KeyRow> = self.rows.all(SELECT_KEYS, &[Value::Text(&wanted)]).await?;
        let mut keys = BTreeMap::new();
        for row in rows {
            let key = self.master.unwrap_key(&row.wrapped, &self.key_place(&row.subject))?;
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
            let wrapped = self.master.wrap(&DataKey::generate()?, &self.key_place(subject))?;
            fresh.push(NewKey { subject, wrapped });
        }
        if fresh.is_empty() {
            return Ok(known);
        }
        let (fresh, now) = (serde_json::to_string(&fresh)?, now.to_string());
        self.rows.run(INSERT_KEYS, &[Value::Text(&fresh), Value::Text(&now)]).await?;
        // Read again: another request may have been first, and then its key is the one that counts.
        self.keys(subjects).await
    }

    fn key_place(&self, subject: &str) -> String {
        format!("{}/{subject}", self.organization)
    }

    fn value_place(&self, subject: &str, field: &str) -> String {
        format!("{}/{subject}/{field}", self.organization)
    }
}

impl From<VaultFault> for EdgeError {
    fn from(fault: VaultFault) -> Self {
        Self::Internal(fault.to_string())
    }
}
