//! Commands over a listener's own socket: one frame asks, one frame answers (see `docs/live.md`).
//!
//! - `{"type":"command","id":"…","if_match":null,"command":{…}}`; the command is the aggregate's own JSON
//! - `{"type":"accepted","id":"…","first_seq":…,"seq":…,"repeated":false,"entries":[…]}`: the entries that it made, which
//!   every listener hears a moment later; `"repeated":true` when it was taken before
//! - `{"type":"refused","id":"…","code":"…","rule":"…","found":"…","allowed":"…"}`: nothing has happened
//! - `{"type":"unavailable","id":"…"}`: nobody knows; send it again under the same id
//!
//! Who asks was settled when the socket was opened: the edge names the listener, frames do not. What may be asked here
//! the aggregate says ([`Aggregate::speaks`]). A command has one id wherever it comes in: sent again over HTTP, it
//! gets its first answer.

use std::borrow::Cow;
use std::rc::Rc;

use domain::aggregate::Aggregate;
use domain::ids::Actor;
use domain::journal::RawEntry;
use domain::rejection::Rejection;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use worker::WebSocket;

use super::host::{Host, ObjectLog};
use super::live::listener;
use super::received::Received;
use super::wire::{Accepted, SubmitError};

/// Bytes of a frame: the longest basket, of 300 lines with an override each, has some 40 KB.
pub const FRAME_BYTES_MAX: usize = 128 * 1024;

/// Characters of a command's id, as the edge allows for an idempotency key.
const ID_CHARS_MAX: usize = 128;

/// How frames that ask begin; anything else on a socket is not for us.
const KIND: &str = "command";

/// A frame, as far as commands care; frames of other kinds have other fields.
#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(default)]
    if_match: Option<u64>,
    #[serde(borrow)]
    command: Option<&'a RawValue>,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It was answered and the log has grown: the caller arms the alarm.
    Grown,
    /// It was answered; the log is as it was.
    Answered,
    /// It asks for nothing here.
    NoCommand,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Answer<'a> {
    Accepted {
        id: &'a str,
        first_seq: u64,
        seq: u64,
        repeated: bool,
        entries: &'a [RawEntry],
    },
    Refused {
        id: &'a str,
        code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        rule: Option<&'a str>,
        found: &'a str,
        allowed: &'a str,
    },
    Unavailable {
        id: &'a str,
    },
}

/// The id under which the log knows a listener's command: two listeners' ids never meet.
#[must_use]
pub fn command_id(actor: &Actor, id: &str) -> String {
    match actor {
        Actor::Terminal(terminal) => format!("terminal/{terminal}/{id}"),
        other => format!("{other}/{id}"),
    }
}

/// Takes a frame that asks something and answers it. Frames of other kinds are left to others; what is no frame at
/// all is answered too, so that nobody waits in vain.
pub fn hear<A: Aggregate + 'static>(
    host: &Rc<Host<A>>,
    log: &ObjectLog<A>,
    socket: &WebSocket,
    frame: &str,
) -> Heard {
    if frame.len() > FRAME_BYTES_MAX {
        answer(socket, &refused("", "frame_too_large", "a longer frame", "frames of at most 128 KiB"));
        return Heard::Answered;
    }
    let asked: Frame<'_> = match serde_json::from_str(frame) {
        Ok(asked) => asked,
        Err(error) => {
            answer(socket, &refused("", "malformed", &error.to_string(), "a JSON object with a type"));
            return Heard::Answered;
        }
    };
    if asked.kind != KIND {
        return Heard::NoCommand;
    }
    let listener = listener(&host.state, socket).unwrap_or_default();
    let outcome = read::<A>(&asked, &listener).and_then(|(sent, command)| {
        let received = Received {
            command_id: sent.command_id,
            actor: sent.actor,
            if_match: asked.if_match,
            command: &sent.command,
        };
        host.take_read(log, &received, command)
    });
    match &outcome {
        Ok(accepted) => answer(socket, &told(&asked.id, accepted)),
        Err(error) => answer(socket, &not_taken(&asked.id, error)),
    }
    if outcome.is_ok_and(|accepted| !accepted.repeated) { Heard::Grown } else { Heard::Answered }
}

/// A command with who sends it, as its envelope over HTTP would have it.
struct Sent {
    command_id: String,
    actor: Actor,
    command: Box<RawValue>,
}

fn read<A: Aggregate>(asked: &Frame<'_>, listener: &str) -> Result<(Sent, A::Command), SubmitError> {
    let malformed = |what: &str| SubmitError::Malformed(what.to_owned());
    let visible = !asked.id.is_empty() && asked.id.chars().all(|character| character.is_ascii_graphic());
    if !visible || asked.id.len() > ID_CHARS_MAX {
        return Err(malformed("an id has 1 to 128 visible characters"));
    }
    let actor: Actor = serde_json::from_value(serde_json::Value::String(listener.to_owned()))
        .map_err(|_| malformed("this listener sends no commands"))?;
    let command = asked.command.ok_or_else(|| malformed("a frame that asks has a command"))?;
    let command: A::Command =
        serde_json::from_str(command.get()).map_err(|error| malformed(&error.to_string()))?;
    if !A::speaks(&actor, &command) {
        return Err(malformed("this listener does not send such commands"));
    }
    // As the edge writes it: the same command over HTTP has the same digest.
    let written = to_raw_value(&command).map_err(|error| malformed(&error.to_string()))?;
    Ok((Sent { command_id: command_id(&actor, &asked.id), actor, command: written }, command))
}

fn told<'a>(id: &'a str, accepted: &'a Accepted) -> Answer<'a> {
    Answer::Accepted {
        id,
        first_seq: accepted.first_seq,
        seq: accepted.seq,
        repeated: accepted.repeated,
        entries: &accepted.entries,
    }
}

fn refused<'a>(id: &'a str, code: &'a str, found: &'a str, allowed: &'a str) -> Answer<'a> {
    Answer::Refused { id, code, rule: None, found, allowed }
}

fn not_taken<'a>(id: &'a str, error: &'a SubmitError) -> Answer<'a> {
    match error {
        SubmitError::Rejected(Rejection { rule, code, found, allowed, .. }) => {
            Answer::Refused { id, code: code.as_ref(), rule: Some(rule.as_ref()), found, allowed }
        }
        SubmitError::Malformed(what) => {
            refused(id, "malformed", what, "a command as the protocol describes it")
        }
        SubmitError::CommandIdReused => {
            refused(id, "command_id_reused", "another command under this id", "a fresh id for each command")
        }
        SubmitError::HeadMoved { .. } => {
            refused(id, "head_moved", "a log that has moved on", "asking anew, knowing the entries since")
        }
        SubmitError::Unavailable(_) => Answer::Unavailable { id },
    }
}

fn answer(socket: &WebSocket, answer: &Answer<'_>) {
    let sent = serde_json::to_string(answer).map(|text| socket.send_with_str(text));
    if !matches!(sent, Ok(Ok(()))) {
        // Whoever has gone asks again, by the same id.
        tracing::debug!("an answer found nobody");
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::TerminalId;
    use domain::sale_session::SaleSession;
    use uuid::Uuid;

    use super::*;

    const TERMINAL: &str = "terminal:00000000-0000-0000-0000-000000000007";

    fn asked<'a>(id: &'a str, command: &'a RawValue) -> Frame<'a> {
        Frame { kind: KIND.into(), id: id.into(), if_match: None, command: Some(command) }
    }

    fn json(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn a_terminals_command_has_one_id_whatever_way_it_comes() {
        let actor = Actor::Terminal(TerminalId(Uuid::from_u128(7)));
        let park = json(r#"{"type":"report_waiting","waiting":3}"#);
        let (sent, _) = read::<SaleSession>(&asked("a-1", &park), TERMINAL).unwrap();
        assert_eq!(sent.command_id, "terminal/00000000-0000-0000-0000-000000000007/a-1");
        assert_eq!(sent.actor, actor);
    }

    #[test]
    fn what_organizers_ask_is_not_asked_over_a_terminals_socket() {
        for command in [r#"{"type":"pause"}"#, r#"{"type":"close"}"#] {
            let refused = read::<SaleSession>(&asked("a-1", &json(command)), TERMINAL);
            assert!(matches!(refused, Err(SubmitError::Malformed(_))), "{command}");
        }
        let waiting = json(r#"{"type":"report_waiting","waiting":3}"#);
        assert!(read::<SaleSession>(&asked("a-1", &waiting), "person:user_1").is_err());
        assert!(read::<SaleSession>(&asked("a-1", &waiting), "unnamed").is_err());
    }

    #[test]
    fn ids_are_bounded_and_visible() {
        let waiting = json(r#"{"type":"report_waiting","waiting":3}"#);
        for id in ["", " ", "a b", &"x".repeat(ID_CHARS_MAX + 1), "ä"] {
            assert!(read::<SaleSession>(&asked(id, &waiting), TERMINAL).is_err(), "{id:?}");
        }
    }

    #[test]
    fn frames_of_other_kinds_are_told_from_commands_without_a_second_reading() {
        for text in [r#"{"type":"ping"}"#, r#"{"type":"hold","name":"Till 1","tags":[]}"#] {
            let frame: Frame<'_> = serde_json::from_str(text).unwrap();
            assert_ne!(frame.kind, KIND);
        }
        let bare: Frame<'_> = serde_json::from_str(r#"{"type":"command"}"#).unwrap();
        assert!(matches!(read::<SaleSession>(&bare, TERMINAL), Err(SubmitError::Malformed(_))));
        for text in ["", "7", "[]", r#"{"type":7}"#, r#"{"type":"command","if_match":-1}"#] {
            assert!(serde_json::from_str::<Frame<'_>>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_answer_names_rule_and_code() {
        let error = SubmitError::CommandIdReused;
        let text = serde_json::to_string(&not_taken("a-1", &error)).unwrap();
        assert!(text.starts_with(r#"{"type":"refused","id":"a-1","code":"command_id_reused""#), "{text}");
    }
}
