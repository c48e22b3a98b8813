//! Both sides of a whole comparison: what our logs expect, and what the store answered.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{MAX_COMPARED, MAX_FINDINGS};
use super::diff::{Class, Finding, Subject, compare_items, compare_orders, compare_topics};
use super::event::RunKind;
use super::expected::{Expected, MissedWebhooks};
use super::view::{Evidence, ItemView, OrderView};
use crate::ids::RemoteId;
use crate::money::{Cents, OutOfRange};
use crate::storefront::NEEDED_TOPICS;
use crate::tag::Tag;

/// What the store answered. What was not asked for is `None`, and is not compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreAnswer {
    /// Orders of the event, by the store's id (see [`super::order_of_store`]).
    pub orders: BTreeMap<RemoteId, OrderView>,
    /// What can be bought there of the event's items, by tag.
    pub items: Option<BTreeMap<Tag, ItemView>>,
    /// Webhook topics that it sends to us.
    pub topics: Option<Vec<String>>,
}

/// What one comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// Everything compared, different or not, each subject once.
    pub subjects: Vec<Subject>,
    /// Differences, in the order of their subjects.
    pub findings: Vec<Finding>,
}

/// Compares what the logs expect at `now` with what the store answered. A full run asks for everything, so that
/// what is missing in the answer is missing there; a run over changes compares what the answer names.
///
/// # Errors
/// [`OutOfRange`] for amounts that no order can reach.
pub fn compare_with_store(
    expected: &Expected,
    answer: &StoreAnswer,
    kind: RunKind,
    now: i64,
) -> Result<Compared, OutOfRange> {
    let mut compared = Compared::default();
    compared.orders(expected, answer, kind, now)?;
    compared.items(expected, answer, kind, now);
    if let Some(topics) = &answer.topics {
        let subscribed: Vec<&str> = topics.iter().map(String::as_str).collect();
        compared.subjects.extend(NEEDED_TOPICS.iter().map(|topic| Subject::Topic((*topic).to_owned())));
        compared.findings.extend(compare_topics(&NEEDED_TOPICS, &subscribed));
    }
    Ok(compared)
}

impl Compared {
    fn orders(
        &mut self,
        expected: &Expected,
        answer: &StoreAnswer,
        kind: RunKind,
        now: i64,
    ) -> Result<(), OutOfRange> {
        let ours = expected.orders();
        let mut asked: BTreeSet<RemoteId> = answer.orders.keys().copied().collect();
        if kind == RunKind::Full {
            asked.extend(ours.keys());
        }
        let mut missed: BTreeMap<RemoteId, MissedWebhooks> =
            expected.missed_webhooks(now).into_iter().map(|missed| (missed.order, missed)).collect();
        for order in asked {
            self.subjects.push(Subject::Order(order));
            self.findings.extend(compare_orders(ours.get(&order), answer.orders.get(&order))?);
            self.findings.extend(missed.remove(&order).map(webhook_missing));
        }
        Ok(())
    }

    /// The store is held to what it was told: items that it never took up are not compared, unless it has them
    /// all the same.
    fn items(&mut self, expected: &Expected, answer: &StoreAnswer, kind: RunKind, now: i64) {
        let Some(theirs) = &answer.items else { return };
        let changing = expected.changing();
        let mut known = BTreeSet::new();
        for ours in expected.items(now) {
            known.insert(ours.tag);
            let their = theirs.get(&ours.tag);
            let asked = their.is_some() || (kind == RunKind::Full && expected.listed().contains(&ours.tag));
            if asked && !changing.contains(&ours.tag) {
                self.subjects.push(Subject::Item(ours.tag));
                self.findings.extend(compare_items(&ours, their));
            }
        }
        for their in theirs.values().filter(|their| !known.contains(&their.tag)) {
            // The event has no such item: nobody should be able to buy it.
            let nothing = ItemView { quantity: 0, evidence: Evidence::default(), ..their.clone() };
            self.subjects.push(Subject::Item(their.tag));
            self.findings.extend(compare_items(&nothing, Some(their)));
        }
    }

    /// After a full run that asked for everything: subjects of open cases that neither side has any more were
    /// looked at too, and differ no longer.
    #[must_use]
    pub fn and_open<'a>(mut self, open: impl IntoIterator<Item = &'a Subject>) -> Self {
        let known: BTreeSet<&Subject> = self.subjects.iter().collect();
        let gone: BTreeSet<Subject> =
            open.into_iter().filter(|subject| !known.contains(subject)).cloned().collect();
        self.subjects.extend(gone);
        self
    }

    /// In pages that the reconciliation's log takes, each with the findings about its own subjects.
    #[must_use]
    pub fn into_pages(self) -> Vec<Self> {
        let mut findings = self.findings.into_iter().peekable();
        let mut pages = vec![Self::default()];
        for subject in self.subjects {
            let mut own = Vec::new();
            while let Some(finding) = findings.next_if(|finding| finding.subject == subject) {
                own.push(finding);
            }
            let full = pages.last().is_none_or(|page| {
                page.subjects.len() >= MAX_COMPARED || page.findings.len() + own.len() > MAX_FINDINGS
            });
            if full {
                pages.push(Self::default());
            }
            if let Some(page) = pages.last_mut() {
                page.subjects.push(subject);
                page.findings.append(&mut own);
            }
        }
        pages
    }
}

fn webhook_missing(missed: MissedWebhooks) -> Finding {
    Finding {
        class: Class::WebhookMissing,
        subject: Subject::Order(missed.order),
        part: None,
        ours: 0,
        theirs: i64::from(missed.agreements),
        difference: Cents::ZERO,
        our_evidence: missed.ours,
        their_evidence: missed.theirs,
    }
}
