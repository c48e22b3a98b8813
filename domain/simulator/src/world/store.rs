//! The online store: what it has, what it tells and when, and the shoppers who buy there.
//!
//! Its orders change at any time; webhooks about them come late, twice, in any order, or never. What is fetched
//! is a copy of that moment, and copies overtake each other on the way.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{Actor, OrganizationId, RemoteId, SessionId, ShopId};
use domain::journal::Hash;
use domain::money::Cents;
use domain::sale_session::CancelReason;
use domain::storefront::{
    Access, AgreedSale, Agreement, AgreementKind, Command, FetchedOrder, SaleKind, Storefront, Via,
};
use domain::stream::StreamId;
use domain::tag::Tag;

use super::World;
use crate::Broken;
use crate::host::{Host, Reply};

/// Most things in an online order.
const MAX_LINES: u64 = 3;

/// One line of an order, as the store has it.
#[derive(Debug, Clone, Copy)]
struct Line {
    id: RemoteId,
    tag: Tag,
    /// What is left of its price and tax.
    price: Cents,
    tax: Cents,
    /// Not taken back.
    stands: bool,
}

/// One order, as the store has it.
#[derive(Debug, Clone)]
struct Order {
    told: FetchedOrder,
    lines: Vec<Line>,
    /// Money went back for no line.
    adjusted: bool,
    /// No webhook about it ever leaves the store.
    silent: bool,
}

/// The store and the wire to it.
#[derive(Debug)]
pub(crate) struct Store {
    /// Our object for it.
    pub(crate) host: Host<Storefront>,
    orders: BTreeMap<RemoteId, Order>,
    /// What shoppers see; behind what the hall has sold.
    stock: Vec<(Tag, Cents)>,
    /// Webhooks under way: their id, and the order.
    webhooks: Vec<(String, RemoteId)>,
    /// Copies of orders under way.
    fetched: Vec<FetchedOrder>,
    ids: i64,
}

impl Store {
    pub(crate) fn new(organization: OrganizationId, shop: ShopId) -> Self {
        Self {
            host: Host::new(StreamId::Storefront(organization, shop)),
            orders: BTreeMap::new(),
            stock: Vec::new(),
            webhooks: Vec::new(),
            fetched: Vec::new(),
            ids: 1 << 53,
        }
    }

    /// Tags that shoppers ordered, whatever became of it.
    pub(crate) fn tags(&self) -> BTreeSet<Tag> {
        self.orders.values().flat_map(|order| &order.lines).map(|line| line.tag).collect()
    }

    /// Every order as the store has it, and whether webhooks told of it.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&FetchedOrder, bool)> {
        self.orders.values().map(|order| (&order.told, !order.silent))
    }

    pub(crate) fn fresh(&mut self) -> RemoteId {
        self.ids += 1;
        RemoteId(self.ids)
    }

    /// The store agrees on something about an order, and says so.
    fn agree(&mut self, order: RemoteId, now: i64, kind: AgreementKind, sales: Vec<AgreedSale>) {
        let agreement = self.fresh();
        let refund = (kind == AgreementKind::Refund).then(|| self.fresh());
        let Some(found) = self.orders.get_mut(&order) else { return };
        found.told.agreements.push(Agreement { agreement, kind, happened_at: now, refund, sales });
        self.changed(order, now);
    }

    /// Something about the order changed: a webhook leaves.
    fn changed(&mut self, order: RemoteId, now: i64) {
        let webhook = format!("webhook-{}", self.fresh());
        let Some(found) = self.orders.get_mut(&order) else { return };
        found.told.updated_at = now.max(found.told.updated_at + 1);
        if !found.silent {
            self.webhooks.push((webhook, order));
        }
    }

    /// A copy of the order as it is now starts on its way to us.
    fn fetch(&mut self, order: RemoteId, via: Via) {
        if let Some(found) = self.orders.get(&order) {
            self.fetched.push(FetchedOrder { via, ..found.told.clone() });
        }
    }
}

fn sale(line: &Line, quantity: i32, amount: Cents, tax: Cents) -> AgreedSale {
    AgreedSale {
        kind: SaleKind::Product,
        line: Some(line.id),
        tag: Some(line.tag),
        quantity,
        amount,
        tax,
        restock: quantity < 0,
    }
}

const fn less(amount: Cents) -> Cents {
    Cents(-amount.0)
}

impl World {
    fn sync() -> Actor {
        Actor::System("sync".to_owned())
    }

    pub(crate) fn connect_store(&mut self) -> Result<(), Broken> {
        let settings = self.organization.state().settings.as_ref();
        let connect = Command::Connect {
            domain: "demo.myshopify.com".to_owned(),
            access: Access::OfflineToken,
            budget_points: 1_000,
            restore_per_second: 50,
            tax_included: settings.is_some_and(|settings| settings.tax.inclusive),
        };
        let id = self.next_command();
        Self::must(&mut self.store.host, self.now, &Self::sync(), &id, &connect)
    }

    /// Orders of the event's items go to its newest session.
    pub(crate) fn route_orders(&mut self, session: SessionId) -> Result<(), Broken> {
        let ordinal = self.event.state().founding.as_ref().map_or(0, |founding| founding.ordinal);
        let route = Command::RouteEvent { ordinal, event: self.event_id(), session };
        let id = self.next_command();
        Self::must(&mut self.store.host, self.now, &Self::sync(), &id, &route)
    }

    /// Something happens at the store, or between it and us.
    pub(crate) fn store_step(&mut self) -> Result<(), Broken> {
        let orders: Vec<RemoteId> = self.store.orders.keys().copied().collect();
        let order = self.chance.pick(&orders).copied();
        match (self.chance.below(100), order) {
            (0..8, _) => self.stock_up(),
            (8..24, _) => self.shop(),
            (24..40, _) => return self.webhook_arrives(),
            (40..58, _) => self.fetch_what_was_told(),
            (58..78, _) => return self.copy_arrives(),
            (78..82, _) => orders.iter().for_each(|order| self.store.fetch(*order, Via::Polling)),
            (82..88, Some(order)) => self.give_back(order),
            (88..91, Some(order)) => self.add_line(order),
            (91..94, Some(order)) => self.cancel(order),
            (94..97, Some(order)) => self.pay_there(order),
            (_, Some(order)) => self.send_off(order),
            (_, None) => {}
        }
        Ok(())
    }

    /// The store learns what the newest session has unsold.
    fn stock_up(&mut self) {
        let Some(session) = self.sessions.last() else { return };
        let ordered = self.store.tags();
        let free = session.state().slots().iter().filter(|slot| slot.receipt == 0 && slot.marks == 0);
        let stock = free.filter(|slot| !ordered.contains(&slot.tag));
        self.store.stock = stock.map(|slot| (slot.tag, Cents(i64::from(slot.price)))).collect();
    }

    fn take_from_stock(&mut self) -> Option<Line> {
        let at = usize::try_from(self.chance.below(self.store.stock.len() as u64)).ok()?;
        if at >= self.store.stock.len() {
            return None;
        }
        let (tag, price) = self.store.stock.swap_remove(at);
        let tax = Cents(price.0 / 20);
        Some(Line { id: self.store.fresh(), tag, price, tax, stands: true })
    }

    fn shop(&mut self) {
        let count = self.chance.between(1, MAX_LINES);
        let lines: Vec<Line> = (0..count).map_while(|_| self.take_from_stock()).collect();
        if lines.is_empty() {
            return;
        }
        let order = self.store.fresh();
        let tags: Vec<String> = lines.iter().map(|line| line.tag.grouped()).collect();
        self.tell(format!("order {order}: somebody buys {} at the store", tags.join(", ")));
        let told = FetchedOrder {
            order,
            placed_at: self.now,
            updated_at: self.now,
            paid: self.chance.percent(80),
            fulfilled: false,
            cancelled: None,
            test: false,
            agreements: Vec::new(),
            via: Via::Webhook,
            evidence: Hash([7; 32]),
        };
        let sales = lines.iter().map(|line| sale(line, 1, line.price, line.tax)).collect();
        let silent = self.chance.percent(10);
        self.store.orders.insert(order, Order { told, lines, adjusted: false, silent });
        self.store.agree(order, self.now, AgreementKind::Order, sales);
        self.figures.orders += 1;
    }

    fn add_line(&mut self, order: RemoteId) {
        if self.store.orders.get(&order).is_none_or(|found| found.told.cancelled.is_some()) {
            return;
        }
        let Some(line) = self.take_from_stock() else { return };
        self.tell(format!("order {order}: {} is added", line.tag.grouped()));
        if let Some(found) = self.store.orders.get_mut(&order) {
            found.lines.push(line);
        }
        self.store.agree(order, self.now, AgreementKind::Edit, vec![sale(&line, 1, line.price, line.tax)]);
    }

    /// A line is given back, a part of its price, or something for the order as such.
    fn give_back(&mut self, order: RemoteId) {
        let (which, how) = (self.chance.below(MAX_LINES), self.chance.below(4));
        let Some(found) = self.store.orders.get_mut(&order) else { return };
        let cancelled = found.told.cancelled.is_some();
        let standing = found.lines.iter_mut().filter(|line| line.stands);
        let Some(line) = usize::try_from(which).ok().and_then(|which| standing.into_iter().nth(which)) else {
            return;
        };
        let sales = match how {
            0 if !cancelled && line.price.0 >= 4 => {
                let (part, tax) = (Cents(line.price.0 / 4), Cents(line.tax.0 / 4));
                (line.price, line.tax) = (Cents(line.price.0 - part.0), Cents(line.tax.0 - tax.0));
                vec![sale(line, 0, less(part), less(tax))]
            }
            1 if !cancelled => {
                let adjustment = AgreedSale {
                    kind: SaleKind::Adjustment,
                    line: None,
                    tag: None,
                    ..sale(line, 0, Cents(-25), Cents::ZERO)
                };
                found.adjusted = true;
                vec![adjustment]
            }
            _ => {
                line.stands = false;
                vec![sale(line, -1, less(line.price), less(line.tax))]
            }
        };
        self.tell(format!("order {order}: the store gives money back"));
        self.store.agree(order, self.now, AgreementKind::Refund, sales);
    }

    /// Cancelled now; the money follows later. What was adjusted is not cancelled as well.
    fn cancel(&mut self, order: RemoteId) {
        let Some(found) = self.store.orders.get_mut(&order) else { return };
        if found.adjusted || found.told.fulfilled || found.told.cancelled.is_some() {
            return;
        }
        found.told.cancelled = Some(CancelReason::Customer);
        self.store.changed(order, self.now);
        self.tell(format!("order {order} is cancelled"));
    }

    fn pay_there(&mut self, order: RemoteId) {
        if let Some(found) = self.store.orders.get_mut(&order) {
            found.told.paid = true;
            self.store.changed(order, self.now);
        }
    }

    /// Sent off, if everything on it is still in the hall.
    fn send_off(&mut self, order: RemoteId) {
        let Some(found) = self.store.orders.get(&order) else { return };
        if !found.told.paid || found.told.cancelled.is_some() || found.told.fulfilled {
            return;
        }
        let tags: Vec<Tag> = found.lines.iter().filter(|line| line.stands).map(|line| line.tag).collect();
        let here =
            |tag: &Tag| self.things.iter().position(|thing| thing.tag == *tag && !thing.gone && !thing.held);
        let found: Vec<usize> = tags.iter().filter_map(here).collect();
        if found.len() < tags.len() || tags.is_empty() {
            return;
        }
        for thing in found {
            if let Some(thing) = self.things.get_mut(thing) {
                thing.gone = true;
            }
        }
        if let Some(found) = self.store.orders.get_mut(&order) {
            found.told.fulfilled = true;
        }
        self.store.changed(order, self.now);
        self.tell(format!("order {order} is sent off"));
    }

    /// Any webhook under way arrives; some come again.
    fn webhook_arrives(&mut self) -> Result<(), Broken> {
        let webhooks = self.store.webhooks.clone();
        let Some((id, order)) = self.chance.pick(&webhooks).cloned() else { return Ok(()) };
        if self.chance.percent(80) {
            self.store.webhooks.retain(|(other, _)| *other != id);
        }
        self.nudge(&id, order)
    }

    fn nudge(&mut self, id: &str, order: RemoteId) -> Result<(), Broken> {
        let nudge = Command::Nudge { order, topic: "orders/updated".to_owned() };
        Self::must(&mut self.store.host, self.now, &Self::sync(), id, &nudge)
    }

    fn fetch_what_was_told(&mut self) {
        let nudged: Vec<RemoteId> = self.store.host.state().nudged.iter().copied().collect();
        if let Some(order) = self.chance.pick(&nudged) {
            self.store.fetch(*order, Via::Webhook);
        }
    }

    /// Any copy under way arrives; some come again.
    fn copy_arrives(&mut self) -> Result<(), Broken> {
        let at = usize::try_from(self.chance.below(self.store.fetched.len() as u64)).unwrap_or(0);
        let Some(copy) = self.store.fetched.get(at).cloned() else { return Ok(()) };
        if self.chance.percent(85) {
            self.store.fetched.swap_remove(at);
        }
        self.record(copy)
    }

    fn record(&mut self, copy: FetchedOrder) -> Result<(), Broken> {
        let json = serde_json::to_string(&Command::RecordOrder(Box::new(copy)))
            .map_err(|error| error.to_string())?;
        let (id, now) = (self.next_command(), self.now);
        match self.store.host.submit(now, &Self::sync(), &id, &json) {
            Reply::Accepted { .. } => Ok(()),
            other => Err(Broken::from(format!("an order is not taken: {other:?}: {json}"))),
        }
    }

    /// The store gives back what it cancelled, every webhook and copy arrives, and whatever changed is asked for.
    pub(crate) fn store_catches_up(&mut self) -> Result<(), Broken> {
        let orders: Vec<RemoteId> = self.store.orders.keys().copied().collect();
        for order in orders {
            let sales = self.store.orders.get_mut(&order).map_or_else(Vec::new, |found| {
                let cancelled = found.told.cancelled.is_some();
                let left = found.lines.iter_mut().filter(|line| line.stands && cancelled);
                left.map(|line| {
                    line.stands = false;
                    sale(line, -1, less(line.price), less(line.tax))
                })
                .collect()
            });
            if !sales.is_empty() {
                self.store.agree(order, self.now, AgreementKind::Refund, sales);
            }
        }
        self.everything_arrives()
    }

    fn everything_arrives(&mut self) -> Result<(), Broken> {
        while !self.store.fetched.is_empty() {
            self.copy_arrives()?;
        }
        self.now += 1;
        let copies: Vec<FetchedOrder> = self
            .store
            .answers()
            .map(|(told, _)| FetchedOrder { via: Via::Polling, ..told.clone() })
            .collect();
        for copy in copies {
            let order = copy.order;
            self.record(copy)?;
            // The last webhook of an order comes late, after we have asked; of a silent one, none comes.
            self.store.webhooks.retain(|(_, other)| *other != order);
            if self.store.orders.get(&order).is_some_and(|found| !found.silent) {
                let id = format!("webhook-{}", self.store.fresh());
                self.nudge(&id, order)?;
            }
        }
        self.settle_deliveries()
    }

    /// Takes a line back at the store, as the outcome of a case says.
    pub(crate) fn pay_back_there(&mut self, order: RemoteId, id: RemoteId) -> Result<(), Broken> {
        let found = self.store.orders.get_mut(&order);
        let line = found.and_then(|found| found.lines.iter_mut().find(|line| line.id == id && line.stands));
        let Some(line) = line else {
            return Err(Broken::new(
                format!("order {order} has no line {id} to give back"),
                [order.to_string()],
            ));
        };
        line.stands = false;
        let sales = vec![sale(line, -1, less(line.price), less(line.tax))];
        self.store.agree(order, self.now, AgreementKind::Refund, sales);
        self.tell(format!("order {order}: the store gives a line back, as its case says"));
        self.everything_arrives()
    }
}
