//! Where a request may carry its token: in the header `Authorization`, and nowhere else.
//!
//! Source: [RFC 6750, section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1).

use http::{HeaderMap, header::AUTHORIZATION};

/// What a request shows of who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential<'h> {
    /// Nothing, or nothing that is taken here.
    None,
    /// Something that is as long as a token may be.
    Token(&'h str),
    /// One that is longer than a token may be.
    TooLong,
    /// Something that can't be one.
    NotAToken,
    /// More than one thing.
    Several,
}

impl<'h> Credential<'h> {
    /// What these headers show. `longest` is how many bytes a token may have.
    pub(super) fn of(headers: &'h HeaderMap, longest: usize) -> Self {
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
        if token.len() <= longest { Self::Token(token) } else { Self::TooLong }
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

    const LONGEST: usize = 100;

    fn of(headers: &HeaderMap) -> Credential<'_> {
        Credential::of(headers, LONGEST)
    }

    fn with(values: &[&'static str]) -> HeaderMap {
        let values = values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_static(value)));
        values.collect()
    }

    #[test]
    fn rs_1_a_bearer_token_is_one_word_of_its_alphabet() {
        let is_token = |value| matches!(of(&with(&[value])), Credential::Token(token) if is_token68(token));
        for value in ["Bearer abc.DEF-1_2~+/==", "bearer a", "BEARER  a"] {
            assert!(is_token(value), "{value}");
        }
        assert_eq!(of(&with(&["Bearer abc="])), Credential::Token("abc="));
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
        let is_too_long = |length: usize| {
            let value = HeaderValue::from_str(&format!("Bearer {}", "a".repeat(length))).unwrap();
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
            super::Credential::of(&headers, LONGEST) == Credential::TooLong
        };
        assert!(!is_too_long(LONGEST));
        assert!(is_too_long(LONGEST + 1));
    }

    #[test]
    fn rs_1_other_schemes_are_no_token() {
        for value in ["Basic YTpi", "DPoP abc", "Bearers abc", "Bearer\tabc", "abc", ""] {
            assert_eq!(of(&with(&[value])), Credential::None, "{value}");
        }
        assert_eq!(of(&HeaderMap::new()), Credential::None);
    }

    #[test]
    fn rs_3_two_headers_are_neither() {
        for values in [["Bearer a", "Bearer b"], ["Bearer a", "Bearer a"], ["Basic a", "Bearer b"]] {
            assert_eq!(of(&with(&values)), Credential::Several, "{values:?}");
        }
    }
}
