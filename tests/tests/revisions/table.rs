//! The table of what each revision is shown.

use serde_json::{Value, json};

use super::{questions, seen::all_methods, server::annotations};

/// One thing that a server can show, and the places where a client sees it.
struct Row {
    what: &'static str,
    places: Vec<String>,
    given: Given,
}

/// What there is to compare what is seen with.
enum Given {
    /// What the server's author gave.
    Value(Value),
    /// A part of a question, which may not be asked at all.
    Asked(Value),
    /// Nothing: the place says it in words.
    Words,
}

/// A revision, and what its client sees.
pub(crate) type Column = (&'static str, Value);

/// The page with the tables.
pub(crate) fn page(columns: &[Column]) -> String {
    let mut lines = vec![HEAD.to_owned()];
    for (title, about, rows) in sections() {
        lines.extend(table(title, about, columns));
        lines.extend(rows.iter().map(|row| line(row.what, columns, |(_, seen)| row.cell(seen))));
    }
    lines.extend(table("Methods", "Which are answered, and which are unknown.", columns));
    lines.extend(methods(columns));
    lines.extend(table("Errors", "What a wrong request gets, as a JSON-RPC code.", columns));
    lines.extend(errors(columns));
    lines.join("\n") + "\n"
}

const HEAD: &str = "\
# What each revision is shown

The protocol has had five revisions, and clients of all of them are about. A function says everything that the newest one can say;
every client gets as much of it as its own revision knows, and the nearest thing instead where there is one. This page is the
whole list: look here before you rely on something that an older client may not be shown.

Nobody writes it. `tests/tests/revisions/` lets a client of each revision walk through one server that offers everything there is,
and writes down what the client receives. Every message that it receives there holds against its revision's JSON schema, and has no
member that the schema doesn't name. `REVISIONS=overwrite cargo test -p mcp-tests --test revisions` writes the page again.

*As is* means: as the server's author gave it. *—* means: there is no such thing in that revision.";

/// The head of a table.
fn table(title: &str, about: &str, columns: &[Column]) -> [String; 4] {
    let names = line("", columns, |(revision, _)| (*revision).to_owned());
    [format!("\n## {title}\n"), format!("{about}\n"), names, format!("|---|{}", "---|".repeat(columns.len()))]
}

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

/// The code for each wrong request, in the order in which they were first sent.
fn errors(columns: &[Column]) -> impl Iterator<Item = String> {
    let mut all: Vec<&str> = Vec::new();
    for (_, seen) in columns {
        let sent = seen["errors"].as_object().expect("errors").keys();
        all.extend(sent.map(String::as_str).filter(|what| !all.contains(what)).collect::<Vec<_>>());
    }
    all.into_iter().map(move |what| {
        let code = |(_, seen): &Column| seen["errors"][what]["code"].as_i64();
        line(what, columns, |column| code(column).map_or_else(|| "—".to_owned(), |code| code.to_string()))
    })
}

impl Row {
    /// What a client sees of it, at each place where that is something else than at those before.
    fn cell(&self, seen: &Value) -> String {
        let mut cells: Vec<String> = Vec::new();
        for place in &self.places {
            let cell = match &self.given {
                Given::Asked(_) if seen.pointer(question(place)).is_none() => "—".to_owned(),
                given => given.cell(seen.pointer(place)),
            };
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        cells.join("; ")
    }
}

impl Given {
    fn cell(&self, seen: Option<&Value>) -> String {
        match (self, seen) {
            (Self::Words, None | Some(Value::Null)) => "—".to_owned(),
            (Self::Words, Some(Value::String(words))) => words.clone(),
            (Self::Words, Some(value)) => format!("`{value}`"),
            (Self::Value(_) | Self::Asked(_), None) => "left out".to_owned(),
            (Self::Value(given) | Self::Asked(given), Some(value)) if value == given => "as is".to_owned(),
            (Self::Value(_) | Self::Asked(_), Some(value)) => format!("as `{value}`"),
        }
    }
}

fn row(what: &'static str, place: impl Into<String>, given: Value) -> Row {
    Row { what, places: vec![place.into()], given: Given::Value(given) }
}

/// A member that several places have.
fn each(what: &'static str, places: &[&str], member: &str, given: Value) -> Row {
    let places = places.iter().map(|place| format!("{place}/{member}")).collect();
    Row { what, places, given: Given::Value(given) }
}

/// The place of the question that this is a part of: the first two names.
fn question(place: &str) -> &str {
    place.match_indices('/').nth(2).map_or(place, |(end, _)| &place[..end])
}

fn words(what: &'static str, place: &str) -> Row {
    Row { what, places: vec![place.to_owned()], given: Given::Words }
}

type Section = (&'static str, &'static str, Vec<Row>);

fn sections() -> Vec<Section> {
    vec![
        (
            "How messages travel",
            "2024-11-05 has a transport of its own, which `legacy_sse` lets in.",
            of_the_way(),
        ),
        ("The server", "What the greeting says: `initialize`, or `server/discover`.", of_the_server()),
        ("Results", "What stands beside what a function gives.", of_results()),
        ("Tools", "As `tools/list` shows them.", of_tools()),
        (
            "Resources",
            "As `resources/list` and `resources/templates/list` show them, and as `resources/read` gives them.",
            of_resources(),
        ),
        ("Prompts", "As `prompts/list` shows them, and as `prompts/get` gives them.", of_prompts()),
        ("Completions", "As `completion/complete` gives them.", of_completions()),
        ("Content", "The blocks of a tool's result and of a prompt's messages.", of_content()),
        ("Structured results", "What a tool gives that has a schema.", of_structured()),
        ("While a call runs", "What a function says before it is done.", of_calls()),
        (
            "Questions",
            "What a function asks while it runs, of a client that declares that it can be asked.",
            of_questions(),
        ),
        (
            "Tasks",
            "Calls that go on after they were answered, for a client that declares that it knows them.",
            of_tasks(),
        ),
        (
            "What changes",
            "Notifications that are part of no answer. A session is told of lists without asking, and of the resources \
             that it has subscribed to. In 2026-07-28 a client says what it wants to hear of.",
            of_changes(),
        ),
    ]
}

fn of_the_way() -> Vec<Row> {
    vec![
        words("requests go to", "/way/requests"),
        words("what makes a session", "/way/session"),
        words("what changes is told on", "/way/changes"),
        words("a stream can be taken up again", "/way/resumable"),
        words("a stream begins with where to take it up", "/way/primed"),
        words("JSON-RPC batches", "/way/batch"),
    ]
}

fn of_the_server() -> Vec<Row> {
    let capability = |what, name: &str, given| row(what, format!("/greeting/capabilities/{name}"), given);
    vec![
        row("`title`", "/server/title", json!("Full")),
        row("`version`", "/server/version", json!("1.2.3")),
        row("`icons`", "/server/icons", json!([{ "src": "https://example.com/server.png" }])),
        row("`instructions`", "/greeting/instructions", json!("Ask for everything.")),
        capability("capability `tools`", "tools", json!({ "listChanged": true })),
        capability("capability `resources`", "resources", json!({ "subscribe": true, "listChanged": true })),
        capability("capability `prompts`", "prompts", json!({ "listChanged": true })),
        capability("capability `completions`", "completions", json!({})),
        capability("capability `logging`", "logging", json!({})),
        capability("the extension for tasks", "extensions/io.modelcontextprotocol~1tasks", json!({})),
        capability(
            "the extension for skills",
            "extensions/io.modelcontextprotocol~1skills",
            json!({ "directoryRead": true }),
        ),
    ]
}

fn of_results() -> Vec<Row> {
    let lists = [
        "/pages/tools~1list",
        "/pages/resources~1list",
        "/pages/resources~1templates~1list",
        "/pages/prompts~1list",
    ];
    vec![
        row("`resultType`", "/calls/noted/resultType", json!("complete")),
        row(
            "the server's name",
            "/calls/noted/_meta/io.modelcontextprotocol~1serverInfo/name",
            json!("full"),
        ),
        row("`_meta` of a tool's result", "/calls/noted/_meta/com.example~1k", json!(1)),
        row("`_meta` of a prompt's result", "/messages/full/_meta/com.example~1k", json!(1)),
        row("`isError` of a tool's result", "/calls/fail/isError", json!(true)),
        row("`ttlMs` of the greeting", "/greeting/ttlMs", json!(300_000)),
        each("`ttlMs` of every list", &lists, "ttlMs", json!(300_000)),
        each("`cacheScope` of every list", &lists, "cacheScope", json!("public")),
        row("`ttlMs` of a resource", "/reads/text/ttlMs", json!(60_000)),
        row("`cacheScope` of a resource", "/reads/text/cacheScope", json!("public")),
        row("`ttlMs` where nothing is said", "/reads/blob/ttlMs", json!(0)),
        row("`cacheScope` where nothing is said", "/reads/blob/cacheScope", json!("private")),
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
        each(
            "`icons`",
            &["/tools/full", "/tools/noted"],
            "icons",
            json!([{ "src": "https://example.com/tool.png" }]),
        ),
        each("`_meta`", &["/tools/full", "/tools/noted"], "_meta", json!({ "com.example/k": 1 })),
        row("`annotations`", "/tools/full/annotations", hints),
        row("`inputSchema`: a property", "/tools/full/inputSchema/properties/text", text),
        row("`outputSchema`: a property", "/tools/full/outputSchema/properties/x", number.clone()),
        row("the schema `true` of a property", "/tools/noted/inputSchema/properties/any", json!(true)),
        row("`outputSchema` of a number", "/tools/number/outputSchema", number),
    ]
}

fn of_resources() -> Vec<Row> {
    let meta = || json!({ "com.example/k": 1 });
    let both = ["/resources/text", "/resourceTemplates/template"];
    let icon = |name: &str| json!([{ "src": format!("https://example.com/{name}.png") }]);
    let annotations = serde_json::to_value(annotations()).expect("JSON");
    vec![
        row("`title` of a resource", "/resources/text/title", json!("Text")),
        row("`title` of a template", "/resourceTemplates/template/title", json!("Template")),
        row("`description`", "/resources/text/description", json!("A text.")),
        each("`mimeType`, of either", &both, "mimeType", json!("text/plain")),
        row("`size`", "/resources/text/size", json!(2)),
        each("`annotations`, of either", &both, "annotations", annotations),
        row("`icons` of a resource", "/resources/text/icons", icon("resource")),
        row("`icons` of a template", "/resourceTemplates/template/icons", icon("template")),
        each("`_meta`, of either", &both, "_meta", meta()),
        row("a text", "/reads/text/contents/0/text", json!("hi")),
        row("bytes", "/reads/blob/contents/0/blob", json!("BA==")),
        row("`mimeType` of contents", "/reads/blob/contents/0/mimeType", json!("image/png")),
        row("`_meta` of contents", "/reads/text/contents/0/_meta", meta()),
        row("the URI that a template was read at", "/reads/template/contents/0/uri", json!("b://7")),
        row(
            "an unknown URI, in the error's `data`",
            "/errors/an unknown resource/data/uri",
            json!("a://nowhere"),
        ),
    ]
}

fn of_prompts() -> Vec<Row> {
    let arguments = json!([
        { "name": "text", "description": "What to say", "required": true },
        { "name": "more", "description": "What else to say", "required": false },
    ]);
    let first = json!({ "role": "user", "content": { "type": "text", "text": "hi" } });
    vec![
        row("`title`", "/prompts/full/title", json!("Full")),
        row("`description`", "/prompts/full/description", json!("Everything that a prompt can show.")),
        row("`arguments`", "/prompts/full/arguments", arguments),
        row("`icons`", "/prompts/full/icons", json!([{ "src": "https://example.com/prompt.png" }])),
        row("`_meta`", "/prompts/full/_meta", json!({ "com.example/k": 1 })),
        row("`description` of the messages", "/messages/full/description", json!("What it is now.")),
        row("what the person says", "/messages/full/messages/0", first),
        row("the role of what the model says", "/messages/full/messages/1/role", json!("assistant")),
    ]
}

fn of_completions() -> Vec<Row> {
    let of_prompt = json!({ "values": ["xy"], "total": 2, "hasMore": true });
    let of_template = json!({ "values": ["x-1"], "total": 1, "hasMore": false });
    vec![
        row("for a prompt", "/completions/prompt", of_prompt),
        row("for a template", "/completions/template", of_template),
        row("for what nobody completes", "/completions/none", json!({ "values": [], "hasMore": false })),
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
    let block = |what, at: usize, given| {
        let places =
            vec![format!("/calls/content/content/{at}"), format!("/messages/content/messages/{at}/content")];
        Row { what, places, given: Given::Value(given) }
    };
    let of_all = |what, pointer, given| {
        let of_tool = (0..5).map(|at| format!("/calls/annotated_content/content/{at}{pointer}"));
        let of_prompt =
            (0..5).map(|at| format!("/messages/annotated_content/messages/{at}/content{pointer}"));
        Row { what, places: of_tool.chain(of_prompt).collect(), given: Given::Value(given) }
    };
    let annotations = serde_json::to_value(annotations()).expect("JSON");
    vec![
        block("text", 0, json!({ "type": "text", "text": "hi" })),
        block("an image", 1, json!({ "type": "image", "data": "AQI=", "mimeType": "image/png" })),
        block("a sound", 2, json!({ "type": "audio", "data": "Aw==", "mimeType": "audio/wav" })),
        block("a link to a resource", 3, link),
        block("a text resource", 4, text),
        block("a binary resource", 5, blob),
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

fn of_calls() -> Vec<Row> {
    let progress = json!({ "progressToken": "token", "progress": 1.0, "total": 2.0, "message": "half" });
    let log = json!({ "level": "warning", "logger": "part", "data": { "k": 1 } });
    vec![
        row("progress", "/notifications/notifications~1progress", progress),
        row("a log message", "/notifications/notifications~1message", log),
    ]
}

fn of_questions() -> Vec<Row> {
    let asked =
        |what, place: String, given: Value| Row { what, places: vec![place], given: Given::Asked(given) };
    let field = |what, name: &str, more: &str, given: Value| {
        asked(what, format!("/asked/ask_form/requestedSchema/properties/{name}{more}"), given)
    };
    let fields = questions::form()["properties"].take();
    let of_model = |what, member: &str, given| asked(what, format!("/asked/ask_model/{member}"), given);
    let text =
        json!({ "role": "user", "content": { "type": "text", "text": "What is the capital of France?" } });
    let look_up =
        json!([{ "name": "look_up", "description": "Looks it up.", "inputSchema": { "type": "object" } }]);
    let several = questions::several()["properties"]["several"].take();
    vec![
        words("a question is", "/asked/way"),
        asked("a form: what is asked", "/asked/ask_form/message".to_owned(), json!("Fill this in.")),
        field("a text", "text", "", fields["text"].clone()),
        field("a choice", "choice", "", fields["choice"].clone()),
        field("a number", "number", "", fields["number"].clone()),
        field("yes or no", "flag", "", fields["flag"].clone()),
        asked(
            "a choice of several",
            "/asked/ask_several/requestedSchema/properties/several".to_owned(),
            several,
        ),
        asked("a page: its URL", "/asked/ask_page/url".to_owned(), json!("https://example.com/sign-in")),
        of_model("the model: a message", "messages/0", text),
        of_model("`systemPrompt`", "systemPrompt", json!("Be short.")),
        of_model(
            "`modelPreferences`",
            "modelPreferences",
            json!({ "hints": [{ "name": "m" }], "speedPriority": 1.0 }),
        ),
        asked("tools for the model", "/asked/ask_model_with_tools/tools".to_owned(), look_up),
        asked("roots", "/asked/ask_roots".to_owned(), json!({})),
        words("what can't be asked, in a tool's error", "/asked/refused/ask_page"),
    ]
}

fn of_tasks() -> Vec<Row> {
    vec![
        words("a tool that may be a task", "/tasks/may"),
        words("a tool that must be one", "/tasks/must"),
        words("its changes", "/tasks/told"),
    ]
}

fn of_changes() -> Vec<Row> {
    let changed = |what, method: &str, given| row(what, format!("/changes/notifications~1{method}"), given);
    vec![
        words("first, what is listened to", "/changes/acknowledged"),
        changed("`tools/list_changed`", "tools~1list_changed", json!({})),
        changed("`prompts/list_changed`", "prompts~1list_changed", json!({})),
        changed("`resources/list_changed`", "resources~1list_changed", json!({})),
        changed("`resources/updated`", "resources~1updated", json!({ "uri": "a://text" })),
        words("when the server stops", "/changes/end"),
    ]
}
