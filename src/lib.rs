//! Hangtag's Worker: the edge, the objects that decide, and what the queues bring.

use worker::{Context, Env, MessageBatch, Request, Response, Result, ScheduleContext, ScheduledEvent, event};

mod adapters;
mod config;
mod http;
mod logging;
mod metrics;
mod objects;
mod queues;
mod reactions;
mod replaying;
mod settling;
mod vault;

/// Once per wasm instance.
#[event(start)]
fn start() {
    logging::start();
}

/// Every request that is not a static asset.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    if request.path().starts_with(objects::testing::PREFIX) {
        return objects::testing::forward(&env, request).await;
    }
    http::serve(request, env, context).await
}

/// A batch of one of our queues. Always `Ok`: an `Err` here would panic, and each message says for itself
/// whether it wants to come again.
#[event(queue)]
async fn queue(batch: MessageBatch<serde_json::Value>, env: Env, _context: Context) -> Result<()> {
    queues::consume(&env, &batch).await;
    Ok(())
}

/// Every few minutes (`[triggers]` in `wrangler.toml`).
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    match queues::sweep::run(&env).await {
        Ok(swept) => {
            let queues::sweep::Swept { asked, armed, nudged, unreached, around } = swept;
            tracing::info!(asked, armed, nudged, unreached, around, "quiet streams swept");
        }
        Err(error) => tracing::error!(%error, "quiet streams not swept"),
    }
}
