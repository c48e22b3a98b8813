//! Instants as people write and read them.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;

/// How an instant is typed: an RFC 3339 instant, or a local date, with or without a time.
const LOCAL_FORMATS: [&str; 4] =
    ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];

/// A text that is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// Not a time in any of the forms that are read.
    #[error("{0:?} is no time; write 2027-04-17, \"2027-04-17 09:30\" or 2027-04-17T09:30:00Z")]
    NotATime(String),
    /// The clocks were put forward over it.
    #[error("{0:?} does not exist in {1}: the clocks were put forward")]
    Skipped(String, Tz),
    /// Not a zone of the IANA database.
    #[error("{0:?} is no time zone; write an IANA name such as America/Toronto")]
    NotAZone(String),
}

/// Shows and reads times in one zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    zone: Tz,
}

impl Clock {
    /// UTC.
    pub const UTC: Self = Self { zone: Tz::UTC };

    /// The clock of an IANA zone.
    ///
    /// # Errors
    /// [`ClockError::NotAZone`].
    pub fn of(zone: &str) -> Result<Self, ClockError> {
        zone.parse().map(|zone| Self { zone }).map_err(|_| ClockError::NotAZone(zone.to_owned()))
    }

    /// The zone's name.
    #[must_use]
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// `2027-04-17 09:30:05 EDT`; numbers that are no instant are shown as they are.
    #[must_use]
    pub fn show(&self, at_ms: i64) -> String {
        DateTime::from_timestamp_millis(at_ms).map_or_else(
            || format!("{at_ms} ms"),
            |at| at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M:%S %Z").to_string(),
        )
    }

    /// `09:30:05`, where the day is clear.
    #[must_use]
    pub fn show_time(&self, at_ms: i64) -> String {
        DateTime::from_timestamp_millis(at_ms).map_or_else(
            || format!("{at_ms} ms"),
            |at| at.with_timezone(&self.zone).format("%H:%M:%S").to_string(),
        )
    }

    /// Reads a typed time, in ms since 1970 UTC. A local time that the clocks showed twice means the first.
    ///
    /// # Errors
    /// [`ClockError::NotATime`] or [`ClockError::Skipped`].
    pub fn read(&self, text: &str) -> Result<i64, ClockError> {
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Ok(at.timestamp_millis());
        }
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN);
        let local = LOCAL_FORMATS
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(midnight))
            .ok_or_else(|| ClockError::NotATime(text.to_owned()))?;
        match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(at.timestamp_millis()),
            LocalResult::None => Err(ClockError::Skipped(text.to_owned(), self.zone)),
        }
    }
}

/// RFC 3339 in UTC with milliseconds, as machines want it.
#[must_use]
pub fn rfc3339(at_ms: i64) -> Option<String> {
    DateTime::<Utc>::from_timestamp_millis(at_ms).map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const NOON_UTC: i64 = 1_807_963_200_000; // 2027-04-17T12:00:00Z

    #[test]
    fn shows_the_zone_it_speaks() {
        assert_eq!(Clock::UTC.show(NOON_UTC), "2027-04-17 12:00:00 UTC");
        assert_eq!(Clock::of("America/Toronto").unwrap().show(NOON_UTC), "2027-04-17 08:00:00 EDT");
        assert_eq!(Clock::UTC.show(i64::MAX), "9223372036854775807 ms");
    }

    #[test]
    fn reads_what_people_type() {
        let toronto = Clock::of("America/Toronto").unwrap();
        for (text, expected) in [
            ("2027-04-17T12:00:00Z", NOON_UTC),
            ("2027-04-17 08:00", NOON_UTC),
            ("2027-04-17T08:00:00", NOON_UTC),
            ("2027-04-17", NOON_UTC - 8 * 3_600_000),
        ] {
            assert_eq!(toronto.read(text), Ok(expected), "{text}");
        }
        assert!(matches!(toronto.read("2027-03-14 02:30"), Err(ClockError::Skipped(..))));
        assert!(matches!(toronto.read("yesterday"), Err(ClockError::NotATime(_))));
        assert!(Clock::of("Toronto").is_err());
    }
}
