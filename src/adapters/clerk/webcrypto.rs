//! RS256 by the runtime's Web Crypto API: the smallest verifier there is, and not ours to get wrong.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::js_sys::{Array, Object, Reflect, Uint8Array};
use worker::web_sys::WorkerGlobalScope;

use super::jwks::PublicKey;

const ALGORITHM: &str = "RSASSA-PKCS1-v1_5";

/// True when `signature` over `signed` was made with `key`. A key or signature that the runtime cannot even
/// read verifies nothing.
pub async fn verify_rs256(key: &PublicKey, signature: &[u8], signed: &[u8]) -> bool {
    verify(key, signature, signed).await.unwrap_or(false)
}

async fn verify(key: &PublicKey, signature: &[u8], signed: &[u8]) -> Result<bool, JsValue> {
    let scope: WorkerGlobalScope = worker::js_sys::global().unchecked_into();
    let subtle = scope.crypto()?.subtle();
    let jwk = object(&[("kty", "RSA"), ("n", &key.n), ("e", &key.e), ("alg", "RS256")])?;
    let import = object(&[("name", ALGORITHM), ("hash", "SHA-256")])?;
    let usages = Array::of1(&JsValue::from_str("verify"));
    let imported =
        JsFuture::from(subtle.import_key_with_object("jwk", &jwk, &import, false, &usages)?).await?;
    let (signature, signed) = (Uint8Array::from(signature), Uint8Array::from(signed));
    let verdict = subtle.verify_with_str_and_buffer_source_and_buffer_source(
        ALGORITHM,
        imported.unchecked_ref(),
        &signature,
        &signed,
    )?;
    Ok(JsFuture::from(verdict).await?.is_truthy())
}

fn object(fields: &[(&str, &str)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value))?;
    }
    Ok(object)
}
