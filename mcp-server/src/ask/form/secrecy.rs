//! What a form must not ask for: its values pass through the client, and the model may see them.
//!
//! Source: [Form mode security](https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#form-mode-security).

/// How names end that hold secrets, without what joins their words.
const ENDS: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesstoken",
    "authtoken",
    "refreshtoken",
    "privatekey",
    "cardnumber",
    "cvv",
    "cvc",
];

/// Whether a text of this name is a secret, as far as the name says.
pub(super) fn is_secret(name: &str) -> bool {
    let joined: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let joined = joined.to_ascii_lowercase();
    joined == "token" || ENDS.iter().any(|end| joined.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_say_what_is_secret() {
        for name in ["password", "dbPassword", "api_key", "API-Key", "token", "access_token", "client_secret"]
        {
            assert!(is_secret(name), "{name}");
        }
        for name in ["name", "token_count", "secretary", "key", "passport", "secret_santa"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
