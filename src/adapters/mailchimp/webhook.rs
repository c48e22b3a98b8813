//! What Mailchimp's webhooks say: one form field with a list, signed over the exact address and the form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha1::Sha1;

use super::reply::word;

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "x-mandrill-signature";

/// The form field with the events.
const FIELD: &str = "mandrill_events";

/// What an event says about one of our mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The organization whose mail it is, as we told the provider.
    pub organization: String,
    /// Our id of the mail.
    pub email: String,
    /// Which try of ours.
    pub attempt: u32,
    /// The provider's id of the message.
    pub provider_id: String,
    /// What happened.
    pub news: News,
}

/// What happened to a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// It went out.
    Sent,
    /// It will not go out.
    Rejected(String),
    /// It came back, or its receiver wants no more of them.
    Bounced(String),
}

#[derive(Deserialize)]
struct Envelope {
    event: String,
    #[serde(default)]
    msg: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "_id", default)]
    id: String,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(default)]
    bounce_description: Option<String>,
    #[serde(default)]
    reject: Option<Reject>,
}

#[derive(Deserialize)]
struct Metadata {
    organization: String,
    email: String,
    attempt: String,
}

#[derive(Deserialize)]
struct Reject {
    #[serde(default)]
    reason: String,
}

/// True when `signature` is that of the form, sent to `url` by whoever has the key. An empty key signs nothing.
#[must_use]
pub fn verify(key: &str, url: &str, form: &[(String, String)], signature: &str) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else { return false };
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else { return false };
    let mut fields: Vec<_> = form.iter().collect();
    fields.sort();
    mac.update(url.as_bytes());
    for (name, value) in fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    !key.is_empty() && mac.verify_slice(&signature).is_ok()
}

/// The events that say something about mails of ours; others, and those about others' mails, are passed over.
///
/// # Errors
/// When the form has no list of events.
pub fn read(form: &[(String, String)]) -> Result<Vec<Event>, serde_json::Error> {
    let field = form.iter().find(|(name, _)| name == FIELD).map_or("", |(_, value)| value.as_str());
    let events: Vec<serde_json::Value> = serde_json::from_str(field)?;
    Ok(events.into_iter().filter_map(|event| serde_json::from_value(event).ok().and_then(news_of)).collect())
}

fn news_of(Envelope { event, msg }: Envelope) -> Option<Event> {
    let Message { id, metadata, bounce_description, reject } = msg?;
    let metadata = metadata?;
    let described = |fallback: &str| word(bounce_description.as_deref().unwrap_or(fallback));
    let news = match event.as_str() {
        "send" | "delivered" => News::Sent,
        "reject" => {
            News::Rejected(reject.map_or_else(|| "rejected".to_owned(), |reject| word(&reject.reason)))
        }
        "hard_bounce" => News::Bounced(described("hard_bounce")),
        "soft_bounce" => News::Bounced(described("soft_bounce")),
        "spam" => News::Bounced("spam".to_owned()),
        _ => return None,
    };
    let attempt = metadata.attempt.parse().ok()?;
    Some(Event { organization: metadata.organization, email: metadata.email, attempt, provider_id: id, news })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://demo.hangtag.example/api/v1/webhooks/mailchimp";

    fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn signed(key: &str, text: &str) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    #[test]
    fn a_signature_is_over_the_address_and_the_sorted_form() {
        let good = signed("key", &format!("{URL}a1mandrill_events[]"));
        let fields = form(&[("mandrill_events", "[]"), ("a", "1")]);
        assert!(verify("key", URL, &fields, &good));
        assert!(!verify("other", URL, &fields, &good));
        assert!(!verify("key", "https://evil.example/", &fields, &good));
        assert!(!verify("key", URL, &form(&[("mandrill_events", "[1]"), ("a", "1")]), &good));
        assert!(!verify("key", URL, &fields, ""));
        assert!(!verify("key", URL, &fields, "not base64!"));
        assert!(
            !verify("", URL, &fields, &signed("", &format!("{URL}a1mandrill_events[]"))),
            "no key signs nothing"
        );
    }

    #[test]
    fn what_concerns_our_mails_is_read_and_the_rest_passed_over() {
        let ours = r#""metadata":{"organization":"o","email":"e","attempt":"2"}"#;
        let events = format!(
            r#"[{{"event":"hard_bounce","msg":{{"_id":"m","bounce_description":"bad_mailbox",{ours}}}}},
                {{"event":"reject","msg":{{"_id":"m","reject":{{"reason":"hard-bounce"}},{ours}}}}},
                {{"event":"delivered","msg":{{"_id":"m",{ours}}}}},
                {{"event":"open","msg":{{"_id":"m",{ours}}}}},
                {{"event":"hard_bounce","msg":{{"_id":"m","metadata":{{"order":"7"}}}}}},
                {{"event":"hard_bounce"}}, {{}}, 7]"#
        );
        let news: Vec<News> = read(&form(&[("mandrill_events", &events)]))
            .unwrap()
            .into_iter()
            .map(|event| event.news)
            .collect();
        let expected =
            [News::Bounced("bad_mailbox".into()), News::Rejected("hard_bounce".into()), News::Sent];
        assert_eq!(news, expected);
        assert!(read(&form(&[])).is_err());
        assert!(read(&form(&[("mandrill_events", "{")])).is_err());
    }
}
