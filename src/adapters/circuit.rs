//! A circuit breaker around an outside service: after several failures in a row nobody asks it for a while, then one
//! request tries. Callers get an answer at once instead of each waiting for the same silence, and the service gets
//! room to recover. One per service and isolate: what one isolate has learnt costs the others a few tries of their own.

use std::cell::RefCell;
use std::thread::LocalKey;

/// Failures in a row that open the circuit: more than a hiccup, fewer than a minute of them.
pub const CIRCUIT_FAILURES_MAX: u32 = 5;

/// How long it stays open before one request may try, ms.
pub const CIRCUIT_OPEN_MS: i64 = 30_000;

/// How long a trying request may take before another may try in its place, ms: longer than any of our time limits, for
/// it may also have died with its caller.
pub const CIRCUIT_PROBE_MS: i64 = 60_000;

/// Milliseconds of a second.
const SECOND_MS: i64 = 1_000;

/// The service is not asked for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{service} has failed several times in a row and is not asked for another {retry_after_s} s")]
pub struct CircuitOpen {
    /// Whose circuit it is.
    pub service: &'static str,
    /// When to try again, s; at least 1.
    pub retry_after_s: u32,
}

/// Where a circuit stands. Pure: the time is passed in, ms since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circuit {
    service: &'static str,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Requests pass; so many have failed in a row.
    Closed { failures: u32 },
    /// None passes before this time.
    Open { until: i64 },
    /// One is under way, and decides; should it never come back, another may try from this time on.
    Probing { until: i64 },
}

impl Circuit {
    /// A closed circuit around `service`, which is named in errors and log lines.
    #[must_use]
    pub const fn around(service: &'static str) -> Self {
        Self { service, state: State::Closed { failures: 0 } }
    }

    /// Lets a request pass, or says when to come again. Whoever passes says how it went.
    ///
    /// # Errors
    /// [`CircuitOpen`].
    pub fn pass(&mut self, now: i64) -> Result<(), CircuitOpen> {
        self.look(now)?;
        if !matches!(self.state, State::Closed { .. }) {
            self.state = State::Probing { until: now.saturating_add(CIRCUIT_PROBE_MS) };
        }
        Ok(())
    }

    /// Whether a request would pass; for those who must not begin what they cannot finish.
    ///
    /// # Errors
    /// [`CircuitOpen`].
    pub fn look(&self, now: i64) -> Result<(), CircuitOpen> {
        match self.state {
            State::Open { until } | State::Probing { until } if now < until => {
                let seconds = until.saturating_sub(now).saturating_add(SECOND_MS - 1) / SECOND_MS;
                let retry_after_s = u32::try_from(seconds).unwrap_or(u32::MAX);
                Err(CircuitOpen { service: self.service, retry_after_s })
            }
            State::Closed { .. } | State::Open { .. } | State::Probing { .. } => Ok(()),
        }
    }

    /// A request got an answer, whatever it says: the service lives.
    pub fn answered(&mut self) {
        if !matches!(self.state, State::Closed { .. }) {
            tracing::info!(service = self.service, "answers again");
        }
        self.state = State::Closed { failures: 0 };
    }

    /// A request got none, or one that says that the service is broken.
    pub fn failed(&mut self, now: i64) {
        let failures = match self.state {
            State::Closed { failures } => failures.saturating_add(1),
            // A straggler from before: it has opened already.
            State::Open { .. } => return,
            State::Probing { .. } => CIRCUIT_FAILURES_MAX,
        };
        self.state = if failures >= CIRCUIT_FAILURES_MAX {
            tracing::warn!(service = self.service, "circuit opened");
            State::Open { until: now.saturating_add(CIRCUIT_OPEN_MS) }
        } else {
            State::Closed { failures }
        };
    }
}

/// An isolate's circuit.
pub type IsolateCircuit = LocalKey<RefCell<Circuit>>;

/// As [`Circuit::pass`], on the isolate's own.
///
/// # Errors
/// [`CircuitOpen`].
pub fn pass(circuit: &'static IsolateCircuit, now: i64) -> Result<(), CircuitOpen> {
    circuit.with_borrow_mut(|circuit| circuit.pass(now))
}

/// Says on the isolate's own how a request went.
pub fn note(circuit: &'static IsolateCircuit, lives: bool, now: i64) {
    circuit.with_borrow_mut(|circuit| if lives { circuit.answered() } else { circuit.failed(now) });
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn failed(times: u32) -> Circuit {
        let mut circuit = Circuit::around("test");
        (0..times).for_each(|_| circuit.failed(NOW));
        circuit
    }

    #[test]
    fn a_few_failures_are_no_reason_and_a_success_forgets_them() {
        let mut circuit = failed(CIRCUIT_FAILURES_MAX - 1);
        assert_eq!(circuit.pass(NOW), Ok(()));
        circuit.answered();
        (0..CIRCUIT_FAILURES_MAX - 1).for_each(|_| circuit.failed(NOW));
        assert_eq!(circuit.pass(NOW), Ok(()));
    }

    #[test]
    fn an_open_circuit_says_when_to_come_again_and_lets_one_try() {
        let mut circuit = failed(CIRCUIT_FAILURES_MAX);
        let refused = |retry_after_s| Err(CircuitOpen { service: "test", retry_after_s });
        assert_eq!(circuit.pass(NOW), refused(30));
        assert_eq!(circuit.pass(NOW + CIRCUIT_OPEN_MS - 1), refused(1));
        let half = NOW + CIRCUIT_OPEN_MS;
        assert_eq!(circuit.look(half), Ok(()), "looking is not trying");
        assert_eq!(circuit.pass(half), Ok(()));
        assert_eq!(circuit.pass(half), refused(60), "one tries, the others wait for what it learns");
        circuit.answered();
        assert_eq!(circuit.pass(half), Ok(()));
        assert_eq!(circuit.pass(half), Ok(()));
    }

    #[test]
    fn a_try_that_fails_opens_it_again_and_one_that_never_returns_holds_nobody_up_for_ever() {
        let half = NOW + CIRCUIT_OPEN_MS;
        let mut circuit = failed(CIRCUIT_FAILURES_MAX);
        assert_eq!(circuit.pass(half), Ok(()));
        circuit.failed(half + 5);
        assert!(circuit.pass(half + CIRCUIT_OPEN_MS).is_err());
        assert_eq!(circuit.pass(half + 5 + CIRCUIT_OPEN_MS), Ok(()));
        assert_eq!(circuit.pass(half + 5 + CIRCUIT_OPEN_MS + CIRCUIT_PROBE_MS), Ok(()));
    }

    #[test]
    fn stragglers_do_not_keep_it_open() {
        let mut circuit = failed(CIRCUIT_FAILURES_MAX);
        circuit.failed(NOW + CIRCUIT_OPEN_MS - 1);
        assert_eq!(circuit.pass(NOW + CIRCUIT_OPEN_MS), Ok(()));
    }
}
