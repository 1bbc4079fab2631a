//! What the check of every message finds, or else every other test of these would pass for nothing.

use mcp_tests::specification::{REVISIONS, Specification, validate};
use serde_json::{Value, json};

#[test]
fn a_member_is_known_since_the_revision_that_brought_it() {
    let tool = |member: &str, value: Value| {
        let mut tool = json!({ "name": "a", "inputSchema": { "type": "object", "title": "Any" } });
        tool[member] = value;
        ("Tool", tool, format!("/{member} is not known"))
    };
    let text = |member: &str, value: Value, place: &str| {
        let mut text = json!({ "type": "text", "text": "a" });
        text[member] = value;
        ("TextContent", text, format!("/{place} is not known"))
    };
    for (since, (definition, value, problem)) in [
        ("2024-11-05", tool("description", json!("a"))),
        ("2025-03-26", tool("annotations", json!({ "title": "a" }))),
        ("2025-06-18", tool("title", json!("a"))),
        ("2025-06-18", tool("_meta", json!({ "k": { "l": 1 } }))),
        ("2025-06-18", tool("outputSchema", json!({ "type": "object", "$defs": {} }))),
        ("2025-11-25", tool("icons", json!([{ "src": "a://b" }]))),
        ("never", tool("hue", json!("red"))),
        ("2024-11-05", text("annotations", json!({ "priority": 1 }), "")),
        ("2025-06-18", text("annotations", json!({ "lastModified": "a" }), "annotations/lastModified")),
        ("2025-06-18", text("_meta", json!({ "k": 1 }), "_meta")),
        ("never", text("annotations", json!({ "hue": "red" }), "annotations/hue")),
    ] {
        for revision in REVISIONS {
            let problems = Specification::of(revision).problems(definition, &value);
            let expected: &[String] = if revision < since { std::slice::from_ref(&problem) } else { &[] };
            assert_eq!(problems, expected, "{revision}: {value}");
        }
    }
}

#[test]
fn a_message_is_checked_as_what_it_is() {
    let result = |result: Value| json!({ "jsonrpc": "2.0", "id": 1, "result": result });
    let call = |block: Value| result(json!({ "content": [block] }));
    let error = |error: Value| json!({ "jsonrpc": "2.0", "id": 1, "error": error });
    let note = |method: &str, params: Value| json!({ "jsonrpc": "2.0", "method": method, "params": params });
    let link = json!({ "type": "resource_link", "uri": "a://b", "name": "b" });
    let audio = |data: &str| json!({ "type": "audio", "data": data, "mimeType": "audio/wav" });
    let unsupported = json!({ "code": -32022, "message": "a", "data": { "supported": [] } });
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let ask = json!({ "jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "params": {
        "message": "a", "requestedSchema": { "type": "object", "properties": { "a": { "type": "string" } } },
    }});
    let progress = json!({ "progressToken": 1, "progress": 0.5, "message": "a" });
    for (revision, method, message, problem) in [
        ("2025-06-18", "tools/call", call(link.clone()), None),
        ("2025-03-26", "tools/call", call(link), Some("/content/0")),
        ("2025-03-26", "tools/call", call(audio("AAAA")), None),
        ("2025-03-26", "tools/call", call(audio("A")), Some("/content/0/data")),
        ("2024-11-05", "tools/call", call(audio("AAAA")), Some("/content/0")),
        (
            "2025-11-25",
            "tools/call",
            result(json!({ "content": [], "structuredContent": 7 })),
            Some("want object"),
        ),
        ("2025-11-25", "tools/list", result(json!({ "tools": [], "ttlMs": 0 })), Some("/ttlMs is not known")),
        ("2026-07-28", "tools/list", result(json!({ "tools": [], "resultType": "complete" })), Some("ttlMs")),
        ("2025-11-25", "ping", result(json!({})), None),
        ("2025-11-25", "ping", result(json!({ "pong": 1 })), Some("/pong is not known")),
        ("2026-07-28", "ping", result(json!({ "resultType": "complete" })), Some("there is no `ping`")),
        (
            "2025-11-25",
            "ping",
            json!({ "jsonrpc": "2.0", "id": 1, "result": {}, "x": 1 }),
            Some("/x is not known"),
        ),
        ("2025-11-25", "ping", json!({ "jsonrpc": "2.0", "id": null, "result": {} }), Some("'/id'")),
        ("2025-03-26", "", json!({ "jsonrpc": "2.0", "error": { "code": 1, "message": "a" } }), None),
        ("2025-03-26", "", error(json!({ "code": 1, "message": "a", "data": { "k": 1 } })), None),
        ("2025-03-26", "", error(json!({ "code": 1, "message": "a", "cause": "b" })), Some("/error/cause")),
        ("2025-11-25", "", error(unsupported.clone()), None),
        ("2026-07-28", "", error(unsupported), Some("requested")),
        ("2025-03-26", "", note("notifications/progress", progress.clone()), None),
        ("2024-11-05", "", note("notifications/progress", progress), Some("/params/message is not known")),
        ("2025-11-25", "", ping, None),
        ("2025-11-25", "", list, Some("there is no `tools/list`")),
        ("2025-06-18", "tools/call", ask.clone(), None),
        ("2025-03-26", "tools/call", ask.clone(), Some("there is no `elicitation/create`")),
        ("2026-07-28", "tools/call", ask, Some("there is no `elicitation/create`")),
        ("2025-11-25", "", note("notifications/hue", json!({})), Some("there is no `notifications/hue`")),
    ] {
        let problems = Specification::of(revision).message_problems(method, &message);
        let found = problem.map(|problem| problems.iter().any(|found| found.contains(problem)));
        assert!(found.unwrap_or(problems.is_empty()), "{revision}: {message}: {problems:?}");
    }
}

#[test]
fn a_question_is_an_answer_only_where_there_may_be_one() {
    let question = json!({ "resultType": "input_required", "inputRequests": {} });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "result": question });
    let specification = Specification::of("2026-07-28");
    assert_eq!(specification.message_problems("tools/call", &message), [""; 0]);
    let listing = specification.message_problems("tools/list", &message);
    assert!(listing.contains(&"/inputRequests is not known".to_owned()), "{listing:?}");
}

#[test]
fn what_an_extension_adds_is_known_in_the_newest_revision_only() {
    let mut task = json!({
        "resultType": "task",
        "taskId": "1",
        "status": "working",
        "createdAt": "2026-07-28T00:00:00Z",
        "lastUpdatedAt": "2026-07-28T00:00:00Z",
        "ttlMs": null,
    });
    let problems = |revision: &str, method: &str, task: &Value| {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "result": task });
        Specification::of(revision).message_problems(method, &message).join("\n")
    };
    assert_eq!(problems("2026-07-28", "tools/call", &task), "");
    assert!(problems("2026-07-28", "prompts/get", &task).contains("/taskId is not known"));
    assert!(problems("2025-11-25", "tools/call", &task).contains("/taskId is not known"));
    assert!(problems("2026-07-28", "tasks/get", &task).contains("complete"));
    task["resultType"] = json!("complete");
    assert_eq!(problems("2026-07-28", "tasks/get", &task), "");
    task["ttl"] = json!(1);
    assert_eq!(problems("2026-07-28", "tasks/get", &task), "/ttl is not known");
    task["status"] = json!("completed");
    assert!(problems("2026-07-28", "tasks/get", &task).contains("result"));
    let empty = json!({ "resultType": "complete" });
    assert_eq!(problems("2026-07-28", "tasks/cancel", &empty), "");
    assert!(problems("2025-06-18", "tasks/cancel", &empty).contains("there is no `tasks/cancel`"));
}

#[test]
#[should_panic(expected = "2025-03-26: no `Tool`:\n/title is not known")]
fn a_wrong_value_is_a_panic_that_says_why() {
    validate(
        "2025-03-26",
        "Tool",
        &json!({ "name": "a", "inputSchema": { "type": "object" }, "title": "A" }),
    );
}
