//! What becomes of types, what is refused, and how answers are read.

use schemars::JsonSchema;
use serde::Deserialize;

use super::*;
use serde_json::json;

fn flat<T: JsonSchema>() -> Value {
    of_type::<T>().unwrap().schema().clone()
}

fn properties<T: JsonSchema>() -> Value {
    flat::<T>()["properties"].clone()
}

fn refused(schema: Value) -> String {
    FormSchema::compile(&schema).unwrap_err().join("\n")
}

fn property(schema: Value) -> Result<Value, String> {
    let form = FormSchema::compile(&json!({"type": "object", "properties": {"a": schema}}));
    form.map(|form| form.schema()["properties"]["a"].clone()).map_err(|wrong| wrong.join("\n"))
}

/// How to reach somebody.
#[allow(dead_code)]
#[derive(Deserialize, JsonSchema)]
struct Contact {
    /// The full name
    #[schemars(length(min = 1, max = 80), title = "Name")]
    name: String,
    #[schemars(email)]
    email: Option<String>,
    #[serde(default)]
    news: bool,
    #[schemars(range(min = 18))]
    age: u32,
    weight: f64,
    id: i64,
    tiny: i8,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Plain {
    Red,
    Green,
}

/// A size.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
enum Titled {
    /// Very
    /// small
    ///
    /// Or smaller.
    S,
    #[schemars(title = "Large")]
    L,
    M,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(extend("enumNames" = ["One", "Two"]))]
enum Legacy {
    A,
    B,
}

#[allow(dead_code)]
#[derive(Debug, Deserialize, JsonSchema)]
struct Choosing {
    plain: Plain,
    titled: Titled,
    maybe: Option<Titled>,
    maybe_plain: Option<Plain>,
    legacy: Legacy,
    #[schemars(length(min = 1, max = 2))]
    several: Vec<Plain>,
    several_titled: Option<Vec<Titled>>,
    /// With a word
    #[serde(default = "green")]
    default: Plain,
}

fn green() -> Plain {
    Plain::Green
}

impl serde::Serialize for Plain {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if *self == Self::Red { "red" } else { "green" })
    }
}

const GREATEST: i64 = 9_007_199_254_740_991;

#[test]
fn a_struct_is_a_flat_form() {
    assert_eq!(
        flat::<Contact>(),
        json!({
            "type": "object",
            "properties": {
                "name": {
                    "type": "string", "title": "Name", "description": "The full name", "minLength": 1, "maxLength": 80,
                },
                "email": {"type": "string", "format": "email"},
                "news": {"type": "boolean", "default": false},
                "age": {"type": "integer", "minimum": 18, "maximum": u32::MAX},
                "weight": {"type": "number"},
                "id": {"type": "integer", "minimum": -GREATEST, "maximum": GREATEST},
                "tiny": {"type": "integer", "minimum": -128, "maximum": 127},
            },
            "required": ["name", "age", "weight", "id", "tiny"],
        })
    );
}

#[test]
fn enums_are_choices() {
    let titled = json!([
        {"const": "S", "title": "Very small"}, {"const": "L", "title": "Large"}, {"const": "M", "title": "M"},
    ]);
    let mut of_titled: Vec<Value> = titled.as_array().unwrap().clone();
    let properties = properties::<Choosing>();
    // schemars puts variants of which nothing is said before the others.
    let given = &properties["titled"]["oneOf"];
    of_titled.sort_by_key(|choice| given.as_array().unwrap().iter().position(|other| other == choice));
    let titled = Value::from(of_titled);
    assert_eq!(
        properties,
        json!({
            "plain": {"type": "string", "enum": ["red", "green"]},
            "titled": {"type": "string", "description": "A size.", "oneOf": titled},
            "maybe": {"type": "string", "description": "A size.", "oneOf": titled},
            "maybe_plain": {"type": "string", "enum": ["red", "green"]},
            "legacy": {"type": "string", "enum": ["A", "B"], "enumNames": ["One", "Two"]},
            "several": {
                "type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string", "enum": ["red", "green"]},
            },
            "several_titled": {"type": "array", "items": {"anyOf": titled}},
            "default": {
                "type": "string", "description": "With a word", "enum": ["red", "green"], "default": "green",
            },
        })
    );
    assert_eq!(flat::<Choosing>()["required"], json!(["plain", "titled", "legacy", "several"]));
}

#[test]
fn a_value_is_a_form_of_one_field() {
    assert_eq!(
        String::form().as_ref().unwrap().schema(),
        &json!({"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]})
    );
    assert_eq!(
        of_answer::<Plain>().unwrap().schema()["properties"],
        json!({"answer": {"type": "string", "enum": ["red", "green"]}})
    );
    let answer = |value: Value| json!({"answer": value, "more": 1}).as_object().cloned().unwrap();
    assert_eq!(read::<String>(answer(json!("a"))), Ok("a".to_owned()));
    assert_eq!(read::<bool>(answer(json!(true))), Ok(true));
    assert_eq!(read::<u8>(answer(json!(7.0))), Ok(7));
    assert_eq!(read::<f64>(answer(json!(7))), Ok(7.0));
    assert!(read::<u8>(answer(json!(256))).unwrap_err().contains("`answer`"));
    assert!(read::<u64>(Map::new()).unwrap_err().contains("`answer`: required"));
    assert!(read::<i64>(answer(json!(GREATEST + 1))).is_err(), "a client may have rounded it");
}

#[test]
fn an_answer_is_checked_and_what_nobody_asked_for_is_dropped() {
    let form = of_type::<Choosing>().unwrap();
    let good = json!({"plain": "red", "titled": "S", "legacy": "A", "several": ["red", "green"]});
    let good = good.as_object().unwrap();
    let with = |name: &str, value: Value| {
        let mut answer = good.clone();
        answer.insert(name.to_owned(), value);
        answer
    };
    assert_eq!(form.read(with("more", json!("x"))).as_ref(), Ok(good));
    let choosing = Choosing::deserialize(Value::Object(form.read(good.clone()).unwrap())).unwrap();
    assert_eq!((choosing.titled, choosing.maybe, choosing.default), (Titled::S, None, Plain::Green));
    for (name, value, told) in [
        ("plain", json!("gren"), "Did you mean `green`?"),
        ("titled", json!("Very small"), "`titled`: the value is not one of"),
        ("several", json!([]), "`several`"),
        ("several", json!(["red", "blue"]), "`several[1]`"),
        ("several_titled", json!(["S", "XL"]), "`several_titled[1]`"),
    ] {
        let text = form.read(with(name, value)).unwrap_err();
        assert!(text.starts_with("The answer doesn't fit the form.") && text.contains(told), "{text}");
    }
    let contact = of_type::<Contact>().unwrap();
    let answer = json!({"name": "A", "age": 20, "weight": 1, "id": 1, "tiny": 1, "email": "nowhere"});
    assert!(contact.read(answer.as_object().cloned().unwrap()).unwrap_err().contains("`email`"));
}

#[test]
fn annotations_that_clients_do_not_know_are_left_out() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "a", "title": "A", "description": "B",
        "additionalProperties": false, "x-kind": 1,
        "type": "object", "properties": {"a": {"$ref": "#/$defs/a", "title": "T"},
            "b": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        "$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}], "title": "U"},
            "b": {"type": ["integer", "null"], "format": "int32", "writeOnly": true, "examples": [1], "default": null}},
        "required": ["a", "b"],
    });
    let form = FormSchema::compile(&schema).unwrap();
    assert_eq!(
        form.schema(),
        &json!({"type": "object", "properties": {
            "a": {"type": "integer", "title": "T", "minimum": i32::MIN, "maximum": i32::MAX},
            "b": {"type": "string"},
        }})
    );
}

#[test]
fn what_a_form_cannot_hold_is_refused() {
    for (schema, told) in [
        (json!(true), "can be anything"),
        (json!({}), "says no type"),
        (json!({"type": "object", "properties": {}}), "a form is flat"),
        (json!({"type": "array", "items": {"type": "string"}}), "choice of several"),
        (json!({"type": "array", "items": {"type": "object"}}), "choice of several"),
        (json!({"type": "array"}), "choice of several"),
        (json!({"type": "array", "uniqueItems": true, "items": {"enum": ["a"]}}), "`uniqueItems`"),
        (
            json!({"type": "string", "pattern": "^a"}),
            "`pattern`: clients don't know it; say in the description",
        ),
        (json!({"type": "string", "format": "uuid"}), "`format`: clients know"),
        (json!({"type": "number", "multipleOf": 2}), "`multipleOf`"),
        (json!({"type": "integer", "exclusiveMinimum": 2}), "use `minimum`"),
        (json!({"type": ["integer", "string"]}), "several types"),
        (json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}), "can be several things"),
        (json!({"oneOf": [{"type": "object", "properties": {}}]}), "can be several things"),
        (json!({"enum": [1, 2]}), "choices are texts"),
        (json!({"enum": []}), "choice of nothing"),
        (json!({"enum": ["a", "b", "a"]}), "the choice `a` twice"),
        (json!({"enum": ["a", "b"], "enumNames": ["A"]}), "as many texts in `enumNames`"),
        (json!({"oneOf": [{"const": "a", "title": "A"}], "enumNames": ["A"]}), "titles already"),
        (json!({"type": "integer", "enum": ["a"]}), "something else than texts"),
        (json!({"type": "integer", "maximum": 3, "default": 4}), "default of `a`"),
        (json!({"$ref": "#/$defs/none"}), "there is nothing"),
        (json!({"$ref": "#/properties/a"}), "refers to itself"),
        (json!({"$ref": "https://example.com/a"}), "there is nothing"),
    ] {
        let text = property(schema.clone()).unwrap_err();
        assert!(text.contains(told) && text.contains("`a`"), "{schema}: {text}");
    }
    for (schema, told) in [
        (json!(true), "the form can be anything"),
        (json!(7), "not JSON Schema 2020-12"),
        (json!({"type": "string"}), "a form is an object"),
        (json!({"type": "object", "properties": 5}), "not JSON Schema 2020-12"),
        (json!({"type": "object", "properties": {"a": {"type": "string", "minLength": "1"}}}), "2020-12"),
        (json!({"type": "object", "additionalProperties": {"type": "string"}}), "remove the map"),
        (json!({"type": "object", "oneOf": [true]}), "always the same"),
        (json!({"type": "object", "minProperties": 1}), "`minProperties`"),
        (json!({"type": "object", "required": ["a"]}), "`a` is required"),
        (json!({"type": "object", "properties": {"api_key": {"type": "string"}}}), "`api_key` is a secret"),
    ] {
        let text = refused(schema.clone());
        assert!(text.contains(told), "{schema}: {text}");
    }
    let both = json!({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "string", "pattern": "a"}}});
    assert_eq!(FormSchema::compile(&both).unwrap_err().len(), 2, "all at once");
}

#[test]
fn maps_and_nested_structs_of_rust_are_refused() {
    #[allow(dead_code)]
    #[derive(JsonSchema)]
    struct Nested {
        contact: Contact,
    }
    #[allow(dead_code)]
    #[derive(JsonSchema)]
    struct Mapped {
        name: String,
        #[serde(flatten)]
        rest: std::collections::HashMap<String, String>,
    }
    #[allow(dead_code)]
    #[derive(JsonSchema)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(u8),
    }
    #[allow(dead_code)]
    #[derive(JsonSchema)]
    struct Flattened {
        #[serde(flatten)]
        contact: Contact,
        either: Option<Either>,
    }
    let told = |compiled: Compiled| compiled.unwrap_err().join("\n");
    assert!(told(of_type::<Nested>()).starts_with("`contact` is an object"));
    assert!(told(of_type::<Mapped>()).contains("`#[serde(flatten)]`"));
    let flattened = told(of_type::<Flattened>());
    assert!(flattened.starts_with("`either` can be several things"), "{flattened}");
    assert_eq!(flattened.lines().count(), 1, "a flattened struct is flat");
}
