//! SQLite in a Durable Object, with the one call that the `worker` crate does not bind: `transactionSync`.
//!
//! Returning `Err` from an object's handler rolls nothing back; a throw inside `transactionSync` does.

use worker::js_sys::Number;
use worker::wasm_bindgen::prelude::*;
use worker::{SqlCursor, SqlStorage, SqlStorageValue, State, Storage};

use super::database::{Cell, Database, Param, StoreError};

#[wasm_bindgen(wasm_bindgen = ::worker::wasm_bindgen, js_sys = ::worker::js_sys)]
extern "C" {
    type SyncStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SyncStorage,
        work: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;
}

/// The SQL storage of one Durable Object.
pub struct ObjectDatabase {
    storage: Storage,
    sql: SqlStorage,
}

impl ObjectDatabase {
    /// The storage behind `state`.
    pub fn new(state: &State) -> Self {
        let storage = state.storage();
        Self { sql: storage.sql(), storage }
    }

    fn execute(&self, sql: &'static str, params: &[Param<'_>]) -> Result<SqlCursor, StoreError> {
        let bindings: Vec<JsValue> = params.iter().map(bind).collect();
        self.sql.exec_raw(sql, bindings).map_err(refused)
    }
}

impl Database for ObjectDatabase {
    fn run(&self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.execute(sql, params)?
            .raw()
            .map(|row| row.map_err(refused)?.into_iter().map(read).collect())
            .collect()
    }

    /// The runtime has run a statement to its end when it answers: nobody has to ask for rows that are not there.
    fn write(&self, sql: &'static str, params: &[Param<'_>]) -> Result<(), StoreError> {
        self.execute(sql, params).map(drop)
    }

    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut work = Some(work);
        let mut outcome = None;
        let committed = {
            let mut run = || {
                let Some(work) = work.take() else {
                    return Err(JsValue::from_str("a transaction runs once"));
                };
                let result = work();
                let failed = result.as_ref().err().map(ToString::to_string);
                outcome = Some(result);
                failed.map_or(Ok(JsValue::UNDEFINED), |why| Err(JsValue::from_str(&why)))
            };
            let storage: &SyncStorage = self.storage.as_raw().unchecked_ref();
            storage.transaction_sync(&mut run)
        };
        match (committed, outcome) {
            (Ok(_), Some(outcome)) => outcome,
            (Err(_), Some(Err(error))) => Err(error),
            (Err(thrown), _) => Err(StoreError::Database(format!("{thrown:?}"))),
            (Ok(_), None) => Err(StoreError::Shape("transactionSync")),
        }
    }
}

fn bind(param: &Param<'_>) -> JsValue {
    match param {
        Param::Null => JsValue::NULL,
        // Numbers cross as doubles; a BigInt would be refused. Whole numbers below 2^53 are exact.
        #[expect(clippy::cast_precision_loss, reason = "seqs and milliseconds stay far below 2^53")]
        Param::Integer(number) => Number::from(*number as f64).into(),
        Param::Text(text) => JsValue::from_str(text),
        Param::Blob(bytes) => worker::js_sys::Uint8Array::from(*bytes).into(),
    }
}

fn read(value: SqlStorageValue) -> Result<Cell, StoreError> {
    match value {
        SqlStorageValue::Null => Ok(Cell::Null),
        SqlStorageValue::Integer(number) => Ok(Cell::Integer(number)),
        SqlStorageValue::Boolean(flag) => Ok(Cell::Integer(flag.into())),
        SqlStorageValue::String(text) => Ok(Cell::Text(text)),
        SqlStorageValue::Blob(bytes) => Ok(Cell::Blob(bytes)),
        SqlStorageValue::Float(_) => Err(StoreError::Shape("a column: no table here holds fractions")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function value in map_err")]
fn refused(error: worker::Error) -> StoreError {
    StoreError::Database(error.to_string())
}
