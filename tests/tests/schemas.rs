//! The published schema is the law: for any schema and any arguments, the server's verdict is that of an
//! independent validator, and a function runs exactly when the arguments hold.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::Router;
use boon::{Compiler, Draft as Dialect, SchemaIndex, Schemas};
use mcp_server::{Invocation, McpServer, Tool, ToolResult};
use mcp_tests::wire::Draft;
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

const RAN: &str = "ran";
const NAMES: [&str; 5] = ["a", "b", "ab", "größe", "x-y"];

fn router(schema: &Value) -> Option<Router> {
    let tool = Tool::new("checked", "Runs when the arguments hold.", |_: Invocation| async {
        Ok(ToolResult::text(RAN))
    });
    let server = McpServer::new("schemas").tool(tool.input_schema(schema.clone())).build();
    server.ok().map(|server| server.router())
}

/// The oracle: another implementation, by other people.
fn oracle(schema: &Value) -> Option<(Arc<Schemas>, SchemaIndex)> {
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Dialect::V2020_12);
    compiler.add_resource("test:///schema", schema.clone()).ok()?;
    let index = compiler.compile("test:///schema", &mut schemas).ok()?;
    Some((Arc::new(schemas), index))
}

fn number() -> impl Strategy<Value = Value> {
    let exact = 9_007_199_254_740_991_i64;
    prop_oneof![
        (-3_i64..6).prop_map(Value::from),
        select(vec![json!(1.0), json!(-0.0), json!(0.5), json!(2.5), json!(1e3), json!(1e-7), json!(3.0)]),
        select(vec![
            json!(exact),
            json!(-exact),
            json!(9_007_199_254_740_992.0),
            // Larger than every i64, and a number that floats have: the other validator reckons with floats, and
            // takes u64::MAX for a multiple of 2.
            json!(1_u64 << 63),
            json!(i64::MIN),
            json!(1e300)
        ]),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab0-9]{0,4}",
        select(vec!["", "ü", "👩‍👩‍👧", "a\nb", "\u{0}", "aaaa", "42"]).prop_map(str::to_owned)
    ]
}

fn instance() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        number(),
        text().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Value::from), members(inner).prop_map(Value::Object)]
    })
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    vec((select(NAMES.to_vec()), value), 0..4)
        .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// One keyword and its value, for any place in a schema.
fn keyword() -> impl Strategy<Value = (&'static str, Value)> {
    let small = || 0_u64..4;
    prop_oneof![
        select(vec!["integer", "number", "string", "boolean", "null", "array", "object"])
            .prop_map(|t| ("type", t.into())),
        Just(("type", json!(["string", "null"]))),
        Just(("type", json!(["integer", "array"]))),
        number().prop_map(|n| ("minimum", n)),
        number().prop_map(|n| ("maximum", n)),
        number().prop_map(|n| ("exclusiveMinimum", n)),
        number().prop_map(|n| ("exclusiveMaximum", n)),
        select(vec![json!(1), json!(2), json!(0.5)]).prop_map(|n| ("multipleOf", n)),
        small().prop_map(|n| ("minLength", n.into())),
        small().prop_map(|n| ("maxLength", n.into())),
        select(vec!["^a", "b$", "^[0-9]+$", "a{2}", "ü", "^.$"]).prop_map(|p| ("pattern", p.into())),
        small().prop_map(|n| ("minItems", n.into())),
        small().prop_map(|n| ("maxItems", n.into())),
        Just(("uniqueItems", json!(true))),
        small().prop_map(|n| ("minProperties", n.into())),
        small().prop_map(|n| ("maxProperties", n.into())),
        vec(instance(), 1..4).prop_map(|values| ("enum", Value::from(values))),
        instance().prop_map(|value| ("const", value)),
        Just(("$ref", json!("#/$defs/known"))),
        Just(("format", json!("int64"))),
        Just(("additionalProperties", json!(false))),
        Just(("unevaluatedProperties", json!(false))),
        vec(select(NAMES.to_vec()), 0..3).prop_map(|mut names| {
            names.sort_unstable();
            names.dedup();
            ("required", json!(names))
        }),
        Just(("dependentRequired", json!({"a": ["b"]}))),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let simple = vec(keyword(), 0..3).prop_map(object);
    simple.prop_recursive(3, 24, 3, |inner| {
        let one = inner.clone();
        let several = vec(inner.clone(), 1..3);
        let composed = prop_oneof![
            several.clone().prop_map(|schemas| ("anyOf", Value::from(schemas))),
            several.clone().prop_map(|schemas| ("oneOf", Value::from(schemas))),
            several.clone().prop_map(|schemas| ("allOf", Value::from(schemas))),
            several.prop_map(|schemas| ("prefixItems", Value::from(schemas))),
            one.clone().prop_map(|schema| ("not", schema)),
            one.clone().prop_map(|schema| ("items", schema)),
            one.clone().prop_map(|schema| ("contains", schema)),
            one.clone().prop_map(|schema| ("additionalProperties", schema)),
            one.clone().prop_map(|schema| ("propertyNames", schema)),
            one.clone().prop_map(|schema| ("patternProperties", json!({"^a": schema}))),
            members(one).prop_map(|schemas| ("properties", Value::Object(schemas))),
        ];
        vec(prop_oneof![keyword(), composed], 0..4).prop_map(object)
    })
}

fn object(keywords: Vec<(&'static str, Value)>) -> Value {
    Value::Object(keywords.into_iter().map(|(keyword, value)| (keyword.to_owned(), value)).collect())
}

/// An input schema: any schema, of objects, with definitions to refer to.
fn input_schema() -> impl Strategy<Value = Value> {
    let condition = option::of((schema(), schema(), schema()));
    (schema(), members(schema()), schema(), condition).prop_map(|(mut root, properties, known, condition)| {
        root["type"] = "object".into();
        root["properties"] = Value::Object(properties);
        let mut known = known;
        known
            .as_object_mut()
            .expect("schemas are objects here")
            .retain(|_, value| !value.to_string().contains("$defs"));
        known.as_object_mut().expect("schemas are objects here").remove("$ref");
        root["$defs"] = json!({ "known": known });
        if let Some((first, second, third)) = condition {
            root["if"] = first;
            root["then"] = second;
            root["else"] = third;
        }
        root
    })
}

/// Whether the function ran; anything but a result or a tool error is a failure of the test.
async fn ran(router: &Router, arguments: &Value) -> bool {
    let result = Draft::call("checked", arguments.clone()).send(router).await.result();
    let text = result["content"][0]["text"].as_str().expect("text").to_owned();
    assert!(text == RAN || text.starts_with("The arguments don't match the schema"), "{text}");
    assert_eq!(result["isError"] == json!(true), text != RAN);
    text == RAN
}

/// An instance that keeps to what the schema says most plainly. `choice` decides where there is one.
fn instance_of(schema: &Value, known: &Value, choice: &mut u64) -> Value {
    *choice = choice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let pick = usize::try_from(*choice >> 33).expect("31 bits");
    let one_of = |list: &Value| list.as_array().and_then(|list| list.get(pick % list.len().max(1))).cloned();
    if let Some(value) = schema.get("const").cloned().or_else(|| schema.get("enum").and_then(one_of)) {
        return value;
    }
    if schema.get("$ref").is_some() {
        return instance_of(known, &json!({}), choice);
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        if let Some(part) = schema.get(keyword).and_then(one_of) {
            return instance_of(&part, known, choice);
        }
    }
    let kinds = ["integer", "string", "boolean", "null", "number", "array", "object"];
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(list) => one_of(list).and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default(),
        None => kinds[pick % kinds.len()].to_owned(),
    };
    let number = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    match kind.as_str() {
        "integer" | "number" => {
            let low = number("minimum").or_else(|| number("exclusiveMinimum").map(|low| low + 1.0));
            let high = number("maximum").or_else(|| number("exclusiveMaximum").map(|high| high - 1.0));
            json!(low.or(high).unwrap_or(2.0).clamp(-1e15, 1e15).ceil())
        }
        "string" => {
            json!(["a", "ab", "42", "ü", "aab"][pick % 5].repeat(1 + number("minLength").map_or(0, |_| 1)))
        }
        "boolean" => json!(pick % 2 == 0),
        "array" => {
            let items = schema.get("items").cloned().unwrap_or_else(|| json!({"type": "integer"}));
            let count = number("minItems").map_or(0, |_| 3);
            (0..count).map(|_| instance_of(&items, known, choice)).collect()
        }
        "object" => Value::Object(object_of(schema, known, choice)),
        _ => Value::Null,
    }
}

fn object_of(schema: &Value, known: &Value, choice: &mut u64) -> Map<String, Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let named = properties.into_iter().flatten().map(|(name, schema)| (name.clone(), schema.clone()));
    let mut members: Map<String, Value> =
        named.map(|(name, schema)| (name, instance_of(&schema, known, choice))).collect();
    for name in
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        members.entry(name).or_insert_with(|| json!(1));
    }
    members
}

/// The same arguments with one thing changed: a member gone, a new one, or another value.
fn mutated(mut arguments: Map<String, Value>, other: Value, place: usize) -> Map<String, Value> {
    let names: Vec<String> = arguments.keys().cloned().collect();
    match (names.get(place % names.len().max(1)), place % 3) {
        (Some(name), 0) => _ = arguments.remove(name),
        (Some(name), 1) => _ = arguments.insert(name.clone(), other),
        _ => _ = arguments.insert(NAMES[place % NAMES.len()].to_owned(), other),
    }
    arguments
}

#[test]
fn tr_11_the_verdict_is_an_independent_validators() {
    // The same cases each time: a difference between validators is a finding, not a reason to run a build again.
    // `PROPTEST_CASES` asks for more of them.
    let cases = Config::default().cases.max(1_500);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = Runtime::new().expect("a runtime");
    let verdicts = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let changes = vec((any::<u64>(), instance(), 0_usize..60), 1..8);
    let outcome =
        runner.run(&(input_schema(), changes, vec(members(instance()), 0..3)), |(schema, changes, wild)| {
            let (ours, theirs) = (router(&schema), oracle(&schema));
            prop_assert_eq!(
                ours.is_some(),
                theirs.is_some(),
                "one takes this schema, the other doesn't: {}",
                &schema
            );
            let (Some(router), Some((schemas, index))) = (ours, theirs) else { return Ok(()) };
            let mut all = wild;
            for (mut choice, other, place) in changes {
                let instance = object_of(&schema, &schema["$defs"]["known"], &mut choice);
                all.push(mutated(instance.clone(), other, place));
                all.push(instance);
            }
            for arguments in all.into_iter().map(Value::Object) {
                let expected = schemas.validate(&arguments, index).is_ok();
                let verdict = runtime.block_on(ran(&router, &arguments));
                prop_assert_eq!(verdict, expected, "schema {}\narguments {}", &schema, &arguments);
                verdicts[usize::from(verdict)].fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    let [refused, ran] = verdicts.map(AtomicUsize::into_inner);
    assert!(refused.min(ran) * 5 > refused + ran, "both verdicts are common: {refused} refused, {ran} ran");
}

#[test]
fn both_verdicts_occur() {
    let runtime = Runtime::new().expect("a runtime");
    let router =
        router(&json!({"type": "object", "properties": {"a": {"type": "integer"}}})).expect("a server");
    assert!(runtime.block_on(ran(&router, &json!({"a": 1.0}))), "1.0 is an integer in JSON Schema");
    assert!(!runtime.block_on(ran(&router, &json!({"a": 1.5}))));
}
