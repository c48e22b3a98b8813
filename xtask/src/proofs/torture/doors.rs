//! The platform's test doors, as the torture uses them: straight to objects, queue and read models.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use ureq::Agent;

/// The longest that one request may take: beyond it, nobody knows what became of it.
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

/// A page of a log is at most a few MiB of JSON.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

/// How a command ended, as its sender sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Taken: seq of its first and last entry.
    Taken {
        /// Seq of the first entry.
        first: u64,
        /// Seq of the last entry.
        last: u64,
    },
    /// Refused for good: nothing has happened.
    Refused(String),
    /// Nobody knows.
    Unknown,
}

/// The doors of one platform.
#[derive(Debug, Clone)]
pub struct Doors {
    agent: Agent,
    origin: String,
}

impl Doors {
    /// The doors of the platform on `port`.
    pub fn new(port: u16) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(REQUEST_LIMIT))
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self { agent, origin: format!("http://127.0.0.1:{port}/api/testing") }
    }

    /// Sends an envelope to one of an object's doors: `command`, or `panic` to have it panic behind the command.
    pub fn send(&self, stream: &str, door: &str, envelope: &Value) -> Ending {
        match self.post(&object(stream, door), &envelope.to_string()) {
            Ok((200, body)) => match (body["first_seq"].as_u64(), body["seq"].as_u64()) {
                (Some(first), Some(last)) => Ending::Taken { first, last },
                _ => Ending::Unknown,
            },
            Ok((400..=499, body)) => Ending::Refused(body.to_string()),
            Ok(_) | Err(_) => Ending::Unknown,
        }
    }

    /// Runs SQL in an object; each row as it prints.
    ///
    /// # Errors
    /// When the object does not answer.
    pub fn sql(&self, stream: &str, sql: &str) -> Result<Vec<String>> {
        let rows = self.ask(&object(stream, "sql"), sql)?;
        Ok(rows.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Takes an object's alarm away.
    ///
    /// # Errors
    /// When the object does not answer.
    pub fn lose_alarm(&self, stream: &str) -> Result<()> {
        self.ask(&object(stream, "lose_alarm"), "").map(drop)
    }

    /// Nudges as a queue may bring them.
    ///
    /// # Errors
    /// When nobody takes them.
    pub fn nudge(&self, messages: &[(String, u64)]) -> Result<()> {
        let bodies: Vec<Value> =
            messages.iter().map(|(stream, head)| json!({"stream": stream, "head": head})).collect();
        self.ask("queue", &Value::Array(bodies).to_string()).map(drop)
    }

    /// Lets a parked stream go on.
    ///
    /// # Errors
    /// When the read models or the object do not answer.
    pub fn resume(&self, stream: &str) -> Result<()> {
        self.ask(&format!("projector/{}/resume", encoded(stream)), "").map(drop)
    }

    /// Runs SQL on the read models.
    ///
    /// # Errors
    /// When they do not answer.
    pub fn d1(&self, sql: &str) -> Result<Vec<Value>> {
        Ok(self.ask("d1", sql)?.as_array().cloned().unwrap_or_default())
    }

    /// A page of a log behind `after`.
    ///
    /// # Errors
    /// When the object does not show it.
    pub fn page(&self, stream: &str, after: u64) -> Result<Value> {
        let path = format!("{}?from={}&limit=1000", object(stream, "log"), after + 1);
        let mut answer =
            self.agent.get(format!("{}/{path}", self.origin)).call().context("the log did not answer")?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string()?;
        if status != 200 {
            bail!("{stream} does not show its log ({status}): {text}");
        }
        serde_json::from_str(&text).context("a page of a log is not JSON")
    }

    fn ask(&self, path: &str, body: &str) -> Result<Value> {
        match self.post(path, body)? {
            (200, answer) => Ok(answer),
            (status, answer) => bail!("{path} answered {status}: {answer}"),
        }
    }

    fn post(&self, path: &str, body: &str) -> Result<(u16, Value)> {
        let mut answer =
            self.agent.post(format!("{}/{path}", self.origin)).send(body).context("no answer")?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string()?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }
}

fn object(stream: &str, door: &str) -> String {
    format!("objects/{}/{door}", encoded(stream))
}

fn encoded(stream: &str) -> String {
    stream.replace('/', "%2F")
}
