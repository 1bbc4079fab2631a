//! Doc comments as descriptions.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::attr::is_doc;

/// The text of an item's doc comment, as rustdoc would show it. `None` without one.
pub(super) fn text(attributes: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attributes.iter().filter_map(line).collect();
    (!lines.is_empty()).then(|| unindented(&lines.join("\n")))
}

/// Whether the attribute is a doc comment whose text isn't there yet: `include_str!`, `concat!`.
pub(super) fn is_computed(attribute: &Attribute) -> bool {
    is_doc(attribute) && line(attribute).is_none()
}

fn line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(without_stars(&text.value())),
            _ => None,
        },
        _ => None,
    }
}

/// A block comment without the stars that its lines begin with, where all of them do.
fn without_stars(text: &str) -> String {
    let is_starred = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('*');
    if !text.contains('\n') || !text.lines().skip(1).all(is_starred) {
        return text.to_owned();
    }
    let strip =
        |line: &str| line.trim_start().strip_prefix('*').map_or_else(|| line.to_owned(), str::to_owned);
    text.lines().map(strip).collect::<Vec<_>>().join("\n")
}

/// Removes the indentation that all lines share, and empty ends.
fn unindented(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let indentation = |line: &&str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.is_empty()).map(indentation).min().unwrap_or_default();
    let lines: Vec<&str> = lines.iter().map(|line| line.get(shared..).unwrap_or_default()).collect();
    lines.join("\n").trim().to_owned()
}
