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

    /// Why a key can't stand on a parameter of this type.
    pub(super) fn refuses_key(self, key: &str) -> Option<String> {
        let is_number = matches!(self, Self::Integer { .. } | Self::Float | Self::Other);
        let is_text = matches!(self, Self::Text | Self::Other);
        let what = self.what();
        match key {
            "min" | "max" if matches!(self, Self::Text) => Some(format!(
                "`{key}` is for numbers, and this is {what}; its length is limited with `{key}_length`"
            )),
            "min" | "max" if !is_number => {
                Some(format!("`{key}` is for numbers, and this is {what}; remove it"))
            }
            "min_length" | "max_length" if matches!(self, Self::Integer { .. } | Self::Float) => {
                let fix = &key[..3];
                Some(format!("`{key}` is for texts, and this is {what}; its value is limited with `{fix}`"))
            }
            "min_length" | "max_length" | "pattern" if !is_text => {
                Some(format!("`{key}` is for texts, and this is {what}; remove it"))
            }
            "header" if matches!(self, Self::Float) => {
                Some(format!("`header` is for texts, integers and booleans, and this is {what}; remove it"))
            }
            _ => None,
        }
    }

    /// Why a value can't be one of this type.
    pub(super) fn refuses(self, value: &Literal) -> Option<String> {
        let fits = match (self, value) {
            (Self::Other, _)
            | (Self::Integer { .. }, Literal::Integer(_))
            | (Self::Float, Literal::Integer(_) | Literal::Float(_))
            | (Self::Bool, Literal::Bool(_))
            | (Self::Text, Literal::Text(_)) => true,
            _ => false,
        };
        match (self, value) {
            _ if !fits => Some(format!("the parameter is {}, and this is {}", self.what(), value.what())),
            (Self::Integer { name, least, most }, Literal::Integer(number))
                if !(least..=most).contains(number) =>
            {
                Some(format!("`{name}` goes from {least} to {most}, and this is {number}"))
            }
            _ => None,
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Integer { .. } => "a whole number",
            Self::Float => "a number",
            Self::Bool => "a boolean",
            Self::Text => "a text",
            Self::Other => "something else",
        }
    }
}
