//! URIs of resources: fixed ones, and templates (RFC 6570), as far as a URI can be read back to its variables. The
//! server takes the same ones.

use crate::diag::list;

/// A URI, or a template of URIs.
#[derive(Debug)]
pub(super) struct Uri {
    /// Those of a template. A fixed URI has none.
    pub(super) variables: Vec<Variable>,
    pub(super) is_template: bool,
}

/// A variable of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) form: Form,
}

/// What a variable's value looks like in a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One value, always there.
    One,
    /// Segments of a path, at least one.
    Segments,
    /// A value that may be missing.
    Query,
}

impl Uri {
    /// Reads a URI, or says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        has_scheme(text)?;
        let mut variables = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            is_legal(before)?;
            let inside = from.strip_prefix('{').and_then(|from| from.split_once('}'));
            let Some((expression, after)) = inside.filter(|(expression, _)| !expression.contains('{')) else {
                return Err("a brace lacks its other; an expression is `{name}`".to_owned());
            };
            variables.extend(self::expression(expression)?);
            rest = after;
        }
        is_legal(rest)?;
        let names = |at: usize| variables[..at].iter().map(|variable| &variable.name);
        let twice =
            variables.iter().enumerate().find(|(at, variable)| names(*at).any(|name| *name == variable.name));
        match twice {
            Some((_, Variable { name, .. })) => {
                Err(format!("the variable `{name}` stands in it twice; rename one"))
            }
            None => Ok(Self { variables, is_template: text.contains('{') }),
        }
    }

    /// The names of the variables.
    pub(super) fn names(&self) -> Vec<&str> {
        self.variables.iter().map(|variable| &*variable.name).collect()
    }

    /// The variables as a sentence lists them.
    pub(super) fn listed(&self) -> String {
        list(&self.names())
    }
}

/// Source: [RFC 3986, section 3.1](https://www.rfc-editor.org/rfc/rfc3986#section-3.1).
fn has_scheme(text: &str) -> Result<(), String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let is_scheme =
        |scheme: &str| scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(legal);
    match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) && !rest.is_empty() => Ok(()),
        _ => Err("a URI begins with a scheme, as `notes://today` does".to_owned()),
    }
}

/// Checks what stands outside of expressions. Letters beyond ASCII are taken, as browsers do.
fn is_legal(text: &str) -> Result<(), String> {
    let illegal = |c: char| c.is_whitespace() || c.is_control() || r#""<>\^`|"#.contains(c);
    match text.chars().find(|c| illegal(*c)) {
        Some(c) => Err(format!("{c:?} can't be in a URI; write it with `%` and its code, as in `%20`")),
        None => Ok(()),
    }
}

/// Reads what stands in braces: RFC 6570, section 3.2.
fn expression(expression: &str) -> Result<Vec<Variable>, String> {
    let operator = expression.chars().next().filter(|first| "+#./;?&=,!@|".contains(*first));
    let names = expression.strip_prefix(|first| Some(first) == operator).unwrap_or(expression);
    if let Some(reserved @ ('=' | ',' | '!' | '@' | '|')) = operator {
        return Err(format!("`{{{expression}}}`: RFC 6570 keeps `{reserved}` for later; remove it"));
    }
    if let (Some('/'), Some(name)) = (operator, names.strip_suffix('*'))
        && !name.contains(',')
    {
        return Ok(vec![Variable { name: self::name(name, expression)?, form: Form::Segments }]);
    }
    let form = if matches!(operator, Some('?' | '&')) { Form::Query } else { Form::One };
    let read = |name| Ok(Variable { name: self::name(name, expression)?, form });
    names.split(',').map(read).collect()
}

/// Checks a variable's name: RFC 6570, section 2.3, but for what is no name of an argument.
fn name(name: &str, expression: &str) -> Result<String, String> {
    let wrong = match name.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
        Some(':') => {
            let (whole, _) = name.split_once(':').unwrap_or_default();
            format!("a prefix doesn't say the whole value, so it can't be read back; write `{{{whole}}}`")
        }
        Some('*') => {
            let whole = name.trim_end_matches('*');
            format!(
                "only path segments make a list; write `{{/{whole}*}}` for segments, `{{{whole}}}` for one value"
            )
        }
        Some(c) => format!("{c:?} can't be in a variable's name; use letters, digits and `_`"),
        None if name.is_empty() => "a variable has a name; write it into the braces".to_owned(),
        None => return Ok(name.to_owned()),
    };
    Err(format!("`{{{expression}}}`: {wrong}"))
}
