//! The yardstick of `cargo xtask bench log`: a Durable Object that writes each request's body as one row and
//! answers with the row's number; over a hibernating socket it does the same for each message. No logic, no hash,
//! no repetition found, nothing told to anybody.

mod object;

use worker::{Env, Request, Response, Result, event};

/// The measuring scripts reach the objects by themselves; the Worker answers nobody.
#[event(fetch)]
async fn fetch(_: Request, _: Env, _: worker::Context) -> Result<Response> {
    Response::error("nothing here", 404)
}
