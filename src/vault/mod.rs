//! Personal data, apart from the log: sealed per person, the keys apart from the data.
//!
//! Each person (a subject) has a data key of their own, wrapped by the deployment's `VAULT_KEY`; each value is
//! sealed with that data key and bound to its organization, subject and field. Erasing a person destroys the
//! data key: the log and its hashes stay as they are, and what is left cannot be read by anyone.
//!
//! | subject | whose |
//! |---|---|
//! | `consignor:{number}` | a consignor's account: name, mail, telephone, address, bank account, tax number |
//! | `consignor:{number}/note:{id}` | a note about them, as entries refer to it; erased with them |
//! | `person:{id}` | somebody who signs in, as the identity provider knows them |
//! | `invitation:{id}` | somebody who was invited, until they come |
//! | `address:{id}` | a shopper who wants one mail, until it is sent |
//! | `evidence:{digest}` | a body as an outside service sent it, as entries refer to it |

mod keyring;
mod rotation;
mod seal;
mod store;

pub use rotation::rotate;
pub use seal::MasterKey;
pub use store::{Destroyed, Field, Profile, Vault};
