//! What a person may ask of us: everything that is kept about them, and that it be destroyed.

pub mod export;
mod mentions;
pub mod subject;
