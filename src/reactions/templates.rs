//! Every mail that we send, in English: subject, markup and text with merge tags. The provider fills them in and, in
//! markup, escapes them; nothing here takes markup as a value. A changed text takes a new number in its name, for an
//! account keeps the template that it was told first.

use domain::rights::Role;

use crate::adapters::mailchimp::Template;

/// Asks somebody to take a role.
pub const INVITATION: Template = Template {
    name: "hangtag-invitation-v1",
    subject: "You are invited to *|ORGANIZATION|*",
    html: concat!(
        "<div style=\"max-width:520px;margin:0 auto;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#22252b\">",
        "<h1 style=\"font-size:22px\">You are invited to *|ORGANIZATION|*</h1>",
        "<p>*|ORGANIZATION|* asks you to join as *|ROLE|*.</p>",
        "<p><a href=\"*|LINK|*\" style=\"display:inline-block;padding:12px 20px;background:#1f4fd1;color:#ffffff;border-radius:6px;text-decoration:none\">Accept the invitation</a></p>",
        "<p style=\"color:#5c5f66;font-size:14px\">The link works once, for *|DAYS|* days. If you do not know *|ORGANIZATION|*, ignore this mail.</p>",
        "</div>"
    ),
    text: "You are invited to *|ORGANIZATION|*\n\n*|ORGANIZATION|* asks you to join as *|ROLE|*. To accept, open:\n\n*|LINK|*\n\nThe link works once, for *|DAYS|* days. If you do not know *|ORGANIZATION|*, ignore this mail.\n",
    variables: &["ORGANIZATION", "ROLE", "LINK", "DAYS"],
};

/// Tells somebody of a role that they were given.
pub const ROLE_GRANTED: Template = Template {
    name: "hangtag-role-granted-v1",
    subject: "You are *|ROLE|* at *|ORGANIZATION|* now",
    html: concat!(
        "<div style=\"max-width:520px;margin:0 auto;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#22252b\">",
        "<h1 style=\"font-size:22px\">You are *|ROLE|* at *|ORGANIZATION|* now</h1>",
        "<p>Sign in to see what you can do: <a href=\"*|LINK|*\">*|LINK|*</a></p>",
        "</div>"
    ),
    text: "You are *|ROLE|* at *|ORGANIZATION|* now.\n\nSign in to see what you can do:\n\n*|LINK|*\n",
    variables: &["ORGANIZATION", "ROLE", "LINK"],
};

/// A shopper's receipt.
pub const RECEIPT: Template = Template {
    name: "hangtag-receipt-v1",
    subject: "Your receipt from *|ORGANIZATION|*",
    html: concat!(
        "<div style=\"max-width:520px;margin:0 auto;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#22252b\">",
        "<h1 style=\"font-size:22px\">Thank you for shopping at *|ORGANIZATION|*</h1>",
        "<pre style=\"font:14px/1.4 ui-monospace,monospace;white-space:pre-wrap\">*|PAPER|*</pre>",
        "<p style=\"color:#5c5f66;font-size:14px\">You gave this address at the till for this one mail. It is not kept.</p>",
        "</div>"
    ),
    text: "Thank you for shopping at *|ORGANIZATION|*\n\n*|PAPER|*\n\nYou gave this address at the till for this one mail. It is not kept.\n",
    variables: &["ORGANIZATION", "PAPER"],
};

/// A role in the middle of a sentence.
#[must_use]
pub const fn role_words(role: Role) -> &'static str {
    match role {
        Role::OrganizationAdmin => "organization admin",
        Role::EventAdmin => "event admin",
        Role::Support => "support",
        Role::Cashier => "cashier",
        Role::Volunteer => "volunteer",
        Role::Consignor => "consignor",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn tags(text: &str) -> BTreeSet<&str> {
        text.split("*|").skip(1).filter_map(|rest| rest.split_once("|*")).map(|(tag, _)| tag).collect()
    }

    #[test]
    fn templates_use_the_variables_that_they_name_and_never_raw_markup() {
        for template in [&INVITATION, &ROLE_GRANTED, &RECEIPT] {
            let named: BTreeSet<&str> = template.variables.iter().copied().collect();
            let used: BTreeSet<&str> =
                [template.subject, template.html, template.text].into_iter().flat_map(tags).collect();
            assert_eq!(used, named, "{}", template.name);
            assert!(!template.html.contains("*|HTML:"), "{} takes markup", template.name);
            let said_in_text: BTreeSet<&str> = tags(template.text);
            assert_eq!(said_in_text, named, "{}: the text says as much as the markup", template.name);
        }
    }
}
