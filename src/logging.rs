//! One JSON line per message, to the runtime's console.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_web::MakeWebConsoleWriter;

/// Sends everything from `info` up to the console. Times are the runtime's own: wasm has no clock here.
pub fn start() {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_ansi(false)
        .without_time()
        .with_writer(MakeWebConsoleWriter::new());
    // A new wasm instance in the same isolate starts again; the first subscriber stays then.
    tracing_subscriber::registry().with(LevelFilter::INFO).with(lines).try_init().ok();
}
