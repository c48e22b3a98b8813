//! Names of streams: one per Durable Object, beginning with the organization.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{Actor, EventId, OrganizationId, SessionId, ShopId};
use crate::spelling::from_text;

/// The name of one log and of the object that writes it: `{organization}/{kind}[/{id}]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamId {
    /// The tenant's own log.
    Organization(OrganizationId),
    /// A consignment event's.
    Event(OrganizationId, EventId),
    /// A sale session's.
    Session(OrganizationId, SessionId),
    /// A connected Shopify store's.
    Storefront(OrganizationId, ShopId),
    /// The reconciliation of a consignment event.
    Reconciliation(OrganizationId, EventId),
}

impl StreamId {
    /// The tenant that the stream belongs to.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        match self {
            Self::Organization(organization)
            | Self::Event(organization, _)
            | Self::Session(organization, _)
            | Self::Storefront(organization, _)
            | Self::Reconciliation(organization, _) => *organization,
        }
    }

    /// The aggregate's kind, as it stands in the name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Organization(_) => "organization",
            Self::Event(..) => "event",
            Self::Session(..) => "session",
            Self::Storefront(..) => "storefront",
            Self::Reconciliation(..) => "reconciliation",
        }
    }
}

impl Actor {
    /// The log that hands something over, if one does.
    #[must_use]
    pub fn stream(&self) -> Option<StreamId> {
        match self {
            Self::Stream(stream) => stream.parse().ok(),
            Self::Person(_) | Self::Terminal(_) | Self::System(_) => None,
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.organization(), self.kind())?;
        match self {
            Self::Organization(_) => Ok(()),
            Self::Event(_, event) | Self::Reconciliation(_, event) => write!(f, "/{event}"),
            Self::Session(_, session) => write!(f, "/{session}"),
            Self::Storefront(_, shop) => write!(f, "/{shop}"),
        }
    }
}

/// A text that names no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no stream; streams look like {{organization}}/session/{{id}}")]
pub struct NotAStream(String);

impl FromStr for StreamId {
    type Err = NotAStream;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let mut parts = text.split('/');
            let organization = parts.next()?.parse().ok()?;
            let stream = match (parts.next()?, parts.next()) {
                ("organization", None) => Self::Organization(organization),
                ("event", Some(id)) => Self::Event(organization, id.parse().ok()?),
                ("session", Some(id)) => Self::Session(organization, id.parse().ok()?),
                ("storefront", Some(id)) => Self::Storefront(organization, id.parse().ok()?),
                ("reconciliation", Some(id)) => Self::Reconciliation(organization, id.parse().ok()?),
                _ => return None,
            };
            parts.next().is_none().then_some(stream)
        };
        parse().ok_or_else(|| NotAStream(text.chars().take(200).collect()))
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, str::parse)
    }
}
