//! Inviting people by e-mail, and accepting.

use domain::ids::InvitationId;
use domain::organization::Command;
use domain::rights::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::mail_address::{MailAddress, forget};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::time::instant;
use crate::reactions::{INVITATION_SECRET, invited};
use crate::vault::{Field, Vault};

/// Longest secret that is read, characters: ours have 43.
const SECRET_CHARS_MAX: usize = 64;

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "ids are named after what they name, as in all views")]
pub struct Invitation {
    /// Its id.
    pub invitation: String,
    /// What they will be.
    #[schema(example = "cashier")]
    pub role: String,
    /// `open`, `accepted`, `withdrawn` or `over`.
    #[schema(example = "open")]
    pub status: String,
    /// Where it went, for those who may see personal data, until it is accepted or taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Who invited them, as in logs.
    pub invited_by: String,
    /// When.
    pub invited_at: String,
    /// Until when it can be accepted.
    pub until: String,
    /// Who came, by the identity provider's id.
    pub person: Option<String>,
}

/// An invitation, as the rows know it.
#[derive(Deserialize)]
pub struct InvitationRow {
    invitation: String,
    role: String,
    status: String,
    invited_by: String,
    invited_at: i64,
    until: i64,
    person: Option<String>,
}

impl Resource for Invitation {
    const NAME: &'static str = "invitation";
    const LIST: List = List {
        select: "SELECT invitation, role, invited_by, invited_at, until, person,
              CASE WHEN status = 'open' AND until <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
                THEN 'over' ELSE status END AS status
            FROM invitation WHERE organization = ?1 AND (?2->>'status' IS NULL OR status = ?2->>'status')",
        key: "invitation",
        default: "-invited_at",
        sorts: &["invited_at", "until", "role"],
        columns: &["invitation", "role", "status", "invited_by", "invited_at", "until", "person"],
    };
    type Row = InvitationRow;

    /// The route is for those who manage the organization, and they may see whom they invited.
    async fn views(of: &Asking, rows: Vec<InvitationRow>) -> Result<Vec<Self>, EdgeError> {
        let subject = |row: &InvitationRow| format!("invitation:{}", row.invitation);
        let subjects: Vec<String> = rows.iter().filter(|row| row.status == "open").map(subject).collect();
        let mut known = Vault::open(&of.edge, &of.tenant)?.get(&subjects).await?;
        let view = |row: InvitationRow| Self {
            email: known.remove(&subject(&row)).and_then(|mut profile| profile.fields.remove(&Field::Email)),
            invitation: row.invitation,
            role: row.role,
            status: row.status,
            invited_by: row.invited_by,
            invited_at: instant(row.invited_at),
            until: instant(row.until),
            person: row.person,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Which invitations.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InvitationQuery {
    /// `open`, `accepted` or `withdrawn`.
    pub status: Option<String>,
}

/// Who was invited, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/invitations",
    tag = "people",
    params(InvitationQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<Invitation> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_invitations(
    lists: Lists,
    Asked(filters): Asked<InvitationQuery>,
) -> Result<Listing<Invitation>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// Whom to invite, to what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Where the mail goes. Kept in the vault; no log has it.
    #[schema(example = "kim@mail.example", max_length = 254)]
    pub email: String,
    /// `organization_admin`, `event_admin`, `support`, `cashier`, `volunteer` or `consignor`.
    #[schema(example = "cashier")]
    pub role: String,
}

/// Invites somebody by e-mail. They have the role as soon as they sign in and accept, within 14 days.
#[utoipa::path(
    post,
    path = "/api/v1/invitations",
    tag = "people",
    params(CommandHeaders),
    request_body = NewInvitation,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn invite(decider: Decider, Told(new): Told<NewInvitation>) -> Decision {
    let role = Role::from_name(&new.role).ok_or(EdgeError::NotFound("role"))?;
    let address = MailAddress::read(&new.email)?;
    let invitation = InvitationId(address.reference(&decider.edge, &decider.commanding)?);
    let subject = invited(invitation);
    address.keep(&decider.edge, decider.tenant.scope(), &subject, None).await?;
    match decider.organization(Command::InvitePerson { invitation, role }).await {
        Ok(decided) => {
            if decided.accepted.repeated {
                forget_if_ended(&decider, invitation).await?;
            }
            Ok(decided.made(&invitation).created())
        }
        Err(error) => {
            forget(&decider.edge, decider.tenant.scope(), &subject, &error).await;
            Err(error)
        }
    }
}

const SELECT_OPEN: &str =
    "SELECT invitation FROM invitation WHERE organization = ?1 AND invitation = ?2 AND status = 'open'";

/// A late repetition has just brought back an address that has served already.
async fn forget_if_ended(decider: &Decider, invitation: InvitationId) -> Result<(), EdgeError> {
    let id = invitation.to_string();
    let rows = decider.tenant.rows(&decider.edge);
    let open: Vec<serde_json::Value> = rows.all(SELECT_OPEN, &[Value::Text(&id)]).await?;
    if open.is_empty() {
        Vault::open(&decider.edge, &decider.tenant)?.clear(&invited(invitation)).await?;
    }
    Ok(())
}

/// Takes an invitation back: its link works no more, and the address is forgotten.
#[utoipa::path(
    delete,
    path = "/api/v1/invitations/{invitation}",
    tag = "people",
    params(("invitation" = String, Path, description = "Its id"), CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn withdraw_invitation(decider: Decider, Named(invitation): Named<InvitationId>) -> Decision {
    let decided = decider.organization(Command::WithdrawInvitation { invitation }).await?;
    Vault::open(&decider.edge, &decider.tenant)?.erase(&invited(invitation)).await?;
    Ok(decided.done())
}

/// What the mail's link brings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// What stands behind the `#` of the link.
    #[schema(max_length = 64)]
    pub secret: String,
}

/// Accepts an invitation: whoever has signed in and holds its secret gets the role.
#[utoipa::path(
    post,
    path = "/api/v1/invitations/{invitation}/acceptance",
    tag = "people",
    params(("invitation" = String, Path, description = "Its id"), CommandHeaders),
    request_body = Acceptance,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn accept_invitation(
    decider: Decider,
    Named(invitation): Named<InvitationId>,
    Told(acceptance): Told<Acceptance>,
) -> Decision {
    let vault = Vault::open(&decider.edge, &decider.tenant)?;
    let subject = invited(invitation);
    // One answer to every secret that does not count: guessing learns nothing.
    let holds = acceptance.secret.len() <= SECRET_CHARS_MAX
        && vault.is_secret_of(&subject, INVITATION_SECRET, &acceptance.secret).await?;
    if !holds {
        return Err(EdgeError::NotFound("invitation"));
    }
    let decided = decider.organization(Command::AcceptInvitation { invitation }).await?;
    // The address has served; the key stays, so that the same request gets the same answer again.
    vault.clear(&subject).await?;
    Ok(decided.done())
}
