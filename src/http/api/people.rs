//! What is kept about a person: shown, changed, exported, destroyed.

use std::collections::BTreeMap;

use axum::Json;
use domain::organization::{Command, Organization};
use domain::rights::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::caller::Caller;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply, deliver_now};
use crate::http::edge::Edge;
use crate::http::extract::{Named, Told};
use crate::http::fresh::settle;
use crate::http::privacy::export::{PersonalExport, export, whom};
use crate::http::privacy::subject::Subject;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::vault::{Destroyed, Field, Profile, Vault};

/// Longest value, characters: an address on several lines.
const VALUE_CHARS_MAX: usize = 500;

/// Last characters of a bank account or tax number that are shown to those who do not decide about money.
const SHOWN_CHARS: usize = 4;

/// What is kept about a person. What is left out of a change stays as it is.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonalData {
    /// As they write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub name: Option<String>,
    /// Where mail reaches them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub email: Option<String>,
    /// Where they can be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub phone: Option<String>,
    /// Where cheques go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub address: Option<String>,
    /// Where payouts go. Its last four characters, unless the caller decides about money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub bank_account: Option<String>,
    /// What tax forms ask for. Its last four characters, unless the caller decides about money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub tax_number: Option<String>,
}

impl PersonalData {
    fn fields(self) -> Result<BTreeMap<Field, String>, EdgeError> {
        let given = [
            (Field::Name, self.name),
            (Field::Email, self.email),
            (Field::Phone, self.phone),
            (Field::Address, self.address),
            (Field::BankAccount, self.bank_account),
            (Field::TaxNumber, self.tax_number),
        ];
        let mut fields = BTreeMap::new();
        for (field, value) in given {
            let Some(value) = value.map(|value| value.trim().to_owned()) else { continue };
            let lines = field == Field::Address;
            let odd = value.chars().any(|char| char.is_control() && !(lines && char == '\n'));
            if value.is_empty() || value.chars().count() > VALUE_CHARS_MAX || odd {
                return Err(EdgeError::bad_request(
                    "value_unusable",
                    format!(
                        "{} has 1 to {VALUE_CHARS_MAX} characters and no control characters.",
                        field.name()
                    ),
                ));
            }
            fields.insert(field, value);
        }
        Ok(fields)
    }

    fn shown(mut profile: Profile, in_full: bool) -> Self {
        let mut take = |field| profile.fields.remove(&field);
        let hide = |value: Option<String>| if in_full { value } else { value.map(|value| masked(&value)) };
        Self {
            name: take(Field::Name),
            email: take(Field::Email),
            phone: take(Field::Phone),
            address: take(Field::Address),
            bank_account: hide(take(Field::BankAccount)),
            tax_number: hide(take(Field::TaxNumber)),
        }
    }
}

/// `…6789`; a value so short that its end is most of it shows nothing.
fn masked(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    if chars.len() < 2 * SHOWN_CHARS {
        return "…".to_owned();
    }
    let end = chars.len().saturating_sub(SHOWN_CHARS);
    std::iter::once('…').chain(chars.into_iter().skip(end)).collect()
}

/// What is kept about a person.
#[utoipa::path(
    get,
    path = "/api/v1/people/{subject}/personal-data",
    tag = "people",
    params(("subject" = String, Path, description = "`consignor:{number}` or `person:{id}`")),
    responses((status = 200, body = PersonalData), Problems)
)]
#[worker::send]
pub async fn get_personal_data(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
    Named(subject): Named<String>,
) -> Result<Json<PersonalData>, EdgeError> {
    let subject = Subject::named(&subject)?;
    whom(&edge, &tenant, &subject).await?;
    let kept = subject.in_vault();
    let profile = Vault::open(&edge, &tenant)?.get(std::slice::from_ref(&kept)).await?.remove(&kept);
    let in_full = caller.may(Permission::DecideMoney);
    Ok(Json(PersonalData::shown(profile.unwrap_or_default(), in_full)))
}

/// Keeps what is said about a person, sealed with a key of their own.
#[utoipa::path(
    patch,
    path = "/api/v1/people/{subject}/personal-data",
    tag = "people",
    params(("subject" = String, Path, description = "`consignor:{number}` or `person:{id}`")),
    request_body = PersonalData,
    responses((status = 200, body = PersonalData), Problems)
)]
#[worker::send]
pub async fn change_personal_data(
    edge: Edge,
    tenant: Tenant,
    Named(subject): Named<String>,
    Told(change): Told<PersonalData>,
) -> Result<Json<PersonalData>, EdgeError> {
    let subject = Subject::named(&subject)?;
    whom(&edge, &tenant, &subject).await?;
    let (kept, fields) = (subject.in_vault(), change.fields()?);
    let vault = Vault::open(&edge, &tenant)?;
    if !fields.is_empty() {
        vault.put(&BTreeMap::from([(kept.clone(), Profile { fields })]), edge.now()).await?;
    }
    let profile = vault.get(std::slice::from_ref(&kept)).await?.remove(&kept);
    Ok(Json(PersonalData::shown(profile.unwrap_or_default(), true)))
}

/// All that is kept about a person, history included: what the law lets them ask for.
#[utoipa::path(
    get,
    path = "/api/v1/people/{subject}/export",
    tag = "people",
    params(("subject" = String, Path, description = "`consignor:{number}` or `person:{id}`")),
    responses((status = 200, body = PersonalExport), Problems)
)]
#[worker::send]
pub async fn export_person(
    edge: Edge,
    tenant: Tenant,
    Named(subject): Named<String>,
) -> Result<Json<PersonalExport>, EdgeError> {
    let subject = Subject::named(&subject)?;
    export(&edge, &tenant, &subject).await.map(Json)
}

/// What an erasure has destroyed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Erasure {
    /// Whose data is gone.
    #[schema(example = "consignor:101")]
    pub subject: String,
    /// Keys destroyed.
    pub keys: u32,
    /// Sealed values destroyed.
    pub values: u32,
    /// Where the organization's log stands; it says that an account was erased, by its number.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Destroys what is kept about a person: their key goes, and nothing that it sealed can be read again. Numbers and
/// figures stay, and so do the logs with their hashes, which never knew who it was. Not while money is owed to them.
#[utoipa::path(
    post,
    path = "/api/v1/people/{subject}/erasure",
    tag = "people",
    params(("subject" = String, Path, description = "`consignor:{number}` or `person:{id}`"), CommandHeaders),
    responses((status = 200, body = Erasure), Problems)
)]
#[worker::send]
pub async fn erase_person(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(subject): Named<String>,
) -> Result<axum::response::Response, EdgeError> {
    use axum::response::IntoResponse as _;
    let subject = Subject::named(&subject)?;
    let known = whom(&edge, &tenant, &subject).await?;
    let vault = Vault::open(&edge, &tenant)?;
    let mut destroyed = Destroyed::default();
    let mut accepted = None;
    // The log first: it may refuse, and a refused erasure destroys nothing.
    if let Some(consignor) = known.consignor {
        let stream = tenant.organization();
        let command = Command::EraseConsignor { consignor };
        let taken = commanding.send::<Organization>(&edge, &stream, command).await?;
        deliver_now::<Organization>(&edge, &stream, &taken).await;
        settle(&edge, &stream, taken.seq).await;
        accepted = Some(taken);
    }
    let consignor = known.consignor.map(Subject::Consignor);
    let person = known.person.map(Subject::Person);
    for subject in [consignor, person].into_iter().flatten() {
        let gone = vault.erase(&subject.in_vault()).await?;
        destroyed.keys += gone.keys;
        destroyed.values += gone.values;
    }
    let position = accepted.as_ref().map(Position::from);
    let body =
        Erasure { subject: subject.in_vault(), keys: destroyed.keys, values: destroyed.values, position };
    Ok(match &accepted {
        Some(accepted) => Reply::done(accepted, body).into_response(),
        None => Json(body).into_response(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_an_account_is_shown() {
        for (value, shown) in
            [("DE02100100100006820101", "…0101"), ("123456789", "…6789"), ("1234567", "…"), ("", "…")]
        {
            assert_eq!(masked(value), shown);
        }
    }

    #[test]
    fn values_are_one_line_but_addresses() {
        let with = |name: &str, address: &str| PersonalData {
            name: Some(name.into()),
            address: Some(address.into()),
            email: None,
            phone: None,
            bank_account: None,
            tax_number: None,
        };
        assert_eq!(with(" Ada ", "1 Road\nTown").fields().unwrap().len(), 2);
        for (name, address) in [("", "x"), ("a\nb", "x"), ("a", "x\u{0}"), (&*"a".repeat(501), "x")] {
            assert!(with(name, address).fields().is_err(), "{name:.5} {address}");
        }
    }
}
