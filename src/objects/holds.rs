//! Short holds: what lies in a basket at one terminal is shown as held at the others.
//!
//! Holds live in the session's memory and nowhere else. They decide nothing: completing the basket is the sale. An
//! object that sleeps forgets them, a terminal that falls silent lets them run out; terminals say theirs again
//! every now and then, and listeners drop what has run out by themselves.

use std::collections::BTreeMap;

use domain::sale_session::MAX_BASKET_LINES;
use serde::{Deserialize, Serialize};

/// How long a hold stands, in ms: terminals say theirs again every minute, and one miss is forgiven.
const HOLD_MS: i64 = 150_000;

/// Characters of a tag.
const TAG_CHARS: usize = 10;

/// Longest name of a terminal, in characters, as pairing allows.
const NAME_CHARS_MAX: usize = 40;

/// Bytes of a frame: a basket of 300 tags and some room.
const FRAME_BYTES_MAX: usize = 8 * 1_024;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    Hold(HoldAsked),
}

/// What a terminal says: its whole basket, each time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldAsked {
    name: String,
    tags: Vec<String>,
}

impl HoldAsked {
    /// Reads a frame; none for anything that is no hold.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > FRAME_BYTES_MAX {
            return None;
        }
        let Said::Hold(asked) = serde_json::from_str(text).ok()?;
        let tags = asked.tags.iter();
        let fits = asked.tags.len() <= MAX_BASKET_LINES
            && asked.name.chars().count() <= NAME_CHARS_MAX
            && tags
                .clone()
                .all(|tag| tag.len() == TAG_CHARS && tag.bytes().all(|byte| byte.is_ascii_digit()));
        fits.then_some(asked)
    }
}

/// What a terminal holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Which terminal, as the log names actors.
    pub terminal: String,
    /// What it is called in the hall.
    pub name: String,
    /// Its basket; empty once it is done.
    pub tags: Vec<String>,
    /// Until when, ms since 1970 UTC.
    pub until: i64,
}

/// What the terminals of one session hold.
#[derive(Debug, Default)]
pub struct Holds(BTreeMap<String, Held>);

impl Holds {
    /// A terminal's basket, in place of what it held before.
    pub fn take(&mut self, terminal: &str, asked: HoldAsked, now: i64) -> Held {
        let until = now.saturating_add(HOLD_MS);
        let held = Held { terminal: terminal.to_owned(), name: asked.name, tags: asked.tags, until };
        if held.tags.is_empty() {
            self.0.remove(terminal);
        } else {
            self.0.insert(terminal.to_owned(), held.clone());
        }
        held
    }

    /// What is held now; what has run out is forgotten.
    pub fn standing(&mut self, now: i64) -> impl Iterator<Item = &Held> {
        self.0.retain(|_, held| held.until > now);
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(tags: &str) -> Option<HoldAsked> {
        HoldAsked::read(&format!(r#"{{"type":"hold","name":"Till 1","tags":{tags}}}"#))
    }

    #[test]
    fn a_basket_replaces_the_one_before_and_runs_out() {
        let mut holds = Holds::default();
        holds.take("terminal/1", asked(r#"["0010000017","0010000025"]"#).unwrap(), 0);
        holds.take("terminal/1", asked(r#"["0010000017"]"#).unwrap(), 10);
        holds.take("terminal/2", asked(r#"["0010000033"]"#).unwrap(), 20);
        let tags =
            |holds: &mut Holds, now| holds.standing(now).map(|held| held.tags.len()).collect::<Vec<_>>();
        assert_eq!(tags(&mut holds, 30), [1, 1]);
        assert_eq!(tags(&mut holds, HOLD_MS + 15), [1], "the first has run out");
        holds.take("terminal/2", asked("[]").unwrap(), 40);
        assert_eq!(tags(&mut holds, 41), [0_usize; 0], "an empty basket frees");
    }

    #[test]
    fn what_is_no_hold_is_not_read() {
        assert!(asked("[]").is_some());
        for tags in [r#"["1"]"#, r#"["001000001x"]"#, "5", r#"["0010000017",1]"#] {
            assert!(asked(tags).is_none(), "{tags}");
        }
        let many = serde_json::to_string(&vec!["0010000017"; MAX_BASKET_LINES + 1]).unwrap();
        assert!(asked(&many).is_none());
        for text in ["", "{", r#"{"type":"ping"}"#, r#"{"type":"hold","name":"x","tags":[],"terminal":"y"}"#]
        {
            assert!(HoldAsked::read(text).is_none(), "{text}");
        }
    }
}
