//! Instants: milliseconds in logs and rows, RFC 3339 in UTC over HTTP.

use chrono::{DateTime, SecondsFormat};

use super::problem::EdgeError;

/// `2026-11-23T12:00:00.000Z`; instants that no calendar holds come out as the epoch's text.
#[must_use]
pub fn instant(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads an instant in any offset.
///
/// # Errors
/// 400 `instant_unreadable`.
pub fn parse_instant(text: &str) -> Result<i64, EdgeError> {
    DateTime::parse_from_rfc3339(text).map(|instant| instant.timestamp_millis()).map_err(|_| {
        EdgeError::bad_request("instant_unreadable", "Instants look like 2026-11-23T12:00:00.000Z.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_come_back_as_they_were() {
        assert_eq!(instant(1_795_435_200_123), "2026-11-23T12:00:00.123Z");
        assert_eq!(parse_instant("2026-11-23T14:00:00.123+02:00").unwrap(), 1_795_435_200_123);
        assert_eq!(instant(i64::MAX), "1970-01-01T00:00:00.000Z");
        assert!(parse_instant("yesterday").is_err());
    }
}
