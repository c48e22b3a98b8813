//! Takes entries about terminals into the state.

use super::super::state::{ParkedBasket, State, TerminalState};
use super::event::{
    BasketParked, DrawerOpened, PairingOffered, TerminalAcknowledged, TerminalPaired, TerminalReported,
    TerminalRightsSet,
};
use crate::ids::TerminalId;
use crate::money::Cents;

impl State {
    pub(in crate::sale_session) fn offer(&mut self, offer: &PairingOffered, recorded_at: i64) {
        self.offers.retain(|(_, expires_at)| *expires_at > recorded_at);
        self.offers.push((offer.code_digest, offer.expires_at));
    }

    pub(in crate::sale_session) fn pair(&mut self, paired: &TerminalPaired) {
        self.offers.retain(|(digest, _)| *digest != paired.code_digest);
        self.terminals.push(TerminalState {
            id: paired.terminal,
            name: paired.name.clone(),
            token_digest: paired.token_digest,
            revoked: false,
            rights: 0,
            version: 0,
            acknowledged: 0,
            waiting: Some(0),
            drawer: None,
            counted: false,
        });
    }

    pub(in crate::sale_session) fn revoke(&mut self, terminal: TerminalId) {
        if let Some(terminal) = self.terminal_mut(terminal) {
            terminal.revoked = true;
            terminal.version += 1;
        }
    }

    pub(in crate::sale_session) fn set_rights(&mut self, set: &TerminalRightsSet) {
        if let Some(terminal) = self.terminal_mut(set.terminal) {
            terminal.rights = set.rights.iter().fold(0, |bits, right| bits | right.bit());
            terminal.version = set.version;
        }
    }

    pub(in crate::sale_session) fn acknowledge(&mut self, known: TerminalAcknowledged) {
        if let Some(terminal) = self.terminal_mut(known.terminal) {
            terminal.acknowledged = known.version;
        }
    }

    pub(in crate::sale_session) fn report(&mut self, report: TerminalReported) {
        if let Some(terminal) = self.terminal_mut(report.terminal) {
            terminal.waiting = report.waiting;
        }
    }

    pub(in crate::sale_session) fn open_drawer(&mut self, drawer: DrawerOpened) {
        if let Some(terminal) = self.terminal_mut(drawer.terminal) {
            terminal.drawer = Some(drawer.float);
        }
    }

    pub(in crate::sale_session) fn close_drawer(&mut self, terminal: TerminalId) {
        if let Some(terminal) = self.terminal_mut(terminal) {
            terminal.drawer = None;
            terminal.counted = true;
        }
    }

    /// Cash went into the terminal's drawer (or out of it, below zero), if it has one in use.
    pub(in crate::sale_session) fn move_cash(&mut self, terminal: TerminalId, amount: Cents) {
        if let Some(drawer) = self.terminal_mut(terminal).and_then(|terminal| terminal.drawer.as_mut()) {
            super::super::books::add(drawer, amount);
        }
    }

    pub(in crate::sale_session) fn park(&mut self, parked: &BasketParked) {
        let terminal = self.terminal(parked.terminal).map_or(u16::MAX, |(index, _)| index);
        let tags = parked.lines.iter().map(|line| line.tag).collect();
        self.parked.insert(parked.basket, ParkedBasket { terminal, tags });
    }
}
