//! The API's reference for people, made from its own description: a page that the Worker serves, and `docs/api.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

/// One operation of the API, as people look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST`, …
    pub method: String,
    /// As routed.
    pub path: String,
    /// The first sentence about it.
    pub summary: String,
    /// The rest.
    pub description: String,
    /// Names, places and meanings of its parameters.
    pub parameters: Vec<(String, String, String)>,
    /// The name of its body's shape.
    pub body: Option<String>,
    /// Status, media type and shape of what it answers when all goes well.
    pub answers: Vec<(String, String, String)>,
}

/// The operations of `document`, by group.
#[must_use]
pub fn operations(document: &Value) -> BTreeMap<String, Vec<Operation>> {
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !operation["responses"].is_object() {
                continue;
            }
            let group = operation["tags"][0].as_str().unwrap_or("other").to_owned();
            groups.entry(group).or_default().push(read(path, method, operation));
        }
    }
    groups
}

fn read(path: &str, method: &str, operation: &Value) -> Operation {
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let responses = operation["responses"].as_object().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        parameters: parameters
            .map(|parameter| {
                (text(&parameter["name"]), text(&parameter["in"]), text(&parameter["description"]))
            })
            .collect(),
        body: operation["requestBody"]["content"]
            .as_object()
            .and_then(|content| content.iter().next())
            .map(|(media, body)| shape(media, &body["schema"])),
        answers: responses
            .filter(|(status, _)| status.starts_with('2'))
            .flat_map(|(status, response)| {
                let content = response["content"].as_object().into_iter().flatten();
                content.map(|(media, body)| (status.clone(), media.clone(), shape(media, &body["schema"])))
            })
            .collect(),
    }
}

/// The name of a shape; the media type where it has none.
fn shape(media: &str, schema: &Value) -> String {
    let named = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
    named.map_or_else(|| media.to_owned(), str::to_owned)
}

/// The page.
#[must_use]
pub fn html(document: &Value) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Hangtag API</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"/api/docs.css\"></head><body><main><h1>Hangtag API</h1>",
    );
    let about = document["info"]["description"].as_str().unwrap_or_default();
    let _ = write!(
        page,
        "<p>{}</p><p>Lists take <code>cursor</code>, <code>limit</code>, <code>sort</code>, <code>count</code>, \
         <code>min_seq</code> and <code>format=csv</code>. Commands take <code>Idempotency-Key</code> and \
         <code>If-Match</code>. For programs: <a href=\"/api/v1/openapi.json\">openapi.json</a>.</p>",
        escaped(about)
    );
    let groups = operations(document);
    page.push_str("<nav aria-label=\"Groups\"><ul>");
    for group in groups.keys() {
        let _ = write!(page, "<li><a href=\"#{0}\">{0}</a></li>", escaped(group));
    }
    page.push_str("</ul></nav>");
    for (group, operations) in &groups {
        let _ = write!(page, "<section id=\"{0}\"><h2>{0}</h2>", escaped(group));
        for operation in operations {
            article(&mut page, operation);
        }
        page.push_str("</section>");
    }
    page.push_str("<h2>Shapes</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let json = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = write!(
            page,
            "<details id=\"shape-{0}\"><summary>{0}</summary><pre>{1}</pre></details>",
            escaped(name),
            escaped(&json)
        );
    }
    page.push_str("</main></body></html>");
    page
}

fn article(page: &mut String, operation: &Operation) {
    let _ = write!(
        page,
        "<article><h3><span>{}</span> <code>{}</code></h3><p>{} {}</p>",
        escaped(&operation.method),
        escaped(&operation.path),
        escaped(&operation.summary),
        escaped(&operation.description)
    );
    if !operation.parameters.is_empty() {
        page.push_str("<dl>");
        for (name, place, meaning) in &operation.parameters {
            let _ = write!(
                page,
                "<dt><code>{}</code> <small>{}</small></dt><dd>{}</dd>",
                escaped(name),
                escaped(place),
                escaped(meaning)
            );
        }
        page.push_str("</dl>");
    }
    let link = |shape: &str| format!("<a href=\"#shape-{0}\">{0}</a>", escaped(shape));
    if let Some(body) = &operation.body {
        let _ = write!(page, "<p>Takes {}</p>", link(body));
    }
    for (status, media, shape) in &operation.answers {
        let _ = write!(page, "<p>{} {} {}</p>", escaped(status), escaped(media), link(shape));
    }
    page.push_str("</article>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::problem::EdgeError;
    use crate::http::router;

    /// Where the table of routes stands.
    const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api.md");

    const HEAD: &str = "# The API

Made from the code (`HANGTAG_BLESS=1 cargo test -p hangtag reference` writes it). The running Worker shows the same with
every parameter and shape at `/api/docs`, and as OpenAPI 3.1 at `/api/v1/openapi.json`. Who may use which route:
[rights.md](rights.md).

- **Lists** answer `{ \"items\": […], \"next_cursor\": … }`. `limit` (1 to 500), `cursor`, `sort=-price_cents`, `count=true`
  (adds `total`), `min_seq` (waits for one's own writes), `format=csv` or `ndjson` (or `Accept`): then the whole list.
- **Commands** take `Idempotency-Key` (a repetition gets the first answer, marked `Idempotency-Replayed`) and `If-Match`
  (the `ETag` of what was read). Most answer with the entries that they caused.
- **Errors** are `application/problem+json` with a stable `code`; where a rule refused, its number in
  [domain/SPEC.md](../domain/SPEC.md) stands beside it, with what was found and what is allowed.

";

    fn markdown() -> String {
        let document = serde_json::to_value(router::document()).unwrap();
        let mut text = HEAD.to_owned();
        for (group, operations) in operations(&document) {
            write!(text, "## {group}\n\n| route | what it does |\n|---|---|\n").unwrap();
            for operation in operations {
                let what = operation.summary.replace('|', "\\|").replace('\n', " ");
                writeln!(text, "| `{} {}` | {what} |", operation.method, operation.path).unwrap();
            }
            text.push('\n');
        }
        text.push_str("## Codes of the edge\n\nA rule's refusal has the rule's own code.\n\n| status | code | title |\n|---|---|---|\n");
        let mut codes: Vec<String> = edge_errors()
            .iter()
            .map(EdgeError::problem)
            .map(|problem| format!("| {} | `{}` | {} |\n", problem.status, problem.code, problem.title))
            .collect();
        codes.sort();
        text.extend(codes);
        text
    }

    /// One of each kind that has a code of its own.
    fn edge_errors() -> Vec<EdgeError> {
        let bad = [
            "body_broken_off",
            "body_unreadable",
            "cursor_unreadable",
            "from_out_of_range",
            "idempotency_key_unreadable",
            "if_match_unreadable",
            "instant_unreadable",
            "limit_out_of_range",
            "note_too_long",
            "plan_unusable",
            "price_change_unclear",
            "query_unreadable",
            "search_too_long",
            "sort_unknown",
            "stream_missing",
        ];
        let token = [
            "token_missing",
            "token_malformed",
            "token_expired",
            "token_not_yet_valid",
            "token_wrong_origin",
            "token_wrong_organization",
            "token_revoked",
        ];
        let mut errors = vec![
            EdgeError::UnknownHost(String::new()),
            EdgeError::NotFound("thing"),
            EdgeError::MethodNotAllowed,
            EdgeError::MediaType("application/json"),
            EdgeError::BodyTooLarge { limit_bytes: 1 },
            EdgeError::Forbidden(String::new()),
            EdgeError::HeadMoved { head: 1 },
            EdgeError::KeyReused,
            EdgeError::Behind { wanted: 2, reached: 1 },
            EdgeError::Unavailable(String::new()),
            EdgeError::Internal(String::new()),
        ];
        errors.extend(bad.map(|code| EdgeError::bad_request(code, "")));
        errors.extend(token.map(EdgeError::Unauthenticated));
        errors
    }

    #[test]
    fn the_reference_in_the_docs_is_what_the_code_says() {
        let said = markdown();
        if std::env::var_os("HANGTAG_BLESS").is_some() {
            std::fs::write(DOCUMENT, &said).unwrap();
        }
        let written = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
        assert!(
            written == said,
            "docs/api.md is out of date: HANGTAG_BLESS=1 cargo test -p hangtag reference"
        );
    }

    #[test]
    fn the_page_shows_every_operation_and_carries_nothing_foreign() {
        let document = serde_json::to_value(router::document()).unwrap();
        let page = html(&document);
        let count: usize = operations(&document).values().map(Vec::len).sum();
        assert_eq!(page.matches("<article>").count(), count);
        assert!(count > 100, "{count} operations");
        for foreign in ["<script", "style=", "http://", "https://", "<img"] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        assert_eq!(escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
