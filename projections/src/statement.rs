//! What a projection asks of the database.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Bytes of rows in one statement: D1 takes parameters of up to 2 MB, and smaller ones keep a batch nimble.
pub const STATEMENT_BYTES_MAX: usize = 512 * 1024;

/// An SQL text that writes rows to one table.
///
/// Every text reads its rows from `json_each(?1)`: one bound parameter whatever the number of rows, so D1's
/// bound of 100 parameters is never met, and whole numbers keep all their digits on the way.
#[derive(Debug, PartialEq, Eq)]
pub struct Sql {
    /// The table that it writes.
    pub table: &'static str,
    /// The text; its only parameter is a JSON array of rows.
    pub text: &'static str,
    /// Whether rows of several entries may share one statement. They may not where two rows for one key would
    /// hide each other (`UPDATE … FROM` takes any one of them).
    pub joins: bool,
}

/// One statement to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text.
    pub sql: &'static Sql,
    /// Its only parameter: the rows as a JSON array, each an object with the columns' names.
    pub rows: String,
}

impl Statement {
    /// A statement with its first row.
    fn new(sql: &'static Sql, row: &str) -> Self {
        Self { sql, rows: format!("[{row}]") }
    }

    /// The first row's columns that hold texts: where a stream's rows are deleted, what tells them from others.
    ///
    /// # Errors
    /// When the rows are none; ours all are.
    pub fn key(&self) -> Result<BTreeMap<String, String>, serde_json::Error> {
        let rows: Vec<BTreeMap<String, Value>> = serde_json::from_str(&self.rows)?;
        let text = |(column, value): (String, Value)| match value {
            Value::String(text) => Some((column, text)),
            _ => None,
        };
        Ok(rows.into_iter().next().into_iter().flatten().filter_map(text).collect())
    }

    /// Adds a row, unless that would be too much for one statement.
    fn join(&mut self, row: &str) -> bool {
        let fits = self.rows.len() + 1 + row.len() <= STATEMENT_BYTES_MAX;
        if fits {
            self.rows.pop();
            self.rows.push(',');
            self.rows.push_str(row);
            self.rows.push(']');
        }
        fits
    }
}

/// Collects the statements of a run of entries: in order within each table, and joined where the text is the
/// same. Tables are independent of each other, so their order among themselves is nobody's business.
#[derive(Debug, Default)]
pub struct Writes {
    /// Each table's own.
    tables: Vec<Vec<Statement>>,
}

impl Writes {
    /// Adds rows; each key at most once in `rows` where the text does not join.
    ///
    /// # Errors
    /// When a row cannot be written as JSON; ours all can.
    pub fn write<R: Serialize>(
        &mut self,
        sql: &'static Sql,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<(), serde_json::Error> {
        let statements = self.of(sql.table);
        let mut open = sql.joins;
        for row in rows {
            let row = serde_json::to_string(&row)?;
            let joined = statements.last_mut().is_some_and(|last| open && last.sql == sql && last.join(&row));
            if !joined {
                statements.push(Statement::new(sql, &row));
            }
            open = true;
        }
        Ok(())
    }

    fn of(&mut self, table: &str) -> &mut Vec<Statement> {
        let known = self
            .tables
            .iter()
            .position(|statements| statements.first().is_some_and(|statement| statement.sql.table == table));
        let at = known.unwrap_or_else(|| {
            self.tables.retain(|statements| !statements.is_empty());
            self.tables.push(Vec::new());
            self.tables.len() - 1
        });
        &mut self.tables[at]
    }

    /// Everything collected.
    #[must_use]
    pub fn into_statements(self) -> Vec<Statement> {
        self.tables.into_iter().flatten().collect()
    }
}

/// `INSERT INTO table (columns) SELECT … FROM json_each(?1)`, followed by what to do about a conflict.
macro_rules! insert {
    ($table:ident ($first:ident $(, $column:ident)* $(,)?) $then:literal) => {
        &crate::statement::Sql {
            table: stringify!($table),
            text: concat!(
                "INSERT INTO ", stringify!($table), " (", stringify!($first) $(, ", ", stringify!($column))*,
                ") SELECT ", "value->>'", stringify!($first), "'" $(, ", value->>'", stringify!($column), "'")*,
                " FROM json_each(?1) WHERE true ", $then
            ),
            joins: true,
        }
    };
}

/// `UPDATE table SET columns` to the row's values, where the key columns are the row's.
macro_rules! update {
    ($table:ident set ($set:ident $(, $also:ident)* $(,)?) where ($first:ident $(, $key:ident)* $(,)?)) => {
        &crate::statement::Sql {
            table: stringify!($table),
            text: concat!(
                "UPDATE ", stringify!($table), " SET ", stringify!($set), " = row.value->>'", stringify!($set), "'"
                $(, ", ", stringify!($also), " = row.value->>'", stringify!($also), "'")*,
                " FROM json_each(?1) AS row WHERE ",
                stringify!($table), ".", stringify!($first), " = row.value->>'", stringify!($first), "'"
                $(, " AND ", stringify!($table), ".", stringify!($key), " = row.value->>'", stringify!($key), "'")*
            ),
            joins: false,
        }
    };
}

/// `UPDATE table` adding the rows' values to the columns, where the key columns are the rows'.
macro_rules! add {
    ($table:ident add ($sum:ident $(, $also:ident)* $(,)?) where ($first:ident $(, $key:ident)* $(,)?)) => {
        &crate::statement::Sql {
            table: stringify!($table),
            text: concat!(
                "UPDATE ", stringify!($table), " SET ",
                stringify!($sum), " = ", stringify!($table), ".", stringify!($sum), " + more.", stringify!($sum)
                $(, ", ", stringify!($also), " = ", stringify!($table), ".", stringify!($also), " + more.",
                    stringify!($also))*,
                " FROM (SELECT value->>'", stringify!($first), "' AS ", stringify!($first)
                $(, ", value->>'", stringify!($key), "' AS ", stringify!($key))*,
                ", sum(value->>'", stringify!($sum), "') AS ", stringify!($sum)
                $(, ", sum(value->>'", stringify!($also), "') AS ", stringify!($also))*,
                " FROM json_each(?1) GROUP BY ", "value->>'", stringify!($first), "'"
                $(, ", value->>'", stringify!($key), "'")*,
                ") AS more WHERE ",
                stringify!($table), ".", stringify!($first), " = more.", stringify!($first)
                $(, " AND ", stringify!($table), ".", stringify!($key), " = more.", stringify!($key))*
            ),
            joins: true,
        }
    };
}

/// `DELETE FROM table` where the key columns are the row's.
macro_rules! delete {
    ($table:ident where ($first:ident $(, $key:ident)* $(,)?)) => {
        &crate::statement::Sql {
            table: stringify!($table),
            text: concat!(
                "DELETE FROM ", stringify!($table), " WHERE (", stringify!($first) $(, ", ", stringify!($key))*,
                ") IN (SELECT value->>'", stringify!($first), "'" $(, ", value->>'", stringify!($key), "'")*,
                " FROM json_each(?1))"
            ),
            joins: true,
        }
    };
}

pub(crate) use {add, delete, insert, update};

#[cfg(test)]
mod tests {
    use super::*;

    const INSERT: &Sql = insert!(first (a, b) "ON CONFLICT DO NOTHING");
    const UPDATE: &Sql = update!(first set (b) where (a));
    const OTHER: &Sql = insert!(second (a) "");

    #[derive(Serialize)]
    struct Row {
        a: u32,
        b: String,
    }

    fn row(a: u32) -> Row {
        Row { a, b: "b".repeat(100) }
    }

    fn count(statement: &Statement) -> usize {
        serde_json::from_str::<Vec<Value>>(&statement.rows).unwrap().len()
    }

    fn shape(writes: Writes) -> Vec<(&'static str, usize)> {
        writes.into_statements().iter().map(|statement| (statement.sql.table, count(statement))).collect()
    }

    #[test]
    fn inserts_join_across_entries_and_updates_do_not() {
        let mut writes = Writes::default();
        for a in 0..3 {
            writes.write(INSERT, [row(a), row(a + 10)]).unwrap();
            writes.write(OTHER, [row(a)]).unwrap();
        }
        writes.write(UPDATE, [row(1), row(2)]).unwrap();
        writes.write(UPDATE, [row(1)]).unwrap();
        writes.write(INSERT, [row(7)]).unwrap();
        assert_eq!(shape(writes), [("first", 6), ("first", 2), ("first", 1), ("first", 1), ("second", 3)]);
    }

    #[test]
    fn no_statement_outgrows_its_bound() {
        let mut writes = Writes::default();
        writes.write(INSERT, (0..10_000).map(row)).unwrap();
        writes.write(UPDATE, (0..10_000).map(row)).unwrap();
        let statements = writes.into_statements();
        assert!(statements.len() > 4);
        assert_eq!(statements.iter().map(count).sum::<usize>(), 20_000);
        assert!(statements.iter().all(|statement| statement.rows.len() <= STATEMENT_BYTES_MAX));
    }

    #[test]
    fn no_rows_make_no_statement() {
        let mut writes = Writes::default();
        writes.write(UPDATE, Vec::<Row>::new()).unwrap();
        writes.write(INSERT, Vec::<Row>::new()).unwrap();
        assert!(writes.into_statements().is_empty());
    }
}
