//! The shell around one log: requests in, sockets and alarm out.

use std::cell::Cell;
use std::rc::Rc;

use domain::aggregate::Aggregate;
use domain::journal::{Hash, Head};
use domain::stream::StreamId;
use serde::Serialize;
use uuid::Uuid;
use worker::{Date, Env, Method, Request, Response, Result, State, Url, WebSocket, WebSocketIncomingMessage};

use super::limits::{OUTBOX_DELAY_MS, PAGE_ENTRIES_MAX};
use super::live::{self, Sockets};
use super::log::Log;
use super::outbox::Hearer;
use super::received::Received;
use super::socket_commands::Heard;
use super::standing::asking;
use super::store::Store;
use super::transaction::ObjectDatabase;
use super::wire::{Accepted, AskError, ImportError, Imported, Segment, SubmitError};
use super::{archive, outbox, socket_commands, testing, timers};

/// No alarm that this instance knows of.
pub(super) const NO_ALARM: i64 = i64::MAX;

/// Who reads the log and says how far they have taken it, by the parameter in which they say so.
const HEARERS: [(&str, Hearer); 2] = [("projected", Hearer::Projector), ("reacted", Hearer::Reactions)];

/// One Durable Object: an engine with its runtime.
pub struct Host<A: Aggregate> {
    pub(super) state: State,
    pub(super) env: Env,
    pub(super) sockets: Sockets,
    /// None when the object was addressed by something that names no stream of this class.
    log: Option<Log<A, ObjectDatabase>>,
    /// When the alarm is due, as far as this instance knows: appends in a burst set it once.
    pub(super) alarm_at: Cell<i64>,
    /// The head that this instance last set timers for.
    pub(super) planned: Cell<Option<Head>>,
    /// Whether the organization is suspended; none until it was looked up (see [`super::standing`]).
    pub(super) suspended: Cell<Option<bool>>,
}

/// The log of an object.
pub type ObjectLog<A> = Log<A, ObjectDatabase>;

impl<A: Aggregate + 'static> Host<A> {
    /// A host for the object behind `state`; reads nothing yet.
    pub fn new(state: State, env: Env) -> Rc<Self> {
        let stream = state.id().name().and_then(|name| name.parse::<StreamId>().ok());
        let log = stream
            .filter(|stream| stream.kind() == A::KIND)
            .map(|stream| Log::new(stream, Store::new(ObjectDatabase::new(&state))));
        Rc::new(Self {
            state,
            env,
            sockets: Sockets::default(),
            log,
            alarm_at: Cell::new(NO_ALARM),
            planned: Cell::new(None),
            suspended: Cell::new(None),
        })
    }

    /// Serves an internal request; see [`super::client`].
    ///
    /// # Errors
    /// When the runtime refuses to read the request or to make the response.
    pub async fn fetch(self: &Rc<Self>, mut request: Request) -> Result<Response> {
        let Some(log) = &self.log else {
            return reply(404, &AskError::Malformed(format!("this object is no {} stream", A::KIND)));
        };
        let path = request.path();
        match (request.method(), path.as_str()) {
            (Method::Post, "/command") => self.command(log, &request.text().await?).await,
            (Method::Post, "/ask") => match log.ask(&request.text().await?) {
                Ok(answer) => reply(200, &answer),
                Err(error) => reply(ask_status(&error), &error),
            },
            (Method::Post, "/standing") => self.told(log, &request.text().await?),
            (Method::Post, "/wake") => self.wake(log).await,
            (Method::Get, "/log") => self.read(log, &request.url()?).await,
            (Method::Post, "/segments/renewal") => self.renew(log, &request.text().await?).await,
            (Method::Get, "/import") => imported(log.import_progress()),
            (Method::Post, "/import/opening") => {
                let outcome = log.open_imported();
                self.arm_soon().await;
                imported(outcome)
            }
            (Method::Post, "/import") => {
                let line = number(&request.url()?, "line").unwrap_or(1);
                let outcome = log.import(line, &request.text().await?);
                self.arm_soon().await;
                imported(outcome)
            }
            (Method::Get, "/live") => {
                let url = request.url()?;
                let hash = text(&url, "hash").and_then(|hash| Hash::from_hex(&hash));
                let heard = live::Heard { seq: number(&url, "since").unwrap_or(0), hash };
                self.listen(log, &request, heard).await
            }
            (Method::Post, path) => testing::serve(self, log, path, &mut request).await,
            _ => reply(404, &AskError::Malformed("no such door".to_owned())),
        }
    }

    /// Decide, append, tell everyone: from reading the body to arming the alarm without an await in between,
    /// so that the runtime commits it as one and holds the reply until it is durable.
    async fn command(self: &Rc<Self>, log: &ObjectLog<A>, body: &str) -> Result<Response> {
        match self.take(log, body) {
            Ok(accepted) => {
                if !accepted.repeated {
                    self.arm_soon().await;
                }
                reply(200, &accepted)
            }
            Err(error) => reply(submit_status(&error), &error),
        }
    }

    /// Takes a command and tells everybody who listens; the caller arms the alarm.
    pub(super) fn take(
        self: &Rc<Self>,
        log: &ObjectLog<A>,
        body: &str,
    ) -> std::result::Result<Accepted, SubmitError> {
        if let Some(refused) = self.refused_by_standing(log, || asking(body)) {
            return Err(refused);
        }
        self.tell_of(log, log.submit(body, now(), Uuid::now_v7()))
    }

    /// Takes a command that has been read and tells everybody who listens; the caller arms the alarm.
    pub(super) fn take_read(
        self: &Rc<Self>,
        log: &ObjectLog<A>,
        received: &Received<'_>,
        command: A::Command,
    ) -> std::result::Result<Accepted, SubmitError> {
        if let Some(refused) = self.refused_by_standing(log, || Some(received.actor.clone())) {
            return Err(refused);
        }
        self.tell_of(log, log.submit_read(received, command, now(), Uuid::now_v7()))
    }

    /// Everybody who listens hears of what was taken.
    fn tell_of(
        self: &Rc<Self>,
        log: &ObjectLog<A>,
        outcome: std::result::Result<Accepted, SubmitError>,
    ) -> std::result::Result<Accepted, SubmitError> {
        match &outcome {
            Ok(accepted) if !accepted.repeated => {
                if self.sockets.gather(&self.state, &accepted.entries) {
                    self.tell_soon();
                }
                self.turn_away_by(&accepted.entries);
                self.keep_catching_up();
            }
            Ok(_)
            | Err(SubmitError::Rejected(_) | SubmitError::HeadMoved { .. } | SubmitError::CommandIdReused) => {
            }
            Err(error) => tracing::error!(stream = log.stream(), %error, "command not taken"),
        }
        outcome
    }

    async fn read(self: &Rc<Self>, log: &ObjectLog<A>, url: &Url) -> Result<Response> {
        let limit =
            number(url, "limit").and_then(|limit| u32::try_from(limit).ok()).unwrap_or(PAGE_ENTRIES_MAX);
        let from = number(url, "from").unwrap_or(1);
        let reads_archive = number(url, "archive").is_some();
        let page = if reads_archive { log.page_or_closed(from, limit) } else { log.page(from, limit) };
        for (name, hearer) in HEARERS {
            let (Ok(page), Some(has)) = (&page, number(url, name)) else { continue };
            if let Err(error) = outbox::confirm(log.store(), page.head.seq, hearer, has) {
                tracing::error!(stream = log.stream(), name, %error, "not noted");
            }
            if has < page.head.seq {
                self.arm_soon().await;
            }
        }
        match page {
            Ok(page) => reply(200, &page),
            Err(error) => {
                tracing::error!(stream = log.stream(), %error, "log not read");
                reply(ask_status(&error), &error)
            }
        }
    }

    /// A reader found a segment broken: it is written to the archive anew.
    async fn renew(self: &Rc<Self>, log: &ObjectLog<A>, body: &str) -> Result<Response> {
        let asked: Segment = match serde_json::from_str(body) {
            Ok(asked) => asked,
            Err(error) => return reply(400, &AskError::Malformed(error.to_string())),
        };
        match archive::expect_renewal(log.store(), &asked, now()) {
            Ok(()) => {
                self.arm_soon().await;
                reply(200, &())
            }
            Err(error) => reply(503, &AskError::Unavailable(error.to_string())),
        }
    }

    async fn listen(
        self: &Rc<Self>,
        log: &ObjectLog<A>,
        request: &Request,
        heard: live::Heard,
    ) -> Result<Response> {
        let response = self.sockets.accept(&self.state, log, request, heard)?;
        self.keep_catching_up();
        self.arm_soon().await;
        Ok(response)
    }

    /// The log, if the object was addressed by the name of one.
    pub(super) fn log(&self) -> Option<&ObjectLog<A>> {
        self.log.as_ref()
    }

    /// Tells everybody who listens what was gathered, in a moment.
    fn tell_soon(self: &Rc<Self>) {
        let host = Rc::clone(self);
        self.state.wait_until(async move { host.sockets.tell_gathered(&host.state).await });
    }

    /// Sends pages to sockets that are still behind, in the background.
    pub(super) fn keep_catching_up(self: &Rc<Self>) {
        if !self.sockets.start_pump(&self.state) {
            return;
        }
        let host = Rc::clone(self);
        self.state.wait_until(async move {
            if let Some(log) = &host.log {
                host.sockets.pump(&host.state, log).await;
            }
        });
    }

    /// A listener said something: its commands are taken and answered, what a terminal says of its basket goes to
    /// the others, and whoever is behind is sent more.
    pub async fn heard(self: &Rc<Self>, socket: &WebSocket, message: &WebSocketIncomingMessage) {
        if let (Some(log), WebSocketIncomingMessage::String(frame)) = (&self.log, message) {
            match socket_commands::hear(self, log, socket, frame) {
                Heard::Grown => self.arm_soon().await,
                Heard::Answered => {}
                Heard::NoCommand => self.sockets.hold(&self.state, socket, frame),
            }
        }
        self.keep_catching_up();
    }

    /// A listener hung up: from now on it counts as silent.
    pub async fn hung_up(&self, socket: &WebSocket) {
        self.sockets.hung_up(socket);
        let Some(log) = &self.log else { return };
        for listener in self.state.get_tags(socket) {
            match timers::expect_listener(log.store(), &listener, now()) {
                Ok(()) => self.arm_soon().await,
                Err(error) => tracing::error!(stream = log.stream(), %error, "silence will not be noticed"),
            }
        }
    }

    /// Drops the alarm, as the runtime does after an alarm has failed too often.
    pub(super) async fn lose_alarm(&self) -> Result<()> {
        self.alarm_at.set(NO_ALARM);
        self.state.storage().delete_alarm().await
    }

    /// Sets the alarm for `due` (ms since 1970 UTC) unless it is set for earlier.
    ///
    /// # Errors
    /// When the runtime refuses.
    pub(super) async fn arm(&self, due: i64) -> Result<()> {
        if self.alarm_at.get() <= due {
            return Ok(());
        }
        self.alarm_at.set(due);
        let wait = due.saturating_sub(now()).max(0);
        let armed = self.state.storage().set_alarm(wait).await;
        if armed.is_err() {
            self.alarm_at.set(NO_ALARM);
        }
        armed
    }

    /// Has the alarm look at everything in a moment; at once when another log waits for what was written: items are handed
    /// over page by page, each as the answer to the one before. The only arming outside the alarm: a new instance does
    /// not know for when the alarm is set, and must not put it off.
    pub(super) async fn arm_soon(&self) {
        let others_wait = self.log.as_ref().is_some_and(Log::begins_to_hand_over);
        let delay_ms = if others_wait { 0 } else { OUTBOX_DELAY_MS };
        if let Err(error) = self.arm(now() + delay_ms).await {
            tracing::error!(%error, "alarm not set");
        }
    }
}

/// The runtime's clock, ms since 1970 UTC. It stands still between awaits.
pub fn now() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}

fn text(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn number(url: &Url, name: &str) -> Option<u64> {
    text(url, name).and_then(|value| value.parse().ok())
}

fn imported(outcome: std::result::Result<Imported, ImportError>) -> Result<Response> {
    match outcome {
        Ok(imported) => reply(200, &imported),
        Err(ImportError::Unavailable(why)) => reply(503, &ImportError::Unavailable(why)),
        Err(error) => reply(422, &error),
    }
}

pub(super) fn reply<T: Serialize>(status: u16, body: &T) -> Result<Response> {
    Ok(Response::from_json(body)?.with_status(status))
}

fn submit_status(error: &SubmitError) -> u16 {
    match error {
        SubmitError::Rejected(_) => 422,
        SubmitError::HeadMoved { .. } => 412,
        SubmitError::CommandIdReused => 409,
        SubmitError::Malformed(_) => 400,
        SubmitError::Unavailable(_) => 503,
    }
}

fn ask_status(error: &AskError) -> u16 {
    match error {
        AskError::Malformed(_) => 400,
        AskError::Unavailable(_) => 503,
    }
}
