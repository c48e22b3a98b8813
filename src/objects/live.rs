//! Hibernating sockets: whoever listens gets every entry behind `since`, in order, each once.
//!
//! A socket is *catching up* (its attachment says how far it got) or *live*. New entries are gathered for a moment and
//! told to all live sockets together: a burst is one message to each, and no answer waits until everybody has heard.
//! Pages and gathered entries are sent from synchronous stretches of code; a socket turns live in the very stretch
//! that sent it the head, after everybody else was told what was gathered until then: no append can come between, so
//! there is neither gap nor repetition.
//!
//! A message is one frame or several, one a line:
//!
//! - `{"type":"entry","seq":…,"recorded_at":…,"command_id":…,"actor":…,"kind":…,"version":…,"payload":"…","hash":"…"}`;
//!   the payload is the JSON text that was hashed
//! - `{"type":"live","head":N,"hash":"…"}` once, when the listener has everything; a head below what the listener
//!   asked to hear from means that the log was restored to an earlier state and the listener should start anew
//! - `{"type":"restored","head":N,"hash":"…"}` first, when the listener named the hash of the entry it has last and
//!   the log has another one there: what it knows is of another history, and it should start anew. Nothing behind
//!   its place is sent, for that would not follow from what it has
//!
//! Listeners that are terminals also say what lies in their baskets and hear it of each other
//! ([`super::holds`]): `{"type":"hold",…}` in, `{"type":"held",…}` out.
//!
//! `{"type":"ping"}` is answered with `{"type":"pong"}` without waking the object.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use domain::aggregate::Aggregate;
use domain::journal::{Hash, Head, RawEntry};
use serde::{Deserialize, Serialize};
use worker::{
    Delay, Request, Response, Result, State, WebSocket, WebSocketPair, WebSocketRequestResponsePair,
};

use super::holds::{Held, HoldAsked, Holds};
use super::host::{ObjectLog, now, reply};
use super::limits::LIVE_SOCKETS_MAX;
use super::telling::{MESSAGE_BYTES, Telling, add_line};
use super::wire::AskError;
use super::{presence, timers};

/// Names who listens, so that the object can hang up on them; set by the edge, never by clients.
pub const LISTENER_HEADER: &str = "hangtag-listener";

/// Entries sent to one socket before others get their turn.
const CATCH_UP_PAGE_ENTRIES: u32 = 500;

/// Milliseconds between two pages to sockets that are behind: lets commands and the network through.
const CATCH_UP_PAUSE_MS: u64 = 5;

/// Bytes of a socket's tag; the runtime takes at most 256.
const TAG_BYTES_MAX: usize = 200;

/// Close code 1011: the object could not go on.
const CLOSE_FAILED: u16 = 1011;

/// How the names of listening terminals begin (as [`domain::ids::Actor`] is written).
const TERMINAL_TAG: &str = "terminal:";

const PING: &str = r#"{"type":"ping"}"#;
const PONG: &str = r#"{"type":"pong"}"#;

/// Where a listener stands; survives hibernation in the socket's attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
enum Place {
    /// It has got everything up to `sent` and nothing behind it.
    Behind { sent: u64 },
    /// It has got everything and gets new entries as they come.
    Live,
    /// It missed something and was hung up on.
    Lost,
}

/// Why a listener did not get its page.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    #[error(transparent)]
    Log(#[from] AskError),
    #[error(transparent)]
    Frame(#[from] serde_json::Error),
    #[error(transparent)]
    Socket(#[from] worker::Error),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Frame<'a> {
    Entry(&'a RawEntry),
    Live { head: u64, hash: Hash },
    Restored { head: u64, hash: Hash },
    Held(&'a Held),
}

/// What a listener has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Seq of the last entry it has; 0 before the first.
    pub seq: u64,
    /// That entry's hash, where the listener knows it.
    pub hash: Option<Hash>,
}

impl Heard {
    /// True when `found`, which the log has at the same place, is of another history.
    fn is_of_another_history(self, found: Option<Head>) -> bool {
        self.hash.is_some_and(|hash| found != Some(Head { seq: self.seq, hash }))
    }
}

/// What one object remembers of its sockets between events; the runtime holds the sockets themselves.
#[derive(Default)]
pub struct Sockets {
    pumping: Cell<bool>,
    /// Whether nobody is behind; none after waking, when attachments have to be read.
    none_behind: Cell<Option<bool>>,
    /// Whether anybody may be listening; none after waking and when somebody has hung up.
    attended: Cell<Option<bool>>,
    telling: Telling,
    holds: RefCell<Holds>,
}

impl Sockets {
    /// Takes a new listener and sends it a first page.
    ///
    /// # Errors
    /// When the runtime refuses the socket.
    pub fn accept<A: Aggregate + 'static>(
        &self,
        state: &State,
        log: &ObjectLog<A>,
        request: &Request,
        known: Heard,
    ) -> Result<Response> {
        if request.headers().get("upgrade")?.is_none_or(|value| !value.eq_ignore_ascii_case("websocket")) {
            return reply(426, &AskError::Malformed("this door speaks WebSocket".to_owned()));
        }
        let open = state.get_websockets().len();
        if open >= LIVE_SOCKETS_MAX {
            return reply(
                503,
                &AskError::Unavailable(format!("{open} listeners already; at most {LIVE_SOCKETS_MAX}")),
            );
        }
        self.tell(state);
        let head = match log.head() {
            Ok(head) => head,
            Err(error) => return reply(503, &error),
        };
        let restored = match log.store().head_at(known.seq) {
            Ok(found) => known.is_of_another_history(found),
            Err(error) => return reply(503, &AskError::Unavailable(error.to_string())),
        };
        if open == 0 {
            state.set_websocket_auto_response(&WebSocketRequestResponsePair::new(PING, PONG)?);
        }
        let pair = WebSocketPair::new()?;
        let tag: String = request.headers().get(LISTENER_HEADER)?.unwrap_or_default();
        let tag = tag.get(..TAG_BYTES_MAX.min(tag.len())).unwrap_or_default();
        let tags: &[&str] = &[if tag.is_empty() { "unnamed" } else { tag }];
        state.accept_websocket_with_tags(&pair.server, tags);
        let sent = if restored { head.seq } else { known.seq };
        pair.server.serialize_attachment(Place::Behind { sent })?;
        self.none_behind.set(Some(false));
        self.attended.set(Some(true));
        if let Err(error) = timers::expect_listener(log.store(), tag, now()) {
            tracing::error!(stream = log.stream(), %error, "nobody will notice when this listener falls silent");
        }
        if !restored || send(&pair.server, &Frame::Restored { head: head.seq, hash: head.hash }) {
            Self::advance(log, &pair.server);
        }
        self.tell_holds(&pair.server, tag);
        let mut response = Response::from_websocket(pair.client)?;
        if let Some(protocol) = request.headers().get("sec-websocket-protocol")? {
            let first = protocol.split(',').next().unwrap_or_default().trim().to_owned();
            response.headers_mut().set("sec-websocket-protocol", &first)?;
        }
        Ok(response)
    }

    /// When the sockets of `tag` last pinged, ms since 1970 UTC; the object sleeps through pings, the runtime
    /// remembers them.
    pub fn heard_at(state: &State, tag: &str) -> Option<i64> {
        let sockets = state.get_websockets_with_tag(tag);
        sockets.iter().filter_map(|socket| presence::last_ping(state, socket)).max()
    }

    /// Keeps new entries for the live sockets; true when the caller has to see to it that they are told
    /// ([`Sockets::tell_gathered`]).
    pub fn gather(&self, state: &State, entries: &[RawEntry]) -> bool {
        let attended = self.attended.get().unwrap_or_else(|| !state.get_websockets().is_empty());
        self.attended.set(Some(attended));
        if !attended || entries.is_empty() {
            return false;
        }
        let mut must_tell = false;
        for frame in entries.iter().filter_map(|entry| serde_json::to_string(&Frame::Entry(entry)).ok()) {
            must_tell |= self.telling.gather(state, &frame);
        }
        must_tell
    }

    /// Tells what was gathered, a moment from now.
    pub async fn tell_gathered(&self, state: &State) {
        self.telling.run(state).await;
    }

    /// Tells what was gathered, now: before anything that is to come after it.
    pub fn tell(&self, state: &State) {
        self.telling.finish(state);
    }

    /// True when somebody is behind and nobody is sending pages yet; the caller then runs [`Sockets::pump`].
    pub fn start_pump(&self, state: &State) -> bool {
        let none_behind = self.none_behind.get().unwrap_or_else(|| {
            let behind = |socket: &WebSocket| matches!(place(socket), Some(Place::Behind { .. }));
            !state.get_websockets().iter().any(behind)
        });
        self.none_behind.set(Some(none_behind));
        !none_behind && !self.pumping.replace(true)
    }

    /// Sends pages in turn until nobody is behind.
    pub async fn pump<A: Aggregate + 'static>(&self, state: &State, log: &ObjectLog<A>) {
        loop {
            self.tell(state);
            if state.get_websockets().iter().filter(|socket| Self::advance(log, socket)).count() == 0 {
                break;
            }
            Delay::from(Duration::from_millis(CATCH_UP_PAUSE_MS)).await;
        }
        self.none_behind.set(Some(true));
        self.pumping.set(false);
    }

    /// Sends a socket its next page; true when it needs more. No await in here, see the module's word.
    fn advance<A: Aggregate + 'static>(log: &ObjectLog<A>, socket: &WebSocket) -> bool {
        let Some(Place::Behind { sent }) = place(socket) else {
            return false;
        };
        match send_page(log, socket, sent) {
            Ok(next) => next != Place::Live,
            Err(error) => {
                tracing::warn!(stream = log.stream(), %error, "listener lost");
                hang_up(socket);
                false
            }
        }
    }

    /// Takes what a terminal says of its basket, and says it to every other listener. Anything else is no frame of
    /// ours and changes nothing.
    pub fn hold(&self, state: &State, socket: &WebSocket, text: &str) {
        let Some(terminal) = listener(state, socket).filter(|tag| tag.starts_with(TERMINAL_TAG)) else {
            return;
        };
        let Some(asked) = HoldAsked::read(text) else { return };
        self.tell(state);
        let held = self.holds.borrow_mut().take(&terminal, asked, now());
        let Ok(frame) = serde_json::to_string(&Frame::Held(&held)) else { return };
        for other in state.get_websockets() {
            let own = listener(state, &other).is_some_and(|tag| tag == terminal);
            if !own && is_live(&other) {
                deliver(&other, &frame);
            }
        }
    }

    /// A newcomer hears what the others hold.
    fn tell_holds(&self, socket: &WebSocket, newcomer: &str) {
        for held in self.holds.borrow_mut().standing(now()).filter(|held| held.terminal != newcomer) {
            if !send(socket, &Frame::Held(held)) {
                return;
            }
        }
    }

    /// Completes the closing handshake of a listener.
    pub fn hung_up(&self, socket: &WebSocket) {
        self.attended.set(None);
        // The runtime may have answered already; then there is nothing left to close.
        socket.close::<&str>(None, None).ok();
    }
}

fn send_page<A: Aggregate + 'static>(
    log: &ObjectLog<A>,
    socket: &WebSocket,
    mut sent: u64,
) -> std::result::Result<Place, Unsent> {
    let page = log.page(sent.saturating_add(1), CATCH_UP_PAGE_ENTRIES)?;
    let mut message = String::new();
    for entry in &page.entries {
        if message.len() >= MESSAGE_BYTES {
            socket.send_with_str(&message)?;
            message.clear();
        }
        add_line(&mut message, &serde_json::to_string(&Frame::Entry(entry))?);
        sent = entry.seq;
    }
    let next = if sent >= page.head.seq {
        add_line(
            &mut message,
            &serde_json::to_string(&Frame::Live { head: page.head.seq, hash: page.head.hash })?,
        );
        Place::Live
    } else {
        Place::Behind { sent }
    };
    if !message.is_empty() {
        socket.send_with_str(&message)?;
    }
    socket.serialize_attachment(next)?;
    Ok(next)
}

/// Who listens, as the edge named them.
pub(super) fn listener(state: &State, socket: &WebSocket) -> Option<String> {
    state.get_tags(socket).into_iter().next()
}

pub(super) fn is_live(socket: &WebSocket) -> bool {
    place(socket) == Some(Place::Live)
}

fn place(socket: &WebSocket) -> Option<Place> {
    socket.deserialize_attachment().ok().flatten()
}

/// Sends a frame, as [`deliver`].
fn send(socket: &WebSocket, frame: &Frame<'_>) -> bool {
    if let Ok(message) = serde_json::to_string(frame) {
        return deliver(socket, &message);
    }
    hang_up(socket);
    false
}

/// Sends a message; a listener that does not take it is hung up on. True when it went out.
pub(super) fn deliver(socket: &WebSocket, message: &str) -> bool {
    let sent = socket.send_with_str(message).is_ok();
    if !sent {
        hang_up(socket);
    }
    sent
}

/// Drops a listener that missed something: it comes back and says how far it got.
fn hang_up(socket: &WebSocket) {
    hang_up_for(socket, CLOSE_FAILED, "reconnect");
}

/// Drops a listener and says why.
pub(super) fn hang_up_for(socket: &WebSocket, code: u16, reason: &str) {
    // A socket that cannot even be closed is gone already; its place keeps it out of every later turn.
    socket.serialize_attachment(Place::Lost).ok();
    socket.close(Some(code), Some(reason)).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listeners_history_is_told_by_the_hash_of_its_last_entry() {
        let (one, other) = (Hash([1; 32]), Hash([2; 32]));
        let heard = |hash| Heard { seq: 3, hash };
        let found = |hash| Some(Head { seq: 3, hash });
        assert!(!heard(Some(one)).is_of_another_history(found(one)));
        assert!(heard(Some(one)).is_of_another_history(found(other)));
        assert!(heard(Some(one)).is_of_another_history(None), "the log ends before");
        assert!(!heard(None).is_of_another_history(found(other)), "who names no hash is believed");
        let begun = Heard { seq: 0, hash: Some(Head::EMPTY.hash) };
        assert!(!begun.is_of_another_history(Some(Head::EMPTY)));
    }
}
