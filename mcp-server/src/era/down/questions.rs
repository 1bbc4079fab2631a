//! Questions, for a revision: their parameters, or nothing where the revision has no way to ask.

use serde_json::{Map, Value, json};

use super::{Feature, content, knows};
use crate::protocol::{
    content::Content,
    elicitation::Elicitation,
    input::Input,
    sampling::{Sampling, SamplingContent, SamplingMessage},
    version::Revision,
};

/// The parameters of a question.
pub(in crate::era) fn params(full: &Input, revision: Revision) -> Option<Value> {
    match full {
        Input::Elicit(full) => elicitation(full, revision),
        Input::Sample(full) => sampling(full, revision),
        Input::Roots => Some(full.params()),
    }
}

/// The parameters of a question to the person.
fn elicitation(full: &Elicitation, revision: Revision) -> Option<Value> {
    match full {
        _ if !knows(revision, Feature::Elicitation) => None,
        Elicitation::Page { .. } if !knows(revision, Feature::ElicitedPages) => None,
        Elicitation::Page { id, .. } if !knows(revision, Feature::UnnamedPages) => {
            let mut params = full.params();
            params["elicitationId"] = id.as_str().into();
            Some(params)
        }
        Elicitation::Form { message, schema } if !knows(revision, Feature::RichForms) => {
            Some(json!({ "message": message, "requestedSchema": poor_form(schema)? }))
        }
        _ => Some(full.params()),
    }
}

/// A form as 2025-06-18 has it: without choices of several, and with no defaults but those of booleans.
fn poor_form(schema: &Value) -> Option<Value> {
    let mut schema = schema.clone();
    for property in schema["properties"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        let property = property.as_object_mut()?;
        match property.get("type").and_then(Value::as_str) {
            Some("array") => return None,
            Some("boolean") => {}
            _ => _ = property.shift_remove("default"),
        }
        if let Some(choices) = property.shift_remove("oneOf") {
            let of = |keyword: &str| -> Value {
                choices.as_array().into_iter().flatten().map(|choice| choice[keyword].clone()).collect()
            };
            property.insert("enum".to_owned(), of("const"));
            property.insert("enumNames".to_owned(), of("title"));
        }
    }
    Some(schema)
}

/// The parameters of a question to the model.
fn sampling(full: &Sampling, revision: Revision) -> Option<Value> {
    let mut known = full.clone();
    if !knows(revision, Feature::BareValues) {
        known.messages.iter_mut().flat_map(|message| &mut message.content).for_each(without_bare_value);
    }
    if !knows(revision, Feature::SamplingTools) {
        if full.needs_tools() {
            return None;
        }
        known.messages = known.messages.into_iter().flat_map(one_block_each).collect();
    }
    if !knows(revision, Feature::Meta) {
        for block in known.messages.iter_mut().flat_map(|message| &mut message.content) {
            *block = plain(block, revision)?;
        }
    }
    serde_json::to_value(known).ok()
}

/// What a tool gave is an object, or content alone.
fn without_bare_value(block: &mut SamplingContent) {
    if let SamplingContent::ToolResult(result) = block {
        result.structured_content = result.structured_content.take().filter(Value::is_object);
    }
}

/// A message for each block, where messages hold one.
fn one_block_each(message: SamplingMessage) -> impl Iterator<Item = SamplingMessage> {
    let SamplingMessage { role, content, meta: _ } = message;
    content.into_iter().map(move |block| SamplingMessage { role, content: vec![block], meta: Map::new() })
}

/// A block without what the revision doesn't know, or nothing where it doesn't know the block.
fn plain(block: &SamplingContent, revision: Revision) -> Option<SamplingContent> {
    let block = match block {
        SamplingContent::Text(text) => Content::from(text.clone()),
        SamplingContent::Image(image) => image.clone().into(),
        SamplingContent::Audio(audio) => audio.clone().into(),
        SamplingContent::ToolUse(_) | SamplingContent::ToolResult(_) => return None,
    };
    match content::blocks(&[block], revision).into_owned().pop()? {
        Content::Text(text) => Some(text.into()),
        Content::Image(image) => Some(image.into()),
        Content::Audio(audio) => Some(audio.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::{
        content::{Audio, Text},
        sampling::{ToolUse, ToolUseResult},
    };

    const OLDEST: Revision = Revision::V2024_11_05;
    const JUNE: Revision = Revision::V2025_06_18;
    const NOVEMBER: Revision = Revision::V2025_11_25;
    const NEWEST: Revision = Revision::V2026_07_28;

    fn form(properties: Value) -> Elicitation {
        let schema = json!({"type": "object", "properties": properties, "required": ["a"]});
        Elicitation::Form { message: "Who?".to_owned(), schema: Arc::new(schema) }
    }

    #[test]
    fn a_form_is_rendered_for_each_revision() {
        let full = form(json!({
            "a": {"type": "string", "title": "A", "oneOf": [{"const": "x", "title": "X"}, {"const": "y", "title": "Y"}],
                "default": "x"},
            "b": {"type": "boolean", "default": true},
            "c": {"type": "integer", "minimum": 1, "default": 2},
            "d": {"type": "string", "enum": ["e"], "enumNames": ["E"]},
        }));
        for revision in [NEWEST, NOVEMBER] {
            assert_eq!(elicitation(&full, revision), Some(full.params()));
        }
        assert_eq!(
            elicitation(&full, JUNE),
            Some(
                json!({"message": "Who?", "requestedSchema": {"type": "object", "required": ["a"], "properties": {
                    "a": {"type": "string", "title": "A", "enum": ["x", "y"], "enumNames": ["X", "Y"]},
                    "b": {"type": "boolean", "default": true},
                    "c": {"type": "integer", "minimum": 1},
                    "d": {"type": "string", "enum": ["e"], "enumNames": ["E"]},
                }}})
            )
        );
        assert_eq!(elicitation(&full, Revision::V2025_03_26), None);
        let several = form(json!({"a": {"type": "array", "items": {"type": "string", "enum": ["x"]}}}));
        assert!(elicitation(&several, NOVEMBER).is_some());
        assert_eq!(elicitation(&several, JUNE), None, "it has no choice of several");
    }

    #[test]
    fn a_page_has_a_name_in_one_revision() {
        let page = Elicitation::page("Sign in.", "https://example.com/", "7").unwrap();
        assert_eq!(elicitation(&page, NEWEST).unwrap().get("elicitationId"), None);
        assert_eq!(elicitation(&page, NOVEMBER).unwrap()["elicitationId"], "7");
        assert_eq!(elicitation(&page, JUNE), None);
    }

    #[test]
    fn a_question_to_a_model_is_rendered_for_each_revision() {
        let text = Text::new("a").meta("k", 1);
        let message = SamplingMessage::user(text).and("b");
        let full = Sampling::from(message);
        let blocks = |revision| sampling(&full, revision).unwrap()["messages"].clone();
        let (a, b) = (json!({"type": "text", "text": "a"}), json!({"type": "text", "text": "b"}));
        let with_meta = json!({"type": "text", "text": "a", "_meta": {"k": 1}});
        assert_eq!(blocks(NEWEST), json!([{"role": "user", "content": [with_meta, b]}]));
        let each =
            |first: &Value| json!([{"role": "user", "content": first}, {"role": "user", "content": b}]);
        assert_eq!(blocks(JUNE), each(&with_meta));
        assert_eq!(blocks(OLDEST), each(&a));
    }

    #[test]
    fn what_a_revision_cannot_ask_a_model_is_not_asked() {
        let tools = Sampling::from("a").tool("b", "B.", json!({"type": "object"}));
        let sound = Sampling::from(SamplingMessage::user(Audio::new([1], "audio/wav")));
        assert!(sampling(&tools, NOVEMBER).is_some() && sampling(&tools, JUNE).is_none());
        assert!(sampling(&sound, Revision::V2025_03_26).is_some() && sampling(&sound, OLDEST).is_none());
    }

    #[test]
    fn what_a_tool_gave_was_an_object_once() {
        let used = ToolUse { id: "1".to_owned(), name: "b".to_owned(), input: Map::new(), meta: Map::new() };
        let gave = |value: Value| {
            let result = ToolUseResult::new("1", ["c"]).structured(value);
            Sampling::new([SamplingMessage::assistant(used.clone()), SamplingMessage::results([result])])
        };
        let structured = |value: Value, revision| {
            let params = sampling(&gave(value), revision).unwrap();
            params["messages"][1]["content"].get("structuredContent").cloned()
        };
        assert_eq!(structured(json!(7), NEWEST), Some(json!(7)));
        assert_eq!(structured(json!(7), NOVEMBER), None);
        assert_eq!(structured(json!({"d": 7}), NOVEMBER), Some(json!({"d": 7})));
    }
}
