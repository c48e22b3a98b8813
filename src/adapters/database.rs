//! The read models in D1, one tenant at a time: every statement takes the organization as its first parameter.

use domain::tenancy::Scope;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::send::SendFuture;
use worker::{D1Database, D1PreparedStatement, D1Result, Env, Error};

use crate::http::problem::EdgeError;

/// The binding's name.
const DATABASE: &str = "DB";

/// A bound parameter.
#[derive(Debug, Clone, Copy)]
pub enum Value<'v> {
    /// Text; also 64-bit integers in decimal, which D1 cannot take as such.
    Text(&'v str),
    /// A small integer.
    Int(i32),
    /// Nothing.
    Null,
}

impl From<Value<'_>> for JsValue {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Text(text) => Self::from_str(text),
            Value::Int(number) => Self::from_f64(f64::from(number)),
            Value::Null => Self::NULL,
        }
    }
}

/// One tenant's rows: there are none without a [`Scope`].
pub struct Rows<'a> {
    env: &'a Env,
    organization: String,
}

impl<'a> Rows<'a> {
    /// The rows of the organization that `scope` stands for.
    #[must_use]
    pub fn of(env: &'a Env, scope: &Scope) -> Self {
        Self { env, organization: scope.to_string() }
    }

    /// Every row that `sql` finds; `?1` is the organization, `values` are `?2` and on.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn all<T: DeserializeOwned>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<T>, EdgeError> {
        let statement = self.statement(sql, values)?;
        let result = SendFuture::new(async move { statement.all().await }).await?;
        Ok(result.results()?)
    }

    /// The rows of a list: `?1` is the organization, `?2` a JSON object with everything that a caller chose. The
    /// text itself is put together from our own words (see `http::order`).
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn listed<T: DeserializeOwned>(
        &self,
        sql: &str,
        parameters: &str,
    ) -> Result<Vec<T>, EdgeError> {
        let statement = self.statement(sql, &[Value::Text(parameters)])?;
        let result = SendFuture::new(async move { statement.all().await }).await?;
        Ok(result.results()?)
    }

    /// The first row that `sql` finds.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn first<T: DeserializeOwned>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<T>, EdgeError> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// Changes rows of the edge's or the vault's own tables.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<(), EdgeError> {
        let statement = self.statement(sql, values)?;
        SendFuture::new(async move { statement.run().await }).await?;
        Ok(())
    }

    /// Runs several statements as one: all of them or none. As [`Rows::all`], `?1` is the organization.
    ///
    /// # Errors
    /// What the database said, so that a guard's refusal can be told from a database out of reach.
    pub async fn batch(&self, statements: &[(&'static str, &[Value<'_>])]) -> Result<Vec<D1Result>, Error> {
        let refused = |error: EdgeError| Error::RustError(error.to_string());
        let database = database(self.env).map_err(refused)?;
        let prepared: Result<Vec<_>, EdgeError> =
            statements.iter().map(|(sql, values)| self.statement(sql, values)).collect();
        let prepared = prepared.map_err(refused)?;
        SendFuture::new(async move { database.batch(prepared).await }).await
    }

    fn statement(&self, sql: &str, values: &[Value<'_>]) -> Result<D1PreparedStatement, EdgeError> {
        debug_assert!(sql.contains("?1"), "every statement names its organization");
        let first = std::iter::once(Value::Text(&self.organization));
        let bound: Vec<JsValue> = first.chain(values.iter().copied()).map(JsValue::from).collect();
        Ok(database(self.env)?.prepare(sql).bind(&bound)?)
    }
}

/// The database itself, for the two questions that come before there is a tenant: which organization answers at
/// a host, and which labels are taken.
///
/// # Errors
/// [`EdgeError::Unavailable`] when the binding is missing.
pub(crate) fn database(env: &Env) -> Result<D1Database, EdgeError> {
    Ok(env.d1(DATABASE)?)
}
