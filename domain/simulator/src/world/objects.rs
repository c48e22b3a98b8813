//! The objects: setting up a sale, deliveries between logs, crashes.

use std::collections::BTreeMap;

use domain::aggregate::{Aggregate, Delivery};
use domain::commission::Tier;
use domain::consignment_event::items::ItemDraft;
use domain::consignment_event::{self, Channel};
use domain::ids::{Actor, ConsignorNumber, SessionId, TerminalId};
use domain::journal::Hash;
use domain::lifecycle::EventStatus;
use domain::money::{BasisPoints, Cents, Rounding};
use domain::organization::{self, Enrolment};
use domain::sale_session;
use domain::stream::StreamId;

use super::{Message, Thing, World};
use crate::Broken;
use crate::host::{Host, Reply};
use crate::till::{Desk, Till};
use domain::sabotage::{Bug, sabotaged};

/// Most tills of a run: the handbook's large sale.
const MAX_TILLS: u64 = 24;

/// Most items of a run: enough for several custody pages now and then, few enough that tags collide often.
const MAX_ITEMS: u64 = 60;

/// Rounds of deliveries after which a run that doesn't come to rest is called stuck.
const MAX_SETTLING_ROUNDS: u32 = 100_000;

/// Which log a step concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    Organization,
    Event,
    Session(usize),
    Store,
}

impl World {
    /// A command that must be accepted for the run to make sense.
    pub(crate) fn must<A: Aggregate>(
        host: &mut Host<A>,
        now: i64,
        actor: &Actor,
        id: &str,
        command: &A::Command,
    ) -> Result<(), Broken>
    where
        A::State: PartialEq,
    {
        let json = serde_json::to_string(command).map_err(|error| error.to_string())?;
        match host.submit(now, actor, id, &json) {
            Reply::Accepted { .. } => Ok(()),
            other => Err(Broken::from(format!("setting up the sale was not accepted: {id}: {other:?}"))),
        }
    }

    /// Founds the organization and an event with items, and opens a first session.
    pub(crate) fn set_up(&mut self) -> Result<(), Broken> {
        let organizer = Self::organizer();
        let create = organization::Command::Create {
            slug: "demo".to_owned(),
            name: "Simulated sale".to_owned(),
            currency: "USD".to_owned(),
            time_zone: "UTC".to_owned(),
            first_admin: domain::ids::PersonId("user_organizer".to_owned()),
        };
        let id = self.next_command();
        Self::must(&mut self.organization, self.now, &organizer, &id, &create)?;
        self.choose_settings()?;
        self.connect_store()?;
        let found = organization::Command::FoundEvent {
            event: self.event_id(),
            name: "Spring".to_owned(),
            starts_on: None,
            ends_on: None,
        };
        let id = self.next_command();
        Self::must(&mut self.organization, self.now, &organizer, &id, &found)?;
        self.settle_deliveries()?;
        self.list_items()?;
        self.open_shifts()?;
        self.schedule_session()?;
        self.settle_deliveries()?;
        self.pair_tills(0)
    }

    fn choose_settings(&mut self) -> Result<(), Broken> {
        let Some(mut settings) = self.organization.state().settings.clone() else {
            return Err(Broken::from("the organization has no settings".to_owned()));
        };
        settings.version += 1;
        settings.plan.rounding = *self
            .chance
            .pick(&[Rounding::HalfUp, Rounding::HalfEven, Rounding::ConsignorFavour])
            .unwrap_or(&Rounding::HalfUp);
        settings.tax.rate = BasisPoints(u32::try_from(self.chance.below(1_200)).unwrap_or(0));
        settings.tax.inclusive = self.chance.percent(25);
        let id = self.next_command();
        let change = organization::Command::ChangeSettings { settings: Box::new(settings) };
        Self::must(&mut self.organization, self.now, &Self::organizer(), &id, &change)
    }

    pub(crate) fn event_command(&mut self, command: &consignment_event::Command) -> Result<(), Broken> {
        let id = self.next_command();
        Self::must(&mut self.event, self.now, &Self::organizer(), &id, command)
    }

    fn list_items(&mut self) -> Result<(), Broken> {
        let consignors: Vec<Enrolment> = (1..=6)
            .map(|number| Enrolment {
                number: ConsignorNumber(number),
                tier: if number % 3 == 0 { Tier::Super } else { Tier::Regular },
            })
            .collect();
        let status = |to| consignment_event::Command::ChangeStatus { to, reason: None };
        self.event_command(&status(EventStatus::Registration))?;
        self.event_command(&consignment_event::Command::JoinConsignors { consignors })?;
        let count = self.chance.between(8, MAX_ITEMS);
        self.list_more(count)?;
        self.event_command(&status(EventStatus::Intake))?;
        self.event_command(&status(EventStatus::Selling))
    }

    /// Lists `count` more items; while a session is open they are late arrivals.
    pub(crate) fn list_more(&mut self, count: u64) -> Result<(), Broken> {
        let drafts: Vec<ItemDraft> = (0..count)
            .map(|_| ItemDraft {
                row: None,
                consignor: ConsignorNumber(u32::try_from(self.chance.between(1, 6)).unwrap_or(1)),
                category: "toys".to_owned(),
                title: "Thing".to_owned(),
                size: String::new(),
                condition: "good".to_owned(),
                price: Cents(i64::try_from(self.chance.between(2, 600)).unwrap_or(2) * 25),
                reduce: self.chance.percent(50),
                donate: self.chance.percent(30),
                reference: String::new(),
            })
            .collect();
        let before = self.event.state().items.len();
        self.event_command(&consignment_event::Command::ListItems { import: None, items: drafts })?;
        let ordinal = self.event.state().founding.as_ref().map_or(0, |founding| founding.ordinal);
        for number in before + 1..=self.event.state().items.len() {
            let tag =
                u32::try_from(number).ok().and_then(|number| domain::tag::Tag::new(ordinal, number).ok());
            if let Some(tag) = tag {
                self.things.push(Thing { tag, gone: false, held: false });
                if self.chance.percent(8) {
                    self.things.push(Thing { tag, gone: false, held: false });
                }
            }
        }
        Ok(())
    }

    /// Plans the next session and begins to open it.
    pub(crate) fn schedule_session(&mut self) -> Result<(), Broken> {
        let session = SessionId(self.chance.id());
        let organization = self.event.stream.organization();
        self.sessions.push(Host::new(StreamId::Session(organization, session)));
        let number = self.sessions.len();
        let name = format!("Session {number}");
        self.tell(format!("{name} is planned and opens"));
        self.event_command(&consignment_event::Command::ScheduleSession {
            session,
            name,
            channels: vec![Channel::Floor, Channel::Online],
        })?;
        self.route_orders(session)?;
        self.event_command(&consignment_event::Command::OpenSession { session })
    }

    /// Pairs the hall's tills with session `index`.
    pub(crate) fn pair_tills(&mut self, index: usize) -> Result<(), Broken> {
        let count = if self.chance.percent(15) {
            self.chance.between(9, MAX_TILLS)
        } else {
            self.chance.between(2, 8)
        };
        self.tills.clear();
        for number in 1..=count {
            let byte = u8::try_from(number).unwrap_or(u8::MAX);
            let id = TerminalId(self.chance.id());
            let name = format!("Till {number}");
            let code_digest = Hash([byte; 32]);
            let pair = sale_session::Command::Pair {
                code_digest,
                terminal: id,
                name: name.clone(),
                token_digest: Hash([byte; 32]),
            };
            let (offer_id, pair_id) = (self.next_command(), self.next_command());
            let skew = match self.chance.below(10) {
                0 => 3_600_000,
                1 => -3_600_000,
                2 => 90_000,
                _ => 0,
            };
            let now = self.now;
            let Some(session) = self.sessions.get_mut(index) else { return Ok(()) };
            let offer = sale_session::Command::OfferPairing { code_digest };
            Self::must(session, now, &Self::organizer(), &offer_id, &offer)?;
            Self::must(session, now, &Self::organizer(), &pair_id, &pair)?;
            self.tills.push(Till {
                id,
                name,
                session: index,
                online: true,
                skew,
                catalogue: BTreeMap::new(),
                desk: Desk::Free,
                backlog: Vec::new(),
            });
        }
        Ok(())
    }

    /// The objects that have something to hand over.
    pub(crate) fn with_deliveries(&self) -> Vec<Object> {
        let sessions =
            self.sessions.iter().enumerate().filter(|(_, session)| session.next_delivery().is_some());
        let mut objects: Vec<Object> = sessions.map(|(index, _)| Object::Session(index)).collect();
        if self.organization.next_delivery().is_some() {
            objects.push(Object::Organization);
        }
        if self.event.next_delivery().is_some() {
            objects.push(Object::Event);
        }
        if self.store.host.next_delivery().is_some() {
            objects.push(Object::Store);
        }
        objects
    }

    /// Hands over the next thing of `from`. The sender may crash between the receiver's answer and its own note of
    /// it: then the same delivery goes out again.
    pub(crate) fn deliver(&mut self, from: Object) -> Result<(), Broken> {
        let (stream, delivery) = match from {
            Object::Organization => {
                (self.organization.stream.to_string(), self.organization.next_delivery().cloned())
            }
            Object::Event => (self.event.stream.to_string(), self.event.next_delivery().cloned()),
            Object::Store => (self.store.host.stream.to_string(), self.store.host.next_delivery().cloned()),
            Object::Session(index) => match self.sessions.get(index) {
                Some(session) => (session.stream.to_string(), session.next_delivery().cloned()),
                None => return Ok(()),
            },
        };
        let Some(delivery) = delivery else { return Ok(()) };
        let away = self.chance.percent(10);
        if away {
            self.figures.faults += 1;
            if !sabotaged(Bug::DropsDeliveries) {
                return Ok(());
            }
        } else {
            self.receive(&stream, &delivery)?;
            if self.chance.percent(10) {
                self.figures.faults += 1;
                return Ok(());
            }
        }
        match from {
            Object::Organization => self.organization.delivered(),
            Object::Event => self.event.delivered(),
            Object::Store => self.store.host.delivered(),
            Object::Session(index) => {
                if let Some(session) = self.sessions.get_mut(index) {
                    session.delivered();
                }
            }
        }
        Ok(())
    }

    fn receive(&mut self, stream: &str, delivery: &Delivery) -> Result<(), Broken> {
        let (actor, json, now) = (Actor::Stream(stream.to_owned()), delivery.command.to_string(), self.now);
        let reply = match &delivery.to {
            StreamId::Organization(_) => self.organization.submit(now, &actor, &delivery.command_id, &json),
            StreamId::Event(..) => self.event.submit(now, &actor, &delivery.command_id, &json),
            to @ StreamId::Session(..) => {
                match self.sessions.iter_mut().find(|session| session.stream == *to) {
                    Some(session) => session.submit(now, &actor, &delivery.command_id, &json),
                    None => return Err(Broken::from(format!("a delivery to nobody: {to}"))),
                }
            }
            to => return Err(Broken::from(format!("a delivery to nobody: {to}"))),
        };
        self.figures.pages += u64::from(json.contains("custody"));
        match reply {
            Reply::Accepted { .. } => Ok(()),
            other => Err(Broken::from(format!(
                "a delivery was not accepted: {}: {json}: {other:?}",
                delivery.command_id
            ))),
        }
    }

    /// Lets every delivery arrive.
    pub(crate) fn settle_deliveries(&mut self) -> Result<(), Broken> {
        for _ in 0..MAX_SETTLING_ROUNDS {
            let waiting = self.with_deliveries();
            let Some(from) = self.chance.pick(&waiting).copied() else { return Ok(()) };
            self.deliver(from)?;
        }
        Err(Broken::from("deliveries do not come to rest".to_owned()))
    }

    /// Somewhere, a process dies.
    pub(crate) fn crash_something(&mut self) -> Result<(), Broken> {
        self.figures.crashes += 1;
        match self.chance.below(5) {
            0 => self.organization.crash()?,
            1 => self.event.crash()?,
            2 => self.store.host.crash()?,
            _ => {
                let index = usize::try_from(self.chance.below(self.sessions.len() as u64)).unwrap_or(0);
                if let Some(session) = self.sessions.get_mut(index) {
                    session.crash()?;
                }
            }
        }
        Ok(())
    }

    /// A message goes onto the wire: it may be lost or doubled.
    pub(crate) fn send(&mut self, message: Message) {
        match self.chance.below(100) {
            0..10 => self.figures.faults += 1,
            10..22 => {
                self.figures.faults += 1;
                self.wire.push(message.clone());
                self.wire.push(message);
            }
            _ => self.wire.push(message),
        }
    }
}
