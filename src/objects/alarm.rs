//! The object's one alarm: it serves whatever is due, each by itself, and is armed for what is due next.
//!
//! An alarm that fails is tried six times and then gone for good, so this one never fails for what it serves: a
//! part that cannot go on comes again later, and the others do not notice. Only when the next alarm cannot be
//! set does it fail, because then the runtime's own repetition is all that is left.

use std::rc::Rc;

use domain::aggregate::Aggregate;
use worker::{Response, Result};

use super::database::StoreError;
use super::host::{Host, NO_ALARM, ObjectLog, now};
use super::limits::CONFIRM_AFTER_MS;
use super::live::Sockets;
use super::timers::{self, Surroundings};
use super::wire::{Accepted, SubmitError};
use super::{archive, deliveries, import, outbox};

/// What one part of an alarm came to: when it is due again, ms since 1970 UTC.
type Part = (&'static str, std::result::Result<Option<i64>, StoreError>);

/// When to come again after all parts. One that failed comes again after a while: nothing ends it.
fn next_due(stream: &str, now: i64, parts: impl IntoIterator<Item = Part>) -> Option<i64> {
    let due = |(part, outcome): Part| match outcome {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(stream, part, %error, "alarm could not serve this part");
            Some(now.saturating_add(CONFIRM_AFTER_MS))
        }
    };
    parts.into_iter().filter_map(due).min()
}

impl<A: Aggregate + 'static> Host<A> {
    /// Serves everything that is due and arms the alarm for what is due next.
    ///
    /// # Errors
    /// When the next alarm cannot be set.
    pub async fn alarm(self: &Rc<Self>) -> Result<Response> {
        self.alarm_at.set(NO_ALARM);
        if let Some(log) = self.log()
            && let Some(due) = self.serve(log).await
        {
            self.arm(due).await?;
        }
        Response::empty()
    }

    async fn serve(self: &Rc<Self>, log: &ObjectLog<A>) -> Option<i64> {
        let (stream, store) = (log.stream(), log.store());
        match store.exists().and_then(|exists| exists.then(|| log.update()).transpose()) {
            Ok(Some(())) => {}
            Ok(None) => return None,
            Err(error) => return next_due(stream, now(), [("tables", Err(error))]),
        }
        let snapshot = log.snapshot_if_due().map(|_| None);
        if let held @ (Ok(true) | Err(_)) = import::is_held(store) {
            let nudge = outbox::drain(&self.env, stream, store, now()).await;
            let parts = [("snapshot", snapshot), ("import", held.map(|_| None)), ("outbox", nudge)];
            return next_due(stream, now(), parts);
        }
        let archived = archive::drain(&self.env, log, now()).await.map(|()| None);
        // Timers first: what they append goes out with the rest.
        let timers = timers::round(log, &Object { host: self, log }, &self.planned, now());
        let nudge = outbox::drain(&self.env, stream, store, now()).await;
        let handed_over = deliveries::drain(&self.env, stream, store, now()).await;
        let parts = [
            ("snapshot", snapshot),
            ("archive", archived),
            ("timers", timers),
            ("outbox", nudge),
            ("deliveries", handed_over),
        ];
        next_due(stream, now(), parts)
    }
}

/// The object around the log, for its timers.
struct Object<'a, A: Aggregate> {
    host: &'a Rc<Host<A>>,
    log: &'a ObjectLog<A>,
}

impl<A: Aggregate + 'static> Surroundings for Object<'_, A> {
    fn take(&self, body: &str) -> std::result::Result<Accepted, SubmitError> {
        self.host.take(self.log, body)
    }

    fn heard_at(&self, listener: &str) -> Option<i64> {
        Sockets::heard_at(&self.host.state, listener)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing() -> std::result::Result<Option<i64>, StoreError> {
        Err(StoreError::Database("no disk".into()))
    }

    #[test]
    fn a_part_that_fails_comes_again_however_often_it_failed_and_delays_no_other() {
        let mut now = 1_000;
        for _ in 0..100 {
            let due = next_due("s", now, [("outbox", failing()), ("deliveries", failing())]).unwrap();
            assert!(due > now);
            now = due;
        }
        assert_eq!(next_due("s", 1_000, [("outbox", failing()), ("timers", Ok(Some(1_500)))]), Some(1_500));
        assert_eq!(next_due("s", 1_000, [("outbox", Ok(None)), ("timers", Ok(None))]), None);
    }
}
