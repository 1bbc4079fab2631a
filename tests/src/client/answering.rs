//! What a client answers when it is asked.

use serde_json::{Map, Value, json};

use super::{Client, Said};
use crate::specification::validate;

/// In a question that is never answered.
pub const NEVER: &str = "Never mind.";

impl Client {
    /// Asks, and answers what the server asks in turn, in as many rounds as that takes. Gives the questions, each with
    /// its method and parameters, and what the server says in the end.
    pub async fn ask_through(&self, method: &str, params: Value) -> (Vec<Value>, Said) {
        let (mut asked, mut round) = (Vec::new(), params.clone());
        loop {
            let mut said = self.ask(method, round).await;
            asked.extend(said.before.iter().filter_map(question));
            if said.response["result"]["resultType"] != "input_required" {
                return (asked, said);
            }
            let result = said.response["result"].take();
            round = params.clone();
            round["inputResponses"] = self.answers(&result["inputRequests"]);
            if let Some(state) = result.get("requestState") {
                round["requestState"] = state.clone();
            }
            asked.extend(
                result["inputRequests"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(_, question)| question.clone()),
            );
        }
    }

    /// The answers to these questions, by their keys.
    #[must_use]
    pub fn answers(&self, questions: &Value) -> Value {
        let questions = questions.as_object().into_iter().flatten();
        questions
            .filter_map(|(key, question)| Some((key.clone(), self.answer(question)?)))
            .collect::<Map<_, _>>()
            .into()
    }

    /// Answers a message if it is a question.
    pub(super) async fn react(&self, message: &Value) {
        if let Some(result) = question(message).and_then(|question| self.answer(&question)) {
            let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
            let answer = self.request("", json!({})).body(|body| *body = answer);
            assert_eq!(answer.send(&self.router).await.status, 202, "{message}");
        }
    }

    /// What it answers, which is right in its revision.
    fn answer(&self, question: &Value) -> Option<Value> {
        let params = &question["params"];
        if params.to_string().contains(NEVER) {
            return None;
        }
        let (definition, answer) = match question["method"].as_str().expect("a method") {
            "elicitation/create" if params["mode"] == "url" => {
                ("ElicitResult", json!({ "action": "accept" }))
            }
            "elicitation/create" => {
                let content = filled_in(&params["requestedSchema"]);
                ("ElicitResult", json!({ "action": "accept", "content": content }))
            }
            "sampling/createMessage" => (
                "CreateMessageResult",
                json!({ "role": "assistant", "content": { "type": "text", "text": "Paris" }, "model": "m" }),
            ),
            "roots/list" => ("ListRootsResult", json!({ "roots": [{ "uri": "file:///a", "name": "a" }] })),
            other => panic!("a server can't ask for `{other}`"),
        };
        validate(self.revision, definition, &answer);
        Some(answer)
    }
}

/// The question that a message is, if it is one.
fn question(message: &Value) -> Option<Value> {
    message.get("id")?;
    let method = message.get("method")?;
    Some(json!({ "method": method, "params": message["params"] }))
}

/// A form, filled in.
fn filled_in(form: &Value) -> Value {
    let fields = form["properties"].as_object().into_iter().flatten();
    let value = |field: &Value| match field["type"].as_str() {
        Some("boolean") => json!(true),
        Some("integer" | "number") => json!(7),
        Some("array") => json!(["x"]),
        _ => json!("x"),
    };
    fields.map(|(name, field)| (name.clone(), value(field))).collect::<Map<_, _>>().into()
}
