//! Questions to the client's model.
//!
//! Source: [Sampling](https://modelcontextprotocol.io/specification/2026-07-28/client/sampling).

mod balance;
mod message;
mod sampled;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

pub use message::{SamplingContent, SamplingMessage, ToolUse, ToolUseResult};
pub use sampled::Sampled;

/// The method that asks.
pub(crate) const METHOD: &str = "sampling/createMessage";

/// How many tokens an answer has at most, where nobody says it.
const MAX_TOKENS: u32 = 1_000;

/// A question to the client's model: a conversation that it continues.
///
/// A text is a conversation of one message, from the user. The client chooses the model, and may show the person
/// what is asked and what is answered, and change both. The newest revision calls sampling deprecated: new servers ask
/// a model's provider themselves.
///
/// # Example
///
/// ```
/// use mcp_server::Sampling;
///
/// let summary = Sampling::from("Summarize this: ..").system_prompt("Be brief.").max_tokens(200);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sampling {
    pub(crate) messages: Vec<SamplingMessage>,
    #[serde(skip_serializing_if = "Preferences::is_empty")]
    model_preferences: Preferences,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop_sequences: Vec<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "mode")]
    tool_choice: Option<ToolChoice>,
}

/// What a model should be like.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Preferences {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<Hint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intelligence_priority: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Hint {
    name: String,
}

/// A tool that the model may ask for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tool {
    name: String,
    description: String,
    input_schema: Value,
}

/// Whether the model uses the tools that it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ToolChoice {
    /// As it likes.
    Auto,
    /// At least one of them.
    Required,
    /// None of them: for the last round of a loop.
    None,
}

impl Sampling {
    /// A question that is these messages.
    pub fn new(messages: impl IntoIterator<Item = SamplingMessage>) -> Self {
        Self {
            messages: messages.into_iter().collect(),
            model_preferences: Preferences::default(),
            system_prompt: None,
            temperature: None,
            max_tokens: MAX_TOKENS,
            stop_sequences: Vec::new(),
            metadata: Map::new(),
            tools: Vec::new(),
            tool_choice: None,
        }
    }

    /// Adds a message.
    #[must_use]
    pub fn message(mut self, message: impl Into<SamplingMessage>) -> Self {
        self.messages.push(message.into());
        self
    }

    /// How many tokens the answer has at most. Default: 1,000.
    #[must_use]
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.max_tokens = max_tokens;
        self
    }

    /// What the model is told before the conversation.
    #[must_use]
    pub fn system_prompt(mut self, prompt: impl Into<String>) -> Self {
        self.system_prompt = Some(prompt.into());
        self
    }

    /// How random the answer is. The range is the model's.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Adds a text at which the model stops.
    #[must_use]
    pub fn stop_sequence(mut self, text: impl Into<String>) -> Self {
        self.stop_sequences.push(text.into());
        self
    }

    /// Adds a model that would be liked, by a part of its name. The first that the client has is taken.
    #[must_use]
    pub fn hint(mut self, name: impl Into<String>) -> Self {
        self.model_preferences.hints.push(Hint { name: name.into() });
        self
    }

    /// How much it matters that the answer is cheap: from 0 to 1.
    #[must_use]
    pub fn cost_priority(mut self, priority: f64) -> Self {
        self.model_preferences.cost_priority = Some(priority);
        self
    }

    /// How much it matters that the answer is fast: from 0 to 1.
    #[must_use]
    pub fn speed_priority(mut self, priority: f64) -> Self {
        self.model_preferences.speed_priority = Some(priority);
        self
    }

    /// How much it matters that the model is able: from 0 to 1.
    #[must_use]
    pub fn intelligence_priority(mut self, priority: f64) -> Self {
        self.model_preferences.intelligence_priority = Some(priority);
        self
    }

    /// Adds an entry to what is passed through to the model's provider.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Adds a tool that the model may ask for, with the schema of its arguments. The tools of the server are not
    /// meant: [`Sampled::tool_uses`] says what the model wants, and the function does it.
    #[must_use]
    pub fn tool(mut self, name: impl Into<String>, description: impl Into<String>, schema: Value) -> Self {
        let tool = Tool { name: name.into(), description: description.into(), input_schema: schema };
        self.tools.push(tool);
        self
    }

    /// Whether the model uses the tools. Default: as it likes.
    #[must_use]
    pub fn tool_choice(mut self, choice: ToolChoice) -> Self {
        self.tool_choice = Some(choice);
        self
    }

    /// Whether only a client can be asked that has declared `sampling.tools`.
    pub(crate) fn needs_tools(&self) -> bool {
        let uses = |message: &SamplingMessage| message.content.iter().any(SamplingContent::is_of_a_tool);
        !self.tools.is_empty() || self.tool_choice.is_some() || self.messages.iter().any(uses)
    }

    /// Whether this can be asked.
    ///
    /// # Errors
    ///
    /// A text for the server's author: the rule that is broken, and where.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.messages.is_empty() {
            return Err("a question to a model has at least one message".to_owned());
        }
        if self.max_tokens == 0 {
            return Err("`max_tokens` is 0, so there is no answer; give it more".to_owned());
        }
        if self.temperature.is_some_and(|temperature| !temperature.is_finite()) {
            return Err("`temperature` must be a finite number".to_owned());
        }
        self.model_preferences.check()?;
        self.check_tools()?;
        balance::check(&self.messages)
    }

    fn check_tools(&self) -> Result<(), String> {
        if self.tools.is_empty() && self.tool_choice.is_some() {
            return Err(
                "`tool_choice` says how tools are used, and there is none; add one with `tool`".to_owned()
            );
        }
        for (at, Tool { name, input_schema, .. }) in self.tools.iter().enumerate() {
            if self.tools[..at].iter().any(|earlier| earlier.name == *name) {
                return Err(format!("two tools are named `{name}`; give one another name"));
            }
            if input_schema.get("type").and_then(Value::as_str) != Some("object") {
                return Err(format!("the schema of the tool `{name}` must have `\"type\": \"object\"`"));
            }
        }
        Ok(())
    }
}

impl Preferences {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn check(&self) -> Result<(), String> {
        let priorities = [
            ("cost_priority", self.cost_priority),
            ("speed_priority", self.speed_priority),
            ("intelligence_priority", self.intelligence_priority),
        ];
        let wrong = |priority: Option<f64>| priority.is_some_and(|value| !(0.0..=1.0).contains(&value));
        match priorities.into_iter().find(|(_, priority)| wrong(*priority)) {
            Some((name, _)) => Err(format!("`{name}` must be from 0 to 1")),
            None => Ok(()),
        }
    }
}

#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn mode<S: Serializer>(choice: &Option<ToolChoice>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Mode {
        mode: Option<ToolChoice>,
    }
    Mode { mode: *choice }.serialize(serializer)
}

impl<T: Into<SamplingMessage>> From<T> for Sampling {
    fn from(message: T) -> Self {
        Self::new([message.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_is_a_question() {
        let asked = serde_json::to_value(Sampling::from("Why?").max_tokens(100)).unwrap();
        let messages = json!([{"role": "user", "content": {"type": "text", "text": "Why?"}}]);
        assert_eq!(asked, json!({"messages": messages, "maxTokens": 100}));
        assert_eq!(Sampling::from("Why?".to_owned()), Sampling::from("Why?"));
    }

    #[test]
    fn everything_that_is_said_is_asked() {
        let schema = json!({"type": "object"});
        let sampling = Sampling::from("Why?")
            .message(SamplingMessage::assistant("Because."))
            .message("And why that?")
            .system_prompt("Be brief.")
            .temperature(0.5)
            .stop_sequence("END")
            .hint("sonnet")
            .cost_priority(0.0)
            .speed_priority(0.5)
            .intelligence_priority(1.0)
            .metadata("user", 1)
            .tool("look", "Looks.", schema.clone())
            .tool_choice(ToolChoice::None);
        assert_eq!(sampling.check(), Ok(()));
        let asked = serde_json::to_value(sampling).unwrap();
        let block = |text: &str| json!({"type": "text", "text": text});
        assert_eq!(
            asked,
            json!({
                "messages": [
                    {"role": "user", "content": block("Why?")},
                    {"role": "assistant", "content": block("Because.")},
                    {"role": "user", "content": block("And why that?")},
                ],
                "modelPreferences": {
                    "hints": [{"name": "sonnet"}],
                    "costPriority": 0.0,
                    "speedPriority": 0.5,
                    "intelligencePriority": 1.0,
                },
                "systemPrompt": "Be brief.",
                "temperature": 0.5,
                "maxTokens": 1000,
                "stopSequences": ["END"],
                "metadata": {"user": 1},
                "tools": [{"name": "look", "description": "Looks.", "inputSchema": schema}],
                "toolChoice": {"mode": "none"},
            })
        );
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        let asked = || Sampling::from("Why?");
        let schema = json!({"type": "object"});
        for (sampling, told) in [
            (Sampling::new([]), "at least one message"),
            (asked().max_tokens(0), "no answer"),
            (asked().temperature(f64::NAN), "finite"),
            (asked().cost_priority(1.1), "`cost_priority` must be from 0 to 1"),
            (asked().speed_priority(f64::NAN), "`speed_priority` must be"),
            (asked().tool_choice(ToolChoice::Auto), "there is none"),
            (asked().tool("a", "A.", json!(true)), "schema of the tool `a`"),
            (asked().tool("a", "A.", schema.clone()).tool("a", "B.", schema), "two tools are named `a`"),
        ] {
            let text = sampling.check().unwrap_err();
            assert!(text.contains(told), "{text}");
        }
    }

    #[test]
    fn only_who_uses_tools_needs_them() {
        assert!(!Sampling::from("Why?").needs_tools());
        assert!(Sampling::from("Why?").tool("a", "A.", json!({"type": "object"})).needs_tools());
        let result = SamplingMessage::results([ToolUseResult::new("1", ["a"])]);
        assert!(Sampling::from(result).needs_tools());
    }
}
