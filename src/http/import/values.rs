//! Reading single cells: what can be read without guessing is read, and what was done to it is said.

use domain::money::{Cents, MAX_AMOUNT};
use domain::organization::MAX_CONSIGNOR_NUMBER;

/// A cell that cannot be read: stable code and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Stable code.
    pub code: &'static str,
    /// A sentence for the person who made the file.
    pub message: String,
}

/// A cell that was read, with what had to be done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// Code and sentence, when the text was not the value's own spelling.
    pub adjusted: Option<(&'static str, String)>,
}

fn unreadable<T>(code: &'static str, message: impl Into<String>) -> Result<T, Unreadable> {
    Err(Unreadable { code, message: message.into() })
}

/// A consignor's number.
///
/// # Errors
/// Empty, not a whole number, or out of the range that labels hold.
pub fn consignor_number(text: &str) -> Result<u32, Unreadable> {
    let text = text.trim().trim_start_matches('#');
    if text.is_empty() {
        return unreadable("consignor_number_missing", "No consignor number.");
    }
    // Spreadsheets like to write whole numbers with a fraction.
    let whole = text.strip_suffix(".0").unwrap_or(text);
    match whole.parse::<u32>() {
        Ok(number)
            if (1..=MAX_CONSIGNOR_NUMBER).contains(&number)
                && whole.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Ok(number)
        }
        _ => unreadable(
            "consignor_number_unreadable",
            format!("{text:?} is no consignor number (1 to {MAX_CONSIGNOR_NUMBER})."),
        ),
    }
}

/// A price: `4.50`, `4,50`, `$4.50`, `1,250.00`, `4`. Commas that could mean either thing are not guessed.
///
/// # Errors
/// Empty, negative, more than two decimals, ambiguous, or too large for any amount.
pub fn price(text: &str) -> Result<Read<Cents>, Unreadable> {
    let text = text.trim();
    if text.is_empty() {
        return unreadable("price_missing", "No price.");
    }
    let wrong = || Unreadable {
        code: "price_unreadable",
        message: format!("{text:?} is no price; prices look like 4.50."),
    };
    if text.starts_with(['-', '(', '\u{2212}']) {
        return unreadable("price_negative", format!("{text:?} is below zero."));
    }
    let bare: String =
        text.chars().filter(|char| !matches!(char, '$' | '€' | '£' | ' ' | '\u{a0}')).collect();
    let bare = bare.trim_start_matches("USD").trim_end_matches("USD").to_owned();
    let mut said = (bare != text).then_some("currency sign left out");
    let plain = match (bare.matches(',').count(), bare.contains('.')) {
        (0, _) => bare,
        // One comma with one or two digits behind it and no point: the decimal comma.
        (1, false) if bare.rsplit(',').next().is_some_and(|cents| (1..=2).contains(&cents.len())) => {
            said = Some("decimal comma read as a point");
            bare.replace(',', ".")
        }
        // Commas between groups of three before a point: thousands.
        (_, true) if grouped_in_threes(&bare) => {
            said = Some("thousands separators left out");
            bare.replace(',', "")
        }
        _ => return Err(wrong()),
    };
    let (whole, cents) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(cents) || (whole.is_empty() && cents.is_empty()) || whole.len() > 12 {
        return Err(wrong());
    }
    if cents.len() > 2 {
        return unreadable("price_too_exact", format!("{text:?} has more than two decimals."));
    }
    let amount = format!("{whole}{cents:0<2}").parse::<i64>().map_err(|_| wrong())?;
    if Cents(amount) > MAX_AMOUNT {
        return unreadable("price_too_high", format!("{text:?} is more than any item costs."));
    }
    let adjusted = said.map(|said| ("price_respelt", format!("{text:?} read as {}: {said}.", Cents(amount))));
    Ok(Read { value: Cents(amount), adjusted })
}

fn grouped_in_threes(text: &str) -> bool {
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    first && groups.all(|group| group.len() == 3) && !cents.contains(',')
}

/// Yes or no; empty is no.
///
/// # Errors
/// Anything else.
pub fn flag(text: &str) -> Result<bool, Unreadable> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" => Ok(true),
        "" | "no" | "n" | "false" | "0" => Ok(false),
        other => unreadable("flag_unreadable", format!("{other:?} is neither yes nor no.")),
    }
}

/// True for text that a spreadsheet would run as a formula.
#[must_use]
pub fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_or_refused_but_never_guessed() {
        for (text, cents, adjusted) in [
            ("4.50", 450, false),
            (" 4.5 ", 450, false),
            ("4", 400, false),
            (".75", 75, false),
            ("4.", 400, false),
            ("$4.50", 450, true),
            ("4,50 €", 450, true),
            ("12,50", 1_250, true),
            ("1,250.00", 125_000, true),
            ("USD 3", 300, true),
        ] {
            let read = price(text).unwrap();
            assert_eq!((read.value, read.adjusted.is_some()), (Cents(cents), adjusted), "{text}");
        }
        for (text, code) in [
            ("", "price_missing"),
            ("-3.00", "price_negative"),
            ("(3.00)", "price_negative"),
            ("free", "price_unreadable"),
            ("1,250", "price_unreadable"),
            ("1.250,00", "price_unreadable"),
            ("12,5,0", "price_unreadable"),
            ("1e3", "price_unreadable"),
            (".", "price_unreadable"),
            ("4.505", "price_too_exact"),
            ("99999999.99", "price_too_high"),
            ("9999999999999999999", "price_unreadable"),
            ("٣", "price_unreadable"),
        ] {
            assert_eq!(price(text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn numbers_and_flags() {
        assert_eq!(consignor_number(" 101 "), Ok(101));
        assert_eq!(consignor_number("#7"), Ok(7));
        assert_eq!(consignor_number("101.0"), Ok(101));
        for text in ["", "0", "-1", "+5", "1e2", "10000000", "abc", "1.5"] {
            assert!(consignor_number(text).is_err(), "{text}");
        }
        assert_eq!((flag("YES"), flag(""), flag("n")), (Ok(true), Ok(false), Ok(false)));
        assert_eq!(flag("maybe").unwrap_err().code, "flag_unreadable");
        assert!(looks_like_formula("=SUM(A1)") && !looks_like_formula("Sum"));
    }
}
