//! The published schema is the law: for any schema and any arguments, the server's verdict is that of an
//! independent validator, and a function runs exactly when the arguments hold.

use std::sync::Arc;

use axum::Router;
use boon::{Compiler, Draft as Dialect, SchemaIndex, Schemas};
use mcp_server::{Invocation, McpServer, Tool, ToolResult};
use mcp_tests::wire::Draft;
use proptest::{collection::vec, option, prelude::*, sample::select, test_runner::Config};
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
            json!(u64::MAX),
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
    assert!(text == RAN || text.starts_with("The arguments don't match the tool's schema"), "{text}");
    assert_eq!(result["isError"] == json!(true), text != RAN);
    text == RAN
}

proptest! {
    #![proptest_config(Config { cases: 1_500, failure_persistence: None, ..Config::default() })]

    #[test]
    fn tr_11_the_verdict_is_an_independent_validators(
        schema in input_schema(),
        arguments in vec(members(instance()), 1..12),
    ) {
        let (ours, theirs) = (router(&schema), oracle(&schema));
        prop_assert_eq!(ours.is_some(), theirs.is_some(), "one takes this schema, the other doesn't: {}", &schema);
        let (Some(router), Some((schemas, index))) = (ours, theirs) else { return Ok(()) };
        let runtime = Runtime::new().expect("a runtime");
        for arguments in arguments.into_iter().map(Value::Object) {
            let expected = schemas.validate(&arguments, index).is_ok();
            let verdict = runtime.block_on(ran(&router, &arguments));
            prop_assert_eq!(verdict, expected, "schema {}\narguments {}", &schema, &arguments);
        }
    }
}

#[test]
fn both_verdicts_occur() {
    let runtime = Runtime::new().expect("a runtime");
    let router =
        router(&json!({"type": "object", "properties": {"a": {"type": "integer"}}})).expect("a server");
    assert!(runtime.block_on(ran(&router, &json!({"a": 1.0}))), "1.0 is an integer in JSON Schema");
    assert!(!runtime.block_on(ran(&router, &json!({"a": 1.5}))));
}
