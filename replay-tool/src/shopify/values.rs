//! Values as Shopify writes them: money, global ids, times, tags.

use chrono::{DateTime, NaiveDateTime};
use domain::ids::RemoteId;
use domain::money::Cents;
use domain::tag::{TAG_DIGITS, Tag};

/// How the admin's CSV writes times, beside RFC 3339.
const CSV_TIME: &str = "%Y-%m-%d %H:%M:%S %z";

/// Whole cents: `15.0`, `15.00`, `-3.5`, `15`. Fractions of a cent are no amount.
pub(super) fn cents(text: &str) -> Option<Cents> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = fraction.trim_end_matches('0');
    if whole.is_empty() || !plain(whole) || !plain(fraction) || fraction.len() > 2 {
        return None;
    }
    let amount: i64 = format!("{whole}{fraction:0<2}").parse().ok()?;
    let amount = Cents(if negative { -amount } else { amount });
    Cents(amount.0.abs()).is_price().then_some(amount)
}

/// Type and number of `gid://shopify/Order/123`; a query behind it does not count.
pub(super) fn global_id(text: &str) -> Option<(&str, RemoteId)> {
    let (kind, number) = text.strip_prefix("gid://shopify/")?.split_once('/')?;
    let number = number.split('?').next()?;
    number.parse().ok().map(|number| (kind, RemoteId(number)))
}

/// Milliseconds since 1970 UTC.
pub(super) fn time(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, CSV_TIME))
        .map(|at| at.timestamp_millis())
        .ok()
        .or_else(|| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
                .ok()
                .map(|at| at.and_utc().timestamp_millis())
        })
}

/// A tag of ours, whole: a shorter number may be any shop's SKU.
pub(super) fn tag(text: &str) -> Option<Tag> {
    (text.len() == TAG_DIGITS).then(|| Tag::parse(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_to_the_cent_or_not_at_all() {
        for (text, read) in
            [("15.0", 1_500), ("15.00", 1_500), ("-3.5", -350), ("0", 0), ("7.250", 725), ("0.07", 7)]
        {
            assert_eq!(cents(text), Some(Cents(read)), "{text}");
        }
        for text in ["", ".5", "1,50", "1.005", "1e3", "$5", "99999999999.00", "--1", "9223372036854775808"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn global_ids_are_larger_than_a_javascript_number() {
        let id = global_id("gid://shopify/Order/9007199254740993?shop=1");
        assert_eq!(id, Some(("Order", RemoteId(9_007_199_254_740_993))));
        for text in [
            "gid://shopify/Order",
            "Order/1",
            "gid://shopify/Order/x",
            "gid://shopify/Order/99999999999999999999",
        ] {
            assert_eq!(global_id(text), None, "{text}");
        }
    }
}
