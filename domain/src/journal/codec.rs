//! Typed events to stored payloads and back.

use super::entry::{Entry, RawEntry};

/// Why a stored payload could not be read as an event of this aggregate.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The kind is not one of this aggregate's.
    #[error("unknown event kind {kind:?} (version {version})")]
    UnknownKind {
        /// As stored.
        kind: String,
        /// As stored.
        version: u32,
    },
    /// The kind is known, but not in this version.
    #[error("event {kind:?} has no version {version}; this build knows up to {newest}")]
    UnknownVersion {
        /// As stored.
        kind: String,
        /// As stored.
        version: u32,
        /// The newest version this build writes.
        newest: u32,
    },
    /// The JSON does not have the event's shape.
    #[error("event {kind:?} version {version}: {source}")]
    Payload {
        /// As stored.
        kind: String,
        /// As stored.
        version: u32,
        /// What the parser said.
        source: serde_json::Error,
    },
}

/// An aggregate's events as stored: a kind, a version, a JSON payload. Implemented by [`events!`].
pub trait EventCodec: Sized {
    /// Every kind with the version written today, in the order of declaration.
    const KINDS: &'static [(&'static str, u32)];

    /// The event's name, in snake case.
    fn kind(&self) -> &'static str;

    /// The version of the payload's shape, as written today.
    fn version(&self) -> u32;

    /// The payload's JSON.
    ///
    /// # Errors
    /// Never for the events of this crate (no maps with non-string keys); the signature is serde's.
    fn to_payload(&self) -> Result<String, serde_json::Error>;

    /// Reads a stored payload of any version ever written.
    ///
    /// # Errors
    /// [`DecodeError`] names the kind and the version.
    fn from_payload(kind: &str, version: u32, payload: &str) -> Result<Self, DecodeError>;

    /// Decodes a stored entry.
    ///
    /// # Errors
    /// As [`EventCodec::from_payload`].
    fn decode(raw: &RawEntry) -> Result<Entry<Self>, DecodeError> {
        Ok(Entry {
            seq: raw.seq,
            recorded_at: raw.recorded_at,
            command_id: raw.command_id.clone(),
            actor: raw.actor.clone(),
            event: Self::from_payload(&raw.kind, raw.version, &raw.payload)?,
        })
    }
}

/// Declares an aggregate's event enum: each variant wraps a struct of the same name, and has the kind and
/// version it is stored under. `upcast` (optional, per variant) takes `(version, json)` of an older version to
/// the JSON of today's shape. `in Box` is for events that are large and rare: the others are moved about in the
/// millions, and each takes as much room as the largest.
#[macro_export]
macro_rules! __events {
    (
        $(#[$meta:meta])*
        pub enum $enum:ident {
            $( $(#[$vmeta:meta])* $variant:ident = $kind:literal v $version:literal $(in $holder:ident)? $(upcast $upcast:path)? ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $enum {
            $( $(#[$vmeta])* $variant($crate::__held!($variant $(in $holder)?)), )+
        }

        $( impl From<$variant> for $enum {
            fn from(event: $variant) -> Self { Self::$variant($crate::__held!(event: $variant $(in $holder)?)) }
        } )+

        impl $crate::journal::EventCodec for $enum {
            const KINDS: &'static [(&'static str, u32)] = &[ $( ($kind, $version), )+ ];

            fn kind(&self) -> &'static str {
                match self { $( Self::$variant(_) => $kind, )+ }
            }

            fn version(&self) -> u32 {
                match self { $( Self::$variant(_) => $version, )+ }
            }

            fn to_payload(&self) -> Result<String, serde_json::Error> {
                match self { $( Self::$variant(event) => serde_json::to_string(event), )+ }
            }

            fn from_payload(kind: &str, version: u32, payload: &str) -> Result<Self, $crate::journal::DecodeError> {
                use $crate::journal::DecodeError;
                let payload_error = |source| DecodeError::Payload { kind: kind.to_owned(), version, source };
                match kind {
                    $( $kind if version == $version =>
                        serde_json::from_str::<$variant>(payload).map(Self::from).map_err(payload_error),
                    $( $kind if version < $version => serde_json::from_str(payload)
                        .and_then(|json| $upcast(version, json))
                        .and_then(serde_json::from_value::<$variant>)
                        .map(Self::from).map_err(payload_error), )?
                    $kind => Err(DecodeError::UnknownVersion { kind: kind.to_owned(), version, newest: $version }), )+
                    _ => Err(DecodeError::UnknownKind { kind: kind.to_owned(), version }),
                }
            }
        }
    };
}

/// How a variant of [`events!`] holds its event.
#[doc(hidden)]
#[macro_export]
macro_rules! __held {
    ($event:ident: $variant:ident in Box) => { Box::new($event) };
    ($event:ident: $variant:ident) => { $event };
    ($variant:ident in Box) => { Box<$variant> };
    ($variant:ident) => { $variant };
}

pub use crate::__events as events;
