//! One generic log host, and the five Durable Object classes that are thin shells over it.
//!
//! | file | role |
//! |---|---|
//! | `client` | the one door for callers |
//! | `wire` | what passes through it |
//! | `received` | a command's envelope, bounded and digested |
//! | `log` | the engine: a log with its hot state, waking and forgetting; no runtime in it |
//! | `append` | its one write: decide, append, evolve |
//! | `replies` | a repeated command gets its first reply |
//! | `keys` | entries that commands ask for by key |
//! | `read` | its readings: questions, pages |
//! | `store`, `schema` | the statements, and the tables that they touch |
//! | `snapshot` | the hot state, cached |
//! | `database`, `transaction` | SQLite, and SQLite in an object |
//! | `host` | the shell: requests, sockets, alarm around one engine |
//! | `live` | hibernating sockets: catch-up, then each new entry |
//! | `presence` | when a listener last pinged |
//! | `outbox` | when to tell the projector that the log has advanced |
//! | `patience` | how long to wait after a failure |
//! | `alarm` | the one alarm: everything that is due, each by itself |
//! | `timers`, `witness` | what is to be done later; the daily witness in the organization's log |
//! | `deliveries` | handing commands to other objects |
//! | `archive` | closed runs of the log in R2, and reading them there |
//! | `import` | a log from its exports, into an object that never began |
//! | `classes` | the five classes |
//! | `socket_commands` | commands over a listener's own socket |
//! | `contract` | what a store must do, as scenarios for any store |
//! | `standing` | who may not speak here any more: suspended organizations, ended rights |
//! | `testing` | faults on demand, in test environments only |

mod alarm;
mod append;
pub mod archive;
mod classes;
pub mod client;
mod contract;
#[cfg(test)]
mod contract_tests;
#[cfg(test)]
mod custody_tests;
mod database;
mod deliveries;
#[cfg(test)]
mod hall;
mod holds;
mod host;
mod import;
#[cfg(test)]
mod import_tests;
mod keys;
mod limits;
mod live;
mod log;
pub mod outbox;
mod patience;
mod presence;
mod read;
mod received;
mod replies;
mod schema;
mod snapshot;
#[cfg(test)]
mod snapshot_tests;
mod socket_commands;
mod standing;
mod store;
#[cfg(test)]
mod store_tests;
mod telling;
pub mod testing;
#[cfg(test)]
mod timer_tests;
mod timers;
mod transaction;
mod wake;
mod wire;
mod witness;
