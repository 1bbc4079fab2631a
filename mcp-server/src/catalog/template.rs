//! URIs of resources: fixed ones, and templates (RFC 6570) read backwards, from a URI to its variables.
//!
//! RFC 6570 says how a template makes a URI. Which values a URI was made of is only clear where the template leaves
//! no doubt, so prefixes (`{var:3}`) and lists but of path segments (`{/path*}`) are not taken.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use regex::Regex;
use serde_json::{Map, Value};
use url::form_urlencoded;

/// A template, compiled.
#[derive(Debug)]
pub(crate) struct Template {
    regex: Regex,
    groups: Vec<Group>,
    /// How many characters stand outside its expressions: the more, the earlier it is tried.
    literal: usize,
}

/// What a capture group of the regular expression holds.
#[derive(Debug)]
enum Group {
    One(String),
    Segments(String),
    Query(Vec<String>),
}

/// A variable of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable<'t> {
    pub(crate) name: &'t str,
    /// A URI may lack it.
    pub(crate) optional: bool,
}

/// Whether a URI has expressions in it.
pub(crate) fn is_template(uri: &str) -> bool {
    uri.contains(['{', '}'])
}

impl Template {
    /// Compiles a template, or says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pattern = String::from("^");
        let (mut groups, mut literal) = (Vec::new(), 0);
        let mut rest = text;
        while let Some(start) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(start);
            let inside = from.strip_prefix('{').and_then(|from| from.split_once('}'));
            let Some((expression, after)) = inside.filter(|(expression, _)| !expression.contains('{')) else {
                return Err(format!("`{text}` has a brace without its other"));
            };
            pattern.push_str(&regex::escape(before));
            literal += before.len();
            // What may follow isn't part of what stands before it.
            let query_follows = after.contains("{?") || after.contains("{&");
            self::expression(expression, query_follows, &mut pattern, &mut groups)?;
            rest = after;
        }
        pattern.push_str(&regex::escape(rest));
        pattern.push('$');
        literal += rest.len();
        let template =
            Self { regex: Regex::new(&pattern).map_err(|error| error.to_string())?, groups, literal };
        let names: Vec<&str> = template.variables().map(|variable| variable.name).collect();
        match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
            Some((_, name)) => Err(format!("`{text}` has the variable `{name}` twice")),
            None => Ok(template),
        }
    }

    /// Whether every URI of one is one of the other's too, whatever their variables are called.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }

    pub(crate) fn literal(&self) -> usize {
        self.literal
    }

    /// The variables, in the order in which they stand.
    pub(crate) fn variables(&self) -> impl Iterator<Item = Variable<'_>> {
        self.groups.iter().flat_map(|group| {
            let (names, optional) = match group {
                Group::One(name) | Group::Segments(name) => (std::slice::from_ref(name), false),
                Group::Query(names) => (names.as_slice(), true),
            };
            names.iter().map(move |name| Variable { name, optional })
        })
    }

    /// The values of which the template makes this URI, if it does.
    pub(crate) fn read(&self, uri: &str) -> Option<Map<String, Value>> {
        let captures = self.regex.captures(uri)?;
        let mut values = Map::new();
        for (group, capture) in self.groups.iter().zip(captures.iter().skip(1)) {
            let text = capture.map_or("", |capture| capture.as_str());
            match group {
                Group::One(name) => {
                    values.insert(name.clone(), decoded(text)?.into());
                }
                Group::Segments(name) => {
                    let segments = text.split('/').skip(1);
                    let segments = segments.map(|segment| decoded(segment).map(Value::from));
                    values.insert(name.clone(), Value::Array(segments.collect::<Option<_>>()?));
                }
                Group::Query(names) => {
                    for (name, value) in
                        form_urlencoded::parse(text.trim_start_matches(['?', '&']).as_bytes())
                    {
                        // What the template doesn't know is no part of this resource's name.
                        let name = names.iter().find(|known| **known == name)?;
                        if values.insert(name.clone(), value.into_owned().into()).is_some() {
                            return None;
                        }
                    }
                }
            }
        }
        Some(values)
    }
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().ok()
}

/// Adds one expression to the pattern: RFC 6570, section 3.2.
fn expression(
    expression: &str,
    query_follows: bool,
    pattern: &mut String,
    groups: &mut Vec<Group>,
) -> Result<(), String> {
    let operator = expression.chars().next().filter(|first| "+#./;?&=,!@|".contains(*first));
    let names = expression.strip_prefix(|first| Some(first) == operator).unwrap_or(expression);
    let names: Vec<&str> = names.split(',').collect();
    if let ([name], Some('/')) = (&*names, operator)
        && let Some(name) = name.strip_suffix('*')
    {
        pattern.push_str("((?:/[^/?#]+)+)");
        groups.push(Group::Segments(self::name(name, expression)?));
        return Ok(());
    }
    let names = names.iter().map(|name| self::name(name, expression)).collect::<Result<Vec<_>, _>>()?;
    let (first, between, value) = match operator {
        None => ("", ",", "([^/?#,]+)"),
        Some('+') if query_follows => ("", ",", if names.len() == 1 { "([^?#]+)" } else { "([^,?#]+)" }),
        Some('+') => ("", ",", if names.len() == 1 { "(.+)" } else { "([^,]+)" }),
        Some('#') => ("#", ",", if names.len() == 1 { "(.+)" } else { "([^,]+)" }),
        Some('.') => ("\\.", "\\.", "([^./?#]+)"),
        Some('/') => ("/", "/", "([^/?#]+)"),
        Some(';') => {
            for name in names {
                *pattern += &[";", &regex::escape(&name), "=([^;/?#]*)"].concat();
                groups.push(Group::One(name));
            }
            return Ok(());
        }
        Some(first @ ('?' | '&')) => {
            pattern.push_str(if first == '?' { r"((?:\?[^#]*)?)" } else { "((?:&[^#]*)?)" });
            groups.push(Group::Query(names));
            return Ok(());
        }
        Some(reserved) => return Err(format!("`{{{expression}}}`: RFC 6570 keeps `{reserved}` for later")),
    };
    for (at, name) in names.into_iter().enumerate() {
        pattern.push_str(if at == 0 { first } else { between });
        pattern.push_str(value);
        groups.push(Group::One(name));
    }
    Ok(())
}

/// Checks a variable's name: RFC 6570, section 2.3, but for what is no name of an argument.
fn name(name: &str, expression: &str) -> Result<String, String> {
    let wrong = match name.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
        Some(':') => {
            "a prefix doesn't say the whole value, so it can't be read back; leave it out".to_owned()
        }
        Some('*') => "only path segments make a list: `{/path*}`".to_owned(),
        Some(c) => format!("{c:?} can't be in a variable's name; use letters, digits and `_`"),
        None if name.is_empty() => "a variable has a name".to_owned(),
        None => return Ok(name.to_owned()),
    };
    Err(format!("`{{{expression}}}`: {wrong}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(template: &str, uri: &str) -> Option<Value> {
        Template::parse(template).unwrap().read(uri).map(Value::Object)
    }

    #[test]
    fn variables_are_read_back() {
        for (template, uri, values) in [
            ("notes://{id}", "notes://7", json!({"id": "7"})),
            ("notes://{id}", "notes://a%20b%2Fc", json!({"id": "a b/c"})),
            ("notes://{id}", "notes://grün", json!({"id": "grün"})),
            ("test://template/{id}/data", "test://template/123/data", json!({"id": "123"})),
            ("a://{x,y}", "a://1,2", json!({"x": "1", "y": "2"})),
            ("file:///{+path}", "file:///a/b.txt", json!({"path": "a/b.txt"})),
            ("file:///{+path}{?q}", "file:///a/b?q=1", json!({"path": "a/b", "q": "1"})),
            ("file:///{+path}{?q}", "file:///a/b", json!({"path": "a/b"})),
            ("file://{/path*}", "file:///a/b%20c", json!({"path": ["a", "b c"]})),
            ("a://b{/x,y}", "a://b/1/2", json!({"x": "1", "y": "2"})),
            ("a://b{.ext}", "a://b.md", json!({"ext": "md"})),
            ("a://b{#part}", "a://b#top", json!({"part": "top"})),
            ("a://b{;k}", "a://b;k=v", json!({"k": "v"})),
            ("a://b{?q,n}", "a://b?n=2&q=x%26y", json!({"q": "x&y", "n": "2"})),
            ("a://b{?q,n}", "a://b", json!({})),
            ("a://b?fixed=1{&q}", "a://b?fixed=1&q=2", json!({"q": "2"})),
            ("a://b?fixed=1{&q}", "a://b?fixed=1", json!({})),
        ] {
            assert_eq!(read(template, uri), Some(values), "{template} {uri}");
        }
    }

    #[test]
    fn other_uris_are_not_the_templates() {
        for (template, uri) in [
            ("notes://{id}", "notes://"),
            ("notes://{id}", "notes://a/b"),
            ("notes://{id}", "other://a"),
            ("notes://{id}", "notes://%ff"),
            ("notes://{id}", "xnotes://a"),
            ("test://template/{id}/data", "test://template/1/data/more"),
            ("a://b{?q}", "a://b?p=1"),
            ("a://b{?q}", "a://b?q=1&q=2"),
            ("a.b://{x}", "aXb://1"),
        ] {
            assert_eq!(read(template, uri), None, "{template} {uri}");
        }
    }

    #[test]
    fn what_can_not_be_read_back_is_refused() {
        for template in [
            "a://{x:3}",
            "a://{x*}",
            "a://{}",
            "a://{x",
            "a://x}",
            "a://{x}{x}",
            "a://{x-y}",
            "a://{=x}",
            "a://{{x}}",
        ] {
            assert!(Template::parse(template).is_err(), "{template}");
        }
    }

    #[test]
    fn variables_of_a_query_may_be_absent() {
        let template = Template::parse("a://{x}{?q}").unwrap();
        let variables: Vec<_> = template.variables().collect();
        assert_eq!(
            variables,
            [Variable { name: "x", optional: false }, Variable { name: "q", optional: true }]
        );
    }
}
