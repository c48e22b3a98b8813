//! Comparing the store with the logs: nothing differs that nobody planted, and what is planted is found once.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{CaseId, EventId, RemoteId, RunId};
use domain::journal::RawEntry;
use domain::money::Cents;
use domain::reconciliation::{
    Class, Command, Event, Expected, Finding, LineView, OrderView, Reconciliation, RefundView, Resolution,
    ResolutionReason, RunKind, StoreAnswer, Subject, WEBHOOK_GRACE_MS, compare_with_store, order_of_store,
};
use domain::storefront::NEEDED_TOPICS;
use domain::stream::StreamId;

use super::World;
use crate::Broken;
use crate::host::Host;

/// Most differences planted in one run.
const MAX_PLANTED: u64 = 4;

/// Comparisons after which what the cases owe must be paid back: each pays one line.
const MAX_PAYBACKS: usize = 200;

impl World {
    /// What the store should say, by the logs.
    fn expected(&self) -> Result<Expected, Broken> {
        let mut expected = Expected::default();
        let mut take = |stream: &StreamId, log: &[RawEntry]| {
            log.iter().try_for_each(|entry| expected.take(stream, entry).map_err(|error| error.to_string()))
        };
        take(&self.store.host.stream, self.store.host.log())?;
        for session in &self.sessions {
            take(&session.stream, session.log())?;
        }
        take(&self.event.stream, self.event.log())?;
        Ok(expected)
    }

    /// What the store says.
    fn answer(&self, expected: &Expected) -> Result<StoreAnswer, Broken> {
        let founding = self.event.state().founding.as_ref();
        let ordinal = founding.map_or(0, |founding| founding.ordinal);
        let inclusive = founding.is_some_and(|founding| founding.settings.tax.inclusive);
        let mut orders = BTreeMap::new();
        for (told, _) in self.store.answers() {
            let view = order_of_store(told, ordinal, inclusive).map_err(|error| error.to_string())?;
            orders.extend(view.map(|view| (view.order, view)));
        }
        let items = expected.items(self.now).into_iter().map(|item| (item.tag, item)).collect();
        let topics = NEEDED_TOPICS.iter().map(|topic| (*topic).to_owned()).collect();
        Ok(StoreAnswer { orders, items: Some(items), topics: Some(topics) })
    }

    fn findings(expected: &Expected, answer: &StoreAnswer, now: i64) -> Result<Vec<Finding>, Broken> {
        let compared = compare_with_store(expected, answer, RunKind::Full, now);
        Ok(compared.map_err(|error| error.to_string())?.findings)
    }

    /// A case that gave an online line back is owed by the store; nothing else may differ.
    pub(crate) fn store_pays_back(&mut self) -> Result<(), Broken> {
        for _ in 0..MAX_PAYBACKS {
            let expected = self.expected()?;
            let findings = Self::findings(&expected, &self.answer(&expected)?, self.now)?;
            let Some(finding) = findings.first() else { return Ok(()) };
            match (finding.class, &finding.subject, finding.part) {
                (Class::Quantity, Subject::Order(order), Some(line)) if finding.ours == 0 => {
                    let (order, line) = (*order, line);
                    self.pay_back_there(order, line)?;
                }
                _ => return Err(invented(finding)),
            }
        }
        Err(Broken::from("what cases owe is never paid back".to_owned()))
    }

    /// Plants differences at the store and compares, as the reconciliation's own log has it: each is found once,
    /// stays found, is not found again once it is resolved, and vanishes when it is gone.
    pub(crate) fn reconcile(&mut self) -> Result<(), Broken> {
        let expected = self.expected()?;
        let clean = self.answer(&expected)?;
        // By now every webhook that will come has come.
        let later = self.now + WEBHOOK_GRACE_MS;
        let mut planted: BTreeSet<(Class, Subject)> = self
            .store
            .answers()
            .filter(|(_, told)| !told)
            .map(|(order, _)| (Class::WebhookMissing, Subject::Order(order.order)))
            .collect();
        let mut changed = clean.clone();
        self.plant(&mut changed, &mut planted);
        self.figures.planted += planted.len() as u64;
        let id = StreamId::Reconciliation(self.event.stream.organization(), EventId(self.chance.id()));
        let mut log: Host<Reconciliation> = Host::new(id);
        self.compare(&mut log, &expected, &changed, later)?;
        let found = open(&log);
        let named: BTreeSet<(Class, Subject)> =
            found.values().map(|finding| (finding.class, finding.subject.clone())).collect();
        if let Some(finding) = found.values().find(|finding| !planted.contains(&key(finding))) {
            return Err(invented(finding));
        }
        if let Some((class, subject)) = planted.difference(&named).next() {
            return Err(Broken::new(
                format!("{class:?} was planted in {subject:?} and is not found"),
                about(subject),
            ));
        }
        self.compare(&mut log, &expected, &changed, later)?;
        if let Some(case) = found.keys().next().copied() {
            let reason = ResolutionReason::Evidence;
            let resolve = Command::Resolve { case, resolution: Resolution::Explained, reason, note: None };
            let id = self.next_command();
            Self::must(&mut log, later, &Self::organizer(), &id, &resolve)?;
        }
        self.compare(&mut log, &expected, &changed, later)?;
        let times = log.events().iter().filter(|event| matches!(event, Event::DiscrepancyFound(_))).count();
        if times != planted.len() {
            return Err(Broken::from(format!(
                "{} differences were planted, {times} are on record",
                planted.len()
            )));
        }
        self.compare(&mut log, &expected, &clean, self.now)?;
        log.refold()?;
        match log.state().open.values().next() {
            Some(case) => Err(Broken::new(
                format!("a difference that is gone stays open: {:?}", case.subject),
                about(&case.subject),
            )),
            None => Ok(()),
        }
    }

    /// One run of the reconciliation, page by page.
    fn compare(
        &mut self,
        log: &mut Host<Reconciliation>,
        expected: &Expected,
        answer: &StoreAnswer,
        now: i64,
    ) -> Result<(), Broken> {
        let run = RunId(self.chance.id());
        let compared = compare_with_store(expected, answer, RunKind::Full, now);
        let compared = compared.map_err(|error| error.to_string())?;
        let pages = compared.and_open(log.state().open.values().map(|case| &case.subject)).into_pages();
        let record = pages.into_iter().map(|page| Command::Record {
            run,
            compared: page.subjects,
            findings: page.findings,
        });
        let start = Command::StartRun { run, kind: RunKind::Full };
        for command in std::iter::once(start).chain(record).chain([Command::FinishRun { run }]) {
            let id = self.next_command();
            Self::must(log, now, &Self::organizer(), &id, &command)?;
        }
        Ok(())
    }

    /// Changes what the store says about a few orders (each about another one), an item, and a topic.
    fn plant(&mut self, answer: &mut StoreAnswer, planted: &mut BTreeSet<(Class, Subject)>) {
        let mut orders: Vec<RemoteId> =
            self.store.answers().filter(|(_, told)| *told).map(|(order, _)| order.order).collect();
        orders.retain(|order| {
            answer.orders.get(order).is_some_and(|view| view.lines.iter().any(|line| line.quantity > 0))
        });
        for _ in 0..self.chance.below(MAX_PLANTED + 1) {
            let at = usize::try_from(self.chance.below(orders.len() as u64)).unwrap_or(0);
            if orders.is_empty() {
                break;
            }
            let order = orders.swap_remove(at);
            let fresh = self.store.fresh();
            if let Some(class) = alter(answer, order, fresh, self.chance.below(9)) {
                planted.insert((class, Subject::Order(order)));
                self.tell(format!("order {order}: {class:?} is planted"));
            }
        }
        if self.chance.percent(30) {
            let order = self.store.fresh();
            let evidence = domain::reconciliation::Evidence::default();
            let view = OrderView {
                order,
                deleted: false,
                edited: false,
                lines: Vec::new(),
                refunds: Vec::new(),
                total: Cents(500),
                evidence,
            };
            answer.orders.insert(order, view);
            planted.insert((Class::MissingHere, Subject::Order(order)));
        }
        if self.chance.percent(30)
            && let Some(item) = answer.items.as_mut().and_then(|items| items.values_mut().next())
        {
            item.quantity += 1;
            planted.insert((Class::Quantity, Subject::Item(item.tag)));
        }
        if self.chance.percent(30)
            && let Some(topic) = answer.topics.as_mut().and_then(Vec::pop)
        {
            planted.insert((Class::SubscriptionMissing, Subject::Topic(topic)));
        }
    }
}

/// Makes the store say something else about `order`; the class under which that must be found.
fn alter(answer: &mut StoreAnswer, order: RemoteId, fresh: RemoteId, how: u64) -> Option<Class> {
    if how == 0 {
        answer.orders.remove(&order);
        return Some(Class::MissingThere);
    }
    let view = answer.orders.get_mut(&order)?;
    let line = view.lines.iter_mut().find(|line| line.quantity > 0)?;
    let (class, by) = match how {
        1 => {
            line.tax.0 += 1;
            (Class::Tax, 1)
        }
        2 => {
            line.price.0 += 25;
            (Class::Price, 25)
        }
        3 => {
            line.quantity += 1;
            (Class::Quantity, line.price.0 + line.tax.0)
        }
        4 => {
            let added = LineView { line: fresh, price: Cents(300), tax: Cents(0), quantity: 1, ..*line };
            view.lines.push(added);
            (Class::Edited, 300)
        }
        5 => {
            view.refunds.push(RefundView { refund: fresh, total: Cents(7), adjustment: Cents(0) });
            (Class::Refund, -7)
        }
        6 => {
            view.refunds.push(RefundView { refund: fresh, total: Cents(9), adjustment: Cents(9) });
            (Class::PartialRefundWithAdjustment, -9)
        }
        7 => (Class::Amount, 11),
        _ => {
            view.deleted = true;
            (Class::Deleted, 0)
        }
    };
    view.total.0 += by;
    Some(class)
}

/// The findings of cases that the log found, by case.
fn open(log: &Host<Reconciliation>) -> BTreeMap<CaseId, Finding> {
    let found = log.events().iter().filter_map(|event| match event {
        Event::DiscrepancyFound(found) => Some((found.case, found.finding.clone())),
        _ => None,
    });
    found.collect()
}

fn key(finding: &Finding) -> (Class, Subject) {
    (finding.class, finding.subject.clone())
}

fn about(subject: &Subject) -> Vec<String> {
    match subject {
        Subject::Order(order) => vec![order.to_string()],
        Subject::Item(tag) => vec![tag.grouped()],
        Subject::Topic(topic) => vec![topic.clone()],
    }
}

fn invented(finding: &Finding) -> Broken {
    let what = format!(
        "the comparison finds {:?} in {:?} ({:?}), which nobody planted: ours {}, theirs {}",
        finding.class, finding.subject, finding.part, finding.ours, finding.theirs
    );
    Broken::new(what, about(&finding.subject))
}
