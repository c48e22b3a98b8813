//! A receipt by e-mail, from the till or from the console.

use domain::ids::{AddressRef, ReceiptId, SessionId};
use domain::sale_session::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::caller::Caller;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Named, Told};
use crate::http::mail_address::{MailAddress, forget};
use crate::http::problem::{EdgeError, Problems};
use crate::reactions::book::Book;
use crate::reactions::shopper;
use crate::vault::Vault;

const SELECT_SESSION: &str = "SELECT session FROM receipt WHERE organization = ?1 AND receipt = ?2";

/// Where the receipt goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptMail {
    /// The shopper's address. Kept in the vault until the mail is sent; no log has it.
    #[schema(example = "shopper@mail.example", max_length = 254)]
    pub email: String,
}

#[derive(Deserialize)]
struct SessionRow {
    session: SessionId,
}

/// Sends a receipt by e-mail, at most five times. The same Idempotency-Key sends it once.
#[utoipa::path(
    post,
    path = "/api/v1/receipts/{receipt}/email",
    tag = "receipts",
    params(("receipt" = String, Path, description = "Its id"), CommandHeaders),
    request_body = ReceiptMail,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn mail_receipt(
    decider: Decider,
    Named(receipt): Named<ReceiptId>,
    Told(mail): Told<ReceiptMail>,
) -> Decision {
    let address = MailAddress::read(&mail.email)?;
    let session = session_of(&decider, receipt).await?;
    let reference = AddressRef(address.reference(&decider.edge, &decider.commanding)?);
    let subject = shopper(reference);
    address.keep(&decider.edge, decider.tenant.scope(), &subject, None).await?;
    match decider.session(session, Command::MailReceipt { receipt, address: reference }).await {
        Ok(decided) => {
            // A late repetition has just brought back an address that has served already.
            if decided.accepted.repeated
                && Book::of(decider.edge.env(), decider.tenant.scope()).has_served(&subject).await?
            {
                Vault::open(&decider.edge, &decider.tenant)?.erase(&subject).await?;
            }
            Ok(decided.created())
        }
        Err(error) => {
            forget(&decider.edge, decider.tenant.scope(), &subject, &error).await;
            Err(error)
        }
    }
}

/// A terminal's receipts are those of its session, which knows them before any row does.
async fn session_of(decider: &Decider, receipt: ReceiptId) -> Result<SessionId, EdgeError> {
    if let Caller::Terminal { session, .. } = &decider.caller {
        return Ok(*session);
    }
    let id = receipt.to_string();
    let rows = decider.tenant.rows(&decider.edge);
    let row: Option<SessionRow> = rows.first(SELECT_SESSION, &[Value::Text(&id)]).await?;
    row.map(|row| row.session).ok_or(EdgeError::NotFound("receipt"))
}
