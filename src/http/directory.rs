//! Which organization answers at a host name: the isolate's memory, then KV, then the database.
//!
//! An old answer is harmless, and its age is bounded. It names an organization by its id; whether that one is
//! suspended, and who may do what there, is asked of its own object with every request. A host name that was given
//! up stays out of other hands for [`HOST_QUARANTINE_MS`], longer than any copy of the old answer lives: no name
//! ever leads to two organizations at once.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use worker::Env;
use worker::send::SendFuture;

use super::edge::Edge;
use super::problem::EdgeError;
use crate::adapters::database::database;

/// How long an isolate goes by what it was told about a host, ms.
const REMEMBERED_MS: i64 = 10_000;

/// Most hosts an isolate remembers; over it, it forgets them all and starts again.
const REMEMBERED_MAX: usize = 500;

/// How long KV keeps an entry, s: its shortest.
const KEPT_S: u64 = 60;

/// How long a host name that was given up is kept out of other hands, ms: the ages of KV's entry and of KV's own
/// copies at the edge (a minute each) and of an isolate's, with as much again to spare.
pub const HOST_QUARANTINE_MS: i64 = 5 * 60 * 1_000;

/// The binding of the cache.
const CACHE: &str = "CACHE";

/// What is known of the organization at a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Its id.
    pub organization: String,
    /// Its label.
    pub slug: String,
    /// Its public name.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA zone.
    pub time_zone: String,
}

/// Rows made beside the live ones (see `projections::Side`) lead nowhere.
const SELECT_BY_SLUG: &str = "SELECT organization, slug, name, currency, time_zone FROM organization
    WHERE slug = ?1 AND instr(organization, '~') = 0";

const SELECT_BY_HOST: &str = "SELECT o.organization, o.slug, o.name, o.currency, o.time_zone FROM edge_host h
    JOIN organization o ON o.organization = h.organization WHERE h.host = ?1 AND h.released_at IS NULL";

const SELECT_HOSTS: &str = "SELECT host FROM edge_host WHERE organization = ?1 AND released_at IS NULL";

thread_local! {
    static REMEMBERED: RefCell<BTreeMap<String, (i64, Listing)>> = const { RefCell::new(BTreeMap::new()) };
}

/// A host name as it is looked up: without its port, in lower case.
fn bare(host: &str) -> String {
    host.rsplit_once(':').map_or(host, |(name, _port)| name).to_ascii_lowercase()
}

/// Not a tenant's key: this mapping is what leads to a tenant in the first place.
fn kept_under(host: &str) -> String {
    format!("platform/host/v1/{host}")
}

/// The organization at the request's host.
///
/// # Errors
/// [`EdgeError::UnknownHost`]; [`EdgeError::Unavailable`] when nothing that knows is within reach.
pub async fn at_host(edge: &Edge) -> Result<Listing, EdgeError> {
    let host = bare(edge.host());
    let remembered = REMEMBERED.with_borrow(|hosts| hosts.get(&host).cloned());
    if let Some((at, listing)) = remembered
        && edge.now().saturating_sub(at) < REMEMBERED_MS
    {
        return Ok(listing);
    }
    let mut found = kept(edge.env(), &host).await;
    if found.is_none() {
        found = looked_up(edge, &host).await?;
        if let Some(listing) = &found {
            keep(edge.env(), &host, listing).await;
        }
    }
    let listing = found.ok_or_else(|| EdgeError::UnknownHost(edge.host().to_owned()))?;
    REMEMBERED.with_borrow_mut(|hosts| {
        if hosts.len() >= REMEMBERED_MAX {
            hosts.clear();
        }
        hosts.insert(host, (edge.now(), listing.clone()));
    });
    Ok(listing)
}

async fn looked_up(edge: &Edge, host: &str) -> Result<Option<Listing>, EdgeError> {
    let (sql, value) = match edge.config().slug_of_host(host) {
        Some(slug) => (SELECT_BY_SLUG, slug),
        None => (SELECT_BY_HOST, host),
    };
    let statement = database(edge.env())?.prepare(sql).bind(&[JsValue::from_str(value)])?;
    let rows: Vec<Listing> = SendFuture::new(async move { statement.all().await }).await?.results()?;
    Ok(rows.into_iter().next())
}

/// KV out of reach is no failure: the database knows the same.
async fn kept(env: &Env, host: &str) -> Option<Listing> {
    let cache = env.kv(CACHE).ok()?;
    let key = kept_under(host);
    SendFuture::new(async move { cache.get(&key).cache_ttl(KEPT_S).json().await }).await.ok()?
}

async fn keep(env: &Env, host: &str, listing: &Listing) {
    let (Ok(cache), Ok(text)) = (env.kv(CACHE), serde_json::to_string(listing)) else { return };
    let key = kept_under(host);
    let written =
        SendFuture::new(async move { cache.put(&key, text)?.expiration_ttl(KEPT_S).execute().await });
    if let Err(error) = written.await {
        tracing::warn!(%error, "the directory's entry was not kept");
    }
}

/// Forgets what was known of the organization's hosts, here and in KV, because something of it has changed.
///
/// # Errors
/// [`EdgeError::Unavailable`].
pub async fn forget(edge: &Edge, organization: &str, slug: &str, more: &[&str]) -> Result<(), EdgeError> {
    #[derive(Deserialize)]
    struct Row {
        host: String,
    }
    let statement = database(edge.env())?.prepare(SELECT_HOSTS).bind(&[JsValue::from_str(organization)])?;
    let rows: Vec<Row> = SendFuture::new(async move { statement.all().await }).await?.results()?;
    let label = format!("{slug}{}", edge.config().origin_suffix);
    let hosts = rows.iter().map(|row| row.host.as_str()).chain([label.as_str()]).chain(more.iter().copied());
    for host in hosts {
        REMEMBERED.with_borrow_mut(|remembered| remembered.remove(host));
        let Ok(cache) = edge.env().kv(CACHE) else { continue };
        let key = kept_under(host);
        if let Err(error) = SendFuture::new(async move { cache.delete(&key).await }).await {
            tracing::warn!(%error, "the directory's entry was not dropped; it expires");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_looked_up_bare() {
        assert_eq!(bare("Sale.Example.org:8443"), "sale.example.org");
        assert_eq!(bare("demo.localhost"), "demo.localhost");
    }

    #[test]
    fn a_label_leads_to_the_live_row_and_never_to_one_made_beside_it() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let migrations = [
            include_str!("../../migrations/0002_read_models.sql"),
            include_str!("../../migrations/0071_rows_beside.sql"),
        ];
        database.execute_batch(&migrations.concat()).unwrap();
        let (live, beside) =
            ("0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c31", "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c31~beside");
        let add = "INSERT INTO organization VALUES (?1, 'demo', 'Demo', 'USD', 'UTC', 1, 0)";
        for organization in [beside, live] {
            database.execute(add, [organization]).unwrap();
        }
        assert!(database.execute(add, ["another"]).is_err(), "one label, one organization");
        let mut select = database.prepare(SELECT_BY_SLUG).unwrap();
        let found: Vec<String> =
            select.query_map(["demo"], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(found, [live]);
    }

    #[test]
    fn no_copy_of_an_old_answer_outlives_the_quarantine() {
        let copies_ms = REMEMBERED_MS + 2 * i64::try_from(KEPT_S).unwrap() * 1_000;
        assert!(HOST_QUARANTINE_MS >= 2 * copies_ms);
    }
}
