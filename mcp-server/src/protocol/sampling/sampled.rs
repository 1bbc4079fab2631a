//! What the client's model answered.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{SamplingContent, SamplingMessage, ToolUse};
use crate::protocol::{
    content::{Audio, Image, Role, Text},
    shortened::shortened,
};

/// The most blocks that an answer may have. Models give a handful.
const MOST_BLOCKS: usize = 1_000;

/// What the client's model answered.
///
/// The client has chosen the model, and the person may have changed the answer: nothing of it is certain.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    message: SamplingMessage,
    model: String,
    stop_reason: Option<String>,
}

/// A block of an answer. Results of tools are the server's to give.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text(Text),
    Image(Image),
    Audio(Audio),
    ToolUse(ToolUse),
}

impl Sampled {
    /// Whose message it is: nearly always the model's.
    pub fn role(&self) -> Role {
        self.message.role
    }

    /// The blocks of the answer.
    pub fn content(&self) -> &[SamplingContent] {
        &self.message.content
    }

    /// The texts of the answer, one after the other.
    pub fn text(&self) -> String {
        let texts = self.content().iter().filter_map(|block| match block {
            SamplingContent::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// What the model wants of tools. Each is answered in the next message, with
    /// [`SamplingMessage::results`](crate::SamplingMessage::results).
    pub fn tool_uses(&self) -> impl Iterator<Item = &ToolUse> {
        self.content().iter().filter_map(|block| match block {
            SamplingContent::ToolUse(used) => Some(used),
            _ => None,
        })
    }

    /// The name of the model.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Why the model stopped: `endTurn`, `stopSequence`, `maxTokens`, `toolUse`, or what its provider says.
    pub fn stop_reason(&self) -> Option<&str> {
        self.stop_reason.as_deref()
    }

    /// The answer as a message, for a conversation that goes on.
    pub fn into_message(self) -> SamplingMessage {
        self.message
    }

    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// A text that says what is wrong with it, for whoever wrote the client.
    pub(crate) fn read(answer: Value) -> Result<Self, String> {
        let Value::Object(mut answer) = answer else {
            return Err("the answer must be an object with `role`, `content` and `model`".to_owned());
        };
        let role = member(&mut answer, "role")?;
        let content = content(answer.remove("content"))?;
        let is_use = |block: &SamplingContent| matches!(block, SamplingContent::ToolUse(_));
        if role != Role::Assistant && content.iter().any(is_use) {
            return Err("`role` must be `assistant` where a tool is used".to_owned());
        }
        let meta = optional(&mut answer, "_meta")?.unwrap_or_default();
        Ok(Self {
            message: SamplingMessage { role, content, meta },
            model: member(&mut answer, "model")?,
            stop_reason: optional(&mut answer, "stopReason")?,
        })
    }
}

fn member<T: for<'de> Deserialize<'de>>(answer: &mut Map<String, Value>, name: &str) -> Result<T, String> {
    optional(answer, name)?.ok_or_else(|| format!("`{name}` is missing"))
}

fn optional<T: for<'de> Deserialize<'de>>(
    answer: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, String> {
    match answer.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value, name).map(Some),
    }
}

/// One block, or several.
fn content(content: Option<Value>) -> Result<Vec<SamplingContent>, String> {
    match content {
        Some(Value::Array(blocks)) if blocks.len() > MOST_BLOCKS => {
            Err(format!("`content` may have {MOST_BLOCKS} blocks, and has {}", blocks.len()))
        }
        Some(Value::Array(blocks)) => {
            let read = |(at, block)| self::block(block, &format!("content[{at}]"));
            blocks.into_iter().enumerate().map(read).collect()
        }
        Some(one @ Value::Object(_)) => Ok(vec![block(one, "content")?]),
        _ => Err("`content` must be a block or an array of blocks".to_owned()),
    }
}

fn block(block: Value, path: &str) -> Result<SamplingContent, String> {
    let not_bytes = || format!("`{path}.data` must be base64");
    match read(block, path)? {
        Block::Text(text) => Ok(text.into()),
        Block::Image(image) => image.bytes().map(|_| image.into()).ok_or_else(not_bytes),
        Block::Audio(audio) => audio.bytes().map(|_| audio.into()).ok_or_else(not_bytes),
        Block::ToolUse(used) => Ok(used.into()),
    }
}

fn read<T: for<'de> Deserialize<'de>>(value: Value, path: &str) -> Result<T, String> {
    // What serde says may quote what was sent, however long.
    T::deserialize(value).map_err(|error| format!("`{path}`: {}", shortened(&error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_block_and_several_are_read() {
        let one = Sampled::read(json!({
            "role": "assistant", "content": {"type": "text", "text": "Paris"}, "model": "m", "stopReason": "endTurn",
        }));
        let one = one.unwrap();
        assert_eq!((&*one.text(), one.model(), one.stop_reason()), ("Paris", "m", Some("endTurn")));
        assert_eq!((one.role(), one.tool_uses().count()), (Role::Assistant, 0));
        let several = json!({
            "role": "assistant",
            "content": [
                {"type": "text", "text": "a", "annotations": {"priority": 1.0}},
                {"type": "image", "data": "AQI=", "mimeType": "image/png"},
                {"type": "audio", "data": "AQ==", "mimeType": "audio/wav"},
                {"type": "tool_use", "id": "1", "name": "look", "input": {"at": 1}, "_meta": {"k": 1}},
                {"type": "text", "text": "b"},
            ],
            "_meta": {"m": 1},
        });
        let mut answer = several.clone();
        answer["model"] = "m".into();
        let sampled = Sampled::read(answer).unwrap();
        assert_eq!((&*sampled.text(), sampled.stop_reason()), ("ab", None));
        assert_eq!(sampled.tool_uses().next().unwrap().input["at"], 1);
        let SamplingContent::Image(image) = &sampled.content()[1] else { panic!("an image") };
        assert_eq!((image.bytes().unwrap(), image.mime_type()), (vec![1, 2], "image/png"));
        assert_eq!(serde_json::to_value(sampled.into_message()).unwrap(), several, "nothing is lost");
    }

    #[test]
    fn everything_else_is_told() {
        let answer = |content: Value| json!({"role": "assistant", "content": content, "model": "m"});
        let text = json!({"type": "text", "text": "a"});
        for (answer, told) in [
            (json!("Paris"), "must be an object"),
            (json!({"content": text, "model": "m"}), "`role` is missing"),
            (json!({"role": "system", "content": text, "model": "m"}), "`role`: unknown variant `system`"),
            (json!({"role": "user", "content": text}), "`model` is missing"),
            (json!({"role": "user", "content": text, "model": 1}), "`model`: invalid type"),
            (
                json!({"role": "user", "content": text, "model": "m", "stopReason": 1}),
                "`stopReason`: invalid",
            ),
            (answer(json!("a")), "a block or an array"),
            (answer(json!(null)), "a block or an array"),
            (answer(json!([text, {"type": "text"}])), "`content[1]`: missing field `text`"),
            (answer(json!({"type": "resource"})), "`content`: unknown variant `resource`"),
            (answer(json!({"type": "tool_result", "toolUseId": "1", "content": []})), "unknown variant"),
            (
                answer(json!({"type": "image", "data": "!", "mimeType": "image/png"})),
                "`content.data` must be base64",
            ),
            (
                answer(json!({"type": "tool_use", "id": "1", "name": "a", "input": 1})),
                "`content`: invalid type",
            ),
            (answer(json!(vec![text.clone(); 1_001])), "and has 1001"),
            (
                json!({"role": "user", "model": "m", "content":
                    {"type": "tool_use", "id": "1", "name": "a", "input": {}}}),
                "`role` must be `assistant`",
            ),
        ] {
            let said = Sampled::read(answer.clone()).unwrap_err();
            assert!(said.contains(told), "{answer}: {said}");
        }
        let said = Sampled::read(answer(json!({"type": "x".repeat(100_000)}))).unwrap_err();
        assert!(said.len() < 300, "no larger than it must be");
    }
}
