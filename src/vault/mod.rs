//! Personal data, apart from the log: sealed per person, the keys apart from the data.
//!
//! Each person (a subject) has a data key of their own, wrapped by the deployment's `VAULT_KEY`; each value is
//! sealed with that data key and bound to its organization, subject and field. Erasing a person destroys the
//! data key: the log and its hashes stay as they are, and what is left cannot be read by anyone.

mod seal;
mod store;

pub use seal::MasterKey;
pub use store::{Field, Profile, Vault};
