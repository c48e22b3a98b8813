//! Writing for a person at a terminal, for a pipe, or for a program.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What a piece of text means; its colour follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// A heading.
    Title,
    /// Evidence and other small print.
    Faint,
    /// It holds.
    Good,
    /// Worth a look.
    Warning,
    /// It does not hold.
    Bad,
}

impl Tone {
    const fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Title => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

/// The standard output.
pub struct Out {
    stream: BufWriter<StdoutLock<'static>>,
    color: bool,
    json: bool,
    terminal: bool,
}

impl Out {
    pub fn new(color: Color, json: bool) -> Self {
        let stdout = io::stdout();
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
        };
        let terminal = stdout.is_terminal();
        Self { stream: BufWriter::new(stdout.lock()), color: color && !json, json, terminal }
    }

    /// Whether a program reads.
    pub const fn json(&self) -> bool {
        self.json
    }

    /// `text` in the colour of `tone`, where colour is wanted.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color || tone == Tone::Plain || text.is_empty() {
            return text.to_owned();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }

    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes())?;
        self.stream.write_all(b"\n")
    }

    pub fn toned(&mut self, tone: Tone, text: &str) -> io::Result<()> {
        let painted = self.paint(tone, text);
        self.line(&painted)
    }

    /// One JSON document on a line.
    pub fn document(&mut self, document: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.stream, document)?;
        self.stream.write_all(b"\n")
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }

    /// A small table: columns aligned, a ruled heading on a terminal.
    pub fn table(&mut self, table: &Table) -> io::Result<()> {
        let widths = table.widths();
        let heading: Vec<Cell> = table
            .columns
            .iter()
            .map(|column| Cell { text: column.title.to_owned(), tone: Tone::Title })
            .collect();
        self.row(table, &widths, &heading)?;
        if self.terminal {
            let rule: Vec<Cell> =
                widths.iter().map(|width| Cell { text: "─".repeat(*width), tone: Tone::Faint }).collect();
            self.row(table, &widths, &rule)?;
        }
        for row in &table.rows {
            self.row(table, &widths, row)?;
        }
        Ok(())
    }

    fn row(&mut self, table: &Table, widths: &[usize], cells: &[Cell]) -> io::Result<()> {
        let mut written = String::new();
        for ((cell, column), width) in cells.iter().zip(&table.columns).zip(widths) {
            if !written.is_empty() {
                written.push_str("  ");
            }
            let padding = " ".repeat(width.saturating_sub(chars(&cell.text)));
            let painted = self.paint(cell.tone, &cell.text);
            match column.align {
                Align::Left => written.extend([painted, padding]),
                Align::Right => written.extend([padding, painted]),
            }
        }
        self.line(written.trim_end())
    }
}

/// Which edge a column's cells share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// A column's heading.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub title: &'static str,
    pub align: Align,
}

/// A cell's text and meaning.
#[derive(Debug, Clone)]
pub struct Cell {
    pub text: String,
    pub tone: Tone,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, tone: Tone::Plain }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Cell {
    pub fn toned(tone: Tone, text: impl Into<String>) -> Self {
        Self { text: text.into(), tone }
    }
}

/// Rows that fit in memory.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub fn new(columns: &[(&'static str, Align)]) -> Self {
        Self {
            columns: columns.iter().map(|(title, align)| Column { title, align: *align }).collect(),
            rows: Vec::new(),
        }
    }

    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        self.rows.push(row.into_iter().collect());
    }

    fn widths(&self) -> Vec<usize> {
        self.columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| chars(&cell.text));
                cells.max().unwrap_or(0).max(chars(column.title))
            })
            .collect()
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// Text from a log, safe for a terminal: control characters are shown, not obeyed.
pub fn tame(text: &str) -> String {
    if text.chars().any(char::is_control) {
        text.chars()
            .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
            .collect()
    } else {
        text.to_owned()
    }
}

/// Says something that is no part of the answer.
pub fn remark(text: &str) {
    anstream::eprintln!("{text}");
}

/// Says why it could not be done.
pub fn complain(text: &str) {
    let style = Tone::Bad.style();
    remark(&format!("{style}error:{style:#} {text}"));
}

/// Whoever read us has had enough (`| head`): that is no error.
pub fn ended_early() -> ! {
    std::process::exit(0)
}
