//! Timers: what the object's one alarm wakes it for, beside what it has to send.

use super::Store;
use crate::objects::database::{Cell, Database, Param, StoreError};

/// A later time does not move a timer that is set; see [`Store::set_timer`] for one that does.
const KEEP_TIMER: &str =
    "INSERT INTO timers (name, due_at, command) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING";
const SET_TIMER: &str = "INSERT INTO timers (name, due_at, command) VALUES (?1, ?2, ?3)
    ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at, command = excluded.command";
const DUE: &str =
    "SELECT name, due_at, command FROM timers WHERE due_at <= ?1 ORDER BY due_at, name LIMIT ?2";
const NAMED: &str = "SELECT name, due_at, command FROM timers WHERE name = ?1";
const COMMANDS: &str = "SELECT name, due_at, command FROM timers WHERE command IS NOT NULL ORDER BY name";
const NEXT: &str =
    "SELECT min(due_at) FILTER (WHERE command IS NULL), min(due_at) FILTER (WHERE command IS NOT NULL)
    FROM timers";
const CLEAR: &str = "DELETE FROM timers WHERE name = ?1 AND due_at = ?2";

/// A timer as it is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetTimer {
    /// Its name: one timer of a name is set at a time.
    pub name: String,
    /// When it is due, ms since 1970 UTC.
    pub due_at: i64,
    /// The command of the aggregate to send then, as JSON; none for the host's own timers.
    pub command: Option<String>,
}

impl<D: Database> Store<D> {
    /// Sets a timer in the place of the one of the same name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_timer(&self, timer: &SetTimer) -> Result<(), StoreError> {
        self.write_timer(SET_TIMER, timer)
    }

    /// Sets a timer unless one of the same name is set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_timer(&self, timer: &SetTimer) -> Result<(), StoreError> {
        self.write_timer(KEEP_TIMER, timer)
    }

    fn write_timer(&self, sql: &'static str, timer: &SetTimer) -> Result<(), StoreError> {
        let command = timer.command.as_deref().map_or(Param::Null, Param::Text);
        self.database.write(sql, &[Param::Text(&timer.name), Param::Integer(timer.due_at), command])
    }

    /// The first `limit` timers that are due at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn due_timers(&self, now: i64, limit: u32) -> Result<Vec<SetTimer>, StoreError> {
        self.timers(DUE, &[Param::Integer(now), Param::Integer(limit.into())])
    }

    /// The timer of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn timer(&self, name: &str) -> Result<Option<SetTimer>, StoreError> {
        Ok(self.timers(NAMED, &[Param::Text(name)])?.pop())
    }

    /// The timers that the aggregate set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn command_timers(&self) -> Result<Vec<SetTimer>, StoreError> {
        self.timers(COMMANDS, &[])
    }

    /// When the next timer of the host and the next one of the aggregate is due, ms since 1970 UTC.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_timers(&self) -> Result<[Option<i64>; 2], StoreError> {
        let instant = |cell: &Cell| match cell {
            Cell::Integer(due_at) => Some(*due_at),
            _ => None,
        };
        match self.database.run(NEXT, &[])?.first().map(Vec::as_slice) {
            Some([host, aggregate]) => Ok([instant(host), instant(aggregate)]),
            _ => Err(StoreError::Shape("next timers")),
        }
    }

    /// Takes a timer away, unless it was set anew meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn clear_timer(&self, name: &str, due_at: i64) -> Result<(), StoreError> {
        self.database.write(CLEAR, &[Param::Text(name), Param::Integer(due_at)])
    }

    fn timers(&self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<SetTimer>, StoreError> {
        let rows = self.database.run(sql, params)?;
        rows.into_iter()
            .map(|row| match <[Cell; 3]>::try_from(row) {
                Ok([Cell::Text(name), Cell::Integer(due_at), Cell::Text(command)]) => {
                    Ok(SetTimer { name, due_at, command: Some(command) })
                }
                Ok([Cell::Text(name), Cell::Integer(due_at), Cell::Null]) => {
                    Ok(SetTimer { name, due_at, command: None })
                }
                _ => Err(StoreError::Shape("timer")),
            })
            .collect()
    }
}
