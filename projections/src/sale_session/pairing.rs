//! `pairing`: codes by which terminals pair, and who took them up.

use domain::sale_session::Event;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(pairing where (organization, session));

/// The same code may be offered again later: the newest offer counts.
const OFFER: &Sql = insert!(pairing (organization, session, code_digest, expires_at, offered_at, terminal)
    "ON CONFLICT (organization, session, code_digest) DO UPDATE SET
        expires_at = excluded.expires_at, offered_at = excluded.offered_at, terminal = NULL");
const TAKE: &Sql = update!(pairing set (terminal) where (organization, session, code_digest));

#[derive(Serialize)]
struct Offer<'a> {
    organization: &'a str,
    session: &'a str,
    code_digest: String,
    expires_at: i64,
    offered_at: i64,
    terminal: Option<&'a str>,
}

#[derive(Serialize)]
struct Taken<'a> {
    organization: &'a str,
    session: &'a str,
    code_digest: String,
    terminal: String,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::PairingOffered(offer) => writes.write(
            OFFER,
            [Offer {
                organization: &at.organization,
                session: &at.id,
                code_digest: offer.code_digest.to_string(),
                expires_at: offer.expires_at,
                offered_at: at.entry.recorded_at,
                terminal: None,
            }],
        ),
        Event::TerminalPaired(paired) => writes.write(
            TAKE,
            [Taken {
                organization: &at.organization,
                session: &at.id,
                code_digest: paired.code_digest.to_string(),
                terminal: paired.terminal.to_string(),
            }],
        ),
        _ => Ok(()),
    }
}
