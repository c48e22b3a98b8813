//! Telling everybody who listens what the log has taken: gathered for a moment, then sent to a few sockets at a time.
//!
//! A burst of entries is one message to each listener, not one each; and a command that comes while a hall is being
//! told waits for a few sockets, not for all of them. Whoever has something to say that comes after the entries (a
//! newcomer's page, a hold, a good-bye) calls [`Telling::finish`] first, in the same stretch without an await.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use worker::{Delay, State, WebSocket};

use super::host::now;
use super::live::{deliver, is_live};

/// Milliseconds that new entries are gathered before everybody is told: an eye takes it for at once.
const GATHER_MS: u64 = 40;

/// Sockets that are told before commands get their turn: a fraction of a millisecond.
const SOCKETS_AT_A_TIME: usize = 4;

/// Milliseconds until the next few are told.
const PAUSE_MS: u64 = 1;

/// Milliseconds after which nobody counts on whoever was to tell: the runtime may have ended that task. A round takes a
/// twentieth of it, with a full hall.
const GIVEN_UP_AFTER_MS: i64 = 2_000;

/// Bytes of gathered frames that are not added to: a message has at most this and one more frame.
pub(super) const MESSAGE_BYTES: usize = 256 * 1024;

/// What is still to be told, and to whom.
#[derive(Default)]
pub(super) struct Telling {
    /// Frames that nobody has been sent yet, one a line.
    gathered: RefCell<String>,
    /// A message that is on its way, and the live sockets that have not got it yet.
    under_way: RefCell<(String, Vec<WebSocket>)>,
    /// Until when somebody sees to it that everything is told, ms since 1970 UTC.
    attended_until: Cell<i64>,
}

impl Telling {
    /// Adds a frame; true when the caller has to see to it that it is told ([`Telling::run`]).
    pub fn gather(&self, state: &State, frame: &str) -> bool {
        if self.gathered.borrow().len() >= MESSAGE_BYTES {
            self.finish(state);
        }
        add_line(&mut self.gathered.borrow_mut(), frame);
        let now = now();
        let unattended = self.attended_until.get() <= now;
        if unattended {
            self.attended_until.set(now + GIVEN_UP_AFTER_MS);
        }
        unattended
    }

    /// Tells what is gathered, a moment from now and a few sockets at a time, until nothing is left.
    pub async fn run(&self, state: &State) {
        while !self.gathered.borrow().is_empty() {
            Delay::from(Duration::from_millis(GATHER_MS)).await;
            self.take_up(state);
            while self.tell(SOCKETS_AT_A_TIME) {
                Delay::from(Duration::from_millis(PAUSE_MS)).await;
            }
            self.attended_until.set(now() + GIVEN_UP_AFTER_MS);
        }
        self.attended_until.set(0);
    }

    /// Tells everybody everything, now.
    pub fn finish(&self, state: &State) {
        self.take_up(state);
        self.tell(usize::MAX);
    }

    /// Makes a message of what is gathered, for all who are live now, once everybody was told the one before.
    fn take_up(&self, state: &State) {
        self.tell(usize::MAX);
        let message = self.gathered.take();
        if !message.is_empty() {
            let live = state.get_websockets().into_iter().filter(is_live).collect();
            self.under_way.replace((message, live));
        }
    }

    /// Sends the message under way to the next sockets; true when some are left.
    fn tell(&self, sockets: usize) -> bool {
        let mut under_way = self.under_way.borrow_mut();
        let (message, rest) = &mut *under_way;
        let left = rest.len().saturating_sub(sockets);
        for socket in rest.drain(left..) {
            deliver(&socket, message);
        }
        left > 0
    }
}

/// Adds a frame's line to a message.
pub(super) fn add_line(message: &mut String, frame: &str) {
    if !message.is_empty() {
        message.push('\n');
    }
    message.push_str(frame);
}
