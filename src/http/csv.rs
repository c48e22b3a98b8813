//! Lists as CSV (RFC 4180), safe to open in a spreadsheet.

use serde_json::Value;

use super::problem::EdgeError;

/// The media type of a list as CSV.
pub const CSV: &str = "text/csv";

/// What begins a formula in a spreadsheet: a cell that begins so is text only with an apostrophe before it.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// One line of column names.
///
/// # Errors
/// [`EdgeError::Internal`]; memory takes every line.
pub fn header(columns: &[&str]) -> Result<Vec<u8>, EdgeError> {
    lines(std::iter::once(columns.iter().map(|column| (*column).to_owned()).collect()))
}

/// One line for each of `rows`.
///
/// # Errors
/// As [`header`].
pub fn rows(columns: &[&str], rows: &[Value]) -> Result<Vec<u8>, EdgeError> {
    lines(rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()))
}

fn lines(lines: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, EdgeError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        writer.write_record(&line).map_err(|error| EdgeError::Internal(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| EdgeError::Internal(error.to_string()))
}

/// The value of `column` in `row`; a dot goes into what a value holds.
fn cell(row: &Value, column: &str) -> String {
    let nothing = Value::Null;
    let value = column.split('.').try_fold(row, |value, name| value.get(name)).unwrap_or(&nothing);
    text_of(value)
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        // Numbers and truths are ours and no formulas, a sign before them or not.
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => harmless(text),
        Value::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {
            harmless(&values.iter().map(text_of).collect::<Vec<_>>().join("; "))
        }
        Value::Array(_) | Value::Object(_) => harmless(&value.to_string()),
    }
}

fn harmless(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_text_numbers_and_joined_words() {
        let row = json!({
            "tag": "0010001234", "price_cents": -450, "title": "Kite, \"red\"", "roles": ["a", "b"],
            "position": { "seq": 3 }, "gone": null, "lines": [{ "tag": "1" }],
        });
        let columns = ["tag", "price_cents", "title", "roles", "position.seq", "gone", "absent", "lines"];
        let text = String::from_utf8(rows(&columns, &[row]).unwrap()).unwrap();
        assert_eq!(text, "0010001234,-450,\"Kite, \"\"red\"\"\",a; b,3,,,\"[{\"\"tag\"\":\"\"1\"\"}]\"\r\n");
    }

    #[test]
    fn no_text_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(text_of(&json!(text)), format!("'{text}"), "{text:?}");
        }
        assert_eq!(text_of(&json!(["=1", "b"])), "'=1; b");
        assert_eq!(text_of(&json!("a=1")), "a=1");
    }

    #[test]
    fn a_list_without_rows_has_a_header_all_the_same() {
        assert_eq!(header(&["a", "b"]).unwrap(), b"a,b\r\n");
        assert!(rows(&["a"], &[]).unwrap().is_empty());
    }
}
