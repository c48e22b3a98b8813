//! What a store says against what our logs say it should: the domain's own fold, comparison and classes, over
//! exports instead of a connection.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use domain::consignment_event::ConsignmentEvent;
use domain::ids::RemoteId;
use domain::journal::{Hash, RawEntry, hash_header_line};
use domain::money::{Cents, OutOfRange};
use domain::reconciliation::{
    Class, Evidence, Expected, ExpectedError, Finding, ItemView, LineView, OrderView, RefundView, RunKind,
    StoreAnswer, Subject, compare_with_store, order_of_store,
};
use domain::stream::StreamId;
use domain::tag::Tag;
use serde::Serialize;

use crate::files::{FindError, open};
use crate::line::Line;
use crate::logs::{Logs, Source};
use crate::scan::{Reading, ScanError, Stop, scan};
use crate::settle::{Chosen, SettleError};
use crate::shopify::{BulkExport, CsvOrder, ExportError, bulk, csv};
use crate::timeline::{At, fold};

/// Why nothing was compared.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// A log could not be read.
    #[error(transparent)]
    Logs(#[from] SettleError),
    /// An entry could not be taken in.
    #[error(transparent)]
    Expected(#[from] ExpectedError),
    /// An export could not be read.
    #[error("{file}: {error}")]
    Export {
        /// The file.
        file: String,
        /// What is wrong with it.
        error: ExportError,
    },
    /// A sum left the range of amounts.
    #[error(transparent)]
    Range(#[from] OutOfRange),
}

/// What a store's export says, in either format.
#[derive(Debug)]
pub enum Export {
    /// JSON lines of a bulk operation.
    Bulk(BulkExport),
    /// The admin's orders CSV.
    Csv {
        /// Its orders.
        orders: Vec<CsvOrder>,
        /// Digest of the file as a whole: the only evidence there is.
        digest: Hash,
    },
}

/// Reads an export of either kind: what begins with a brace is a bulk operation's.
///
/// # Errors
/// [`ExportError`].
pub fn read_export(input: impl Read, currency: &str, reveal: bool) -> Result<Export, ExportError> {
    let mut input = BufReader::new(input);
    let first = input.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
    if first == Some(b'{') {
        return bulk::read(input, currency, reveal).map(Export::Bulk);
    }
    let mut text = Vec::new();
    input.read_to_end(&mut text)?;
    let digest = hash_header_line(&text);
    csv::read(text.as_slice(), currency, reveal).map(|orders| Export::Csv { orders, digest })
}

/// What to compare, and how.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Everything, or only the orders and items that the exports name.
    pub kind: RunKind,
    /// The moment, ms since 1970 UTC; none for the last entry's.
    pub now: Option<i64>,
}

/// The comparison.
#[derive(Debug, Serialize)]
pub struct Reconciled {
    /// The event's name.
    pub event: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The moment at which prices were looked at, ms since 1970 UTC.
    pub now: i64,
    /// Orders of this event on our side.
    pub orders_here: usize,
    /// Orders of this event on the store's.
    pub orders_there: usize,
    /// Items compared; none where the exports have none.
    pub items: Option<usize>,
    /// Differences.
    pub findings: Vec<Finding>,
    /// By class: how many, and the money at stake without signs, in cents.
    pub classes: Vec<ClassSum>,
    /// Shoppers' addresses by order, where somebody asked for them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub contacts: BTreeMap<String, String>,
    /// What could not be told, and why.
    pub gaps: Vec<String>,
}

/// Differences of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClassSum {
    /// The class.
    pub class: Class,
    /// How many.
    pub count: u64,
    /// Money at stake in them, without signs, in cents.
    pub at_stake_cents: i64,
}

/// Compares the logs of `chosen` with `exports`.
///
/// # Errors
/// [`ReconcileError`].
pub fn reconcile(
    logs: &Logs,
    chosen: &Chosen<'_>,
    exports: Vec<Export>,
    asked: Asked,
    workers: usize,
) -> Result<Reconciled, ReconcileError> {
    let mut gaps = Vec::new();
    let (expected, last) = expect(logs, chosen, &mut gaps, workers)?;
    let now = asked.now.unwrap_or(last);
    let ordinal = expected.ordinal().unwrap_or_default();
    let mut answer = StoreAnswer::default();
    let mut contacts = BTreeMap::new();
    for export in exports {
        match export {
            Export::Bulk(export) => take_bulk(export, ordinal, &mut answer, &mut contacts, &mut gaps)?,
            Export::Csv { orders, digest } => {
                gaps.push(
                    "a CSV has no line ids, no tax by line and no refunds one by one: lines are matched by tag, and what differs there shows as an amount".to_owned(),
                );
                for order in orders {
                    contacts.extend(order.contact.clone().map(|contact| (order.order, contact)));
                    let view = view_of_csv(&order, ordinal, expected.orders().get(&order.order), digest)?;
                    answer.orders.extend(view.map(|view| (order.order, view)));
                }
            }
        }
    }
    if answer.items.is_none() {
        gaps.push("no variants in the exports: what can be bought was not compared".to_owned());
    }
    let compared = compare_with_store(&expected, &answer, asked.kind, now)?;
    let items = compared.subjects.iter().filter(|subject| matches!(subject, Subject::Item(_))).count();
    let named =
        |order: &RemoteId| compared.findings.iter().any(|finding| finding.subject == Subject::Order(*order));
    Ok(Reconciled {
        event: chosen.name.clone(),
        currency: chosen.currency.clone(),
        now,
        orders_here: expected.orders().len(),
        orders_there: answer.orders.len(),
        items: answer.items.as_ref().map(|_| items),
        classes: sums(&compared.findings),
        contacts: contacts
            .into_iter()
            .filter(|(order, _)| named(order))
            .map(|(order, contact)| (order.to_string(), contact))
            .collect(),
        findings: compared.findings,
        gaps,
    })
}

/// Entries as stored.
struct Whole;

impl Reading for Whole {
    type Gathered = Vec<RawEntry>;

    fn gather(&self, line: &Line<'_>, into: &mut Vec<RawEntry>) {
        into.push(line.into());
    }
}

/// Folds the event's log, its sessions' and the storefronts' into what the store should say; also when the last
/// entry was recorded.
fn expect(
    logs: &Logs,
    chosen: &Chosen<'_>,
    gaps: &mut Vec<String>,
    workers: usize,
) -> Result<(Expected, i64), ReconcileError> {
    let organization = chosen.source.stream.organization();
    let moment =
        fold::<ConsignmentEvent>(&chosen.source.path, At::End, workers).map_err(SettleError::from)?;
    let mut sources = vec![chosen.source];
    for session in &moment.state.sessions {
        let stream = StreamId::Session(organization, session.id);
        match logs.of(&stream) {
            Some(source) => sources.push(source),
            None => gaps.push(format!("the log of {stream} is not here: its orders will seem to be missing")),
        }
    }
    let storefronts = logs
        .all
        .iter()
        .filter(|source| matches!(source.stream, StreamId::Storefront(of, _) if of == organization));
    let before = sources.len();
    sources.extend(storefronts);
    if sources.len() == before {
        gaps.push(
            "no storefront's log is here: what was listed, and which webhooks were missed, is not known"
                .to_owned(),
        );
    }
    let (mut expected, mut last) = (Expected::default(), 0);
    for source in sources {
        last = last.max(take(source, &mut expected, workers)?);
    }
    Ok((expected, last))
}

fn take(source: &Source, expected: &mut Expected, workers: usize) -> Result<i64, ReconcileError> {
    let file = || source.path.display().to_string();
    if source.from > 1 {
        return Err(SettleError::Headless { file: file(), from: source.from }.into());
    }
    let (mut last, mut failed) = (0, None);
    let input = open(&source.path).map_err(SettleError::from)?;
    let walked = scan(input, workers, &Whole, |entries| {
        for entry in entries {
            last = last.max(entry.recorded_at);
            if let Err(error) = expected.take(&source.stream, &entry) {
                failed = Some(error);
                return Err(Stop::Enough);
            }
        }
        Ok(())
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    match walked {
        Ok(_) => Ok(last),
        Err(ScanError::Fault(fault)) => {
            Err(SettleError::Fault { file: file(), fault: Box::new(fault) }.into())
        }
        Err(ScanError::Io(error)) => Err(SettleError::from(FindError::io(&source.path, error)).into()),
        Err(ScanError::Enough | ScanError::Worker) => Err(SettleError::Worker(file()).into()),
    }
}

fn take_bulk(
    export: BulkExport,
    ordinal: u16,
    answer: &mut StoreAnswer,
    contacts: &mut BTreeMap<RemoteId, String>,
    gaps: &mut Vec<String>,
) -> Result<(), ReconcileError> {
    let mut bare = 0_u64;
    for order in export.orders {
        if order.fetched.agreements.is_empty() && !order.fetched.test {
            bare += 1;
            continue;
        }
        contacts.extend(order.contact.map(|contact| (order.fetched.order, contact)));
        if let Some(view) = order_of_store(&order.fetched, ordinal, order.tax_included)? {
            answer.orders.insert(order.fetched.order, view);
        }
    }
    if bare > 0 {
        gaps.push(format!(
            "{bare} orders came without agreements and were passed over; `reconcile --print-query` shows what to ask for"
        ));
    }
    if let Some(items) = export.items {
        let own = items.into_iter().filter(|(tag, _)| tag.event() == ordinal);
        answer.items.get_or_insert_with(BTreeMap::<Tag, ItemView>::new).extend(own);
    }
    Ok(())
}

/// An order of a CSV in the shape in which orders are compared. Lines are matched with ours by tag; tax by line
/// and refunds one by one are taken from ours, for the file does not know them: what does not add up then shows
/// as a difference of amounts, or as one refund more.
fn view_of_csv(
    order: &CsvOrder,
    ordinal: u16,
    ours: Option<&OrderView>,
    digest: Hash,
) -> Result<Option<OrderView>, OutOfRange> {
    let foreign = order.lines.iter().any(|line| line.tag.is_none_or(|tag| tag.event() != ordinal));
    let mut lines = Vec::new();
    for line in &order.lines {
        let Some(tag) = line.tag.filter(|tag| tag.event() == ordinal) else { continue };
        let known = ours.and_then(|ours| ours.lines.iter().find(|known| known.tag == Some(tag)));
        lines.push(LineView {
            tag: Some(tag),
            line: known.map_or(made_up(tag), |known| known.line),
            // What was taken back is not told line by line.
            quantity: known.map_or(line.quantity, |known| known.quantity.min(line.quantity)),
            price: known
                .filter(|known| known.price.plus(known.tax) == Ok(line.price))
                .map_or(line.price, |known| known.price),
            tax: known.map_or(Cents::ZERO, |known| known.tax),
        });
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let mut refunds: Vec<RefundView> = ours.map_or_else(Vec::new, |ours| ours.refunds.clone());
    let told = Cents::total(refunds.iter().map(|refund| refund.total))?;
    let beyond = order.refunded.minus(told)?;
    if beyond != Cents::ZERO && !foreign {
        refunds.push(RefundView { refund: RemoteId(0), total: beyond, adjustment: Cents::ZERO });
    }
    // An order with things of others in it cannot be split by this file: our total stands then.
    let total = match ours {
        Some(ours) if foreign => ours.total,
        _ if order.cancelled => Cents::ZERO,
        _ => order.total.minus(order.shipping)?.minus(order.refunded)?,
    };
    if order.cancelled {
        for line in &mut lines {
            line.quantity = 0;
        }
    }
    let evidence = Evidence { entries: Vec::new(), body: Some(digest), changed_at: order.placed_at };
    Ok(Some(OrderView { order: order.order, deleted: false, edited: false, lines, refunds, total, evidence }))
}

/// A line id that no store gives, for a line that only the file knows.
fn made_up(tag: Tag) -> RemoteId {
    RemoteId(-(i64::from(tag.event()) * i64::from(domain::tag::MAX_ITEM_NUMBER + 1) + i64::from(tag.item())))
}

fn sums(findings: &[Finding]) -> Vec<ClassSum> {
    let mut by_class: BTreeMap<Class, (u64, i64)> = BTreeMap::new();
    for finding in findings {
        let (count, at_stake) = by_class.entry(finding.class).or_default();
        *count += 1;
        *at_stake = at_stake.saturating_add(finding.difference.0.saturating_abs());
    }
    by_class
        .into_iter()
        .map(|(class, (count, at_stake_cents))| ClassSum { class, count, at_stake_cents })
        .collect()
}
