//! What Clerk's webhooks say, as far as it is of interest: who somebody is, and that they are gone.

use serde::Deserialize;

/// The envelope of a delivery.
#[derive(Debug, Deserialize)]
pub struct Envelope {
    /// `user.updated`, `organizationMembership.deleted`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about; its shape belongs to the kind.
    pub data: serde_json::Value,
}

/// What is to be done about a delivery.
#[derive(Clone, PartialEq, Eq)]
pub enum News {
    /// Somebody is called and reached so, wherever they are known.
    Known(Person),
    /// Somebody belongs to the organization with this label, and is called and reached so.
    Joined {
        /// The organization's label.
        slug: String,
        /// Who.
        person: Person,
    },
    /// Somebody belongs to the organization with this label no more.
    Left {
        /// The organization's label.
        slug: String,
        /// Who, by id.
        person: String,
    },
    /// Somebody has no account any more.
    Gone {
        /// Who, by id.
        person: String,
    },
    /// Nothing that concerns us.
    Other,
}

/// Somebody as Clerk knows them. Never logged: it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Clerk's id.
    pub id: String,
    /// First and last name.
    pub name: Option<String>,
    /// The primary address.
    pub email: Option<String>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    primary_email_address_id: Option<String>,
    #[serde(default)]
    email_addresses: Vec<Address>,
}

#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    id: String,
    #[serde(default)]
    email_address: String,
}

#[derive(Deserialize)]
struct Membership {
    organization: Organization,
    public_user_data: Member,
}

#[derive(Deserialize)]
struct Organization {
    #[serde(default)]
    slug: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    user_id: String,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    identifier: Option<String>,
}

#[derive(Deserialize)]
struct Deleted {
    id: String,
}

fn full_name(first: Option<String>, last: Option<String>) -> Option<String> {
    let parts = [first, last].into_iter().flatten().map(|part| part.trim().to_owned());
    let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

impl Envelope {
    /// What is to be done about it.
    ///
    /// # Errors
    /// When the data is not what its kind has.
    pub fn news(self) -> Result<News, serde_json::Error> {
        Ok(match self.kind.as_str() {
            "user.created" | "user.updated" => {
                let user: User = serde_json::from_value(self.data)?;
                let primary = user.primary_email_address_id.unwrap_or_default();
                let email = user.email_addresses.into_iter().find(|address| address.id == primary);
                News::Known(Person {
                    id: user.id,
                    name: full_name(user.first_name, user.last_name),
                    email: email.map(|address| address.email_address).filter(|email| !email.is_empty()),
                })
            }
            "user.deleted" => News::Gone { person: serde_json::from_value::<Deleted>(self.data)?.id },
            "organizationMembership.created" | "organizationMembership.updated" => {
                let Membership { organization, public_user_data: member } =
                    serde_json::from_value(self.data)?;
                let Some(slug) = organization.slug else { return Ok(News::Other) };
                News::Joined {
                    slug,
                    person: Person {
                        id: member.user_id,
                        name: full_name(member.first_name, member.last_name),
                        // The identifier may be a telephone number or a user name.
                        email: member.identifier.filter(|identifier| identifier.contains('@')),
                    },
                }
            }
            "organizationMembership.deleted" => {
                let Membership { organization, public_user_data: member } =
                    serde_json::from_value(self.data)?;
                let Some(slug) = organization.slug else { return Ok(News::Other) };
                News::Left { slug, person: member.user_id }
            }
            _ => News::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(text: &str) -> Result<News, serde_json::Error> {
        serde_json::from_str::<Envelope>(text)?.news()
    }

    #[test]
    fn kinds_are_read_for_what_concerns_us() {
        let user = r#"{"type":"user.updated","data":{"id":"user_1","first_name":"Ada","last_name":"L",
            "primary_email_address_id":"b","email_addresses":[{"id":"a","email_address":"old@x"},{"id":"b","email_address":"a@x"}]}}"#;
        let ada = Person { id: "user_1".into(), name: Some("Ada L".into()), email: Some("a@x".into()) };
        assert!(news(user).unwrap() == News::Known(ada));
        let member = |kind: &str| {
            format!(
                r#"{{"type":"organizationMembership.{kind}","data":{{"organization":{{"slug":"demo"}},
                "public_user_data":{{"user_id":"user_1","first_name":null,"identifier":"+15550100"}}}}}}"#
            )
        };
        let nameless = Person { id: "user_1".into(), name: None, email: None };
        assert!(news(&member("created")).unwrap() == News::Joined { slug: "demo".into(), person: nameless });
        let left = News::Left { slug: "demo".into(), person: "user_1".into() };
        assert!(news(&member("deleted")).unwrap() == left);
        assert!(
            news(r#"{"type":"user.deleted","data":{"id":"user_1","deleted":true}}"#).unwrap()
                == News::Gone { person: "user_1".into() }
        );
        assert!(news(r#"{"type":"session.created","data":{}}"#).unwrap() == News::Other);
        assert!(news(r#"{"type":"user.deleted","data":{}}"#).is_err());
    }

    /// The provider's own examples, where a folder with them stands beside the repository.
    #[test]
    fn the_providers_own_examples_are_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/clerk-webhooks");
        for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap();
            // Some files only point to an example elsewhere.
            if !text.contains("\"type\"") {
                continue;
            }
            assert!(news(&text).is_ok(), "{}", file.path().display());
        }
    }
}
