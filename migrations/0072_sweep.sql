-- How far the sweep over quiet streams has come: a run looks at some, the next one goes on behind them.
CREATE TABLE edge_sweep (
    name     TEXT PRIMARY KEY,
    after    TEXT NOT NULL,    -- the last stream that was looked at; empty to begin at the first
    swept_at INTEGER NOT NULL  -- ms since 1970 UTC
) WITHOUT ROWID;
