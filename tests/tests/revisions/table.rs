//! The table of what each revision is shown.

use serde_json::{Value, json};

use super::{seen::all_methods, server::annotations};

/// One thing that a server can show, and the places where a client sees it.
struct Row {
    what: &'static str,
    places: Vec<String>,
    /// What the server's author gave.
    given: Value,
}

/// A revision, and what its client sees.
pub(crate) type Column = (&'static str, Value);

/// The page with the table.
pub(crate) fn page(columns: &[Column]) -> String {
    let mut lines = vec![HEAD.to_owned()];
    lines.push(line("", columns, |(revision, _)| (*revision).to_owned()));
    lines.push(format!("|---|{}", "---|".repeat(columns.len())));
    for (title, rows) in sections() {
        lines.push(line(&format!("**{title}**"), columns, |_| String::new()));
        lines.extend(rows.iter().map(|row| line(row.what, columns, |(_, seen)| row.cell(seen))));
    }
    lines.push(line("**Methods**", columns, |_| String::new()));
    lines.extend(methods(columns));
    lines.join("\n") + "\n"
}

const HEAD: &str = "\
# What each revision is shown

One server, one function, and every client gets what its revision knows. Nobody writes this table: `tests/tests/revisions/` does,
from what a client of each revision receives. Every message that it receives there holds against its revision's JSON schema, and
has no member that the schema doesn't name. `REVISIONS=overwrite cargo test -p mcp-tests --test revisions` writes it again.

*As is* means: as the server's author gave it.
";

fn line(what: &str, columns: &[Column], cell: impl Fn(&Column) -> String) -> String {
    let cells: Vec<String> = columns.iter().map(cell).collect();
    format!("| {what} | {} |", cells.join(" | "))
}

/// Which methods are answered. Those that no revision's client gets an answer from are left out.
fn methods(columns: &[Column]) -> impl Iterator<Item = String> {
    let answered = |method: &str, (_, seen): &Column| seen["methods"][method] == true;
    let all = all_methods().into_iter();
    all.filter(move |method| columns.iter().any(|column| answered(method, column))).map(move |method| {
        let cell = |column: &Column| if answered(method, column) { "answered" } else { "unknown" }.to_owned();
        line(&format!("`{method}`"), columns, cell)
    })
}

impl Row {
    /// What a client sees of it, at each place where that is something else than at those before.
    fn cell(&self, seen: &Value) -> String {
        let mut cells: Vec<String> = Vec::new();
        for place in &self.places {
            let cell = match seen.pointer(place) {
                None => "left out".to_owned(),
                Some(value) if *value == self.given => "as is".to_owned(),
                Some(value) => format!("as `{value}`"),
            };
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        cells.join("; ")
    }
}

fn row(what: &'static str, place: impl Into<String>, given: Value) -> Row {
    Row { what, places: vec![place.into()], given }
}

fn sections() -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("The server", of_the_server()),
        ("Results", of_results()),
        ("Tools in a listing", of_tools()),
        ("Content", of_content()),
        ("Structured results", of_structured()),
        ("Notifications", of_notifications()),
    ]
}

fn of_the_server() -> Vec<Row> {
    vec![
        row("`title`", "/server/title", json!("Full")),
        row("`icons`", "/server/icons", json!([{ "src": "https://example.com/server.png" }])),
        row("`instructions`", "/greeting/instructions", json!("Ask for everything.")),
        row("capability `tools`", "/greeting/capabilities/tools", json!({})),
        row("capability `logging`", "/greeting/capabilities/logging", json!({})),
    ]
}

fn of_results() -> Vec<Row> {
    vec![
        row("`resultType`", "/calls/noted/resultType", json!("complete")),
        row("`ttlMs` of a listing", "/listing/ttlMs", json!(300_000)),
        row("`cacheScope` of a listing", "/listing/cacheScope", json!("public")),
        row(
            "the server's name",
            "/calls/noted/_meta/io.modelcontextprotocol~1serverInfo/name",
            json!("full"),
        ),
        row("`_meta` of a function's own", "/calls/noted/_meta/com.example~1k", json!(1)),
        row("`isError`", "/calls/fail/isError", json!(true)),
    ]
}

fn of_tools() -> Vec<Row> {
    let hints = json!({
        "readOnlyHint": true,
        "destructiveHint": false,
        "idempotentHint": true,
        "openWorldHint": false,
    });
    let number = json!({ "type": "integer", "format": "int64" });
    let text = json!({ "type": ["string", "null"] });
    vec![
        row("`title`", "/tools/full/title", json!("Full")),
        row("`description`", "/tools/full/description", json!("Everything that a listing can show.")),
        row("`icons`", "/tools/full/icons", json!([{ "src": "https://example.com/tool.png" }])),
        row("`_meta`", "/tools/full/_meta", json!({ "com.example/k": 1 })),
        row("`annotations`", "/tools/full/annotations", hints),
        row("`inputSchema`: a property", "/tools/full/inputSchema/properties/text", text),
        row("`outputSchema`: a property", "/tools/full/outputSchema/properties/x", number.clone()),
        row("the schema `true` of a property", "/tools/noted/inputSchema/properties/any", json!(true)),
        row("`outputSchema` of a number", "/tools/number/outputSchema", number),
    ]
}

fn of_content() -> Vec<Row> {
    let contents = |mut contents: Value, key: &str, value: &str| {
        contents[key] = value.into();
        json!({ "type": "resource", "resource": contents })
    };
    let text = contents(json!({ "uri": "a://text", "mimeType": "text/plain" }), "text", "hi");
    let blob = contents(json!({ "uri": "a://blob", "mimeType": "image/png" }), "blob", "BA==");
    let link = json!({
        "type": "resource_link",
        "uri": "a://link",
        "name": "link",
        "title": "Link",
        "description": "What it is.",
        "mimeType": "text/plain",
        "size": 3,
    });
    let at = |place: usize| format!("/calls/content/content/{place}");
    let of_all = |what, pointer, given| {
        let places = (0..5).map(|at| format!("/calls/annotated_content/content/{at}{pointer}")).collect();
        Row { what, places, given }
    };
    let annotations = serde_json::to_value(annotations()).expect("JSON");
    vec![
        row("text", at(0), json!({ "type": "text", "text": "hi" })),
        row("an image", at(1), json!({ "type": "image", "data": "AQI=", "mimeType": "image/png" })),
        row("a sound", at(2), json!({ "type": "audio", "data": "Aw==", "mimeType": "audio/wav" })),
        row("a link to a resource", at(3), link),
        row("a text resource", at(4), text),
        row("a binary resource", at(5), blob),
        of_all("`annotations` of a block", "/annotations", annotations),
        of_all("`_meta` of a block", "/_meta", json!({ "com.example/k": 1 })),
    ]
}

fn of_structured() -> Vec<Row> {
    let text = |text: &str| json!([{ "type": "text", "text": text }]);
    vec![
        row("an object", "/calls/full/structuredContent", json!({ "x": 1, "anything": null })),
        row("a number", "/calls/number/structuredContent", json!(7)),
        row("a list", "/calls/list/structuredContent", json!([1, 2])),
        row("a text, where it may be anything", "/calls/anything/structuredContent", json!("x")),
        row("the object as content", "/calls/full/content", text(r#"{"x":1,"anything":null}"#)),
        row("the number as content", "/calls/number/content", text("7")),
    ]
}

fn of_notifications() -> Vec<Row> {
    let progress = json!({ "progressToken": "token", "progress": 1.0, "total": 2.0, "message": "half" });
    let log = json!({ "level": "warning", "logger": "part", "data": { "k": 1 } });
    vec![
        row("progress", "/notifications/notifications~1progress", progress),
        row("a log message", "/notifications/notifications~1message", log),
    ]
}
