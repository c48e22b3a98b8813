//! What people see: one line per step, a spinner while a step lasts on a terminal, plain lines elsewhere.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the spinner turns; below ~100 ms it costs more than it shows.
const SPINNER_TICK: Duration = Duration::from_millis(120);

/// A step shorter than this is not worth a line of its own on a second start.
const WORTH_A_LINE: Duration = Duration::from_millis(400);

/// Characters of a tool's last output line that fit beside the spinner.
const DETAIL_CHARS_MAX: usize = 60;

static QUIET: AtomicBool = AtomicBool::new(false);

/// Silences everything but results and errors.
pub fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Prints a line of result: shown even when quiet.
pub fn result(line: impl AsRef<str>) {
    // A reader that went away (`| head`) is no error of ours.
    let _ = writeln!(std::io::stdout(), "{}", line.as_ref());
}

/// Prints a line of progress: silent when quiet.
pub fn line(line: impl AsRef<str>) {
    if !QUIET.load(Ordering::Relaxed) {
        result(line);
    }
}

/// Prints an error sentence.
pub fn error(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", line.as_ref());
}

/// A step that runs now; tools report their last output line into it.
pub struct Step {
    bar: ProgressBar,
}

impl Step {
    fn start(name: &str) -> Self {
        let visible = std::io::stderr().is_terminal() && !QUIET.load(Ordering::Relaxed);
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner:.green} {prefix} {elapsed:.dim} {msg:.dim}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        if visible {
            bar.enable_steady_tick(SPINNER_TICK);
        }
        Self { bar }
    }

    /// Turns the spinner into a bar of `total` pieces.
    pub fn count(&self, total: u64) {
        self.bar.set_length(total);
        if let Ok(style) = ProgressStyle::with_template(
            "{spinner:.green} {prefix} {bar:30.green} {pos}/{len} {elapsed:.dim} {msg:.dim}",
        ) {
            self.bar.set_style(style);
        }
    }

    /// Moves the bar on.
    pub fn advance(&self, pieces: u64) {
        self.bar.inc(pieces);
    }

    /// Shows what the step is doing now.
    pub fn detail(&self, text: &str) {
        self.bar.set_message(text.trim().chars().take(DETAIL_CHARS_MAX).collect::<String>());
    }
}

/// Runs one step with its name on show, and leaves a line with its time when it took long enough to notice.
///
/// # Errors
/// Whatever the step's work returns.
pub fn step<T>(name: &str, work: impl FnOnce(&Step) -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let outcome = silent_step(name, work);
    let took = started.elapsed();
    if outcome.is_ok() && took >= WORTH_A_LINE {
        line(format!("  {name:<52} {:>7}", seconds(took)));
    }
    outcome
}

/// Runs one step with its name on show; whoever asked says how it went.
///
/// # Errors
/// Whatever the step's work returns.
pub fn silent_step<T>(name: &str, work: impl FnOnce(&Step) -> Result<T>) -> Result<T> {
    let step = Step::start(name);
    let outcome = work(&step);
    step.bar.finish_and_clear();
    outcome
}

/// A duration as people read it: `3.2 s`, `2 min 05 s`.
pub fn seconds(duration: Duration) -> String {
    /// Seconds from which minutes read better.
    const MINUTES_FROM_SECONDS: u64 = 100;
    let whole = duration.as_secs();
    if whole >= MINUTES_FROM_SECONDS {
        format!("{} min {:02} s", whole / 60, whole % 60)
    } else {
        format!("{}.{} s", whole, duration.subsec_millis() / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (milliseconds, expected) in
            [(0, "0.0 s"), (3_249, "3.2 s"), (99_999, "99.9 s"), (125_000, "2 min 05 s")]
        {
            assert_eq!(seconds(Duration::from_millis(milliseconds)), expected);
        }
    }
}
