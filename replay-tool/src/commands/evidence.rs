//! Evidence in few characters: streams get short names, and a legend tells them apart.

use std::io;

use replay_tool::story::Evidence;

use crate::output::{Out, Tone, tame};

/// Short names of the streams that were mentioned, in order of first mention.
#[derive(Debug, Default)]
pub struct Legend {
    streams: Vec<(String, String)>,
}

impl Legend {
    /// `[S1 #44]`
    pub fn cite(&mut self, evidence: &Evidence) -> String {
        format!("[{} #{}]", self.name(&evidence.stream), evidence.seq)
    }

    /// `[S1 #44.2]`: line 2 of the entry; line 0 is the entry as a whole.
    pub fn cite_line(&mut self, stream: &str, seq: u64, line: u16) -> String {
        let line = if line == 0 { String::new() } else { format!(".{line}") };
        format!("[{} #{seq}{line}]", self.name(stream))
    }

    fn name(&mut self, stream: &str) -> String {
        if let Some((_, name)) = self.streams.iter().find(|(known, _)| known == stream) {
            return name.clone();
        }
        let letter =
            stream.split('/').nth(1).and_then(|kind| kind.chars().next()).unwrap_or('?').to_ascii_uppercase();
        let number = 1 + self.streams.iter().filter(|(_, name)| name.starts_with(letter)).count();
        let name = format!("{letter}{number}");
        self.streams.push((stream.to_owned(), name.clone()));
        name
    }

    /// Tells which stream is which.
    pub fn show(&self, out: &mut Out) -> io::Result<()> {
        if self.streams.is_empty() {
            return Ok(());
        }
        out.line("")?;
        for (stream, name) in &self.streams {
            let text = format!("{name} = {stream}");
            out.toned(Tone::Faint, &text)?;
        }
        Ok(())
    }
}

/// An actor in a table: other streams by their kind, the rest as it is.
pub fn actor(text: &str) -> String {
    match text.strip_prefix("stream:") {
        Some(stream) => format!("the {}", tame(stream.split('/').nth(1).unwrap_or("stream"))),
        None => tame(text),
    }
}
