//! A Rust file as a flat list of tokens that know their line and whether they are test code. Comments are
//! gone, texts are single tokens, and so a rule never trips over either.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// One token; the brackets of groups are tokens too.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about a token, each read by a rule of its own"
)]
pub struct Token {
    /// As written.
    pub text: String,
    /// Counted from one.
    pub line: usize,
    /// How many brackets it stands in.
    pub depth: usize,
    /// Whether it belongs to code that only tests see.
    pub test: bool,
    /// Whether it is a number, text or character.
    pub literal: bool,
    /// Whether it stands in `impl Trait for …`, where the trait has said what things mean.
    pub of_trait: bool,
    /// Whether its item says `#[expect(clippy::…, reason = …)]`: a reason stands beside it already.
    pub excused: bool,
}

/// A function with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name, without its type's.
    pub name: String,
    /// From `fn` to the closing brace.
    pub lines: usize,
    /// The line of its `fn`.
    pub line: usize,
}

/// A file, read.
#[derive(Debug, Default)]
pub struct File {
    /// All tokens in order.
    pub tokens: Vec<Token>,
    /// All functions with a body.
    pub functions: Vec<Function>,
    /// Modules in files of their own that only tests see.
    pub test_modules: Vec<String>,
}

impl File {
    /// Reads a file; `None` when it is not Rust (the compiler says why).
    pub fn read(text: &str) -> Option<Self> {
        let mut file = Self::default();
        file.walk(text.parse::<TokenStream>().ok()?, Place::default());
        Some(file)
    }

    /// Whether the tokens from `at` on are `words`.
    pub fn says(&self, at: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(offset, word)| self.tokens.get(at + offset).is_some_and(|token| token.text == *word))
    }

    fn walk(&mut self, stream: TokenStream, place: Place) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut here = place;
        let mut next = Marks::default();
        for (at, tree) in trees.iter().enumerate() {
            if let Some(Attribute { inner, marks }) = attribute(&trees, at) {
                let marked = if inner { &mut here.marks } else { &mut next };
                *marked = marked.and(marks);
            }
            if is_ident(tree, "impl") {
                here.of_trait = implements_trait(&trees[at..]);
            }
            self.note_item(&trees, at, next.test);
            self.push(tree, Place { marks: here.marks.and(next), ..here });
            if ends_item(tree) {
                next = Marks::default();
                here.of_trait = place.of_trait;
            }
        }
    }

    fn push(&mut self, tree: &TokenTree, place: Place) {
        if let TokenTree::Group(group) = tree {
            let (open, close) = brackets(group.delimiter());
            self.token(open, group.span_open().start().line, place, false);
            self.walk(group.stream(), Place { depth: place.depth + 1, ..place });
            self.token(close, group.span_close().start().line, place, false);
        } else {
            let literal = matches!(tree, TokenTree::Literal(_));
            self.token(&tree.to_string(), tree.span().start().line, place, literal);
        }
    }

    fn token(&mut self, text: &str, line: usize, place: Place, literal: bool) {
        if !text.is_empty() {
            let Place { depth, of_trait, marks: Marks { test, excused } } = place;
            self.tokens.push(Token { text: text.to_owned(), line, depth, test, literal, of_trait, excused });
        }
    }

    /// Remembers a function, or a test module in a file of its own, that begins here.
    fn note_item(&mut self, trees: &[TokenTree], at: usize, test: bool) {
        let (Some(TokenTree::Ident(keyword)), Some(TokenTree::Ident(name))) =
            (trees.get(at), trees.get(at + 1))
        else {
            return;
        };
        if keyword == "mod" && test && trees.get(at + 2).is_some_and(|tree| is_punct(tree, ';')) {
            self.test_modules.push(name.to_string());
        }
        if keyword == "fn"
            && let Some(body) = body(&trees[at..])
        {
            let line = keyword.span().start().line;
            let lines = body.span_close().end().line.saturating_sub(line) + 1;
            self.functions.push(Function { name: name.to_string(), lines, line });
        }
    }
}

/// What surrounds a token.
#[derive(Debug, Default, Clone, Copy)]
struct Place {
    depth: usize,
    of_trait: bool,
    marks: Marks,
}

/// What attributes say of their item.
#[derive(Debug, Default, Clone, Copy)]
struct Marks {
    test: bool,
    excused: bool,
}

impl Marks {
    fn and(self, other: Self) -> Self {
        Self { test: self.test || other.test, excused: self.excused || other.excused }
    }
}

struct Attribute {
    inner: bool,
    marks: Marks,
}

/// The attribute that begins here, if one does.
fn attribute(trees: &[TokenTree], at: usize) -> Option<Attribute> {
    if !is_punct(trees.get(at)?, '#') {
        return None;
    }
    let inner = is_punct(trees.get(at + 1)?, '!');
    let TokenTree::Group(group) = trees.get(at + 1 + usize::from(inner))? else { return None };
    (group.delimiter() == Delimiter::Bracket).then(|| Attribute { inner, marks: marks(group) })
}

/// `#[test]`, `#[some::test]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`, not `#[cfg(not(test))]`; and
/// `#[expect(clippy::…)]`.
fn marks(attribute: &Group) -> Marks {
    let text = attribute.stream().to_string();
    let words: Vec<&str> =
        text.split(|character: char| !character.is_alphanumeric() && character != '_').collect();
    let only_tests = match words.first() {
        Some(&"cfg") => words.contains(&"test") && !words.contains(&"not"),
        Some(&"doc" | &"cfg_attr" | &"expect") | None => false,
        Some(_) => words.last() == Some(&"test"),
    };
    Marks { test: only_tests, excused: words.first() == Some(&"expect") && words.contains(&"clippy") }
}

/// Whether the `impl` that begins here is one of a trait: `impl … for … {`.
fn implements_trait(trees: &[TokenTree]) -> bool {
    trees.iter().take_while(|tree| !ends_item(tree)).any(|tree| is_ident(tree, "for"))
}

fn is_ident(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

fn ends_item(tree: &TokenTree) -> bool {
    is_punct(tree, ';') || matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// The body of the function that begins here; a trait's promise of one has none.
fn body(trees: &[TokenTree]) -> Option<&Group> {
    for tree in trees {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return Some(group),
            tree if is_punct(tree, ';') => return None,
            _ => {}
        }
    }
    None
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests_in(text: &str) -> Vec<String> {
        let file = File::read(text).expect("Rust");
        file.tokens.into_iter().filter(|token| token.test).map(|token| token.text).collect()
    }

    #[test]
    fn test_code_is_told_from_the_rest() {
        assert!(tests_in("fn a() { b.unwrap() }").is_empty());
        assert!(tests_in("#[cfg(test)] mod t { fn a() { x } } fn b() { y }").contains(&"x".to_owned()));
        assert!(!tests_in("#[cfg(test)] mod t { fn a() { x } } fn b() { y }").contains(&"y".to_owned()));
        assert!(tests_in("#[cfg(not(test))] fn a() { x }").is_empty());
        assert!(tests_in("#[test] fn a() { x }").contains(&"x".to_owned()));
        assert!(tests_in("#![cfg(test)] fn a() { x }").contains(&"x".to_owned()));
        assert!(tests_in("/// a test\nfn a() { x }").is_empty());
    }

    #[test]
    fn functions_have_their_lines() {
        let file =
            File::read("trait T { fn promised(); }\nfn whole(\n  a: u8,\n) -> u8 {\n  a\n}\n").expect("Rust");
        assert_eq!(file.functions, [Function { name: "whole".into(), lines: 5, line: 2 }]);
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_named() {
        let file = File::read("mod a; #[cfg(test)] mod scenario; mod b { }").expect("Rust");
        assert_eq!(file.test_modules, ["scenario"]);
    }
}
