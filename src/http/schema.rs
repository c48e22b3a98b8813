//! Schemas of the domain's own large structures, drawn from a sample of them: what the domain writes is what the
//! API's description says, and a field that is added there is described here without anybody's doing.

use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

/// The schema of what `sample` is an example of. Nothing in the sample may be left out that a caller may send, and
/// no list may be empty whose elements matter.
#[must_use]
pub fn drawn_from<T: Serialize>(sample: &T) -> Schema {
    let value = serde_json::to_value(sample).unwrap_or_default();
    match schema_of(&value) {
        Schema::Object(object) => {
            let builder: ObjectBuilder = object.into();
            builder.examples([value]).build().into()
        }
        other => other,
    }
}

fn schema_of(value: &Value) -> Schema {
    match value {
        Value::Object(fields) => {
            let mut object = ObjectBuilder::new().schema_type(Type::Object);
            for (name, value) in fields {
                object = object.property(name, schema_of(value)).required(name);
            }
            object.build().into()
        }
        Value::Array(values) => {
            let any = || Schema::from(ObjectBuilder::new().schema_type(SchemaType::AnyValue).build());
            let items = values.first().map_or_else(any, schema_of);
            ArrayBuilder::new().items(RefOr::T(items)).build().into()
        }
        Value::Number(_) => plain(Type::Integer),
        Value::Bool(_) => plain(Type::Boolean),
        Value::String(_) => plain(Type::String),
        Value::Null => ObjectBuilder::new().schema_type(SchemaType::AnyValue).build().into(),
    }
}

fn plain(of: Type) -> Schema {
    ObjectBuilder::new().schema_type(of).build().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_says_what_its_sample_is_like() {
        let drawn =
            serde_json::to_value(drawn_from(&json!({ "a": 1, "b": [{ "c": "x" }], "d": [] }))).unwrap();
        assert_eq!(drawn["type"], "object");
        assert_eq!(drawn["required"], json!(["a", "b", "d"]));
        assert_eq!(drawn["properties"]["b"]["items"]["properties"]["c"]["type"], "string");
        assert_eq!(drawn["properties"]["a"]["type"], "integer");
    }
}
