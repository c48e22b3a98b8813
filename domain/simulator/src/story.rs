//! What happened, in words: printed when a seed fails.

/// Lines kept; a failing run is short, and the end is what matters.
const MAX_LINES: usize = 4_000;

/// A run's story.
#[derive(Debug, Default)]
pub struct Story {
    lines: Vec<String>,
    dropped: usize,
}

impl Story {
    /// Adds a line at `now` (ms since the run began).
    pub fn tell(&mut self, now: i64, line: impl AsRef<str>) {
        if self.lines.len() == MAX_LINES {
            self.lines.remove(0);
            self.dropped += 1;
        }
        let seconds = now / 1_000;
        self.lines.push(format!(
            "{:3}:{:02}.{:03}  {}",
            seconds / 60,
            seconds % 60,
            now % 1_000,
            line.as_ref()
        ));
    }

    /// The lines that mention any of `words`, or all of them when there are no words.
    #[must_use]
    pub fn about(&self, words: &[String]) -> Vec<&str> {
        let relevant =
            |line: &&String| words.is_empty() || words.iter().any(|word| line.contains(word.as_str()));
        self.lines.iter().filter(relevant).map(String::as_str).collect()
    }
}
