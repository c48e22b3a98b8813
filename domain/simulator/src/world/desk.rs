//! What happens at the tills.

use domain::ids::{Actor, ReceiptId, ReturnId};
use domain::money::Cents;
use domain::sale_session::basket::{PricedLine, Totals};
use domain::sale_session::{
    AskedLine, AskedReturn, Command, OfflineReceipt, ReturnLines, ReturnReason, Tender, TenderKind,
};
use domain::tag::Tag;
use uuid::Uuid;

use super::{Message, World};
use crate::Broken;
use crate::host::Reply;
use crate::till::{Basket, Desk};

/// Most things in a simulated basket; collisions matter here, not length.
const MAX_THINGS: u64 = 5;

impl World {
    /// The till learns what its session holds.
    pub(crate) fn refresh_catalogue(&mut self, till: usize) {
        let Some(session) = self.tills.get(till).and_then(|till| self.sessions.get(till.session)) else {
            return;
        };
        let items = session
            .state()
            .slots()
            .iter()
            .map(|slot| (slot.tag, (Cents(i64::from(slot.price)), slot.flags)))
            .collect();
        if let Some(till) = self.tills.get_mut(till) {
            till.catalogue = items;
        }
    }

    /// A shopper comes to a free till with some things.
    pub(crate) fn ring_up(&mut self, till: usize) -> Result<(), Broken> {
        if self.tills.get(till).is_none_or(|till| till.desk != Desk::Free) {
            return Ok(());
        }
        if self.chance.percent(60) && self.tills.get(till).is_some_and(|till| till.online) {
            self.refresh_catalogue(till);
        }
        let things = self.take_things(till);
        let Some(basket) = self.price(till, &things)? else {
            self.put_back(&things);
            return Ok(());
        };
        let online = self.tills.get(till).is_some_and(|till| till.online);
        let tags: Vec<String> = basket.lines.iter().map(|line| line.tag.grouped()).collect();
        let name = self.tills.get(till).map_or_else(String::new, |till| till.name.clone());
        self.tell(format!("{name} rings up {} as {} for {}", tags.join(", "), basket.receipt, basket.total));
        if online {
            self.ask(till, &basket);
            if let Some(till) = self.tills.get_mut(till) {
                till.desk = Desk::Waiting(basket);
            }
        } else {
            self.pay_offline(till, basket);
        }
        Ok(())
    }

    /// Things that are still in the hall, not in another basket, and known to the till. Two labels of one tag may
    /// come together.
    fn take_things(&mut self, till: usize) -> Vec<usize> {
        let wanted = self.chance.between(1, MAX_THINGS);
        let free: Vec<usize> = (0..)
            .zip(&self.things)
            .filter(|(_, thing)| !thing.gone && !thing.held)
            .filter(|(_, thing)| {
                self.tills.get(till).is_some_and(|till| till.catalogue.contains_key(&thing.tag))
            })
            .map(|(index, _)| index)
            .collect();
        let mut taken: Vec<usize> = Vec::new();
        for _ in 0..wanted {
            let Some(index) = self.chance.pick(&free).copied() else { break };
            let tag = self.things.get(index).map(|thing| thing.tag);
            let twice = taken.iter().any(|other| self.things.get(*other).map(|thing| thing.tag) == tag);
            if !twice && let Some(thing) = self.things.get_mut(index) {
                thing.held = true;
                taken.push(index);
            }
        }
        taken
    }

    fn put_back(&mut self, things: &[usize]) {
        for index in things {
            if let Some(thing) = self.things.get_mut(*index) {
                thing.held = false;
            }
        }
    }

    /// The till prices the basket by the rules, with its own clock, as the wasm does.
    fn price(&mut self, till: usize, things: &[usize]) -> Result<Option<Basket>, Broken> {
        let receipt = ReceiptId(self.chance.id());
        let Some(till) = self.tills.get(till) else { return Ok(None) };
        let rules = self.sessions.get(till.session).and_then(|session| session.state().price_rules());
        let Some(rules) = rules else { return Ok(None) };
        let occurred_at = till.clock(self.now);
        let (mut lines, mut priced): (Vec<AskedLine>, Vec<PricedLine>) = (Vec::new(), Vec::new());
        for tag in things.iter().filter_map(|index| self.things.get(*index)).map(|thing| thing.tag) {
            let Some((printed, flags)) = till.catalogue.get(&tag) else { continue };
            let line = rules.line(*printed, *flags, occurred_at).map_err(|error| error.to_string())?;
            lines.push(AskedLine { tax: Some(line.tax), ..AskedLine::new(tag, line.price, false) });
            priced.push(line);
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let totals = Totals::of(&priced).map_err(|error| error.to_string())?;
        let (tenders, change) = self.pay(totals.total);
        Ok(Some(Basket { receipt, lines, tenders, change, total: totals.total, occurred_at }))
    }

    /// Cash with change, card, or half and half.
    fn pay(&mut self, total: Cents) -> (Vec<Tender>, Cents) {
        let tender = |kind, amount| Tender { kind, amount: Cents(amount) };
        match self.chance.below(3) {
            0 => {
                let given = (total.0 / 500 + 1) * 500;
                (vec![tender(TenderKind::Cash, given)], Cents(given - total.0))
            }
            1 if total.0 >= 2 => {
                let half = total.0 / 2;
                (vec![tender(TenderKind::Card, half), tender(TenderKind::Cash, total.0 - half)], Cents::ZERO)
            }
            _ => (vec![tender(TenderKind::Card, total.0)], Cents::ZERO),
        }
    }

    /// Sends (or sends again) the basket that the shopper waits for.
    pub(crate) fn ask(&mut self, till: usize, basket: &Basket) {
        let command = Command::CompleteReceipt {
            receipt: basket.receipt,
            lines: basket.lines.iter().map(|line| AskedLine { tax: None, ..*line }).collect(),
            unlisted: Vec::new(),
            tenders: basket.tenders.clone(),
            change: basket.change,
            occurred_at: basket.occurred_at,
        };
        self.request(till, basket.receipt.to_string(), &command);
    }

    fn request(&mut self, till: usize, command_id: String, command: &Command) {
        if let Ok(json) = serde_json::to_string(command) {
            self.send(Message::Request { till, command_id, json });
        }
    }

    /// The shopper pays and leaves without an answer: from here on the receipt is a fact.
    pub(crate) fn pay_offline(&mut self, till: usize, basket: Basket) {
        self.figures.offline += 1;
        let name = self.tills.get(till).map_or_else(String::new, |till| till.name.clone());
        self.tell(format!("{name} takes the money for {} without a connection", basket.receipt));
        self.paid(till, &basket);
        if let Some(till) = self.tills.get_mut(till) {
            till.desk = Desk::Free;
            till.backlog.push(basket);
        }
    }

    /// The shopper has paid: truth, whatever happens next.
    fn paid(&mut self, till: usize, basket: &Basket) {
        self.figures.baskets += 1;
        self.figures.lines += basket.lines.len() as u64;
        for line in &basket.lines {
            if let Some(thing) = self.things.iter_mut().find(|thing| thing.tag == line.tag && thing.held) {
                thing.held = false;
                thing.gone = true;
            }
        }
        if let Some(till) = self.tills.get(till) {
            self.truth.baskets.insert(basket.receipt, (till.id, basket.clone()));
        }
    }

    /// Sends one of the receipts that wait for a connection, in any order.
    pub(crate) fn send_backlog(&mut self, index: usize) {
        let Some(till) = self.tills.get(index) else { return };
        let (terminal, offset) = (till.id, till.skew);
        let backlog = till.backlog.clone();
        let Some(basket) = self.chance.pick(&backlog).cloned() else { return };
        let command = Command::RecordOfflineReceipt(Box::new(OfflineReceipt {
            receipt: basket.receipt,
            terminal,
            lines: basket.lines,
            unlisted: Vec::new(),
            tenders: basket.tenders,
            change: basket.change,
            occurred_at: basket.occurred_at,
            clock_offset_ms: Some(offset),
        }));
        self.request(index, format!("{}/offline", basket.receipt), &command);
    }

    /// The next message of the wire arrives: any of those under way.
    pub(crate) fn arrive(&mut self) -> Result<(), Broken> {
        if self.wire.is_empty() {
            return Ok(());
        }
        let at = usize::try_from(self.chance.below(self.wire.len() as u64)).unwrap_or(0);
        match self.wire.swap_remove(at) {
            Message::Request { till, command_id, json } => {
                let Some(sender) = self.tills.get(till) else { return Ok(()) };
                let (actor, session, now) = (Actor::Terminal(sender.id), sender.session, self.now);
                let Some(session) = self.sessions.get_mut(session) else { return Ok(()) };
                let reply = session.submit(now, &actor, &command_id, &json);
                if let Reply::Unreadable(error) = &reply {
                    return Err(Broken::from(format!("a till's command cannot be read: {error}: {json}")));
                }
                self.send(Message::Answer { till, command_id, reply });
                Ok(())
            }
            Message::Answer { till, command_id, reply } => self.answered(till, &command_id, &reply),
        }
    }

    fn answered(&mut self, index: usize, command_id: &str, reply: &Reply) -> Result<(), Broken> {
        let Some(till) = self.tills.get_mut(index) else { return Ok(()) };
        if let Some(receipt) = command_id.strip_suffix("/offline") {
            return match reply {
                Reply::Accepted { .. } => {
                    till.backlog.retain(|basket| basket.receipt.to_string() != receipt);
                    Ok(())
                }
                other => Err(Broken::new(
                    format!("an offline receipt was not recorded: {other:?}"),
                    [receipt.to_owned()],
                )),
            };
        }
        let Desk::Waiting(basket) = till.desk.clone() else { return Ok(()) };
        if basket.receipt.to_string() != command_id {
            return Ok(());
        }
        till.desk = Desk::Free;
        if let Reply::Accepted { .. } = reply {
            self.paid(index, &basket);
        } else {
            self.tell(format!("{} is refused; the shopper leaves without it", basket.receipt));
            let tags: Vec<Tag> = basket.lines.iter().map(|line| line.tag).collect();
            self.release(&tags);
        }
        Ok(())
    }

    fn release(&mut self, tags: &[Tag]) {
        for tag in tags {
            if let Some(thing) = self.things.iter_mut().find(|thing| thing.tag == *tag && thing.held) {
                thing.held = false;
            }
        }
    }

    /// A shopper brings something back to the desk; the desk is online and asks once.
    pub(crate) fn bring_back(&mut self) {
        let receipts: Vec<ReceiptId> = self.truth.baskets.keys().copied().collect();
        let Some(receipt) = self.chance.pick(&receipts).copied() else { return };
        let Some((_, basket)) = self.truth.baskets.get(&receipt).cloned() else { return };
        let line = self.chance.below(basket.lines.len() as u64);
        let restock = self.chance.percent(60);
        let id = ReturnId(Uuid::from_u128(u128::from(self.chance.below(u64::MAX))));
        let now = self.now;
        let command_id = format!("return-{id}");
        let Ok(line) = u16::try_from(line) else { return };
        for index in 0..self.sessions.len() {
            let Some(session) = self.sessions.get_mut(index) else { continue };
            let Some(amount) = refund_of(session, receipt, line) else { continue };
            let back = ReturnLines {
                id,
                receipt,
                lines: vec![AskedReturn { line, restock }],
                reason: ReturnReason::Goodwill,
                tenders: vec![Tender { kind: TenderKind::Cash, amount }],
                occurred_at: now,
            };
            let Ok(json) = serde_json::to_string(&Command::ReturnLines(back)) else { return };
            let reply = session.submit(now, &Self::organizer(), &command_id, &json);
            if matches!(reply, Reply::Accepted { .. }) {
                self.figures.returns += 1;
                self.truth.refunded = self.truth.refunded.plus(amount).unwrap_or(self.truth.refunded);
                if let Some(line) = basket.lines.get(usize::from(line))
                    && restock
                    && let Some(thing) =
                        self.things.iter_mut().find(|thing| thing.tag == line.tag && thing.gone)
                {
                    thing.gone = false;
                }
                self.tell(format!("line {line} of {receipt} comes back for {amount}"));
            }
        }
    }
}

/// What the shopper paid for the line, by the receipt on record.
fn refund_of(
    session: &crate::host::Host<domain::sale_session::SaleSession>,
    receipt: ReceiptId,
    line: u16,
) -> Option<Cents> {
    let inclusive = session.state().price_rules()?.tax.inclusive;
    session.events().iter().find_map(|event| match event {
        domain::sale_session::Event::ReceiptCompleted(found) if found.receipt == receipt => {
            let line = found.lines.get(usize::from(line))?;
            if inclusive { Some(line.price) } else { line.price.plus(line.tax).ok() }
        }
        _ => None,
    })
}
