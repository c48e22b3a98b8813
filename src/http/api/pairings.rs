//! Pairing a terminal: an organizer gets a short code, a device takes it up once and holds a token from then on.

use domain::ids::{Actor, SessionId, TerminalId};
use domain::rejection::{Refusal, Rejection};
use domain::sale_session::{Command, Event, SaleSession};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::adapters::random::{NoRandomness, fresh_uuid};
use crate::http::command::{CommandHeaders, Commanding, Position, Reply, events_of};
use crate::http::edge::{Edge, MS_PER_S};
use crate::http::extract::{Named, Told};
use crate::http::fresh::settle;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::terminal_token::{
    TerminalToken, fresh_pairing_code, grouped_code, pairing_code_digest, pairing_code_digits,
};
use crate::http::time::instant;
use crate::vault::Vault;

/// Wrong codes that an organization's terminals may key per minute: people mistype a few, guessing 10^8 codes at
/// this pace takes six years.
const WRONG_CODES_PER_MINUTE_MAX: u32 = 30;

/// One minute, ms.
const MINUTE_MS: i64 = 60_000;

/// A code by which one terminal may pair.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairingOffer {
    /// To be keyed at the terminal; shown once.
    #[schema(example = "482 913 07")]
    pub code: String,
    /// Until when it counts.
    pub expires_at: String,
    #[serde(flatten)]
    /// Where the session's log stands.
    pub position: Position,
}

/// Offers a code. Every call makes a fresh one: a code is not kept, so it cannot be said twice.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/pairings",
    tag = "terminals",
    params(("session" = String, Path, description = "The session's id"), CommandHeaders),
    responses((status = 201, body = PairingOffer), Problems)
)]
#[worker::send]
pub async fn offer_pairing(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(session): Named<SessionId>,
) -> Result<Reply<PairingOffer>, EdgeError> {
    let key = Vault::master_key(&edge)?;
    let code = fresh_pairing_code()?;
    let code_digest = pairing_code_digest(&key, &tenant.id().to_string(), &code);
    let stream = tenant.session(session);
    let accepted = once(&edge, commanding.actor)?
        .send::<SaleSession>(&edge, &stream, Command::OfferPairing { code_digest })
        .await?;
    let expires_at = events_of::<SaleSession>(&accepted)?.into_iter().find_map(|happened| match happened {
        Event::PairingOffered(offered) => Some(offered.expires_at),
        _ => None,
    });
    let expires_at =
        expires_at.ok_or_else(|| EdgeError::Internal("the session's reply names no offer".into()))?;
    // The terminal finds its session by the code, in the read model.
    settle(&edge, &stream, accepted.seq).await;
    let position = Position::from(&accepted);
    Ok(Reply::created(
        &accepted,
        PairingOffer { code: grouped_code(&code), expires_at: instant(expires_at), position },
    ))
}

/// A device that takes up a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingClaim {
    /// As keyed; spaces and hyphens don't matter.
    #[schema(example = "482 913 07")]
    pub code: String,
    /// The terminal's name in the hall.
    #[schema(example = "Till 3", max_length = 40)]
    pub name: String,
}

/// What a terminal holds from now on.
#[derive(Serialize, ToSchema)]
pub struct PairedTerminal {
    /// Its id.
    pub terminal: String,
    /// Its session.
    pub session: String,
    /// For `Authorization: Bearer`; shown once.
    #[schema(example = "hgt_…")]
    pub token: String,
    /// The organization's id.
    pub organization: String,
    #[serde(flatten)]
    /// Where the session's log stands.
    pub position: Position,
}

#[derive(Deserialize)]
struct PairingRow {
    session: String,
}

#[derive(Deserialize)]
struct AttemptsRow {
    attempts: u32,
}

const SELECT_PAIRING: &str = "SELECT session FROM pairing WHERE organization = ?1 AND code_digest = ?2
    ORDER BY offered_at DESC LIMIT 1";

const SELECT_ATTEMPTS: &str =
    "SELECT attempts FROM edge_wrong_code WHERE organization = ?1 AND minute = CAST(?2 AS INTEGER)";

const COUNT_ATTEMPT: &str =
    "INSERT INTO edge_wrong_code (organization, minute, attempts) VALUES (?1, CAST(?2 AS INTEGER), 1)
    ON CONFLICT (organization, minute) DO UPDATE SET attempts = attempts + 1";

/// Takes up a code. A code counts once and for some minutes; the session decides.
#[utoipa::path(
    post,
    path = "/api/v1/pairings/claim",
    tag = "terminals",
    security(()),
    request_body = PairingClaim,
    responses((status = 201, body = PairedTerminal), Problems)
)]
#[worker::send]
pub async fn claim_pairing(
    edge: Edge,
    tenant: Tenant,
    Told(claim): Told<PairingClaim>,
) -> Result<Reply<PairedTerminal>, EdgeError> {
    refuse_guessing(&edge, &tenant).await?;
    match claimed(&edge, &tenant, claim).await {
        Err(EdgeError::Rejected(rejection)) if rejection.code == unusable().code => {
            let minute = edge.now().div_euclid(MINUTE_MS).to_string();
            tenant.rows(&edge).run(COUNT_ATTEMPT, &[Value::Text(&minute)]).await?;
            Err(EdgeError::Rejected(unusable()))
        }
        outcome => outcome,
    }
}

async fn refuse_guessing(edge: &Edge, tenant: &Tenant) -> Result<(), EdgeError> {
    let minute = edge.now().div_euclid(MINUTE_MS).to_string();
    let row: Option<AttemptsRow> = tenant.rows(edge).first(SELECT_ATTEMPTS, &[Value::Text(&minute)]).await?;
    if row.is_some_and(|row| row.attempts >= WRONG_CODES_PER_MINUTE_MAX) {
        let left_ms = MINUTE_MS - edge.now().rem_euclid(MINUTE_MS);
        let retry_after_s = u32::try_from(left_ms / MS_PER_S + 1).unwrap_or(1);
        return Err(EdgeError::TooMany { retry_after_s });
    }
    Ok(())
}

async fn claimed(
    edge: &Edge,
    tenant: &Tenant,
    claim: PairingClaim,
) -> Result<Reply<PairedTerminal>, EdgeError> {
    let digits = pairing_code_digits(&claim.code).ok_or_else(|| EdgeError::Rejected(unusable()))?;
    let code_digest = pairing_code_digest(&Vault::master_key(edge)?, &tenant.id().to_string(), &digits);
    let row: Option<PairingRow> =
        tenant.rows(edge).first(SELECT_PAIRING, &[Value::Text(&code_digest.to_string())]).await?;
    let session: SessionId =
        row.and_then(|row| row.session.parse().ok()).ok_or_else(|| EdgeError::Rejected(unusable()))?;
    let token = TerminalToken::generate(session)?;
    let terminal = TerminalId(fresh_uuid(edge.now())?);
    let command = Command::Pair { code_digest, terminal, name: claim.name, token_digest: token.digest() };
    let accepted = once(edge, Actor::Terminal(terminal))?
        .send::<SaleSession>(edge, &tenant.session(session), command)
        .await?;
    let paired = PairedTerminal {
        terminal: terminal.to_string(),
        session: session.to_string(),
        token: token.reveal().to_owned(),
        organization: tenant.id().to_string(),
        position: Position::from(&accepted),
    };
    Ok(Reply::created(&accepted, paired))
}

/// Secrets are made fresh for each request, so a repeated one is a new one.
fn once(edge: &Edge, actor: Actor) -> Result<Commanding, NoRandomness> {
    Ok(Commanding { id: format!("once-{}", fresh_uuid(edge.now())?), actor, if_match: None })
}

/// One answer to every code that does not count, whatever the reason: guessing learns nothing.
fn unusable() -> Rejection {
    Rejection::new(
        Refusal::Rule,
        "TRM-4",
        "pairing_code_unusable",
        "a code that was used, expired or never offered",
        "a fresh code from the organizer",
    )
}
