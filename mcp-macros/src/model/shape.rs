//! What a parameter's type is by its name, where it is one of Rust's own: enough to see a contradiction at once.
//! Every other type is seen by the runtime, through its schema.

use syn::{GenericArgument, PathArguments, Type};

use crate::attr::Literal;

/// A type of Rust's own, by name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Integer { name: &'static str, least: i128, most: i128 },
    Float,
    Bool,
    Text,
    Other,
}

macro_rules! integers {
    ($name:ident: $($integer:ident)*) => {
        match $name {
            $(stringify!($integer) => Some(Shape::Integer {
                name: stringify!($integer),
                least: i128::try_from($integer::MIN).unwrap_or(i128::MIN),
                most: i128::try_from($integer::MAX).unwrap_or(i128::MAX),
            }),)*
            _ => None,
        }
    };
}

impl Shape {
    /// The shape of a type, or of what is in an `Option`.
    pub(super) fn of(ty: &Type) -> Self {
        let Type::Path(path) = ty else { return Self::Other };
        let Some(last) = path.path.segments.last() else { return Self::Other };
        match &last.arguments {
            PathArguments::AngleBracketed(inner) if last.ident == "Option" => match inner.args.first() {
                Some(GenericArgument::Type(inner)) => Self::of(inner),
                _ => Self::Other,
            },
            PathArguments::None => Self::named(&last.ident.to_string()),
            _ => Self::Other,
        }
    }

    /// Whether a type is an `Option`, by its name.
    pub(super) fn is_option(ty: &Type) -> bool {
        matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
    }

    fn named(name: &str) -> Self {
        let integer = integers!(name: i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
        integer.unwrap_or(match name {
            "f32" | "f64" => Self::Float,
            "bool" => Self::Bool,
            "String" => Self::Text,
            _ => Self::Other,
        })
    }

    /// Whether a parameter of this type is an argument for sure.
    pub(super) fn is_known(self) -> bool {
        !matches!(self, Self::Other)
    }

    /// Whether it is a text.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text)
    }

    /// Why a key can't stand on a parameter of this type.
    pub(super) fn refuses_key(self, key: &str) -> Option<String> {
        let is_number = matches!(self, Self::Integer { .. } | Self::Float);
        let (kind, fix) = match (key, self) {
            (_, Self::Other) => return None,
            ("min", Self::Text) => ("numbers", "use `min_length`"),
            ("max", Self::Text) => ("numbers", "use `max_length`"),
            ("min" | "max", Self::Bool) => ("numbers", "remove it"),
            ("min_length", _) if is_number => ("strings", "use `min`"),
            ("max_length", _) if is_number => ("strings", "use `max`"),
            ("min_length" | "max_length", Self::Bool) => ("strings", "remove it"),
            ("pattern", _) if !matches!(self, Self::Text) => ("strings", "remove it"),
            ("header", Self::Float) => ("strings, integers and booleans", "remove it"),
            _ => return None,
        };
        Some(format!("`{key}` is for {kind}, and this parameter is {}; {fix}", self.what()))
    }

    /// Why a value can't be one of this type.
    pub(super) fn refuses(self, value: &Literal) -> Option<String> {
        match (self, value) {
            (Self::Integer { name, least, most }, Literal::Integer(number)) => {
                let fits = (least..=most).contains(number);
                (!fits).then(|| format!("`{name}` goes from {least} to {most}"))
            }
            (Self::Other, _)
            | (Self::Float, Literal::Integer(_) | Literal::Float(_))
            | (Self::Bool, Literal::Bool(_))
            | (Self::Text, Literal::Text(_)) => None,
            _ => Some(format!("expected {}, found {}", self.what(), value.what())),
        }
    }

    /// What it is, for a message.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Integer { .. } => "an integer",
            Self::Float => "a number",
            Self::Bool => "a boolean",
            Self::Text => "a string",
            Self::Other => "something else",
        }
    }
}
