//! What we say: `messages/send-template` and `templates/add`, as their contract has them.

use serde::Serialize;

/// A template as the account holds it: markup and text with merge tags (`*|NAME|*`), which the provider fills in and,
/// in markup, escapes.
#[derive(Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name; a changed template has another name, for the account keeps what it was told first.
    pub name: &'static str,
    /// The subject.
    pub subject: &'static str,
    /// The markup.
    pub html: &'static str,
    /// The text, for those who read no markup.
    pub text: &'static str,
    /// The merge tags that it uses.
    pub variables: &'static [&'static str],
}

/// One mail to one person. It has no `Debug`: nothing of it belongs in a log.
pub struct Letter<'a> {
    /// Which template.
    pub template: &'static Template,
    /// Who it comes from, by name.
    pub from_name: &'a str,
    /// Where it goes.
    pub to: &'a str,
    /// The template's variables.
    pub variables: &'a [(&'static str, String)],
    /// What it is for, for the provider's figures.
    pub tag: &'static str,
    /// Opaque ids that come back with webhooks.
    pub metadata: Metadata<'a>,
}

/// What comes back with webhooks about a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Metadata<'a> {
    /// The organization.
    pub organization: &'a str,
    /// Our id of the mail.
    pub email: &'a str,
    /// Which try it is, from 1.
    pub attempt: &'a str,
}

#[derive(Serialize)]
pub(super) struct SendTemplate<'a> {
    key: &'a str,
    template_name: &'a str,
    template_content: [(); 0],
    message: Message<'a>,
    #[serde(rename = "async")]
    asynchronous: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    from_email: &'a str,
    from_name: &'a str,
    to: [Recipient<'a>; 1],
    global_merge_vars: Vec<Variable<'a>>,
    merge_vars: [(); 0],
    tags: [&'a str; 1],
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Recipient<'a> {
    email: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Variable<'a> {
    name: &'a str,
    content: &'a str,
}

#[derive(Serialize)]
pub(super) struct AddTemplate<'a> {
    key: &'a str,
    name: &'a str,
    from_email: &'a str,
    from_name: &'static str,
    subject: &'a str,
    code: &'a str,
    text: &'a str,
    publish: bool,
}

pub(super) fn send_template<'a>(key: &'a str, from: &'a str, letter: &'a Letter<'a>) -> SendTemplate<'a> {
    let variable = |(name, content): &'a (&'static str, String)| Variable { name, content };
    SendTemplate {
        key,
        template_name: letter.template.name,
        template_content: [],
        message: Message {
            from_email: from,
            from_name: letter.from_name,
            to: [Recipient { email: letter.to, kind: "to" }],
            global_merge_vars: letter.variables.iter().map(variable).collect(),
            merge_vars: [],
            tags: [letter.tag],
            metadata: letter.metadata,
        },
        // One recipient is sent at once, and the answer says what became of it.
        asynchronous: false,
    }
}

pub(super) fn add_template<'a>(key: &'a str, from: &'a str, template: &'a Template) -> AddTemplate<'a> {
    AddTemplate {
        key,
        name: template.name,
        from_email: from,
        from_name: "*|ORGANIZATION|*",
        subject: template.subject,
        code: template.html,
        text: template.text,
        publish: true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEMPLATE: Template =
        Template { name: "t", subject: "s", html: "h", text: "x", variables: &["NAME"] };

    #[test]
    fn a_letter_is_said_as_the_contract_has_it() {
        let variables = [("NAME", "Ada".to_owned())];
        let letter = Letter {
            template: &TEMPLATE,
            from_name: "Demo",
            to: "ada@mail.example",
            variables: &variables,
            tag: "invitation",
            metadata: Metadata { organization: "o", email: "e", attempt: "1" },
        };
        let said = serde_json::to_value(send_template("k", "hello@x.example", &letter)).unwrap();
        let expected = json!({
            "key": "k",
            "template_name": "t",
            "template_content": [],
            "message": {
                "from_email": "hello@x.example",
                "from_name": "Demo",
                "to": [{ "email": "ada@mail.example", "type": "to" }],
                "global_merge_vars": [{ "name": "NAME", "content": "Ada" }],
                "merge_vars": [],
                "tags": ["invitation"],
                "metadata": { "organization": "o", "email": "e", "attempt": "1" },
            },
            "async": false,
        });
        assert_eq!(said, expected);
    }
}
