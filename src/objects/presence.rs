//! Signs of life: the runtime answers pings while the object sleeps, and remembers when. The `worker` crate does
//! not bind that question.

use worker::js_sys::Date;
use worker::wasm_bindgen::prelude::*;
use worker::{State, WebSocket, web_sys};

#[wasm_bindgen(wasm_bindgen = ::worker::wasm_bindgen, js_sys = ::worker::js_sys)]
extern "C" {
    type Sockets;

    #[wasm_bindgen(method, catch, js_name = getWebSocketAutoResponseTimestamp)]
    fn auto_response_timestamp(this: &Sockets, socket: &web_sys::WebSocket) -> Result<Option<Date>, JsValue>;
}

/// When `socket` last pinged, ms since 1970 UTC.
pub fn last_ping(state: &State, socket: &WebSocket) -> Option<i64> {
    let sockets: &Sockets = state.as_raw().unchecked_ref();
    let pinged = sockets.auto_response_timestamp(socket.as_ref()).ok().flatten()?;
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are whole and below 2^53")]
    let milliseconds = pinged.get_time() as i64;
    Some(milliseconds)
}
