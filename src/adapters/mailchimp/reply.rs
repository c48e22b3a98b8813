//! What Mailchimp answers, and what that says about the mail: sent, refused, known not to be sent, or unknown.

use serde::Deserialize;

/// Longest word of the provider's that is kept, characters; theirs have some 20.
const WORD_CHARS_MAX: usize = 40;

/// What became of a mail, as far as the answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The provider has it.
    Sent {
        /// Its id of the message.
        provider_id: String,
    },
    /// It will not be delivered to this address.
    Rejected {
        /// The provider's id of the message.
        provider_id: String,
        /// The provider's word for why.
        reason: String,
    },
    /// Nothing was sent.
    NotSent {
        /// Why.
        reason: String,
        /// Whether trying again can help.
        retry: Retry,
    },
    /// The account does not know the template. Nothing was sent.
    NoTemplate,
    /// The request may have been carried out, or not.
    Unknown {
        /// What was seen instead of an answer.
        reason: String,
    },
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// In a while.
    Later,
    /// Not before somebody has changed something.
    Never,
}

impl Verdict {
    /// Nothing was sent, and this is why.
    #[must_use]
    pub fn not_sent(reason: &str, retry: Retry) -> Self {
        Self::NotSent { reason: reason.to_owned(), retry }
    }
}

#[derive(Deserialize)]
struct Result {
    #[serde(rename = "_id")]
    id: String,
    status: String,
    #[serde(default)]
    reject_reason: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    name: String,
}

/// The provider's words are kept only where they look like words: answers may repeat an address.
pub(super) fn word(text: &str) -> String {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain && (1..=WORD_CHARS_MAX).contains(&text.len()) {
        text.replace('-', "_").to_ascii_lowercase()
    } else {
        "other".to_owned()
    }
}

/// The verdict, and whether the service is alive.
///
/// Nearly every error comes with HTTP 500: the name in the body says what it is. An error that the contract does not
/// name may have struck before or after the mail went out.
pub(super) fn classify(status: u16, body: &str) -> (Verdict, bool) {
    if status == 200 {
        return (accepted(body), true);
    }
    let named = serde_json::from_str::<Failure>(body).map(|failure| failure.name).unwrap_or_default();
    let not_sent = |retry| Verdict::NotSent { reason: word(&named), retry };
    match (named.as_str(), status) {
        ("Unknown_Template", _) => (Verdict::NoTemplate, true),
        ("Invalid_Key" | "PaymentRequired" | "RequestLimitExceeded", _) => (not_sent(Retry::Later), true),
        ("ServiceUnavailable", _) => (not_sent(Retry::Later), false),
        ("ValidationError" | "Invalid_Template", _) => (not_sent(Retry::Never), true),
        (_, 429) => (Verdict::not_sent("request_limit", Retry::Later), true),
        (_, 400..=499) => (Verdict::not_sent(&format!("http_{status}"), Retry::Never), true),
        _ => (Verdict::Unknown { reason: format!("http_{status}") }, false),
    }
}

fn accepted(body: &str) -> Verdict {
    let results: Vec<Result> = serde_json::from_str(body).unwrap_or_default();
    let Some(Result { id, status, reject_reason }) = results.into_iter().next() else {
        return Verdict::Unknown { reason: "answer_unreadable".to_owned() };
    };
    match status.as_str() {
        "sent" | "queued" | "scheduled" => Verdict::Sent { provider_id: id },
        "rejected" | "invalid" => {
            Verdict::Rejected { provider_id: id, reason: word(reject_reason.as_deref().unwrap_or(&status)) }
        }
        _ => Verdict::Unknown { reason: word(&status) },
    }
}

/// True when the account has the template that it was told.
pub(super) fn is_added(status: u16, body: &str) -> bool {
    // Another isolate may have been first; the account says so as of any unusable template, and sending will show.
    status == 200
        || serde_json::from_str::<Failure>(body).is_ok_and(|failure| failure.name == "Invalid_Template")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, body: &str) -> Verdict {
        classify(status, body).0
    }

    fn failure(name: &str) -> String {
        format!(r#"{{"status":"error","code":-1,"name":"{name}","message":"ada@mail.example is …"}}"#)
    }

    fn result(status: &str, reason: &str) -> String {
        format!(
            r#"[{{"_id":"m1","email":"ada@mail.example","status":"{status}","reject_reason":{reason},"queued_reason":null}}]"#
        )
    }

    #[test]
    fn every_status_of_the_contract_is_understood() {
        let sent = Verdict::Sent { provider_id: "m1".into() };
        for status in ["sent", "queued", "scheduled"] {
            assert_eq!(verdict(200, &result(status, "null")), sent, "{status}");
        }
        let rejected = |reason: &str| Verdict::Rejected { provider_id: "m1".into(), reason: reason.into() };
        assert_eq!(verdict(200, &result("rejected", "\"hard-bounce\"")), rejected("hard_bounce"));
        assert_eq!(verdict(200, &result("invalid", "null")), rejected("invalid"));
        assert_eq!(verdict(200, &result("rejected", "\"ada@mail.example\"")), rejected("other"));
    }

    #[test]
    fn errors_that_are_named_say_that_nothing_was_sent() {
        for (name, status, retry) in [
            ("Invalid_Key", 500, Retry::Later),
            ("RequestLimitExceeded", 429, Retry::Later),
            ("ServiceUnavailable", 503, Retry::Later),
            ("ValidationError", 500, Retry::Never),
            ("Invalid_Template", 500, Retry::Never),
        ] {
            let expected = Verdict::not_sent(&word(name), retry);
            assert_eq!(verdict(status, &failure(name)), expected, "{name}");
        }
        assert_eq!(verdict(500, &failure("Unknown_Template")), Verdict::NoTemplate);
        assert_eq!(verdict(429, ""), Verdict::not_sent("request_limit", Retry::Later));
        assert_eq!(verdict(404, ""), Verdict::not_sent("http_404", Retry::Never));
    }

    #[test]
    fn whatever_else_happens_nobody_knows() {
        for (status, body) in
            [(500, ""), (502, ""), (503, ""), (500, "{}"), (200, ""), (200, "[]"), (302, "")]
        {
            assert!(matches!(verdict(status, body), Verdict::Unknown { .. }), "{status} {body}");
        }
        assert!(matches!(verdict(500, &failure("GeneralError")), Verdict::Unknown { .. }));
        assert!(matches!(verdict(200, &result("strange", "null")), Verdict::Unknown { .. }));
    }

    #[test]
    fn a_broken_service_counts_against_its_circuit_and_a_refusal_does_not() {
        assert!(!classify(502, "").1);
        assert!(!classify(503, &failure("ServiceUnavailable")).1);
        assert!(classify(500, &failure("ValidationError")).1);
        assert!(classify(429, "").1);
    }
}
