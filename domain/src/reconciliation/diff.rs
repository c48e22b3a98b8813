//! The comparison: pure, and the same in a Worker and in the replay tool.
//!
//! Each difference is named once. Where several things differ in one order, every cent of the difference goes
//! to the most telling class; what no class explains is left as a plain difference of amounts, so that the
//! classes of an order always add up to the whole difference.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::view::{Evidence, ItemView, LineView, OrderView, RefundView};
use crate::ids::RemoteId;
use crate::money::{Cents, OutOfRange};
use crate::sabotage::{Bug, sabotaged};
use crate::tag::Tag;

/// What kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The store has an order that our logs don't have.
    MissingHere,
    /// Our logs have an order that the store doesn't have.
    MissingThere,
    /// The totals differ, and nothing else explains it.
    Amount,
    /// A refund of lines stands on one side only, or with another amount.
    Refund,
    /// A refund with an order adjustment: money given back for no line.
    PartialRefundWithAdjustment,
    /// Tax on a line.
    Tax,
    /// How many are left of a line, or to be bought.
    Quantity,
    /// Price of a line or listing.
    Price,
    /// Deleted at the store.
    Deleted,
    /// Lines were added or removed by an edit.
    Edited,
    /// The order reached us by asking, not by the webhook that should have come.
    WebhookMissing,
    /// The store sends us no webhooks on a topic.
    SubscriptionMissing,
}

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An order, by the store's id.
    Order(RemoteId),
    /// A listed item.
    Item(Tag),
    /// A webhook topic, as the store names it.
    Topic(String),
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub class: Class,
    /// What it is about.
    pub subject: Subject,
    /// Which part of it: a line's or refund's id at the store; none for the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<RemoteId>,
    /// What we have: an amount, or a number of things.
    pub ours: i64,
    /// What the store has.
    pub theirs: i64,
    /// Money at stake: what the store has more than we, in cents; 0 for differences without money.
    #[serde(rename = "difference_cents")]
    pub difference: Cents,
    /// What we can show.
    pub our_evidence: Evidence,
    /// What the store can show.
    pub their_evidence: Evidence,
}

struct Comparison<'a> {
    ours: &'a OrderView,
    theirs: &'a OrderView,
    findings: Vec<Finding>,
    explained: Cents,
}

/// Compares one order. `None` on a side means that this side was asked and does not have it.
///
/// # Errors
/// [`OutOfRange`] for amounts that no order can reach.
pub fn compare_orders(
    ours: Option<&OrderView>,
    theirs: Option<&OrderView>,
) -> Result<Vec<Finding>, OutOfRange> {
    match (ours, theirs) {
        (None, None) => Ok(Vec::new()),
        (None, Some(theirs)) if theirs.deleted => Ok(Vec::new()),
        (None, Some(theirs)) => Ok(vec![whole(Class::MissingHere, theirs.order, None, Some(theirs))?]),
        (Some(ours), None) => Ok(vec![whole(Class::MissingThere, ours.order, Some(ours), None)?]),
        (Some(ours), Some(theirs)) if theirs.deleted => Ok(vec![
            whole(Class::Deleted, ours.order, Some(ours), None)
                .map(|finding| Finding { their_evidence: theirs.evidence.clone(), ..finding })?,
        ]),
        (Some(ours), Some(theirs)) => {
            let mut comparison = Comparison { ours, theirs, findings: Vec::new(), explained: Cents::ZERO };
            comparison.lines()?;
            comparison.refunds()?;
            comparison.rest()?;
            Ok(comparison.findings)
        }
    }
}

fn whole(
    class: Class,
    order: RemoteId,
    ours: Option<&OrderView>,
    theirs: Option<&OrderView>,
) -> Result<Finding, OutOfRange> {
    let total = |view: Option<&OrderView>| view.map_or(Cents::ZERO, |view| view.total);
    let evidence = |view: Option<&OrderView>| view.map(|view| view.evidence.clone()).unwrap_or_default();
    Ok(Finding {
        class,
        subject: Subject::Order(order),
        part: None,
        ours: total(ours).0,
        theirs: total(theirs).0,
        difference: total(theirs).minus(total(ours))?,
        our_evidence: evidence(ours),
        their_evidence: evidence(theirs),
    })
}

/// What is left of a line, its tax included.
fn worth(line: &LineView) -> Result<Cents, OutOfRange> {
    line.each()?.0.checked_mul(i64::from(line.quantity)).map(Cents).ok_or(OutOfRange)
}

impl Comparison<'_> {
    fn say(
        &mut self,
        class: Class,
        part: RemoteId,
        sides: (i64, i64),
        difference: Cents,
    ) -> Result<(), OutOfRange> {
        self.explained = self.explained.plus(difference)?;
        self.findings.push(Finding {
            class,
            subject: Subject::Order(self.ours.order),
            part: Some(part),
            ours: sides.0,
            theirs: sides.1,
            difference,
            our_evidence: self.ours.evidence.clone(),
            their_evidence: self.theirs.evidence.clone(),
        });
        Ok(())
    }

    /// Lines that are on one side only are an edit; lines on both may differ in price, tax and quantity.
    fn lines(&mut self) -> Result<(), OutOfRange> {
        let index = |view: &OrderView| -> BTreeMap<RemoteId, LineView> {
            view.lines.iter().map(|line| (line.line, *line)).collect()
        };
        let (ours, theirs) = (index(self.ours), index(self.theirs));
        let ids: BTreeSet<RemoteId> = ours.keys().chain(theirs.keys()).copied().collect();
        for id in ids {
            match (ours.get(&id), theirs.get(&id)) {
                (Some(our), Some(their)) => self.line(our, their)?,
                (Some(only), None) if only.quantity > 0 => {
                    let worth = worth(only)?;
                    self.say(Class::Edited, id, (worth.0, 0), Cents(-worth.0))?;
                }
                (None, Some(only)) if only.quantity > 0 => {
                    let worth = worth(only)?;
                    self.say(Class::Edited, id, (0, worth.0), worth)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn line(&mut self, our: &LineView, their: &LineView) -> Result<(), OutOfRange> {
        let left = our.quantity.min(their.quantity);
        let times = |amount: Cents| amount.0.checked_mul(i64::from(left)).map(Cents).ok_or(OutOfRange);
        if our.price != their.price && left > 0 {
            let difference = times(their.price.minus(our.price)?)?;
            self.say(Class::Price, our.line, (our.price.0, their.price.0), difference)?;
        }
        if our.tax != their.tax && left > 0 {
            let difference = times(their.tax.minus(our.tax)?)?;
            self.say(Class::Tax, our.line, (our.tax.0, their.tax.0), difference)?;
        }
        // A line that a refund on one side took back is that refund's difference, not one more of quantity.
        if our.quantity != their.quantity && !self.refunds_differ() {
            let (more, sign) = if their.quantity > our.quantity { (their, 1) } else { (our, -1) };
            let each = more.each()?;
            let count = i64::from(our.quantity.abs_diff(their.quantity));
            let difference = each.0.checked_mul(count * sign).map(Cents).ok_or(OutOfRange)?;
            let sides = (i64::from(our.quantity), i64::from(their.quantity));
            self.say(Class::Quantity, our.line, sides, difference)?;
        }
        Ok(())
    }

    fn refunds_differ(&self) -> bool {
        let index = |view: &OrderView| -> BTreeMap<RemoteId, Cents> {
            view.refunds.iter().map(|refund| (refund.refund, refund.total)).collect()
        };
        index(self.ours) != index(self.theirs)
    }

    fn refunds(&mut self) -> Result<(), OutOfRange> {
        if sabotaged(Bug::OverlooksRefunds) {
            return Ok(());
        }
        let index = |view: &OrderView| -> BTreeMap<RemoteId, RefundView> {
            view.refunds.iter().map(|refund| (refund.refund, *refund)).collect()
        };
        let (ours, theirs) = (index(self.ours), index(self.theirs));
        let ids: BTreeSet<RemoteId> = ours.keys().chain(theirs.keys()).copied().collect();
        for id in ids {
            let (our, their) = (ours.get(&id), theirs.get(&id));
            let total = |refund: Option<&RefundView>| refund.map_or(Cents::ZERO, |refund| refund.total);
            let adjustment =
                |refund: Option<&RefundView>| refund.map_or(Cents::ZERO, |refund| refund.adjustment);
            if total(our) == total(their) && adjustment(our) == adjustment(their) {
                continue;
            }
            let class = if adjustment(our) == adjustment(their) {
                Class::Refund
            } else {
                Class::PartialRefundWithAdjustment
            };
            // What a side has given back more, it has less.
            let difference = total(our).minus(total(their))?;
            self.say(class, id, (total(our).0, total(their).0), difference)?;
        }
        Ok(())
    }

    fn rest(&mut self) -> Result<(), OutOfRange> {
        let whole_difference = self.theirs.total.minus(self.ours.total)?;
        let rest = whole_difference.minus(self.explained)?;
        if rest != Cents::ZERO {
            let mut finding = whole(Class::Amount, self.ours.order, Some(self.ours), Some(self.theirs))?;
            finding.difference = rest;
            self.findings.push(finding);
        }
        Ok(())
    }
}

/// Compares one listed item: what the store should offer against what it offers.
#[must_use]
pub fn compare_items(ours: &ItemView, theirs: Option<&ItemView>) -> Vec<Finding> {
    let finding = |class, sides: (i64, i64), difference| Finding {
        class,
        subject: Subject::Item(ours.tag),
        part: None,
        ours: sides.0,
        theirs: sides.1,
        difference,
        our_evidence: ours.evidence.clone(),
        their_evidence: theirs.map(|theirs| theirs.evidence.clone()).unwrap_or_default(),
    };
    let Some(theirs) = theirs else {
        // An item that nobody can buy may be gone there.
        let gone = finding(Class::Deleted, (i64::from(ours.quantity), 0), Cents::ZERO);
        return if ours.quantity > 0 { vec![gone] } else { Vec::new() };
    };
    let mut findings = Vec::new();
    if ours.quantity != theirs.quantity {
        let sides = (i64::from(ours.quantity), i64::from(theirs.quantity));
        findings.push(finding(Class::Quantity, sides, Cents::ZERO));
    }
    if ours.price != theirs.price && ours.quantity > 0 {
        findings.push(finding(Class::Price, (ours.price.0, theirs.price.0), Cents::ZERO));
    }
    findings
}

/// Topics that we need and the store does not send.
#[must_use]
pub fn compare_topics(needed: &[&str], subscribed: &[&str]) -> Vec<Finding> {
    let missing = needed.iter().filter(|topic| !subscribed.contains(topic));
    missing
        .map(|topic| Finding {
            class: Class::SubscriptionMissing,
            subject: Subject::Topic((*topic).to_owned()),
            part: None,
            ours: 1,
            theirs: 0,
            difference: Cents::ZERO,
            our_evidence: Evidence::default(),
            their_evidence: Evidence::default(),
        })
        .collect()
}
