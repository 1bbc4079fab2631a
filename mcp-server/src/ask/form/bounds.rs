//! The least and the greatest integer of a type.

use serde_json::{Map, Value};

/// The greatest integer that every client can write: those that are written in JavaScript round greater ones, and the
/// person would not see it.
const GREATEST: i64 = 9_007_199_254_740_991;

/// Says the bounds that a type has and its schema doesn't say.
pub(super) fn add(format: &str, keywords: &mut Map<String, Value>) {
    let (least, greatest) = match format {
        "int32" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        "uint32" => (0, i64::from(u32::MAX)),
        "int64" | "int128" | "int" => (-GREATEST, GREATEST),
        "uint64" | "uint128" | "uint" => (0, GREATEST),
        _ => return,
    };
    keywords.entry("minimum").or_insert(least.into());
    keywords.entry("maximum").or_insert(greatest.into());
}
