//! What the specification's own schemas say of a message, for every revision.
//!
//! A message must hold against the schema, which allows additional members nearly everywhere, and it must have
//! no member that its revision does not name: that is what shows that a newer field is left out for an older
//! client. The schemas are those of a package that `./check` installs; see `tests/specification/requirements.txt`.

mod known;
mod schema;

use std::{collections::BTreeSet, sync::OnceLock};

use serde_json::{Value, json};

use schema::{Schema, branches};

/// Every revision, the oldest first.
pub const REVISIONS: [&str; 5] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

/// The schema of one revision.
#[derive(Debug)]
pub struct Specification {
    revision: &'static str,
    schema: Schema,
}

/// Panics unless `value` is a `definition` of the revision, such as a `ListToolsResult`, and has no member that
/// the revision does not know.
pub fn validate(revision: &str, definition: &str, value: &Value) {
    let problems = Specification::of(revision).problems(definition, value);
    assert!(problems.is_empty(), "{revision}: no `{definition}`:\n{}\n{value:#}", problems.join("\n"));
}

impl Specification {
    /// The schema of the revision of that date, read once.
    ///
    /// # Panics
    ///
    /// When there is no such revision, or `./check` has not installed its schema.
    pub fn of(revision: &str) -> &'static Self {
        static READ: [OnceLock<Specification>; REVISIONS.len()] =
            [const { OnceLock::new() }; REVISIONS.len()];
        let known = REVISIONS.iter().position(|known| *known == revision);
        let at = known.unwrap_or_else(|| panic!("there is no revision {revision}"));
        READ[at].get_or_init(|| Self { revision: REVISIONS[at], schema: Schema::read(REVISIONS[at]) })
    }

    /// Everything that is wrong with `value` as a `definition`.
    #[must_use]
    pub fn problems(&self, definition: &str, value: &Value) -> Vec<String> {
        self.both(&[definition], value)
    }

    /// Panics unless `message`, which a server sent while it answered a request of the method `answered`, is one
    /// that the revision knows.
    pub fn check(&self, answered: &str, message: &Value) {
        let (revision, problems) = (self.revision, self.message_problems(answered, message));
        assert!(
            problems.is_empty(),
            "{revision}: wrong in a message of `{answered}`:\n{}\n{message:#}",
            problems.join("\n")
        );
    }

    /// Panics unless a client's own request, of a method that the revision has, holds against its schema. The
    /// schemas of some requests don't name `_meta`, so what they name is not all that there may be.
    pub fn check_request(&self, request: &Value) {
        let method = request["method"].as_str().expect("a method");
        let definition = self.definition_of(method).unwrap_or_else(|| panic!("there is no `{method}`"));
        let problems = self.schema.invalid(definition, request);
        assert!(problems.is_empty(), "{}: {}\n{request:#}", self.revision, problems.join("\n"));
    }

    /// Panics unless an array of responses holds against the revision's schema, which must know such arrays. What
    /// each response may have is to be checked for itself.
    pub fn check_batch(&self, responses: &[Value]) {
        let identified: Value = responses.iter().map(identified).collect();
        let problems = self.schema.invalid("JSONRPCBatchResponse", &identified);
        assert!(problems.is_empty(), "{}: {}\n{identified:#}", self.revision, problems.join("\n"));
    }

    /// Everything that is wrong with a message that a server sent while it answered a request of the method
    /// `answered`: its response, a notification, or a request of its own.
    #[must_use]
    pub fn message_problems(&self, answered: &str, message: &Value) -> Vec<String> {
        if let Some(method) = message["method"].as_str() {
            self.call_problems(method, message)
        } else if message.get("error").is_some() {
            self.error_problems(message)
        } else {
            self.response_problems(answered, message)
        }
    }

    /// The methods of what a client may ask.
    #[must_use]
    pub fn client_methods(&self) -> BTreeSet<&str> {
        self.methods_in("ClientRequest")
    }

    /// The methods of what a server may say without being asked, and of what it may ask.
    #[must_use]
    pub fn server_methods(&self) -> BTreeSet<&str> {
        self.methods_in("ServerNotification").union(&self.methods_in("ServerRequest")).copied().collect()
    }

    /// The types of the blocks that a tool's result is made of.
    #[must_use]
    pub fn content_types(&self) -> BTreeSet<&str> {
        let items = self.schema.at("CallToolResult", "/properties/content/items");
        let blocks = items["$ref"].as_str().map_or(items, |reference| self.schema.target(reference));
        self.constants(blocks, "type")
    }

    /// The definition of a method's result. A method without one of its own answers with nothing.
    ///
    /// `None` when the revision has no such method.
    #[must_use]
    pub fn result_of(&self, method: &str) -> Option<String> {
        let request = self.definition_of(method)?;
        let result = format!("{}Result", request.strip_suffix("Request")?);
        Some(if self.schema.has(&result) { result } else { "EmptyResult".to_owned() })
    }

    /// A notification or a request. Older revisions define its method and its envelope apart. The newest defines
    /// requests for clients too, but has them inside of results only.
    fn call_problems(&self, method: &str, message: &Value) -> Vec<String> {
        let said =
            ["ServerNotification", "ServerRequest"].iter().any(|all| self.methods_in(all).contains(method));
        let Some(definition) = self.definition_of(method).filter(|_| said) else {
            return vec![format!("there is no `{method}` for a server to say")];
        };
        let envelope = if message.get("id").is_some() { "JSONRPCRequest" } else { "JSONRPCNotification" };
        self.both(&[envelope, definition], message)
    }

    /// An error. The page on transports lets one for a request that could not be read go without an id, and the
    /// schemas before 2025-11-25 don't.
    fn error_problems(&self, message: &Value) -> Vec<String> {
        let envelope = self.schema.first(&["JSONRPCErrorResponse", "JSONRPCError"]);
        let identified = identified(message);
        let typed = message["error"]["code"].as_i64().and_then(|code| self.error_of(code));
        let definitions: Vec<&str> = typed.into_iter().chain([envelope]).collect();
        self.both(&definitions, &identified)
    }

    /// A response. Its envelope takes every result, so each is looked at by itself.
    fn response_problems(&self, answered: &str, message: &Value) -> Vec<String> {
        let Some(typed) = self.result_of(answered) else {
            return vec![format!("there is no `{answered}` that could have a result")];
        };
        let typed = match message["result"]["resultType"].as_str() {
            Some("input_required") if self.may_ask(answered) => "InputRequiredResult",
            Some("task") if answered == "tools/call" => "CreateTaskResult",
            _ => &typed,
        };
        let envelope = self.schema.first(&["JSONRPCResultResponse", "JSONRPCResponse"]);
        let mut problems = self.schema.invalid(envelope, message);
        let mut empty = message.clone();
        empty["result"] = json!({});
        problems.extend(known::unknown(&self.schema, &[envelope], &empty));
        problems.extend(self.problems(typed, &message["result"]));
        problems
    }

    /// Whether the method's answer may be that the client is asked something first.
    fn may_ask(&self, method: &str) -> bool {
        let response = self.result_of(method).map(|result| format!("{result}Response"));
        response.filter(|response| self.schema.has(response)).is_some_and(|response| {
            let result = self.schema.at(&response, "/properties/result");
            branches(result).any(|(_, branch)| branch["$ref"] == "#/$defs/InputRequiredResult")
        })
    }

    /// What is wrong with a value that is of several definitions at once.
    fn both(&self, definitions: &[&str], value: &Value) -> Vec<String> {
        let invalid = definitions.iter().flat_map(|definition| self.schema.invalid(definition, value));
        invalid.chain(known::unknown(&self.schema, definitions, value)).collect()
    }

    /// The methods of the definitions that such a message may be one of; none when there is no such message.
    fn methods_in(&self, union: &str) -> BTreeSet<&str> {
        if self.schema.has(union) {
            self.constants(self.schema.at(union, ""), "method")
        } else {
            BTreeSet::new()
        }
    }

    /// What a member is in each of the definitions that something may be one of.
    fn constants<'s>(&'s self, union: &'s Value, member: &str) -> BTreeSet<&'s str> {
        let named = branches(union).filter_map(|(_, branch)| branch["$ref"].as_str());
        named.filter_map(|reference| constant(self.schema.target(reference), member)).collect()
    }

    /// The definition of the requests or notifications of a method.
    fn definition_of(&self, method: &str) -> Option<&str> {
        let mut all = self.schema.definitions();
        all.find(|(_, definition)| constant(definition, "method") == Some(method)).map(|(name, _)| name)
    }

    /// The definition of the errors of a code that has one.
    fn error_of(&self, code: i64) -> Option<&str> {
        let is_of = |definition: &Value| {
            let parts = definition.pointer("/properties/error/allOf").and_then(Value::as_array);
            parts.into_iter().flatten().any(|part| part["properties"]["code"]["const"] == code)
        };
        self.schema.definitions().find(|(_, definition)| is_of(definition)).map(|(name, _)| name)
    }
}

/// A response with an id, also if it had none because its request could not be read.
fn identified(response: &Value) -> Value {
    let mut identified = response.clone();
    if identified.get("id").is_none() {
        identified["id"] = json!(0);
    }
    identified
}

/// The only text that a member of a definition may be.
fn constant<'s>(definition: &'s Value, member: &str) -> Option<&'s str> {
    definition["properties"][member]["const"].as_str()
}
