//! Rules about Rust code outside tests: no clock, chance or floats where results must repeat; nothing that
//! stops a program or prints; bounds that say why.

use std::collections::BTreeSet;

use super::{FUNCTION_LINES_MAX, Finding, Source, tenancy, tokens::File, tokens::Token};

/// Our crates' folders.
const FOLDERS: [&str; 5] = ["domain", "projections", "src", "replay-tool", "xtask"];

/// Where the same log must always give the same result.
const REPEATABLE: [&str; 2] = ["domain", "projections"];

/// What makes a result unrepeatable.
const UNREPEATABLE: [&[&str]; 9] = [
    &["SystemTime"],
    &["Instant", ":", ":", "now"],
    &["Utc", ":", ":", "now"],
    &["Local", ":", ":", "now"],
    &["Uuid", ":", ":", "new_v4"],
    &["Uuid", ":", ":", "now_v7"],
    &["rand", ":", ":"],
    &["getrandom"],
    &["thread_rng"],
];

/// What stops a program.
const STOPPING: [&[&str]; 6] = [
    &[".", "unwrap", "(", ")"],
    &[".", "expect", "("],
    &["panic", "!"],
    &["todo", "!"],
    &["unimplemented", "!"],
    &["dbg", "!"],
];

/// What prints; command lines do that, libraries and the Worker do not.
const PRINTING: [&[&str]; 4] = [&["print", "!"], &["println", "!"], &["eprint", "!"], &["eprintln", "!"]];

/// Where printing is the work.
const COMMAND_LINES: [&str; 2] = ["replay-tool", "xtask"];

/// Types of bounds.
const BOUND_TYPES: [&str; 11] =
    ["u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize", "Duration"];

/// From here on a bare number in the Worker is a bound that wants a name.
const BARE_NUMBER_MAX: u64 = 999;

/// Looks through all Rust files; returns broken rules, and functions that are too long.
pub fn look(sources: &[Source]) -> (Vec<Finding>, Vec<Finding>) {
    let files: Vec<(&Source, File)> = sources
        .iter()
        .filter(|source| {
            source.has_extension(&["rs"]) && FOLDERS.iter().any(|folder| source.is_under(folder))
        })
        .filter_map(|source| Some((source, File::read(&source.text)?)))
        .collect();
    let test_files = test_files(&files);
    let (mut errors, mut sizes) = (Vec::new(), Vec::new());
    for (source, file) in &files {
        sizes.extend(long_functions(source, file));
        if !is_test_file(&source.path, &test_files) {
            errors.extend(judge(source, file));
        }
    }
    (errors, sizes)
}

/// Paths (or their beginnings) of modules that only tests see.
fn test_files(files: &[(&Source, File)]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (source, file) in files {
        let Some((folder, name)) = source.path.rsplit_once('/') else { continue };
        let home = match name {
            "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
            _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
        };
        for module in &file.test_modules {
            found.insert(format!("{home}/{module}.rs"));
            found.insert(format!("{home}/{module}/"));
        }
    }
    found
}

fn is_test_file(path: &str, test_files: &BTreeSet<String>) -> bool {
    path.contains("/tests/")
        || path.contains("/benches/")
        || test_files.iter().any(|test| path.starts_with(test.as_str()))
}

fn long_functions(source: &Source, file: &File) -> Vec<Finding> {
    file.functions
        .iter()
        .filter(|function| function.lines > FUNCTION_LINES_MAX)
        .map(|function| {
            let message =
                format!("{} lines (from line {}): it fits on no screen", function.lines, function.line);
            Finding::new(format!("{}::{}", source.path, function.name), message)
        })
        .collect()
}

fn judge(source: &Source, file: &File) -> Vec<Finding> {
    let under = |folders: &[&str]| folders.iter().any(|folder| source.is_under(folder));
    let (repeatable, prints, worker) = (under(&REPEATABLE), under(&COMMAND_LINES), under(&["src"]));
    let named = named_numbers(file);
    let mut findings = Vec::new();
    for (at, token) in file.tokens.iter().enumerate().filter(|(_, token)| !token.test) {
        let mut say =
            |message: String| findings.push(Finding::new(format!("{}:{}", source.path, token.line), message));
        let said =
            |list: &[&[&str]]| list.iter().find(|words| file.says(at, words)).map(|words| words.concat());
        // `pair.0.1` is a place in a tuple, and looks like a number.
        let after_dot = at > 0 && file.tokens[at - 1].text == ".";
        if repeatable && is_float(token) && !after_dot {
            say(format!("`{}` is a float: money and rates are whole numbers", token.text));
        }
        if let Some(words) = said(&UNREPEATABLE).filter(|_| repeatable) {
            say(format!("`{words}`: time, chance and fresh ids come in through the context"));
        }
        if let Some(words) = said(&STOPPING).filter(|_| !token.excused && !is_passed_on(file, at)) {
            say(format!("`{words}` stops the program: return an error"));
        }
        if let Some(words) = said(&PRINTING).filter(|_| !prints && !token.excused) {
            say(format!("`{words}` prints: use tracing, or return it"));
        }
        if let Some(message) = tenancy::misplaced(&source.path, file, at) {
            say(message);
        }
        if is_bound(file, at) && !has_doc(file, at) {
            say(format!(
                "the bound {} has no doc comment with its unit and reason",
                file.tokens[at + 1].text
            ));
        }
        if worker && !named.contains(&at) && number(token).is_some_and(|number| number > BARE_NUMBER_MAX) {
            say(format!("the number {} wants a named constant with its unit and reason", token.text));
        }
    }
    findings
}

/// `reader.expect("…")?` is a parser's own word: what it returns is passed on, and nothing stops.
fn is_passed_on(file: &File, at: usize) -> bool {
    let depth = file.tokens[at].depth;
    let closing = file.tokens.iter().skip(at).position(|token| token.depth == depth && token.text == ")");
    closing.is_some_and(|offset| file.says(at + offset + 1, &["?"]))
}

fn is_float(token: &Token) -> bool {
    let text = token.text.as_str();
    if !token.literal {
        return matches!(text, "f32" | "f64");
    }
    let number = text.starts_with(|first: char| first.is_ascii_digit()) && !text.starts_with("0x");
    number && (text.contains('.') || text.ends_with("f32") || text.ends_with("f64"))
}

/// A whole number's value, without its separators and type.
fn number(token: &Token) -> Option<u64> {
    let text = token.text.replace('_', "");
    let digits =
        text.find(|character: char| !character.is_ascii_digit()).map_or(text.as_str(), |end| &text[..end]);
    if token.literal { digits.parse().ok() } else { None }
}

/// Places of numbers that stand in a constant or static, which is their name.
fn named_numbers(file: &File) -> BTreeSet<usize> {
    let mut named = BTreeSet::new();
    for (at, token) in file.tokens.iter().enumerate() {
        if matches!(token.text.as_str(), "const" | "static") && !token.literal {
            let end = |(_, other): &(usize, &Token)| {
                other.depth < token.depth || (other.depth == token.depth && other.text == ";")
            };
            let length = file.tokens.iter().enumerate().skip(at).take_while(|pair| !end(pair)).count();
            named.extend(at..at + length);
        }
    }
    named
}

/// `const NAME: usize`, or another type that bounds have.
fn is_bound(file: &File, at: usize) -> bool {
    let text = |offset: usize| file.tokens.get(at + offset).map_or("", |token| token.text.as_str());
    let name = text(1);
    let parameter = at > 0 && matches!(file.tokens[at - 1].text.as_str(), "<" | ",");
    text(0) == "const"
        && !parameter
        && !file.tokens[at].of_trait
        && !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_')
        && text(2) == ":"
        && BOUND_TYPES.contains(&text(3))
}

/// Whether a doc comment stands before the item whose keyword is at `at`; attributes may stand between.
fn has_doc(file: &File, at: usize) -> bool {
    let mut before = at;
    while before > 0 {
        before -= 1;
        match file.tokens[before].text.as_str() {
            "pub" | "crate" | "super" | "(" | ")" | "#" => {}
            "]" => {
                let depth = file.tokens[before].depth;
                while before > 0 && !(file.tokens[before].text == "[" && file.tokens[before].depth == depth) {
                    before -= 1;
                }
                if file.says(before, &["[", "doc"]) {
                    return true;
                }
            }
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        let sources = [Source { path: path.into(), text: text.into() }];
        look(&sources).0.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn what_does_not_repeat_is_found_where_it_must() {
        for (code, bad) in [
            ("fn a() { let x = 1.5; }", true),
            ("fn a(x: f64) {}", true),
            ("fn a() { Utc::now() }", true),
            ("fn a() { std::time::Instant::now() }", true),
            ("fn a() { let t = \"f64 and Utc::now()\"; }", false),
            ("fn a() { for i in 0..5 {} }", false),
            ("fn a() { pair.0.1 }", false),
            ("#[cfg(test)] mod tests { fn a() { Utc::now() } }", false),
        ] {
            assert_eq!(!messages("domain/src/a.rs", code).is_empty(), bad, "{code}");
        }
        assert!(messages("replay-tool/src/a.rs", "fn a() { let x = 1.5; }").is_empty());
    }

    #[test]
    fn stopping_and_printing_are_found() {
        assert_eq!(
            messages("src/a.rs", "fn a() { b().unwrap(); c.expect(\"d\"); println!(\"e\") }").len(),
            3
        );
        assert_eq!(messages("xtask/src/a.rs", "fn a() { b().unwrap(); println!(\"e\") }").len(), 1);
        assert!(messages("src/a.rs", "fn a() { b().unwrap_or_default(); self.expect_end() }").is_empty());
        assert!(
            messages("src/a.rs", "#[expect(clippy::panic, reason = \"asked for\")] fn a() { panic!() }")
                .is_empty()
        );
        assert!(messages("src/a.rs", "fn a() -> Option<()> { reader.expect(\"{\")?; }").is_empty());
        assert!(messages("domain/tests/a.rs", "fn a() { b().unwrap() }").is_empty());
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_left_alone() {
        let sources = [
            Source { path: "domain/src/lib.rs".into(), text: "#[cfg(test)] mod scenario;".into() },
            Source { path: "domain/src/scenario.rs".into(), text: "fn a() { b.unwrap() }".into() },
        ];
        assert_eq!(look(&sources).0, []);
    }

    #[test]
    fn bounds_say_why_and_numbers_have_names() {
        assert_eq!(messages("src/a.rs", "pub const MAX: usize = 3;").len(), 1);
        assert!(
            messages("src/a.rs", "/// Three, because.\n#[allow(x)]\npub(crate) const MAX: usize = 3_000;")
                .is_empty()
        );
        assert_eq!(messages("src/a.rs", "fn a() { b(5_000) }").len(), 1);
        assert!(messages("src/a.rs", "fn a() -> u16 { 404 }").is_empty());
        assert!(
            messages("src/a.rs", "const fn a() {} const _: () = (); fn b<const N: usize>() {}").is_empty()
        );
        assert!(messages("src/a.rs", "impl Aggregate for A { const STATE_VERSION: u32 = 1; }").is_empty());
        assert_eq!(messages("src/a.rs", "impl A { const MAX: u32 = 1; }").len(), 1);
    }

    #[test]
    fn long_functions_are_said() {
        let text = format!("fn a() {{\n{}}}\n", "b();\n".repeat(FUNCTION_LINES_MAX));
        let (_, sizes) = look(&[Source { path: "src/a.rs".into(), text }]);
        assert_eq!(sizes[0].place, "src/a.rs::a");
    }
}
