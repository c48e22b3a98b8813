//! An instant as a clock on a hall's wall shows it. The runtime knows every time zone and its changes; the `worker`
//! crate binds no question that could be answered with an error, as an unknown zone is.

use worker::js_sys::{Date, Object, Reflect};
use worker::wasm_bindgen::prelude::*;

/// Writes dates and times as ISO 8601 does.
const ISO_LOCALE: &str = "sv-SE";

#[wasm_bindgen(wasm_bindgen = ::worker::wasm_bindgen, js_sys = ::worker::js_sys)]
extern "C" {
    type Clock;

    #[wasm_bindgen(method, catch, js_name = toLocaleString)]
    fn shown(this: &Clock, locale: &str, options: &Object) -> Result<String, JsValue>;
}

/// `2027-03-27 10:05` in `time_zone` (as the IANA names it), for an instant of RFC 3339; in UTC, and saying so, where
/// nobody knows that zone.
pub fn local_moment(instant: &str, time_zone: &str) -> String {
    let in_zone = || -> Result<String, JsValue> {
        let options = Object::new();
        for (name, value) in [("timeZone", time_zone), ("dateStyle", "short"), ("timeStyle", "short")] {
            Reflect::set(&options, &name.into(), &value.into())?;
        }
        Date::new(&instant.into()).unchecked_into::<Clock>().shown(ISO_LOCALE, &options)
    };
    in_zone().unwrap_or_else(|_| format!("{} UTC", instant.get(..16).unwrap_or_default().replace('T', " ")))
}
