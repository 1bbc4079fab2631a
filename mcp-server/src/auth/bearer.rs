//! Where a request may carry its token: in the header `Authorization`, and nowhere else.
//!
//! Source: [RFC 6750, section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1).

use http::{HeaderMap, header::AUTHORIZATION};

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;

/// What a request shows of who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential<'h> {
    /// Nothing, or nothing that is taken here.
    None,
    /// Something that is as long as a token may be.
    Token(&'h str),
    /// Something that can't be one.
    NotAToken,
    /// More than one thing.
    Several,
}

impl<'h> Credential<'h> {
    pub(super) fn of(headers: &'h HeaderMap) -> Self {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Self::None };
        if values.next().is_some() {
            return Self::Several;
        }
        let Ok(text) = value.to_str() else { return Self::NotAToken };
        let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Self::None;
        }
        let token = token.trim_start_matches(' ');
        if token.len() <= LONGEST { Self::Token(token) } else { Self::NotAToken }
    }
}

/// Whether it has the characters of a token: `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`: RFC 9110, section 11.2.
pub(super) fn is_token68(text: &str) -> bool {
    let unpadded = text.trim_end_matches('=');
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !unpadded.is_empty() && unpadded.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn with(values: &[&'static str]) -> HeaderMap {
        let values = values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_static(value)));
        values.collect()
    }

    #[test]
    fn rs_1_a_bearer_token_is_one_word_of_its_alphabet() {
        let is_token =
            |value| matches!(Credential::of(&with(&[value])), Credential::Token(token) if is_token68(token));
        for value in ["Bearer abc.DEF-1_2~+/==", "bearer a", "BEARER  a"] {
            assert!(is_token(value), "{value}");
        }
        assert_eq!(Credential::of(&with(&["Bearer abc="])), Credential::Token("abc="));
        for value in [
            "Bearer",
            "Bearer ",
            "Bearer a b",
            "Bearer a,b",
            "Bearer =",
            "Bearer a=b",
            "Bearer \"a\"",
            "Bearer a\tb",
            "Bearer a ",
        ] {
            assert!(!is_token(value), "{value:?}");
        }
    }

    #[test]
    fn rs_1_a_token_has_an_end() {
        let of = |length: usize| {
            let value = HeaderValue::from_str(&format!("Bearer {}", "a".repeat(length))).unwrap();
            matches!(Credential::of(&HeaderMap::from_iter([(AUTHORIZATION, value)])), Credential::Token(_))
        };
        assert!(of(LONGEST));
        assert!(!of(LONGEST + 1));
    }

    #[test]
    fn rs_1_other_schemes_are_no_token() {
        for value in ["Basic YTpi", "DPoP abc", "Bearers abc", "Bearer\tabc", "abc", ""] {
            assert_eq!(Credential::of(&with(&[value])), Credential::None, "{value}");
        }
        assert_eq!(Credential::of(&HeaderMap::new()), Credential::None);
    }

    #[test]
    fn rs_3_two_headers_are_neither() {
        for values in [["Bearer a", "Bearer b"], ["Bearer a", "Bearer a"], ["Basic a", "Bearer b"]] {
            assert_eq!(Credential::of(&with(&values)), Credential::Several, "{values:?}");
        }
    }
}
