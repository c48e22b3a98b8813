//! The sweep over quiet streams. Nudges repeat themselves as long as an object has its alarm; this finds the streams
//! whose alarm the runtime has given up, or whose rows fell behind without anybody noticing, and sets them going.

use domain::journal::Head;
use domain::stream::StreamId;
use futures_util::StreamExt as _;
use projections::Side;
use serde::{Deserialize, Serialize};
use worker::{D1Type, Date, Env, Result};

use crate::objects::client::wake;
use crate::objects::outbox::nudge;

/// Streams that one run looks at: each takes a request and perhaps a nudge, of the 1,000 that one invocation has.
/// With a run every five minutes, 10,000 streams are looked at within some two hours.
const STREAMS_PER_RUN: i32 = 400;

/// Streams looked at at the same time: a Worker has six connections.
const STREAMS_AT_ONCE: usize = 6;

/// The name under which the sweep remembers its place.
const NAME: &str = "quiet_streams";

/// Every stream of every organization behind `?1`, in the order of names. A label is reserved before its
/// organization's log begins, so that even one whose first nudge was lost is found. `?2` generation, `?3` most rows.
const STREAMS: &str = "WITH known (stream) AS (
        SELECT organization || '/organization' FROM edge_slug
        UNION SELECT organization || '/event/' || event FROM founded_event
        UNION SELECT organization || '/session/' || session FROM planned_session
        UNION SELECT stream FROM checkpoint WHERE projection = ?2)
    SELECT known.stream, c.seq, c.hash, p.seq IS NOT NULL AS parked
    FROM known
    LEFT JOIN checkpoint c ON c.projection = ?2 AND c.stream = known.stream
    LEFT JOIN parked_stream p ON p.projection = ?2 AND p.stream = known.stream
    WHERE known.stream > ?1 AND instr(known.stream, '~') = 0
    ORDER BY known.stream LIMIT ?3";

const READ_PLACE: &str = "SELECT after FROM edge_sweep WHERE name = ?1";

const KEEP_PLACE: &str = "INSERT INTO edge_sweep (name, after, swept_at) VALUES (?1, ?2, CAST(?3 AS INTEGER))
    ON CONFLICT (name) DO UPDATE SET after = excluded.after, swept_at = excluded.swept_at";

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Streams looked at.
    pub asked: usize,
    /// Of those, ones whose alarm was lost.
    pub armed: usize,
    /// Of those, ones whose rows do not stand where their log does: their projector was nudged.
    pub nudged: usize,
    /// Of those, ones that could not be asked; the next round finds them again.
    pub unreached: usize,
    /// True when the round is over and the next run begins at the first stream.
    pub around: bool,
}

#[derive(Debug, Deserialize)]
struct Row {
    stream: String,
    seq: Option<u64>,
    hash: Option<String>,
    parked: u8,
}

#[derive(Deserialize)]
struct Place {
    after: String,
}

/// Looks at the next streams.
///
/// # Errors
/// When D1 cannot be reached; nothing is lost but the time until the next run.
pub async fn run(env: &Env) -> Result<Swept> {
    let database = env.d1("DB")?;
    let place = database.prepare(READ_PLACE).bind_refs(&D1Type::Text(NAME))?;
    let after =
        place.all().await?.results::<Place>()?.into_iter().next().map_or(String::new(), |place| place.after);
    let behind =
        [D1Type::Text(&after), D1Type::Text(Side::Live.generation()), D1Type::Integer(STREAMS_PER_RUN)];
    let rows: Vec<Row> = database.prepare(STREAMS).bind_refs(&behind)?.all().await?.results()?;
    let around = rows.len() < usize::try_from(STREAMS_PER_RUN).unwrap_or(usize::MAX);
    let next = rows.last().filter(|_| !around).map_or_else(String::new, |row| row.stream.clone());

    let mut swept = Swept { around, ..Swept::default() };
    let mut looks =
        futures_util::stream::iter(rows).map(|row| look(env, row)).buffer_unordered(STREAMS_AT_ONCE);
    while let Some(Look { reached, armed, nudged }) = looks.next().await {
        swept.asked += 1;
        swept.armed += usize::from(armed);
        swept.nudged += usize::from(nudged);
        swept.unreached += usize::from(!reached);
    }
    let now = Date::now().as_millis().to_string();
    let kept = [D1Type::Text(NAME), D1Type::Text(&next), D1Type::Text(&now)];
    database.prepare(KEEP_PLACE).bind_refs(&kept)?.run().await?;
    Ok(swept)
}

/// What became of one stream.
#[derive(Default)]
struct Look {
    reached: bool,
    armed: bool,
    nudged: bool,
}

async fn look(env: &Env, row: Row) -> Look {
    let Ok(stream) = row.stream.parse::<StreamId>() else {
        tracing::error!(stream = row.stream, "a row for no stream");
        return Look { reached: true, ..Look::default() };
    };
    match wake(env, &stream).await {
        Ok(woken) => {
            let nudged = row.is_behind(woken.head) && nudge(env, &row.stream, woken.head.seq).await;
            Look { reached: true, armed: woken.armed, nudged }
        }
        Err(error) => {
            tracing::warn!(%stream, %error, "a stream could not be woken");
            Look::default()
        }
    }
}

impl Row {
    /// True when its rows are to go on. A parked stream waits for a person.
    fn is_behind(&self, head: Head) -> bool {
        let at_head = self.seq.unwrap_or(0) == head.seq
            && (head.seq == 0 || self.hash.as_deref() == Some(head.hash.to_string().as_str()));
        self.parked == 0 && !at_head
    }
}

#[cfg(test)]
mod tests {
    use domain::journal::Hash;

    use super::*;

    #[test]
    fn rows_are_behind_by_position_or_by_history_unless_a_person_is_to_look() {
        let head = Head { seq: 7, hash: Hash([1; 32]) };
        let row = |seq, hash: [u8; 32], parked| Row {
            stream: String::new(),
            seq: Some(seq),
            hash: Some(Hash(hash).to_string()),
            parked,
        };
        assert!(!row(7, [1; 32], 0).is_behind(head));
        assert!(row(6, [1; 32], 0).is_behind(head));
        assert!(row(7, [2; 32], 0).is_behind(head), "another history");
        assert!(row(8, [1; 32], 0).is_behind(head), "the log was restored");
        assert!(!row(6, [1; 32], 1).is_behind(head), "parked");
        let never = Row { stream: String::new(), seq: None, hash: None, parked: 0 };
        assert!(never.is_behind(head));
        assert!(!never.is_behind(Head::EMPTY), "reserved, and never created");
    }

    #[test]
    fn the_streams_of_all_organizations_come_in_order_and_by_pages() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let migrations = [
            include_str!("../../migrations/0001_checkpoints.sql"),
            include_str!("../../migrations/0002_read_models.sql"),
            include_str!("../../migrations/0051_edge.sql"),
        ];
        database.execute_batch(&migrations.concat()).unwrap();
        database
            .execute_batch(
                "INSERT INTO edge_slug (slug, organization, reserved_at) VALUES ('a', 'a', 0), ('b', 'b', 0);
                 INSERT INTO founded_event VALUES ('a', 'e', 1, 'E', NULL, NULL, 0), ('a~beside', 'e', 1, 'E', NULL, NULL, 0);
                 INSERT INTO checkpoint VALUES ('1', 'a/organization', 3, 'x', 0), ('1', 'c/storefront/s', 1, 'y', 0);
                 INSERT INTO parked_stream VALUES ('1', 'a/organization', 4, 'k', 'e', 0);",
            )
            .unwrap();
        let mut select = database.prepare(STREAMS).unwrap();
        let mut page = |after: &str| -> Vec<(String, Option<i64>, bool)> {
            let rows = select.query_map((after, "1", 3), |row| Ok((row.get(0)?, row.get(1)?, row.get(3)?)));
            rows.unwrap().map(Result::unwrap).collect()
        };
        let first = page("");
        let named = |stream: &str, seq, parked| (stream.to_owned(), seq, parked);
        let expected = [
            named("a/event/e", None, false),
            named("a/organization", Some(3), true),
            named("b/organization", None, false),
        ];
        assert_eq!(first, expected);
        assert_eq!(page("b/organization"), [named("c/storefront/s", Some(1), false)]);
    }
}
