//! Consignors as the organization knows them, whatever event they take part in: accounts, flags, referral codes and
//! ledgers.

use domain::commission::Tier;
use domain::ids::ConsignorNumber;
use domain::money::Cents;
use domain::organization::{Account, AccountFlag, Command, Enrolment, LedgerReason, Posting};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::consignors::names_of;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::OfAccount;
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// A consignor's account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// Their number, printed on their tags.
    #[schema(example = 101)]
    pub number: u32,
    /// Their name; `null` for callers who may not see personal data, and where none is kept.
    #[serde(default)]
    #[schema(required)]
    pub name: Option<String>,
    /// How they take part unless they choose otherwise.
    #[schema(example = "regular")]
    pub tier: String,
    /// When they got their number.
    #[serde(deserialize_with = "row::instant")]
    pub enrolled_at: String,
    /// Takes no part in new events.
    #[serde(deserialize_with = "row::flag")]
    pub barred: bool,
    /// A tax form is missing: payouts wait for it.
    #[serde(deserialize_with = "row::flag")]
    pub tax_form_missing: bool,
    /// Participations that count.
    pub participations: u32,
    /// Carried from event to event: positive is owed to them, negative by them.
    pub carried_cents: i64,
    /// What they may spend at the tills.
    pub store_credit_cents: i64,
    /// When their personal data was erased.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub erased_at: Option<String>,
}

impl Resource for AccountView {
    const NAME: &'static str = "consignor";
    const LIST: List = List {
        select: "SELECT number, tier, enrolled_at, barred, tax_form_missing, participations, carried_cents,
              store_credit_cents, erased_at
            FROM consignor WHERE organization = ?1 AND (?2->>'tier' IS NULL OR tier = ?2->>'tier')
              AND (?2->>'barred' IS NULL OR barred = ?2->>'barred')",
        key: "number",
        default: "number",
        sorts: &["enrolled_at", "participations", "carried_cents", "store_credit_cents"],
        columns: &[
            "number",
            "name",
            "tier",
            "enrolled_at",
            "barred",
            "tax_form_missing",
            "participations",
            "carried_cents",
            "store_credit_cents",
            "erased_at",
        ],
    };
    type Row = Self;

    async fn views(of: &Asking, mut rows: Vec<Self>) -> Result<Vec<Self>, EdgeError> {
        let mut names = names_of(of, rows.iter().map(|row| row.number)).await?;
        for row in &mut rows {
            row.name = names.remove(&row.number);
        }
        Ok(rows)
    }
}

/// Which accounts.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// How they take part: `regular` or `super`.
    pub tier: Option<String>,
    /// Only those who take no part in new events, or only the others.
    pub barred: Option<bool>,
}

/// The organization's consignors, by number.
#[utoipa::path(
    get,
    path = "/api/v1/consignors",
    tag = "consignors",
    params(AccountQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<AccountView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_accounts(
    lists: Lists,
    Asked(filters): Asked<AccountQuery>,
) -> Result<Listing<AccountView>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// One consignor's account.
#[utoipa::path(
    get,
    path = "/api/v1/consignors/{number}",
    tag = "consignors",
    params(OfAccount, FreshQuery),
    responses((status = 200, body = AccountView), Problems)
)]
#[worker::send]
pub async fn get_account(looks: Looks, Named(number): Named<u32>) -> Result<Found<AccountView>, EdgeError> {
    looks.one(Of::Organization, number).await
}

/// New accounts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccounts {
    /// At most 1,000.
    pub consignors: Vec<NewAccount>,
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The number on their tags.
    #[schema(example = 101)]
    pub number: u32,
    /// How they take part unless they choose otherwise.
    #[serde(default)]
    #[schema(schema_with = words::tiers)]
    pub tier: Tier,
}

/// Gives consignors their numbers; those who have one already are passed over.
#[utoipa::path(
    post,
    path = "/api/v1/consignors",
    tag = "consignors",
    params(CommandHeaders),
    request_body = NewAccounts,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn enrol_consignors(decider: Decider, Told(new): Told<NewAccounts>) -> Decision {
    let enrolment =
        |account: NewAccount| Enrolment { number: ConsignorNumber(account.number), tier: account.tier };
    let consignors = new.consignors.into_iter().map(enrolment).collect();
    Ok(decider.organization(Command::EnrolConsignors { consignors }).await?.created())
}

/// How somebody takes part from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTier {
    /// Unless they choose otherwise; running participations stay as they are.
    #[schema(schema_with = words::tiers)]
    pub tier: Tier,
}

/// Changes how an account takes part in events to come.
#[utoipa::path(
    put,
    path = "/api/v1/consignors/{number}/tier",
    tag = "consignors",
    params(OfAccount, CommandHeaders),
    request_body = NewTier,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn change_tier(decider: Decider, Named(number): Named<u32>, Told(new): Told<NewTier>) -> Decision {
    let command = Command::ChangeTier { consignor: ConsignorNumber(number), tier: new.tier };
    Ok(decider.organization(command).await?.done())
}

/// Marks an account: `barred` or `tax_form_missing`.
#[utoipa::path(
    put,
    path = "/api/v1/consignors/{number}/flags/{flag}",
    tag = "consignors",
    params(OfAccount, ("flag" = String, Path, description = "`barred` or `tax_form_missing`"), CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn set_account_flag(decider: Decider, Named((number, flag)): Named<(u32, String)>) -> Decision {
    flag_account(&decider, number, &flag, true).await
}

/// Takes a mark from an account.
#[utoipa::path(
    delete,
    path = "/api/v1/consignors/{number}/flags/{flag}",
    tag = "consignors",
    params(OfAccount, ("flag" = String, Path, description = "`barred` or `tax_form_missing`"), CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn clear_account_flag(decider: Decider, Named((number, flag)): Named<(u32, String)>) -> Decision {
    flag_account(&decider, number, &flag, false).await
}

async fn flag_account(decider: &Decider, number: u32, flag: &str, on: bool) -> Decision {
    let flag = match flag {
        "barred" => AccountFlag::Barred,
        "tax_form_missing" => AccountFlag::TaxFormMissing,
        _ => return Err(EdgeError::NotFound("flag")),
    };
    let command = Command::FlagAccount { consignor: ConsignorNumber(number), flag, on };
    Ok(decider.organization(command).await?.done())
}

/// A code by which a consignor brings others along.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReferralCodeView {
    /// Upper-case letters and digits.
    #[schema(example = "SPRING27")]
    pub code: String,
    /// Whose.
    pub consignor: u32,
    /// Since when.
    #[serde(deserialize_with = "row::instant")]
    pub issued_at: String,
    /// Since when it counts no more.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub retired_at: Option<String>,
}

impl Resource for ReferralCodeView {
    const NAME: &'static str = "referral code";
    const LIST: List = List {
        select: "SELECT code, consignor, issued_at, retired_at FROM referral_code WHERE organization = ?1
              AND (?2->>'consignor' IS NULL OR consignor = ?2->>'consignor')",
        key: "code",
        default: "code",
        sorts: &["consignor", "issued_at"],
        columns: &["code", "consignor", "issued_at", "retired_at"],
    };
    as_selected!();
}

/// Whose.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfConsignorQuery {
    /// A consignor's number.
    pub consignor: Option<u32>,
}

/// Codes by which consignors bring others along.
#[utoipa::path(
    get,
    path = "/api/v1/referral-codes",
    tag = "consignors",
    params(OfConsignorQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<ReferralCodeView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_referral_codes(
    lists: Lists,
    Asked(filters): Asked<OfConsignorQuery>,
) -> Result<Listing<ReferralCodeView>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// Whose a code is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReferralCode {
    /// A consignor's number.
    #[schema(example = 101)]
    pub consignor: u32,
}

/// Gives a consignor a code to bring others along: 4 to 12 letters and digits, letter case does not count.
#[utoipa::path(
    put,
    path = "/api/v1/referral-codes/{code}",
    tag = "consignors",
    params(("code" = String, Path, description = "The code"), CommandHeaders),
    request_body = NewReferralCode,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn issue_referral_code(
    decider: Decider,
    Named(code): Named<String>,
    Told(new): Told<NewReferralCode>,
) -> Decision {
    let command = Command::IssueReferralCode { code, consignor: ConsignorNumber(new.consignor) };
    Ok(decider.organization(command).await?.done())
}

/// Lets a code count no more.
#[utoipa::path(
    delete,
    path = "/api/v1/referral-codes/{code}",
    tag = "consignors",
    params(("code" = String, Path, description = "The code"), CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn retire_referral_code(decider: Decider, Named(code): Named<String>) -> Decision {
    Ok(decider.organization(Command::RetireReferralCode { code }).await?.done())
}

/// A line of a consignor's ledger.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LedgerLine {
    /// Where it stands: the entry of the organization's log and the line in it.
    #[schema(example = "0000000042.000")]
    pub line: String,
    /// Whose.
    pub consignor: u32,
    /// Which balance: `carried` or `store_credit`.
    pub account: String,
    /// Positive is a credit to the consignor.
    pub amount_cents: i64,
    /// The account's balance with it.
    pub balance_cents: i64,
    /// Why.
    #[schema(example = "negative_payout")]
    pub reason: String,
    /// The entry it stands on, as `stream#seq.line`; `null` for what a person posted.
    pub source: Option<String>,
    /// The event it belongs to.
    pub event: Option<String>,
    /// Who.
    pub actor: String,
    /// When.
    #[serde(deserialize_with = "row::instant")]
    pub posted_at: String,
}

impl Resource for LedgerLine {
    const NAME: &'static str = "line";
    const LIST: List = List {
        select:
            "SELECT printf('%010d.%03d', seq, line) AS line, consignor, account, amount_cents, balance_cents,
              reason, source, event, actor, posted_at
            FROM ledger_entry WHERE organization = ?1
              AND (?2->>'consignor' IS NULL OR consignor = ?2->>'consignor')
              AND (?2->>'account' IS NULL OR account = ?2->>'account')
              AND (?2->>'event' IS NULL OR event = ?2->>'event')",
        key: "line",
        default: "-line",
        sorts: &["amount_cents", "posted_at", "consignor"],
        columns: &[
            "line",
            "consignor",
            "account",
            "amount_cents",
            "balance_cents",
            "reason",
            "source",
            "event",
            "actor",
            "posted_at",
        ],
    };
    as_selected!();
}

/// Which lines.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// A consignor's number.
    pub consignor: Option<u32>,
    /// `carried` or `store_credit`.
    pub account: Option<String>,
    /// An event's id.
    pub event: Option<String>,
}

/// The consignors' ledgers, newest line first.
#[utoipa::path(
    get,
    path = "/api/v1/ledger",
    tag = "consignors",
    params(LedgerQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<LedgerLine> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_ledger(
    lists: Lists,
    Asked(filters): Asked<LedgerQuery>,
) -> Result<Listing<LedgerLine>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// An amount for a ledger.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPosting {
    /// Whose.
    #[schema(example = 101)]
    pub consignor: u32,
    /// Which balance.
    #[serde(default)]
    #[schema(schema_with = words::ledger_accounts)]
    pub account: Account,
    /// Positive is a credit to the consignor.
    #[schema(example = 500)]
    pub amount_cents: i64,
    /// Why.
    #[schema(schema_with = words::posting_reasons)]
    pub reason: LedgerReason,
    /// More words, kept apart from the log with the consignor's data.
    #[serde(default)]
    pub note: Option<String>,
}

/// Posts an amount by hand, with a reason.
#[utoipa::path(
    post,
    path = "/api/v1/ledger",
    tag = "consignors",
    params(CommandHeaders),
    request_body = NewPosting,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn post_to_ledger(decider: Decider, Told(new): Told<NewPosting>) -> Decision {
    let consignor = ConsignorNumber(new.consignor);
    let note = decider.note(Some(consignor), new.note.as_deref()).await?;
    let posting = Posting {
        consignor,
        account: new.account,
        amount: Cents(new.amount_cents),
        reason: new.reason,
        source: None,
        event: None,
        note,
    };
    Ok(decider.organization(Command::Post { postings: vec![posting] }).await?.created())
}
