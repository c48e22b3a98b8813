//! Mailchimp Transactional as it speaks to us: templates are sent with their variables, and webhooks say later what
//! became of a mail. It knows no idempotency key: whether a mail may be sent at all is decided before (see
//! [`crate::reactions`]), and an answer that never came is [`Verdict::Unknown`], not a reason to send again.

mod message;
mod reply;
mod webhook;

use std::cell::RefCell;
use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit};

pub use message::{Letter, Metadata, Template};
pub use reply::{Retry, Verdict};
pub use webhook::{
    Event as WebhookEvent, News, SIGNATURE_HEADER, read as read_webhook, verify as verify_webhook,
};

use super::circuit::{self, Circuit, CircuitOpen};
use crate::config::Config;
use crate::http::edge::Edge;
use message::{add_template, send_template};
use reply::{classify, is_added};

/// The secret that every call carries.
const KEY_SECRET: &str = "MAILCHIMP_KEY";

/// Longest wait for an answer, ms: it answers one mail within a second or two; what takes longer is not known to be
/// sent or not.
const ANSWER_MS_MAX: u64 = 15_000;

/// Largest answer that is read, bytes: one recipient takes some 200.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

thread_local! {
    static CIRCUIT: RefCell<Circuit> = const { RefCell::new(Circuit::around("mailchimp")) };
}

/// An account at Mailchimp Transactional.
pub struct Mailchimp<'c> {
    config: &'c Config,
    key: String,
}

/// What came back of a call.
enum Answer {
    Came { status: u16, body: String },
    Nothing(&'static str),
}

impl<'c> Mailchimp<'c> {
    /// The deployment's account; none while its key or address is not configured.
    #[must_use]
    pub fn of(edge: &'c Edge) -> Option<Self> {
        let key = edge.env().secret(KEY_SECRET).map(|secret| secret.to_string()).unwrap_or_default();
        let config = edge.config();
        let configured =
            !key.is_empty() && !config.mailchimp_base.is_empty() && !config.mail_sender.is_empty();
        configured.then_some(Self { config, key })
    }

    /// Whether it may be asked now.
    ///
    /// # Errors
    /// [`CircuitOpen`].
    pub fn look(now: i64) -> Result<(), CircuitOpen> {
        CIRCUIT.with_borrow(|circuit| circuit.look(now))
    }

    /// Sends one letter, once. A template that the account does not know is told to it first: such an answer means
    /// that nothing was sent.
    pub async fn send(&self, letter: &Letter<'_>) -> Verdict {
        match self.send_once(letter).await {
            Verdict::NoTemplate if self.add(letter.template).await => match self.send_once(letter).await {
                Verdict::NoTemplate => Verdict::not_sent("unknown_template", Retry::Later),
                verdict => verdict,
            },
            Verdict::NoTemplate => Verdict::not_sent("unknown_template", Retry::Later),
            verdict => verdict,
        }
    }

    async fn send_once(&self, letter: &Letter<'_>) -> Verdict {
        if circuit::pass(&CIRCUIT, now()).is_err() {
            return Verdict::not_sent("circuit_open", Retry::Later);
        }
        let Ok(body) = serde_json::to_string(&send_template(&self.key, &self.config.mail_sender, letter))
        else {
            return Verdict::not_sent("letter_unwritable", Retry::Never);
        };
        let (verdict, lives) = match self.call("messages/send-template", body).await {
            Answer::Came { status, body } => classify(status, &body),
            Answer::Nothing(reason) => (Verdict::Unknown { reason: reason.to_owned() }, false),
        };
        circuit::note(&CIRCUIT, lives, now());
        verdict
    }

    /// Tells the account a template; true when it has it now.
    async fn add(&self, template: &Template) -> bool {
        let Ok(body) = serde_json::to_string(&add_template(&self.key, &self.config.mail_sender, template))
        else {
            return false;
        };
        match self.call("templates/add", body).await {
            Answer::Came { status, body } => is_added(status, &body),
            Answer::Nothing(_) => false,
        }
    }

    async fn call(&self, call: &str, body: String) -> Answer {
        let Ok(request) = self.request(call, body) else { return Answer::Nothing("request_unwritable") };
        let controller = AbortController::default();
        let signal = controller.signal();
        let fetch = Fetch::Request(request);
        let answered = std::pin::pin!(read(fetch.send_with_signal(&signal)));
        let waited = std::pin::pin!(Delay::from(Duration::from_millis(ANSWER_MS_MAX)));
        match select(answered, waited).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => {
                controller.abort();
                Answer::Nothing("timeout")
            }
        }
    }

    fn request(&self, call: &str, body: String) -> worker::Result<Request> {
        let headers = Headers::new();
        headers.set("content-type", "application/json")?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_headers(headers).with_body(Some(body.into()));
        Request::new_with_init(&format!("{}/{call}", self.config.mailchimp_base), &init)
    }
}

/// The request may have left before it failed, so a failure says nothing about the mail.
async fn read(response: impl Future<Output = worker::Result<worker::Response>>) -> Answer {
    let Ok(mut response) = response.await else { return Answer::Nothing("no_connection") };
    let status = response.status_code();
    match response.text().await {
        Ok(body) if body.len() <= ANSWER_BYTES_MAX => Answer::Came { status, body },
        Ok(_) => Answer::Nothing("answer_too_large"),
        Err(_) => Answer::Nothing("answer_broken_off"),
    }
}

fn now() -> i64 {
    i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX)
}
