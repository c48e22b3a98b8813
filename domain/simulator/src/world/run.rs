//! The days of a sale, one step at a time.

use domain::lifecycle::SessionStatus;
use domain::sale_session::{CloseReason, Command, ConflictOpened, Event, Resolution};

use super::World;
use crate::Broken;
use crate::host::Reply;
use crate::till::Desk;

/// Longest pause between two steps, ms.
const MAX_PAUSE_MS: u64 = 20_000;

/// Rounds after which a hall that does not come to rest is called stuck.
const MAX_QUIET_ROUNDS: u32 = 50_000;

impl World {
    pub(crate) fn run(&mut self) -> Result<(), Broken> {
        self.set_up()?;
        let sessions = if self.chance.percent(30) { 2 } else { 1 };
        for index in 0..sessions {
            if index > 0 {
                self.list_more(5)?;
                self.schedule_session()?;
                self.settle_deliveries()?;
                self.move_tills(index)?;
            }
            for till in 0..self.tills.len() {
                self.refresh_catalogue(till);
            }
            let steps = self.chance.between(60, 400);
            for _ in 0..steps {
                self.step()?;
            }
            self.end_session(index)?;
        }
        self.come_to_rest()?;
        self.store_catches_up()?;
        self.resolve_conflicts()?;
        self.come_to_rest()?;
        self.store_pays_back()?;
        self.reconcile()
    }

    fn step(&mut self) -> Result<(), Broken> {
        self.now += i64::try_from(self.chance.below(MAX_PAUSE_MS)).unwrap_or(0);
        if self.chance.percent(20) {
            return self.store_step();
        }
        let till = usize::try_from(self.chance.below(self.tills.len() as u64)).unwrap_or(0);
        match self.chance.below(100) {
            0..34 => self.arrive(),
            34..62 => self.ring_up(till),
            62..70 => {
                self.toggle_network(till);
                Ok(())
            }
            70..80 => {
                self.catch_up(till);
                Ok(())
            }
            80..86 => {
                let waiting = self.with_deliveries();
                self.chance.pick(&waiting).copied().map_or(Ok(()), |from| self.deliver(from))
            }
            86..91 => self.crash_something(),
            91..94 => {
                self.bring_back();
                Ok(())
            }
            94..95 => self.list_more(2),
            95..97 => {
                self.hall_outage();
                Ok(())
            }
            _ => self.volunteer(),
        }
    }

    fn toggle_network(&mut self, index: usize) {
        let Some(till) = self.tills.get_mut(index) else { return };
        till.online = !till.online;
        let line = format!("{} is {}", till.name, if till.online { "online" } else { "offline" });
        let waiting = match &till.desk {
            Desk::Waiting(basket) if !till.online => Some(basket.clone()),
            _ => None,
        };
        self.tell(line);
        // The shopper does not wait for the Wi-Fi; the first question may still arrive.
        if let Some(basket) = waiting {
            self.pay_offline(index, basket);
        }
    }

    fn hall_outage(&mut self) {
        self.tell("the hall's network fails");
        for till in 0..self.tills.len() {
            if self.tills.get(till).is_some_and(|till| till.online) {
                self.toggle_network(till);
            }
        }
    }

    fn catch_up(&mut self, index: usize) {
        let Some(till) = self.tills.get(index) else { return };
        if !till.online {
            return;
        }
        match till.desk.clone() {
            Desk::Waiting(basket) => self.ask(index, &basket),
            Desk::Free => self.send_backlog(index),
        }
    }

    /// Session `index` closes, over the heads of tills that may still be offline.
    fn end_session(&mut self, index: usize) -> Result<(), Broken> {
        let (id, now) = (self.next_command(), self.now);
        let Some(session) = self.sessions.get_mut(index) else { return Ok(()) };
        if session.state().status != SessionStatus::Open {
            return Err(Broken::from(format!("session {index} never opened")));
        }
        for (attempt, command) in
            [Command::Close, Command::CloseOver { reason: CloseReason::ComesLater }].iter().enumerate()
        {
            let json = serde_json::to_string(command).map_err(|error| error.to_string())?;
            if let Reply::Accepted { .. } =
                session.submit(now, &Self::organizer(), &format!("{id}/{attempt}"), &json)
            {
                break;
            }
        }
        self.tell(format!("session {} closes", index + 1));
        self.settle_deliveries()
    }

    /// The next session's tills; those of the last one first send what they still hold.
    fn move_tills(&mut self, index: usize) -> Result<(), Broken> {
        self.come_to_rest()?;
        self.pair_tills(index)
    }

    /// Everybody comes online and sends what they hold; every message arrives.
    fn come_to_rest(&mut self) -> Result<(), Broken> {
        for _ in 0..MAX_QUIET_ROUNDS {
            let mut busy = !self.wire.is_empty() || !self.with_deliveries().is_empty();
            for till in 0..self.tills.len() {
                if let Some(till) = self.tills.get_mut(till) {
                    till.online = true;
                    busy |= till.desk != Desk::Free || !till.backlog.is_empty();
                }
                if self.wire.len() < 50 {
                    self.catch_up(till);
                }
            }
            if !busy {
                return Ok(());
            }
            self.now += 100;
            self.arrive()?;
            self.arrive()?;
            self.settle_deliveries()?;
        }
        Err(Broken::from("the hall does not come to rest: some till never gets its answer".to_owned()))
    }

    /// The organizer ends every open case.
    fn resolve_conflicts(&mut self) -> Result<(), Broken> {
        for index in 0..self.sessions.len() {
            let Some(session) = self.sessions.get(index) else { continue };
            let opened: Vec<ConflictOpened> = session
                .events()
                .iter()
                .filter_map(|event| match event {
                    Event::ConflictOpened(opened) => Some(opened.clone()),
                    _ => None,
                })
                .collect();
            for opened in opened {
                self.figures.conflicts += 1;
                let resolution = self.chance.pick(&[
                    Resolution::KeepFirstRefundSecond,
                    Resolution::KeepSecondRefundFirst,
                    Resolution::TwoItems { consignor: None },
                ]);
                let resolution = resolution.copied().unwrap_or(Resolution::KeepFirstRefundSecond);
                for resolution in [resolution, Resolution::KeepFirstRefundSecond, Resolution::OneBasket] {
                    let command = Command::ResolveConflict {
                        case: opened.case,
                        resolution,
                        receipts: opened.receipts.clone(),
                    };
                    let json = serde_json::to_string(&command).map_err(|error| error.to_string())?;
                    let (id, now) = (self.next_command(), self.now);
                    let Some(session) = self.sessions.get_mut(index) else { break };
                    if let Reply::Accepted { .. } = session.submit(now, &Self::organizer(), &id, &json) {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}
