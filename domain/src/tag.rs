//! Tags: what is printed on the label and scanned at the till.
//!
//! A tag is ten digits, `EEE NNNNNN C`: the event's ordinal in its organization, the item's number in the
//! event, and a check digit after Damm, which notices every single wrong digit and every swap of two
//! neighbours. Ten digits are an even number, so that Code 128 packs two to a symbol. Leading zeros don't
//! change a Damm check digit, so a person may leave them out when keying.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::spelling::from_text;

/// Most items one event can tag: six digits, from 1.
pub const MAX_ITEM_NUMBER: u32 = 999_999;

/// Most events one organization can tag for: three digits, from 1.
pub const MAX_EVENT_ORDINAL: u16 = 999;

/// Digits on a tag, check digit included.
pub const TAG_DIGITS: usize = 10;

/// Damm's quasigroup of order ten (weakly totally anti-symmetric, zeros on the diagonal).
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn damm(digits: impl Iterator<Item = u8>) -> u8 {
    digits.fold(0, |interim, digit| DAMM[usize::from(interim % 10)][usize::from(digit % 10)])
}

/// Two steps of [`DAMM`] in one, by interim digit and pair: each step waits for the one before.
const DAMM_OF_PAIRS: [[u8; 100]; 10] = {
    let mut pairs = [[0; 100]; 10];
    let mut interim = 0;
    while interim < 10 {
        let mut pair = 0;
        while pair < 100 {
            pairs[interim][pair] = DAMM[DAMM[interim][pair / 10] as usize][pair % 10];
            pair += 1;
        }
        interim += 1;
    }
    pairs
};

/// One tag, without its check digit: event ordinal × 1,000,000 + item number. Unique in an organization, and
/// the item's id everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(u32);

/// Why a text is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// Something else than digits, spaces and hyphens, or nothing.
    #[error("a tag has only digits")]
    NotDigits,
    /// More than [`TAG_DIGITS`] digits.
    #[error("a tag has at most 10 digits")]
    TooLong,
    /// The check digit does not fit: mistyped or misread.
    #[error("the check digit does not fit: a digit is wrong, or two are swapped")]
    CheckDigit,
    /// The check digit fits, but there is no event 0 or item 0.
    #[error("no tag has this number")]
    OutOfRange,
}

impl Tag {
    /// The tag of item `item` in the event with ordinal `event`.
    ///
    /// # Errors
    /// [`TagError::OutOfRange`] unless 1 ≤ `event` ≤ [`MAX_EVENT_ORDINAL`] and 1 ≤ `item` ≤ [`MAX_ITEM_NUMBER`].
    pub fn new(event: u16, item: u32) -> Result<Self, TagError> {
        if (1..=MAX_EVENT_ORDINAL).contains(&event) && (1..=MAX_ITEM_NUMBER).contains(&item) {
            Ok(Self(u32::from(event) * (MAX_ITEM_NUMBER + 1) + item))
        } else {
            Err(TagError::OutOfRange)
        }
    }

    /// The ordinal of the event that printed it.
    #[must_use]
    pub fn event(self) -> u16 {
        u16::try_from(self.0 / (MAX_ITEM_NUMBER + 1)).unwrap_or(u16::MAX)
    }

    /// The item's number in that event, from 1.
    #[must_use]
    pub fn item(self) -> u32 {
        self.0 % (MAX_ITEM_NUMBER + 1)
    }

    /// The check digit, 0 to 9.
    #[must_use]
    pub fn check_digit(self) -> u8 {
        let places = (0..9).rev().map(|place| self.0 / 10_u32.pow(place) % 10);
        damm(places.map(|digit| u8::try_from(digit).unwrap_or_default()))
    }

    /// As people read it: `001-000123-4`.
    #[must_use]
    pub fn grouped(self) -> String {
        format!("{:03}-{:06}-{}", self.event(), self.item(), self.check_digit())
    }

    /// Reads what a person keyed or a scanner sent: digits with optional spaces and hyphens, leading zeros
    /// optional.
    ///
    /// # Errors
    /// [`TagError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, TagError> {
        match <&[u8; TAG_DIGITS]>::try_from(text.as_bytes()) {
            Ok(ten) if ten.iter().all(u8::is_ascii_digit) => Self::from_digits(ten),
            _ => Self::parse_loosely(text),
        }
    }

    /// Reads the ten digits as they stand in logs, where there are millions of them.
    fn from_digits(ten: &[u8; TAG_DIGITS]) -> Result<Self, TagError> {
        let pairs = ten.as_chunks::<2>().0.iter().map(|[tens, ones]| (tens - b'0') * 10 + (ones - b'0'));
        let (mut interim, mut all) = (0_u8, 0_u64);
        for pair in pairs {
            interim = DAMM_OF_PAIRS[usize::from(interim % 10)][usize::from(pair % 100)];
            all = all * 100 + u64::from(pair);
        }
        if interim != 0 {
            return Err(TagError::CheckDigit);
        }
        // Without the check digit, nine digits are left.
        let tag = Self(u32::try_from(all / 10).map_err(|_| TagError::OutOfRange)?);
        Self::new(tag.event(), tag.item())
    }

    fn parse_loosely(text: &str) -> Result<Self, TagError> {
        let mut digits = [0_u8; TAG_DIGITS];
        let mut count = 0;
        for byte in text.trim().bytes() {
            match byte {
                b'0'..=b'9' if count == 0 && byte == b'0' => {}
                b'0'..=b'9' if count == TAG_DIGITS => return Err(TagError::TooLong),
                b'0'..=b'9' => {
                    digits[count] = byte - b'0';
                    count += 1;
                }
                b' ' | b'-' => {}
                _ => return Err(TagError::NotDigits),
            }
        }
        let digits = &digits[..count];
        let [payload @ .., _] = digits else {
            return Err(if text.contains('0') { TagError::OutOfRange } else { TagError::NotDigits });
        };
        if damm(digits.iter().copied()) != 0 {
            return Err(TagError::CheckDigit);
        }
        let number = payload.iter().fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
        let tag = Self(number);
        Self::new(tag.event(), tag.item())
    }
}

impl fmt::Display for Tag {
    /// The ten digits: `0010001234`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}{}", self.0, self.check_digit())
    }
}

impl Serialize for Tag {
    /// Ten digits in JSON; the bare number in compact formats.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_u32(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        if deserializer.is_human_readable() {
            from_text(deserializer, Self::parse)
        } else {
            let tag = Self(u32::deserialize(deserializer)?);
            Self::new(tag.event(), tag.item()).map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tag_1_reads_what_it_prints_with_or_without_leading_zeros_and_hyphens() {
        let tag = Tag::new(1, 123).unwrap();
        assert_eq!(Tag::parse(&tag.to_string()), Ok(tag));
        assert_eq!(Tag::parse(&tag.grouped()), Ok(tag));
        assert_eq!(Tag::parse(tag.to_string().trim_start_matches('0')), Ok(tag));
    }

    #[test]
    fn tag_2_says_what_is_wrong() {
        for (text, error) in [
            ("", TagError::NotDigits),
            ("   ", TagError::NotDigits),
            ("0000000000", TagError::OutOfRange),
            ("12a4", TagError::NotDigits),
            ("00123456789012", TagError::TooLong),
            ("0010001231", TagError::CheckDigit),
        ] {
            assert_eq!(Tag::parse(text), Err(error), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn tag_3_every_wrong_digit_and_every_swap_of_neighbours_is_noticed(event in 1_u16..=999, item in 1_u32..=999_999, at in 0_usize..10, by in 1_u8..10) {
            let text = Tag::new(event, item).unwrap().to_string();
            let mut wrong = text.clone().into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            prop_assert!(Tag::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
            if at < 9 {
                let mut swapped = text.clone().into_bytes();
                swapped.swap(at, at + 1);
                if swapped != text.as_bytes() {
                    prop_assert!(Tag::parse(std::str::from_utf8(&swapped).unwrap()).is_err());
                }
            }
        }

        #[test]
        fn tag_3_ten_digits_are_read_as_any_text_is(text in "[0-9]{10}", event in 1_u16..=999, item in 1_u32..=999_999) {
            prop_assert_eq!(Tag::parse(&text), Tag::parse_loosely(&text));
            let printed = Tag::new(event, item).unwrap().to_string();
            prop_assert_eq!(Tag::parse(&printed), Tag::parse_loosely(&printed));
        }

        #[test]
        fn tag_4_no_text_makes_it_panic(text in ".{0,40}") {
            let _ = Tag::parse(&text);
        }
    }
}
