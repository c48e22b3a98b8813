//! The command line, as clap reads it.

mod settling;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use domain::journal::PublicKey;
use domain::stream::StreamId;

pub use self::settling::{OneEvent, ReconcileArgs, WhatIfArgs};
use crate::output::Color;

/// Fetches, verifies, reads and explains Hangtag's logs.
///
/// Exit codes: 0 fine, 1 a difference was found, 2 it could not be done. Logs hold no personal data, and
/// nothing here adds any: people appear as opaque ids, consignors as their numbers.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_display_order = 900)]
pub struct Common {
    /// Answer in JSON, for programs.
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colour; the variable `NO_COLOR` is respected.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Show and read times in this IANA zone [default: the event's, else UTC].
    #[arg(long, global = true, value_name = "ZONE", conflicts_with = "utc")]
    pub zone: Option<String>,
    /// Show and read times in UTC.
    #[arg(long, global = true)]
    pub utc: bool,
    /// Threads that check a file [default: one per core].
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring an event's logs (its own, its sessions', …) into a folder.
    ///
    /// Can be interrupted and repeated: what is there is verified and continued, never fetched twice. Every
    /// entry is verified as it comes.
    Fetch(Fetch),
    /// Check exported logs: every hash, every number, first and last line.
    ///
    /// Names the first thing that does not hold, by entry and line; exit code 1 then. Heads that the
    /// organization's log witnessed, and signed checkpoints, are held against the logs too.
    Verify(VerifyArgs),
    /// Read entries, by kind, actor, time or text.
    Log(LogArgs),
    /// Tell a receipt's story (short for `explain receipt`).
    Receipt(ReceiptArgs),
    /// Tell the story of one thing, with the entries that say so.
    Explain {
        #[command(subcommand)]
        what: Explain,
    },
    /// Show a stream's state as it was after an entry or at a moment.
    State(StateArgs),
    /// Show what changed in a stream between two entries or moments; exit code 1 when something did.
    Diff(DiffArgs),
    /// Is everything in order? Verifies all logs, does every receipt's sums again, compares the logs.
    ///
    /// With --live the platform is asked as well: do its rows follow its logs, does a stream stand still, did a
    /// queue give up on a message, is a conflict or a difference open, are these its logs? Exit code 1 when there is
    /// a problem; warnings are only told.
    Doctor(DoctorArgs),
    /// Rebuild the read models from the logs, in an SQLite database.
    ///
    /// The same projections and tables as the platform's. An existing database is continued where its
    /// checkpoints stand. With --compare, exit code 1 when any row differs.
    Project(ProjectArgs),
    /// Settle a past event under another commission plan or rounding, side by side with the rules.
    ///
    /// A recalculation: what shoppers would have bought does not change with it, and nothing is written.
    WhatIf(Box<WhatIfArgs>),
    /// Compare a store's exports with what the logs say it should have.
    ///
    /// Every difference once, classified as the platform does, with both sides' evidence; exit code 1 when there
    /// is one. Exports hold personal data: none of it is shown, unless --reveal asks for it.
    Reconcile(Box<ReconcileArgs>),
    /// Copy logs without texts, names, people and evidence, for sharing.
    ///
    /// The copies say what they are copies of; their hashes are their own, and `verify` says so.
    Redact(RedactArgs),
    /// Write a completion script for a shell.
    Completions {
        /// For which shell.
        shell: Shell,
    },
    /// Write the manual page (of a command, where one is named).
    Man {
        /// The command.
        command: Option<String>,
    },
}

/// Where the logs are.
#[derive(Debug, Args)]
pub struct Logs {
    /// Log files, or folders of them; - for the standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
}

/// Where the platform is, and who asks.
#[derive(Debug, Args)]
pub struct Api {
    /// The platform's address.
    #[arg(
        long = "api",
        env = "HANGTAG_API",
        value_name = "URL",
        default_value = "http://demo.localhost:8787"
    )]
    pub address: String,
    /// A token with the support role (or more).
    #[arg(long, env = "HANGTAG_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// A command that prints a fresh token; asked when there is none, or it has run out.
    #[arg(long, env = "HANGTAG_TOKEN_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub token_command: Option<String>,
}

/// Options of `fetch`.
#[derive(Debug, Args)]
pub struct Fetch {
    /// The event: its id, its number in the organization, or its name.
    pub event: Option<String>,
    /// Fetch these streams instead of an event's.
    #[arg(long = "stream", value_name = "STREAM", conflicts_with = "event")]
    pub streams: Vec<StreamId>,
    /// The folder to put the logs in.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub into: PathBuf,
    #[command(flatten)]
    pub api: Api,
}

/// Options of `log`.
#[derive(Debug, Args)]
pub struct LogArgs {
    #[command(flatten)]
    pub logs: Logs,
    /// Only these kinds of entries (`session_opened`, `receipt_*`, …).
    #[arg(long = "kind", value_name = "KIND", value_delimiter = ',')]
    pub kinds: Vec<String>,
    /// Only by actors whose id contains this.
    #[arg(long, value_name = "TEXT")]
    pub actor: Option<String>,
    /// Only entries that hold this text, whatever the case.
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// Only entries recorded at this time or later.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only entries recorded before this time.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Only from this entry on.
    #[arg(long, value_name = "SEQ")]
    pub from: Option<u64>,
    /// Only up to this entry.
    #[arg(long, value_name = "SEQ")]
    pub to: Option<u64>,
    /// At most so many entries.
    #[arg(long, short = 'n', value_name = "N")]
    pub limit: Option<u64>,
    /// Show the payloads whole.
    #[arg(long)]
    pub payload: bool,
    /// Read this stream from the platform instead of files.
    #[arg(long, value_name = "STREAM", conflicts_with = "paths")]
    pub stream: Option<StreamId>,
    /// Go on showing new entries as they come.
    #[arg(long, short = 'f', requires = "stream")]
    pub follow: bool,
    #[command(flatten)]
    pub api: Api,
}

/// Options of `explain receipt`.
#[derive(Debug, Args)]
pub struct ReceiptArgs {
    /// The receipt's id (or the beginning of it), or its number.
    pub receipt: String,
    #[command(flatten)]
    pub logs: Logs,
}

/// What to explain.
#[derive(Debug, Subcommand)]
pub enum Explain {
    /// A receipt: when, where, what, how much, whose share, and whether the sums are right.
    ///
    /// Exit code 1 when they are not.
    Receipt(ReceiptArgs),
    /// An item: everything that happened to one tag.
    Item {
        /// The tag, as printed or keyed.
        tag: String,
        #[command(flatten)]
        logs: Logs,
    },
    /// A consignor: what they brought, what was sold, and what they can expect.
    Consignor {
        /// The consignor's number.
        number: u32,
        #[command(flatten)]
        logs: Logs,
    },
    /// A statement: every cent that a consignor gets or owes, with its rule and its entries.
    ///
    /// The one on record, calculated again from the logs; a preview where nothing is settled yet. Exit code 1
    /// when the record and the calculation differ.
    Statement {
        /// The consignor's number.
        number: u32,
        #[command(flatten)]
        event: OneEvent,
    },
    /// A payout: what became of it, and the statement behind it.
    ///
    /// Exit code 1 when the payout is not what the logs come to.
    Payout {
        /// The payout's number in the event, or the number of the cheque or transfer.
        payout: String,
        #[command(flatten)]
        event: OneEvent,
    },
    /// A settlement as a whole: its trial balance, its checks, every statement in one line.
    ///
    /// Exit code 1 when it does not balance, or the record and the calculation differ.
    Settlement {
        #[command(flatten)]
        event: OneEvent,
    },
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    pub logs: Logs,
    /// A signed checkpoint that the logs must still have. May be given several times.
    #[arg(long = "checkpoint", value_name = "FILE")]
    pub checkpoints: Vec<PathBuf>,
    /// The platform's keys, as saved from its /.well-known/hangtag-keys.json.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// A key of the platform's that was learned otherwise: 64 hex digits. May be given several times.
    #[arg(long = "key", value_name = "HEX", value_parser = public_key)]
    pub key: Vec<PublicKey>,
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    replay_tool::witness::key_of(text).ok_or_else(|| "a key is 64 lower-case hex digits".to_owned())
}

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Log files, or folders of them; - for the standard input [default: ., with --live none].
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Ask the platform as well.
    #[arg(long)]
    pub live: bool,
    #[command(flatten)]
    pub api: Api,
}

/// Options of `redact`.
#[derive(Debug, Args)]
pub struct RedactArgs {
    #[command(flatten)]
    pub logs: Logs,
    /// The folder to put the copies in.
    #[arg(long, value_name = "FOLDER")]
    pub into: PathBuf,
}

/// Which stream, where several logs are at hand.
#[derive(Debug, Args)]
pub struct OneLog {
    #[command(flatten)]
    pub logs: Logs,
    /// Only streams whose name contains this (an id, or organization, event, session).
    #[arg(long, value_name = "TEXT")]
    pub stream: Option<String>,
    /// List every item, not only how many stand where.
    #[arg(long)]
    pub items: bool,
}

/// Options of `state`.
#[derive(Debug, Args)]
pub struct StateArgs {
    /// After this entry, or at this time [default: the end of the log].
    #[arg(long, value_name = "SEQ|TIME")]
    pub at: Option<String>,
    #[command(flatten)]
    pub log: OneLog,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier moment: an entry's number, or a time.
    #[arg(long, value_name = "SEQ|TIME")]
    pub from: String,
    /// The later moment [default: the end of the log].
    #[arg(long, value_name = "SEQ|TIME")]
    pub to: Option<String>,
    #[command(flatten)]
    pub log: OneLog,
}

/// Options of `project`.
#[derive(Debug, Args)]
pub struct ProjectArgs {
    #[command(flatten)]
    pub logs: Logs,
    /// The database to write; without it, the rows are only kept in memory.
    #[arg(long, value_name = "FILE")]
    pub into: Option<PathBuf>,
    /// Compare row by row with another database: an SQLite file, or the platform's export as .sql.
    #[arg(long, value_name = "FILE")]
    pub compare: Option<PathBuf>,
}
