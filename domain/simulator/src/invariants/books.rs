//! Who is credited with what: an independent fold of the session logs.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{ConsignorNumber, ReceiptId};
use domain::money::Cents;
use domain::sale_session::{ConflictKind, Event, Line, LineFigures, Standing, UnlistedLine};
use domain::tag::Tag;

use crate::Broken;
use crate::world::World;

type LineKey = (ReceiptId, u16);

/// One line's credit.
#[derive(Debug, Clone, Copy)]
struct Credit {
    tag: Option<Tag>,
    consignor: Option<ConsignorNumber>,
    share: Cents,
    house: Cents,
}

/// The books as the logs tell them.
#[derive(Debug, Default)]
struct Books {
    credits: BTreeMap<LineKey, Credit>,
    contested: BTreeSet<LineKey>,
    surfaced: BTreeMap<LineKey, u32>,
    /// Prices taken in, less prices given back.
    kept: i64,
}

pub(crate) fn check(world: &World) -> Result<(), Broken> {
    let mut books = Books::default();
    for session in &world.sessions {
        session.events().iter().for_each(|event| books.take(event));
    }
    nobody_is_credited_twice(&books)?;
    conflicts_are_surfaced_once(&books)?;
    if world.sessions.len() == 1 {
        double_sales_are_conflicts(world)?;
    }
    let credited: i64 = books.credits.values().map(|credit| credit.share.0 + credit.house.0).sum();
    if credited != books.kept {
        return Err(Broken::from(format!(
            "money is not conserved: shares and house parts are {}, prices kept are {}",
            Cents(credited),
            Cents(books.kept)
        )));
    }
    Ok(())
}

impl Books {
    fn take(&mut self, event: &Event) {
        match event {
            Event::ReceiptCompleted(sold) => self.sell(sold.receipt, &sold.lines, &sold.unlisted),
            Event::OnlineOrderTaken(sold) => self.sell(sold.receipt, &sold.lines, &sold.unlisted),
            Event::OnlineOrderCancelled(back) => back.lines.iter().for_each(|back| self.debit(&back.line)),
            Event::OnlineRefunded(back) => back.lines.iter().for_each(|back| self.debit(&back.line)),
            Event::ConflictOpened(opened) => {
                if let Some(second) = opened.second {
                    let key = (second.at.receipt, second.at.line);
                    *self.surfaced.entry(key).or_default() += 1;
                    if opened.was_credited
                        && let Some(credit) = self.credits.remove(&key)
                    {
                        self.kept -= credit.share.0 + credit.house.0;
                    }
                }
            }
            Event::ConflictResolved(resolved) => {
                resolved.refunded.iter().for_each(|line| self.debit(line));
                resolved.credited.iter().for_each(|line| self.credit(line));
            }
            Event::ClaimAnswered(answered) => answered.credited.iter().for_each(|line| self.credit(line)),
            Event::ReturnRecorded(returned) => returned.lines.iter().for_each(|line| self.debit(&line.line)),
            Event::ReceiptVoided(voided) => voided.lines.iter().for_each(|line| self.debit(line)),
            Event::LineIdentified(identified) => self.credit(&identified.line),
            _ => {}
        }
    }

    fn sell(&mut self, receipt: ReceiptId, lines: &[Line], unlisted: &[UnlistedLine]) {
        for (number, line) in (0_u16..).zip(lines) {
            let key = (receipt, number);
            match line.standing {
                Standing::Credited => {
                    self.kept += line.price.0;
                    let consignor = Some(line.consignor);
                    self.credits.insert(
                        key,
                        Credit { tag: Some(line.tag), consignor, share: line.share, house: line.house },
                    );
                }
                Standing::Contested => {
                    self.contested.insert(key);
                }
                Standing::Claimed => {}
            }
        }
        let listed = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        for (number, line) in (listed..).zip(unlisted) {
            if line.standing == Standing::Credited {
                self.kept += line.price.0;
                let credit = Credit { tag: line.tag, consignor: None, share: Cents::ZERO, house: line.price };
                self.credits.insert((receipt, number), credit);
            }
        }
    }

    /// Credits the line as it says, instead of whoever had it: something unlisted was the house's until then.
    fn credit(&mut self, line: &LineFigures) {
        self.kept += line.price.0;
        let credit =
            Credit { tag: line.tag, consignor: line.consignor, share: line.share, house: line.house };
        if let Some(before) = self.credits.insert((line.at.receipt, line.at.line), credit) {
            self.kept -= before.share.0 + before.house.0;
        }
    }

    fn debit(&mut self, line: &LineFigures) {
        let key = (line.at.receipt, line.at.line);
        if let Some(credit) = self.credits.get_mut(&key) {
            self.kept -= line.price.0;
            credit.share = Cents(credit.share.0 - line.share.0);
            credit.house = Cents(credit.house.0 - line.house.0);
            if credit.share == Cents::ZERO && credit.house == Cents::ZERO {
                self.credits.remove(&key);
            }
        }
    }
}

fn nobody_is_credited_twice(books: &Books) -> Result<(), Broken> {
    let mut seen: BTreeMap<(Tag, ConsignorNumber), LineKey> = BTreeMap::new();
    for (key, credit) in &books.credits {
        let (Some(tag), Some(consignor)) = (credit.tag, credit.consignor) else { continue };
        if let Some(other) = seen.insert((tag, consignor), *key) {
            return Err(Broken::new(
                format!(
                    "consignor {consignor} is credited twice with {}: by {other:?} and {key:?}",
                    tag.grouped()
                ),
                [tag.grouped(), key.0.to_string(), other.0.to_string()],
            ));
        }
    }
    Ok(())
}

fn conflicts_are_surfaced_once(books: &Books) -> Result<(), Broken> {
    for key in &books.contested {
        let times = books.surfaced.get(key).copied().unwrap_or(0);
        if times != 1 {
            return Err(Broken::new(
                format!("the contested line {key:?} is listed {times} times"),
                [key.0.to_string()],
            ));
        }
    }
    Ok(())
}

/// A tag sold while an earlier sale of it stands is a conflict: counted from the receipts alone, over tags that no
/// shopper of the store ever ordered.
fn double_sales_are_conflicts(world: &World) -> Result<(), Broken> {
    let Some(session) = world.sessions.first() else { return Ok(()) };
    let ordered = world.store.tags();
    let mut standing: BTreeMap<Tag, BTreeSet<LineKey>> = BTreeMap::new();
    let (mut expected, mut listed) = (0_u32, 0_u32);
    for event in session.events() {
        match event {
            Event::ReceiptCompleted(receipt) => {
                let lines = (0_u16..).zip(&receipt.lines);
                for (number, line) in lines.filter(|(_, line)| !ordered.contains(&line.tag)) {
                    let sales = standing.entry(line.tag).or_default();
                    expected += u32::from(!sales.is_empty());
                    sales.insert((receipt.receipt, number));
                }
            }
            Event::ReturnRecorded(returned) => {
                for line in &returned.lines {
                    let at = line.line.at;
                    for sales in standing.values_mut() {
                        sales.remove(&(at.receipt, at.line));
                    }
                }
            }
            Event::ConflictOpened(opened)
                if opened.kind == ConflictKind::DoubleSale
                    && opened.tag.is_none_or(|tag| !ordered.contains(&tag)) =>
            {
                listed += 1;
            }
            _ => {}
        }
    }
    if expected == listed {
        Ok(())
    } else {
        Err(Broken::from(format!(
            "{expected} things were sold under a sold tag, {listed} conflicts are listed"
        )))
    }
}
