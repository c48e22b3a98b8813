//! The consignors that a file mentions: number and tier for the log, name and address for the vault alone.

use std::collections::BTreeMap;

use domain::commission::Tier;

use super::report::Note;

/// Longest name that is kept, characters.
const NAME_CHARS_MAX: usize = 120;

/// Longest e-mail address that is kept, characters (RFC 5321's path, less its brackets).
const EMAIL_CHARS_MAX: usize = 254;

/// A consignor as the file tells it. No `Debug`: names do not belong into logs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The first tier that could be read.
    pub tier: Option<Tier>,
    /// The first name.
    pub name: Option<String>,
    /// The first address.
    pub email: Option<String>,
}

/// What one row says about its consignor.
pub struct Mention<'r> {
    /// The consignor's number.
    pub number: u32,
    /// As written.
    pub name: &'r str,
    /// As written.
    pub email: &'r str,
    /// As written.
    pub tier: &'r str,
}

/// All consignors of a file.
#[derive(Default)]
pub struct People {
    by_number: BTreeMap<u32, Person>,
}

impl People {
    /// Takes in what a row says; notes what was not taken as it stood.
    pub fn meet(&mut self, mention: &Mention<'_>) -> Vec<Note> {
        let person = self.by_number.entry(mention.number).or_default();
        let mut notes = Vec::new();
        notes.extend(meet_tier(person, mention.tier));
        notes.extend(meet_text(&mut person.name, mention.name, "consignor_name", NAME_CHARS_MAX, |_| true));
        notes.extend(meet_text(
            &mut person.email,
            mention.email,
            "consignor_email",
            EMAIL_CHARS_MAX,
            is_address,
        ));
        notes
    }

    /// By number.
    pub fn into_inner(self) -> BTreeMap<u32, Person> {
        self.by_number
    }
}

fn meet_tier(person: &mut Person, text: &str) -> Option<Note> {
    let tier = match text.trim().to_lowercase().as_str() {
        "" => return None,
        "regular" => Tier::Regular,
        "super" => Tier::Super,
        other => {
            let message = format!("{other:?} is no tier; the consignor's own is kept.");
            return Some(Note::adjusted("tier_unknown", "consignor_tier", message));
        }
    };
    match person.tier {
        Some(first) if first != tier => {
            let message = format!("An earlier row says {}; that is kept.", first.name());
            Some(Note::adjusted("tier_differs", "consignor_tier", message))
        }
        _ => {
            person.tier = Some(tier);
            None
        }
    }
}

fn meet_text(
    kept: &mut Option<String>,
    text: &str,
    column: &'static str,
    chars_max: usize,
    usable: impl Fn(&str) -> bool,
) -> Option<Note> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    if text.chars().count() > chars_max || text.chars().any(char::is_control) || !usable(&text) {
        return Some(Note::adjusted("contact_unusable", column, "Cannot be used and was not kept.".into()));
    }
    match kept {
        Some(first) if *first != text => Some(Note::adjusted(
            "contact_differs",
            column,
            "An earlier row says something else; that is kept.".into(),
        )),
        Some(_) => None,
        None => {
            *kept = Some(text);
            None
        }
    }
}

/// Something before and a dotted name behind one `@`: whether mail arrives, only a mail can tell.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention<'r>(name: &'r str, email: &'r str, tier: &'r str) -> Mention<'r> {
        Mention { number: 101, name, email, tier }
    }

    #[test]
    fn the_first_word_counts_and_others_are_noted() {
        let mut people = People::default();
        assert!(people.meet(&mention(" Ada  Lovelace ", "ada@example.org", "Super")).is_empty());
        let codes = |notes: Vec<Note>| notes.into_iter().map(|note| note.code).collect::<Vec<_>>();
        assert_eq!(
            codes(people.meet(&mention("Ada Byron", "ada@example.org", "platinum"))),
            ["tier_unknown", "contact_differs"]
        );
        assert_eq!(
            codes(people.meet(&mention("", "no address", "regular"))),
            ["tier_differs", "contact_unusable"]
        );
        let ada = people.into_inner().remove(&101).unwrap();
        assert!(ada.name.as_deref() == Some("Ada Lovelace") && ada.tier == Some(Tier::Super));
    }

    #[test]
    fn addresses_look_like_addresses() {
        for (text, usable) in [
            ("a@b.c", true),
            ("a@b", false),
            ("@b.c", false),
            ("a@b@c.d", false),
            ("a@.c", false),
            ("a", false),
        ] {
            assert_eq!(is_address(text), usable, "{text}");
        }
    }
}
