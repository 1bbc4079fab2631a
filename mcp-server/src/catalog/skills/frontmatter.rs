//! What a `SKILL.md` says of itself, in YAML before its text.
//!
//! Source: [the format of skills](https://agentskills.io/specification).

use serde_json::{Map, Value};
use serde_saphyr::{Error, Options, UserMessageFormatter, options::MergeKeyPolicy};

/// The longest description, in characters.
const LONGEST: usize = 1_024;

/// Keys of `metadata` that extensions of the protocol may give a meaning.
const RESERVED: &str = "io.modelcontextprotocol/";

/// Reads the frontmatter of the skill in a folder of this name; says everything that is wrong with it.
pub(super) fn read(manifest: &str, folder: &str) -> Result<Map<String, Value>, Vec<String>> {
    let Some(yaml) = yaml(manifest) else {
        let text = "must begin with frontmatter: a line `---`, the keys `name` and `description` in YAML, a line `---`";
        return Err(vec![text.to_owned()]);
    };
    let frontmatter = match serde_saphyr::from_str_with_options::<Value>(yaml, options()) {
        Ok(Value::Object(frontmatter)) => frontmatter,
        Ok(_) => return Err(vec!["the frontmatter must be keys and values, `name: ..` and more".to_owned()]),
        Err(error) => return Err(vec![unreadable(&error)]),
    };
    let mut wrong = Vec::new();
    check_name(&frontmatter, folder, &mut wrong);
    check_description(&frontmatter, &mut wrong);
    check_metadata(&frontmatter, &mut wrong);
    if wrong.is_empty() { Ok(frontmatter) } else { Err(wrong) }
}

/// Whether a skill may have this name.
pub(super) fn is_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let hyphens = name.starts_with('-') || name.ends_with('-') || name.contains("--");
    (1..=64).contains(&name.len()) && name.bytes().all(legal) && !hyphens
}

/// The first line, which is `---`, and those up to the next one that is. With it, the lines' numbers are the file's.
fn yaml(manifest: &str) -> Option<&str> {
    let text = manifest.strip_prefix('\u{feff}').unwrap_or(manifest);
    let rest = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    let mut end = text.len() - rest.len();
    for line in rest.split_inclusive('\n') {
        if line.trim_end_matches([' ', '\t', '\r', '\n']) == "---" {
            return text.get(..end);
        }
        end += line.len();
    }
    None
}

/// YAML 1.2 as other readers of skills take it. The limits to what aliases may grow to are the reader's own.
fn options() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        with_snippet: false,
    }
}

/// What the YAML's reader says, with the line.
fn unreadable(error: &Error) -> String {
    let text = error.render_with_formatter(&UserMessageFormatter);
    format!("the frontmatter is not YAML: {}", text.lines().next().unwrap_or_default())
}

fn check_name(frontmatter: &Map<String, Value>, folder: &str, wrong: &mut Vec<String>) {
    match frontmatter.get("name") {
        Some(Value::String(name)) if name == folder => {}
        Some(Value::String(name)) => wrong.push(format!(
            "its `name` is `{name}`, but a skill is named as its folder is, `{folder}`; change one of them"
        )),
        Some(_) => wrong.push(format!("`name` must be text; write `name: \"{folder}\"`")),
        None => wrong.push(format!("the frontmatter lacks `name`; add `name: {folder}`")),
    }
}

fn check_description(frontmatter: &Map<String, Value>, wrong: &mut Vec<String>) {
    match frontmatter.get("description") {
        Some(Value::String(text)) if text.trim().is_empty() => {
            wrong.push("`description` must say what the skill does and when to use it".to_owned());
        }
        Some(Value::String(text)) if text.chars().count() > LONGEST => {
            let length = text.chars().count();
            wrong.push(format!(
                "`description` has {length} characters, and {LONGEST} are allowed; shorten it"
            ));
        }
        Some(Value::String(_)) => {}
        Some(_) => wrong.push("`description` must be text; put it between quotes".to_owned()),
        None => wrong.push(
            "the frontmatter lacks `description`; say there what the skill does and when to use it"
                .to_owned(),
        ),
    }
}

fn check_metadata(frontmatter: &Map<String, Value>, wrong: &mut Vec<String>) {
    let keys = frontmatter.get("metadata").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    for key in keys.filter(|key| key.starts_with(RESERVED)) {
        wrong.push(format!("the key `{key}` of `metadata` is reserved for the protocol; rename it"));
    }
}
