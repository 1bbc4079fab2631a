//! What a client has sent, quoted in a message to it.

use std::borrow::Cow;

/// The longest text that is quoted whole, in bytes. An error must not be larger than its cause.
const LONGEST_QUOTED: usize = 200;

/// A text as messages quote it: the end of one that is long is left out.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_QUOTED {
        return Cow::Borrowed(text);
    }
    let kept = &text[..text.floor_char_boundary(LONGEST_QUOTED)];
    Cow::Owned(format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_long_is_shortened() {
        assert_eq!(shortened(&"x".repeat(200)), "x".repeat(200));
        assert_eq!(shortened(&"x".repeat(201)), format!("{}…", "x".repeat(200)));
        assert_eq!(shortened(&"€".repeat(100)), format!("{}…", "€".repeat(66)));
    }
}
