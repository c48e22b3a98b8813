//! Statements: what an event comes to for one consignor, each cent with its rule and its entries.

use domain::ids::{EventId, SettlementId};
use domain::settlement::{LineAbout, Pin, SourceRef, Statement, StatementLine};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::consignors::names_of;
use crate::adapters::database::Value;
use crate::http::extract::Named;
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::SettlementOfEvent;
use crate::http::problem::{EdgeError, Problems};

/// An entry that an amount comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceView {
    /// The log.
    #[schema(example = "0193f6a1-…/session/0193f6a2-…")]
    pub stream: String,
    /// The entry.
    pub seq: u64,
    /// The line in it, from 1; 0 for the entry as a whole.
    pub line: u16,
}

/// One line of a statement.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StatementLineView {
    /// `sale`, `charge`, `credit` or `carried_in`.
    #[schema(example = "sale")]
    pub about: String,
    /// In the consignor's favour; negative for what they owe.
    pub amount_cents: i64,
    /// The rule it stands on, by its number in the specification of rules.
    #[schema(example = "STL-4")]
    pub rule: String,
    /// The entries it comes from, the deciding one first.
    pub sources: Vec<SourceView>,
    /// What the line is about: for a sale its tag, prices, rate and what it is made of, the estimate at the till, and
    /// every named step from there to the final share; for charges and credits their kind.
    #[schema(value_type = Object)]
    pub details: Json,
}

/// A statement.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StatementView {
    /// Whose.
    pub consignor: u32,
    /// Their name; `null` for callers who may not see personal data, and where none is kept.
    #[serde(default)]
    #[schema(required)]
    pub name: Option<String>,
    /// Tier at the settlement.
    pub tier: String,
    /// Completed shifts.
    pub shifts: u8,
    /// Lines that stand.
    pub sold: u32,
    /// Prices of lines that stand.
    pub gross_cents: i64,
    /// Shares as estimated at the sale, of all lines.
    pub estimate_cents: i64,
    /// Final shares.
    pub share_cents: i64,
    /// The house's part of the gross.
    pub house_cents: i64,
    /// Charges, as a positive amount.
    pub charges_cents: i64,
    /// Credits, less debits by adjustment.
    pub credits_cents: i64,
    /// Share less charges plus credits: what this event comes to.
    pub earned_cents: i64,
    /// Balance carried in from the organization's ledger.
    pub carried_in_cents: i64,
    /// Earned according to the last approved settlement of this event.
    pub settled_before_cents: i64,
    /// Earned plus carried in less settled before: paid out if positive, carried forward if negative.
    pub due_cents: i64,
    /// The lines; `null` in lists.
    #[serde(default)]
    #[schema(required)]
    pub lines: Option<Vec<StatementLineView>>,
}

/// A statement as the domain calculated it just now.
#[must_use]
pub fn view_of(statement: &Statement, pins: &[Pin], with_lines: bool) -> StatementView {
    let totals = &statement.totals;
    StatementView {
        consignor: statement.consignor.0,
        name: None,
        tier: statement.tier.name().to_owned(),
        shifts: statement.shifts,
        sold: totals.sold,
        gross_cents: totals.gross.0,
        estimate_cents: totals.estimate.0,
        share_cents: totals.share.0,
        house_cents: totals.house.0,
        charges_cents: totals.charges.0,
        credits_cents: totals.credits.0,
        earned_cents: totals.earned.0,
        carried_in_cents: totals.carried_in.0,
        settled_before_cents: totals.settled_before.0,
        due_cents: totals.due.0,
        lines: with_lines.then(|| statement.lines.iter().map(|line| line_of(line, pins)).collect()),
    }
}

fn line_of(line: &StatementLine, pins: &[Pin]) -> StatementLineView {
    let about = match &line.about {
        LineAbout::Sale(_) => "sale",
        LineAbout::Charge { .. } => "charge",
        LineAbout::Credit { .. } => "credit",
        LineAbout::CarriedIn => "carried_in",
    };
    let mut details = serde_json::to_value(&line.about).unwrap_or_default();
    if let Some(fields) = details.as_object_mut() {
        fields.remove("about");
    }
    name_sources(&mut details, pins);
    StatementLineView {
        about: about.to_owned(),
        amount_cents: line.amount.0,
        rule: line.rule.to_string(),
        sources: line.sources.iter().map(|source| source_of(*source, pins)).collect(),
        details,
    }
}

fn source_of(source: SourceRef, pins: &[Pin]) -> SourceView {
    let stream = pins.get(usize::from(source.pin)).map(|pin| pin.stream.to_string());
    SourceView { stream: stream.unwrap_or_default(), seq: source.seq, line: source.line }
}

/// References are three numbers in the log; here they name their streams.
fn name_sources(value: &mut Json, pins: &[Pin]) {
    match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                let references = (name == "sources")
                    .then(|| serde_json::from_value::<Vec<SourceRef>>(value.clone()).ok())
                    .flatten();
                match references {
                    Some(references) => {
                        let named: Vec<SourceView> =
                            references.into_iter().map(|source| source_of(source, pins)).collect();
                        *value = serde_json::to_value(named).unwrap_or_default();
                    }
                    None => name_sources(value, pins),
                }
            }
        }
        Json::Array(values) => values.iter_mut().for_each(|value| name_sources(value, pins)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

macro_rules! select_statements {
    ($where:literal) => {
        concat!(
            "SELECT consignor, tier, shifts, sold, gross_cents, estimate_cents, share_cents, house_cents,
              charges_cents, credits_cents, earned_cents, carried_in_cents, settled_before_cents, due_cents
            FROM statement WHERE organization = ?1 AND event = ?2->>'event' AND settlement = ?2->>'settlement'",
            $where
        )
    };
}

impl Resource for StatementView {
    const NAME: &'static str = "statement";
    const LIST: List = List {
        select: select_statements!(""),
        key: "consignor",
        default: "consignor",
        sorts: &["gross_cents", "share_cents", "earned_cents", "due_cents", "sold"],
        columns: &[
            "consignor",
            "name",
            "tier",
            "shifts",
            "sold",
            "gross_cents",
            "estimate_cents",
            "share_cents",
            "house_cents",
            "charges_cents",
            "credits_cents",
            "earned_cents",
            "carried_in_cents",
            "settled_before_cents",
            "due_cents",
        ],
    };
    type Row = Self;

    async fn views(of: &Asking, mut rows: Vec<Self>) -> Result<Vec<Self>, EdgeError> {
        let mut names = names_of(of, rows.iter().map(|row| row.consignor)).await?;
        for row in &mut rows {
            row.name = names.remove(&row.consignor);
        }
        Ok(rows)
    }
}

#[derive(Debug, Serialize)]
struct OfSettlement {
    settlement: String,
}

/// The statements of a settlement, without their lines.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/settlements/{settlement}/statements",
    tag = "settlements",
    params(SettlementOfEvent, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<StatementView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_statements(
    lists: Lists,
    Named((event, settlement)): Named<(EventId, SettlementId)>,
) -> Result<Listing<StatementView>, EdgeError> {
    lists.answer(Of::Event(event), &OfSettlement { settlement: settlement.to_string() }).await
}

#[derive(Deserialize)]
struct PartRow {
    lines: String,
    pins: String,
}

const SELECT_PARTS: &str = "SELECT p.lines, s.pins FROM statement_part p
    JOIN settlement s ON s.organization = p.organization AND s.event = p.event AND s.settlement = p.settlement
    WHERE p.organization = ?1 AND p.event = ?2 AND p.settlement = ?3 AND p.consignor = CAST(?4 AS INTEGER)
    ORDER BY p.seq, p.part";

/// One consignor's statement with every line: what it is about, the rule it stands on, and the entries it comes
/// from.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/settlements/{settlement}/statements/{consignor}",
    tag = "settlements",
    params(
        SettlementOfEvent,
        ("consignor" = u32, Path, description = "The consignor's number"),
        FreshQuery
    ),
    responses((status = 200, body = StatementView), Problems)
)]
#[worker::send]
pub async fn get_statement(
    looks: Looks,
    Named((event, settlement, consignor)): Named<(EventId, SettlementId, u32)>,
) -> Result<Found<StatementView>, EdgeError> {
    let of = looks.asking();
    let at = looks.at(&of.tenant.event(event)).await?;
    let (event, settlement, number) = (event.to_string(), settlement.to_string(), consignor.to_string());
    let rows = of.tenant.rows(&of.edge);
    let key = serde_json::json!({ "event": event, "settlement": settlement, "consignor": consignor });
    let sql = select_statements!(" AND consignor = ?2->>'consignor'");
    let found: Vec<StatementView> = rows.listed(sql, &key.to_string()).await?;
    let mut statement =
        StatementView::views(of, found).await?.into_iter().next().ok_or(EdgeError::NotFound("statement"))?;
    let values = [Value::Text(&event), Value::Text(&settlement), Value::Text(&number)];
    let parts: Vec<PartRow> = rows.all(SELECT_PARTS, &values).await?;
    let mut lines = Vec::new();
    for part in parts {
        let pins: Vec<Pin> = serde_json::from_str(&part.pins)?;
        let own: Vec<StatementLine> = serde_json::from_str(&part.lines)?;
        lines.extend(own.iter().map(|line| line_of(line, &pins)));
    }
    statement.lines = Some(lines);
    Ok(at.show(statement))
}

#[cfg(test)]
mod tests {
    use domain::ids::OrganizationId;
    use domain::journal::Hash;
    use domain::money::Cents;
    use domain::stream::StreamId;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_names_the_logs_that_it_comes_from() {
        let stream = StreamId::Organization(OrganizationId(uuid::Uuid::nil()));
        let pins = [Pin { stream: stream.clone(), seq: 9, hash: Hash::default() }];
        let line = StatementLine {
            about: LineAbout::CarriedIn,
            amount: Cents(-250),
            rule: "STL-10".into(),
            sources: vec![(0, 4, 1).into()],
        };
        let view = line_of(&line, &pins);
        assert_eq!(view.about, "carried_in");
        assert_eq!(view.sources, [SourceView { stream: stream.to_string(), seq: 4, line: 1 }]);
        let mut nested = json!({ "differences": [{ "kind": "shifts", "sources": [[0, 7, 0]] }] });
        name_sources(&mut nested, &pins);
        assert_eq!(nested["differences"][0]["sources"][0]["seq"], 7);
        assert_eq!(nested["differences"][0]["sources"][0]["stream"], json!(stream.to_string()));
    }
}
