//! Choices: the values that a text may be, and what people are shown for them.

use serde_json::{Map, Value, json};

use super::property::{Flattening, ignored};

/// The values of a choice, in order.
#[derive(Debug)]
pub(super) struct Choices(Vec<Choice>);

#[derive(Debug)]
struct Choice {
    value: String,
    title: Option<String>,
}

impl Choices {
    /// Takes the choices out of a schema's keywords, if it has any.
    pub(super) fn take(
        keywords: &mut Map<String, Value>,
        flattening: &Flattening<'_>,
    ) -> Result<Option<Self>, String> {
        let choices = if let Some(values) = keywords.shift_remove("enum") {
            listed(&values)?
        } else if let Some(value) = keywords.shift_remove("const") {
            vec![untitled(&value)?]
        } else if let Some(Value::Array(ways)) =
            keywords.shift_remove("oneOf").or_else(|| keywords.shift_remove("anyOf"))
        {
            let ways = ways.iter().map(|way| one_way(way, flattening));
            ways.collect::<Result<Vec<_>, String>>()?.into_iter().flatten().collect()
        } else {
            return Ok(None);
        };
        Self(choices).checked().map(Some)
    }

    fn checked(self) -> Result<Self, String> {
        let Self(choices) = &self;
        if choices.is_empty() {
            return Err("is a choice of nothing; give it values".to_owned());
        }
        let is_again = |at: usize| choices[..at].iter().any(|earlier| earlier.value == choices[at].value);
        match (0..choices.len()).find(|at| is_again(*at)) {
            Some(at) => Err(format!("has the choice `{}` twice; remove one", choices[at].value)),
            None => Ok(self),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_titled(&self) -> bool {
        self.0.iter().any(|choice| choice.title.is_some())
    }

    /// The values alone.
    pub(super) fn values(&self) -> Value {
        self.0.iter().map(|choice| &*choice.value).collect()
    }

    /// The values, each with what people are shown.
    pub(super) fn titled(&self) -> Value {
        let show = |choice: &Choice| {
            let title = choice.title.as_ref().unwrap_or(&choice.value);
            json!({ "const": choice.value, "title": title })
        };
        self.0.iter().map(show).collect()
    }
}

fn untitled(value: &Value) -> Result<Choice, String> {
    match value {
        Value::String(value) => Ok(Choice { value: value.clone(), title: None }),
        other => Err(format!("has the choice {other}, and choices are texts")),
    }
}

fn listed(values: &Value) -> Result<Vec<Choice>, String> {
    values.as_array().into_iter().flatten().map(untitled).collect()
}

/// One of the alternatives: a value with a title, or several without.
fn one_way(way: &Value, flattening: &Flattening<'_>) -> Result<Vec<Choice>, String> {
    const FIX: &str = "the variants of an enum that is asked for are names without data";
    let mut keywords = flattening.resolved(way)?;
    let title = ["title", "description"].map(|keyword| keywords.shift_remove(keyword));
    let title = title.into_iter().flatten().find_map(|title| title.as_str().map(label));
    let is_text = keywords.shift_remove("type").is_none_or(|kind| kind == "string");
    let choices = match (keywords.shift_remove("const"), keywords.shift_remove("enum")) {
        (Some(value), None) => vec![Choice { title, ..untitled(&value)? }],
        (None, Some(values)) => listed(&values)?,
        _ => return Err(format!("can be several things; {FIX}")),
    };
    keywords.retain(|keyword, _| !ignored(keyword));
    match keywords.keys().next() {
        Some(other) => Err(format!("has a choice with `{other}`; {FIX}")),
        None if !is_text => Err("has choices that aren't texts".to_owned()),
        None => Ok(choices),
    }
}

/// The first paragraph of a text, on one line.
fn label(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
