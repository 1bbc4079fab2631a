//! What a server says when it starts: where it is, what it offers, and how to connect.

use std::{fmt::Write as _, net::SocketAddr, sync::Arc};

use serde_json::{Value, json};

use crate::{
    catalog::{Access, Guarded, Need, Offer, ToolEntry},
    http::ENDPOINT,
    server::Server,
};

/// The text of the start.
pub(super) fn banner(server: &Server, name: &str, address: SocketAddr, endpoint: Option<String>) -> String {
    let local = format!("http://{address}{ENDPOINT}");
    let url = endpoint.unwrap_or_else(|| local.clone());
    let offer = server.service.engine.offer.load();
    // From the command line nobody can be asked, nor approve.
    let callable = |tool: &&Arc<ToolEntry>| !tool.needs().may_ask && tool.rules().approval.is_none();
    let silent = offer.tools.entries().iter().find(callable);
    let example = silent.or(offer.tools.entries().first()).map_or_else(String::new, |tool| example(tool));
    let vs_code = json!({ "name": name, "type": "http", "url": url });
    let desktop = json!({ "mcpServers": { name: { "command": "npx", "args": ["-y", "mcp-remote", url] } } });
    format!(
        "{name} serves MCP at {local}\n\n{offered}{held_back}{callers}\n\
         Connect a client:\n  \
         Claude Code     claude mcp add --transport http {name} {url}\n  \
         VS Code         code --add-mcp '{vs_code}'\n  \
         Inspector       npx -y @modelcontextprotocol/inspector@2 --cli --server-url {url} --method tools/list\n  \
         Claude Desktop  in claude_desktop_config.json: {desktop}\n\n\
         {example}Stop with Ctrl-C.",
        offered = offered(server),
        held_back = held_back(&offer),
        callers = callers(server),
    )
}

/// The tools that can't be called yet.
fn held_back(offer: &Offer) -> String {
    let tools = offer.tools.entries().iter().filter(|tool| tool.rules().approval.is_some());
    let names: Vec<&str> = tools.map(|tool| tool.name()).collect();
    match &*names {
        [] => String::new(),
        [name] => format!(
            "\n`{name}` needs a person's approval, and nobody can be asked yet: every call of it is refused.\n"
        ),
        names => format!(
            "\n{} need a person's approval, and nobody can be asked yet: every call of them is refused.\n",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    }
}

/// Who may come in.
fn callers(server: &Server) -> String {
    let (mut text, offer) = (String::new(), server.service.engine.offer.load());
    match &server.service.door {
        Some(door) => {
            let (issuers, resource) = door.parties();
            let _ = write!(text, "\nCallers need a token:\n  issued by  {}", issuers.join(", "));
            let _ = write!(text, "\n  for        {resource}");
            let _ = match door.start() {
                "" => writeln!(text),
                start => writeln!(text, "\n  scopes     {start}, to begin with"),
            };
            if offer.has_public() {
                text.push_str("What is public is for everybody.\n");
            }
        }
        None if offer.admission().door == Guarded::Open => {
            text.push_str(
                "\nThere is NO authentication: whoever reaches this address may call everything.\n",
            );
        }
        None => {}
    }
    text
}

/// The list of the tools, for people or as JSON.
pub(super) fn tools(server: &Server, as_json: bool) -> String {
    let offer = server.service.engine.offer.load();
    let tools = offer.tools.entries();
    if as_json {
        let definitions: Vec<_> = tools.iter().map(|tool| tool.definition()).collect();
        return serde_json::to_string_pretty(&definitions).unwrap_or_default();
    }
    let named = tools.iter().map(|tool| (tool.name(), tool.description(), tool.access()));
    list("tool", named).unwrap_or_else(|| NOTHING.to_owned())
}

const NOTHING: &str = "Nothing is offered: annotate a function with `#[mcp_tool]`, and name its crate in code. Methods \
     in an `impl` with `#[mcp_tools]` need `.tools(object)`.\n";

/// Everything that is offered.
fn offered(server: &Server) -> String {
    let offer = server.service.engine.offer.load();
    let lists = [
        list(
            "tool",
            offer.tools.entries().iter().map(|tool| (tool.name(), tool.description(), tool.access())),
        ),
        list(
            "resource",
            offer
                .resources
                .entries()
                .iter()
                .map(|entry| (entry.uri(), entry.description(), offer.access_of(entry))),
        ),
        list(
            "resource template",
            offer.templates.entries().iter().map(|entry| (entry.uri(), entry.description(), entry.access())),
        ),
        list(
            "prompt",
            offer
                .prompts
                .entries()
                .iter()
                .map(|prompt| (prompt.name(), prompt.description(), prompt.access())),
        ),
    ];
    let lists: Vec<String> = lists.into_iter().flatten().collect();
    if lists.is_empty() { NOTHING.to_owned() } else { lists.concat() }
}

/// A list with the first line of each description and what callers need, if there is anything in it.
fn list<'o>(kind: &str, entries: impl Iterator<Item = (&'o str, &'o str, &'o Access)>) -> Option<String> {
    let entries: Vec<_> = entries.collect();
    let width = entries.iter().map(|(name, ..)| name.chars().count()).max()?;
    let plural = if entries.len() == 1 { "" } else { "s" };
    let mut text = format!("{} {kind}{plural}:", entries.len());
    for (name, description, access) in entries {
        let _ = write!(text, "\n  {name:width$}  {}", description.lines().next().unwrap_or_default());
        let _ = match access.need {
            Need::Nothing => Ok(()),
            Need::Token => write!(text, " (any token)"),
            Need::Scopes(_) => write!(text, " ({})", access.scope()),
        };
    }
    text.push('\n');
    Some(text)
}

/// A line that calls a tool from the shell.
fn example(tool: &ToolEntry) -> String {
    let properties = tool.validator().schema().get("properties").and_then(Value::as_object);
    let required = tool.validator().schema().get("required").and_then(Value::as_array);
    let wanted = required.into_iter().flatten().filter_map(Value::as_str);
    let program = std::env::args().next().unwrap_or_default();
    let mut text = format!("Try it without a client:\n  {program} call {}", tool.name());
    for name in wanted {
        let _ = write!(text, " {name}={}", sample(properties.and_then(|properties| properties.get(name))));
    }
    text.push_str("\n\n");
    text
}

fn sample(schema: Option<&Value>) -> &'static str {
    match schema.and_then(|schema| schema.get("type")).and_then(Value::as_str) {
        Some("integer" | "number") => "1",
        Some("boolean") => "true",
        Some("array") => "[]",
        Some("object") => "{}",
        _ => "text",
    }
}
