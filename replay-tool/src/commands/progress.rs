//! Progress of long work, on a terminal only: how many bytes of the files were read.

use std::io::{self, Read};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

/// Files below this are read before a bar could be seen, in bytes.
const WORTH_A_BAR_BYTES: u64 = 16 * 1024 * 1024;

/// A bar over the bytes of some files.
pub struct Progress(ProgressBar);

impl Progress {
    /// Over `files`; hidden where a program reads, or where there is little to read.
    pub fn over(files: &[PathBuf], quiet: bool) -> Self {
        let bytes: u64 = files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
        if quiet || bytes < WORTH_A_BAR_BYTES {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(bytes);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}, {bytes_per_sec}, {eta}")
        {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// `input`, counted as it is read.
    pub fn read<R: Read>(&self, input: R) -> Counted<R> {
        Counted { input, bar: self.0.clone() }
    }

    /// Takes the bar away.
    pub fn done(&self) {
        self.0.finish_and_clear();
    }
}

/// An input that moves a bar.
pub struct Counted<R> {
    input: R,
    bar: ProgressBar,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}
