//! How deep arguments may be nested, and how long the names in them may be.

use serde_json::Value;

use super::invocation::Arguments;
use crate::protocol::shortened::shortened;

/// The most that a call's arguments may do in depth and in names, whatever their schema says: a schema that refers to
/// itself bounds neither, and both cost more than their bytes do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArgumentLimits {
    /// How many arrays and objects, one in the other, an argument may be.
    pub(crate) depth: usize,
    /// How many bytes a member's name may have, at any depth.
    pub(crate) name: usize,
}

impl Default for ArgumentLimits {
    fn default() -> Self {
        Self { depth: 64, name: 256 }
    }
}

impl ArgumentLimits {
    /// Whether arguments keep to the limits.
    ///
    /// # Errors
    ///
    /// A line for the model, with the argument, the rule and the fix.
    pub(super) fn check(self, arguments: &Arguments) -> Result<(), String> {
        for (name, value) in arguments {
            self.name(name).and_then(|()| self.value(value, self.depth)).map_err(|breach| match breach {
                Breach::Depth => format!(
                    "`{}`: nested deeper than {} levels, the most that this server takes; send it flatter.",
                    shortened(name),
                    self.depth
                ),
                Breach::Name(long) => format!(
                    "`{}`: a name of {} bytes, and {} are the most that this server takes; put long texts into values.",
                    shortened(&long),
                    long.len(),
                    self.name
                ),
            })?;
        }
        Ok(())
    }

    fn name(self, name: &str) -> Result<(), Breach> {
        if name.len() > self.name { Err(Breach::Name(name.to_owned())) } else { Ok(()) }
    }

    fn value(self, value: &Value, left: usize) -> Result<(), Breach> {
        let inner = || left.checked_sub(1).ok_or(Breach::Depth);
        match value {
            Value::Array(items) => {
                let left = inner()?;
                items.iter().try_for_each(|item| self.value(item, left))
            }
            Value::Object(members) => {
                let left = inner()?;
                members
                    .iter()
                    .try_for_each(|(name, value)| self.name(name).and_then(|()| self.value(value, left)))
            }
            _ => Ok(()),
        }
    }
}

enum Breach {
    Depth,
    Name(String),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: Value) -> Result<(), String> {
        ArgumentLimits { depth: 3, name: 4 }.check(&Arguments::from_iter([("a".to_owned(), value)]))
    }

    #[test]
    fn depth_and_names_are_bounded_and_what_is_at_the_bound_is_taken() {
        assert_eq!(check(json!([[{"long": 1}]])), Ok(()));
        assert_eq!(check(json!("a text may be longer than a name")), Ok(()));
        let text = check(json!([[[[]]]])).unwrap_err();
        assert!(text.contains("`a`: nested deeper than 3 levels"), "{text}");
        let text = check(json!([{"longer": 1}])).unwrap_err();
        assert!(text.contains("`longer`: a name of 6 bytes, and 4 are the most"), "{text}");
        let text = check(json!({"x".repeat(1_000_000): 1})).unwrap_err();
        assert!(text.len() < 500, "{}", text.len());
    }
}
