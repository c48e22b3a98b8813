//! Settlements and payouts as the event's log records them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::consignment_event::payouts::PayoutMethod;
use domain::consignment_event::{ConsignmentEvent, Event};
use domain::ids::{ConsignorNumber, SettlementId};
use domain::money::Cents;
use domain::settlement::{Checks, Pin, Statement, TrialBalance};
use serde::Serialize;

use crate::logs::Source;
use crate::story::{Evidence, words};
use crate::typed::{TypedError, each};

/// Kinds of entries that tell of settlements and payouts.
const KINDS: [&str; 10] = [
    "settlement_pinned",
    "statements_calculated",
    "settlement_calculated",
    "settlement_approved",
    "payouts_calculated",
    "payouts_approved",
    "payout_paid",
    "payout_voided",
    "payout_reissued",
    "payout_carried",
];

/// One settlement.
#[derive(Debug, Clone)]
pub struct RecordedSettlement {
    /// Its id.
    pub settlement: SettlementId,
    /// From 1, by event.
    pub number: u16,
    /// What it reads.
    pub pins: Vec<Pin>,
    /// Where it was pinned.
    pub pinned: Evidence,
    /// Statements, and where their last parts stand.
    pub statements: BTreeMap<ConsignorNumber, (Statement, Evidence)>,
    /// Trial balance and checks, once all statements were there.
    pub closed: Option<(TrialBalance, Checks, Evidence)>,
    /// Who approved it; the last one made it so where `approved`.
    pub approvals: Vec<(String, Evidence)>,
    /// True once it was approved for good.
    pub approved: bool,
}

/// One payout, from calculation on.
#[derive(Debug, Clone, Serialize)]
pub struct Life {
    /// Its number in the event.
    pub payout: u32,
    /// To whom.
    pub consignor: u32,
    /// How much.
    pub amount_cents: i64,
    /// The settlement it comes from.
    pub settlement: Option<SettlementId>,
    /// The voided payout that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u32>,
    /// Where it stands.
    pub status: &'static str,
    /// How it was made, once it was.
    pub made: Option<Made>,
    /// What happened to it.
    pub steps: Vec<Step>,
}

/// How a payout was made.
#[derive(Debug, Clone, Serialize)]
pub struct Made {
    /// How.
    pub method: PayoutMethod,
    /// Cheque or trace number.
    pub reference: String,
    /// The date on it.
    pub paid_on: NaiveDate,
}

/// One thing that happened to a payout.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// In a sentence.
    pub text: String,
    /// Where it is said.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Amounts that were carried in the organization's ledger instead of paid.
#[derive(Debug, Clone, Serialize)]
pub struct Carried {
    /// Whose.
    pub consignor: u32,
    /// Positive is owed to the consignor.
    pub amount_cents: i64,
    /// Why.
    pub reason: String,
    /// By which settlement.
    pub settlement: SettlementId,
    /// Where it is said.
    pub evidence: Evidence,
}

/// Everything that an event's log says about its settlements.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// In order; a settlement that another replaced before approval is left out.
    pub settlements: Vec<RecordedSettlement>,
    /// By number.
    pub payouts: BTreeMap<u32, Life>,
    /// Carried forward.
    pub carried: Vec<Carried>,
}

/// Reads what `source`, an event's log, records.
///
/// # Errors
/// [`TypedError`].
pub fn read_recorded(source: &Source, workers: usize) -> Result<Recorded, TypedError> {
    let mut recorded = Recorded::default();
    each::<ConsignmentEvent>(
        &source.path,
        workers,
        |line| KINDS.contains(&line.kind.as_ref()),
        |entry| {
            let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
            recorded.take(entry.event, &evidence);
            Ok(())
        },
    )?;
    Ok(recorded)
}

impl Recorded {
    /// The last approved settlement; else the last one that was calculated.
    #[must_use]
    pub fn current(&self) -> Option<&RecordedSettlement> {
        let approved = self.settlements.iter().rev().find(|settlement| settlement.approved);
        approved.or_else(|| self.settlements.iter().rev().find(|settlement| settlement.closed.is_some()))
    }

    /// The settlement with this id.
    #[must_use]
    pub fn settlement(&self, id: SettlementId) -> Option<&RecordedSettlement> {
        self.settlements.iter().find(|settlement| settlement.settlement == id)
    }

    fn latest(&mut self, id: SettlementId) -> Option<&mut RecordedSettlement> {
        self.settlements.iter_mut().rev().find(|settlement| settlement.settlement == id)
    }

    fn take(&mut self, event: Event, evidence: &Evidence) {
        match event {
            Event::SettlementPinned(pinned) => {
                self.settlements.retain(|settlement| settlement.approved);
                self.settlements.push(RecordedSettlement {
                    settlement: pinned.settlement,
                    number: pinned.number,
                    pins: pinned.pins,
                    pinned: evidence.clone(),
                    statements: BTreeMap::new(),
                    closed: None,
                    approvals: Vec::new(),
                    approved: false,
                });
            }
            Event::StatementsCalculated(page) => {
                let Some(settlement) = self.latest(page.settlement) else { return };
                for part in page.parts {
                    let (statement, at) = settlement.statements.entry(part.consignor).or_insert_with(|| {
                        let statement = Statement {
                            consignor: part.consignor,
                            tier: part.tier,
                            shifts: part.shifts,
                            totals: domain::settlement::StatementTotals::default(),
                            lines: Vec::new(),
                        };
                        (statement, evidence.clone())
                    });
                    statement.lines.extend(part.lines);
                    statement.totals = part.totals.unwrap_or(statement.totals);
                    *at = evidence.clone();
                }
            }
            Event::SettlementCalculated(closed) => {
                if let Some(settlement) = self.latest(closed.settlement) {
                    settlement.closed = Some((closed.balance, closed.checks, evidence.clone()));
                }
            }
            Event::SettlementApproved(approved) => {
                if let Some(settlement) = self.latest(approved.settlement) {
                    settlement.approvals.push((approved.by.to_string(), evidence.clone()));
                    settlement.approved |= approved.complete;
                }
            }
            other => self.take_payouts(other, evidence),
        }
    }

    fn take_payouts(&mut self, event: Event, evidence: &Evidence) {
        match event {
            Event::PayoutsCalculated(page) => {
                for payout in page.payouts {
                    let mut life = Life::new(payout.payout, payout.consignor, payout.amount);
                    life.settlement = Some(page.settlement);
                    life.say("calculated", "calculated".to_owned(), evidence);
                    self.payouts.insert(payout.payout, life);
                }
                self.carried.extend(page.carried.into_iter().map(|carried| Carried {
                    consignor: carried.consignor.0,
                    amount_cents: carried.amount.0,
                    reason: words(&carried.reason),
                    settlement: page.settlement,
                    evidence: evidence.clone(),
                }));
            }
            Event::PayoutsApproved(approved) => {
                for payout in &approved.payouts {
                    self.say(*payout, "approved", format!("approved by {}", approved.by), evidence);
                }
            }
            Event::PayoutPaid(paid) => {
                let reference =
                    if paid.reference.is_empty() { String::new() } else { format!(" {}", paid.reference) };
                let text = format!("paid by {}{reference}, dated {}", words(&paid.method), paid.paid_on);
                self.say(paid.payout, "paid", text, evidence);
                if let Some(life) = self.payouts.get_mut(&paid.payout) {
                    life.made =
                        Some(Made { method: paid.method, reference: paid.reference, paid_on: paid.paid_on });
                }
            }
            Event::PayoutVoided(voided) => {
                let text = format!("voided ({})", words(&voided.reason));
                self.say(voided.payout, "voided", text, evidence);
            }
            Event::PayoutReissued(again) => {
                let text = format!("made again as payout {}", again.payout);
                self.say(again.replaces, "reissued", text, evidence);
                let mut life = Life::new(again.payout, again.consignor, again.amount);
                life.settlement = self.payouts.get(&again.replaces).and_then(|replaced| replaced.settlement);
                life.replaces = Some(again.replaces);
                let text = format!("made again for payout {}", again.replaces);
                life.say("calculated", text, evidence);
                self.payouts.insert(again.payout, life);
            }
            Event::PayoutCarried(carried) => {
                let text = "not made again: owed in the organization's ledger".to_owned();
                self.say(carried.payout, "carried", text, evidence);
            }
            _ => {}
        }
    }

    fn say(&mut self, payout: u32, status: &'static str, text: String, evidence: &Evidence) {
        if let Some(life) = self.payouts.get_mut(&payout) {
            life.say(status, text, evidence);
        }
    }
}

impl Life {
    fn new(payout: u32, consignor: ConsignorNumber, amount: Cents) -> Self {
        Self {
            payout,
            consignor: consignor.0,
            amount_cents: amount.0,
            settlement: None,
            replaces: None,
            status: "calculated",
            made: None,
            steps: Vec::new(),
        }
    }

    fn say(&mut self, status: &'static str, text: String, evidence: &Evidence) {
        self.status = status;
        self.steps.push(Step { text, evidence: evidence.clone() });
    }
}
