//! For whom a token is: this server, to the letter (RFC 8707 section 2).

/// The names under which this server takes tokens.
pub(in crate::auth) struct Audiences(Vec<String>);

impl Audiences {
    pub(in crate::auth) fn new(resource: &str, others: &[String]) -> Self {
        let others = others.iter().map(String::as_str);
        Self(std::iter::once(resource).chain(others).map(normal).collect())
    }

    /// Whether this is one of the names: not a part, a neighbour or a longer form of one.
    pub(in crate::auth) fn admit(&self, audience: &str) -> bool {
        let audience = normal(audience);
        self.0.contains(&audience)
    }
}

/// A name with its scheme and host in lower case, where it has such, and nothing else changed: whoever normalises
/// more takes two names for one.
fn normal(name: &str) -> String {
    let Some((scheme, rest)) = name.split_once("://") else { return name.to_owned() };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..authority].rfind('@').map_or(0, |at| at + 1);
    let (user, host, path) = (&rest[..host], &rest[host..authority], &rest[authority..]);
    format!("{}://{user}{}{path}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rs_7_an_audience_is_compared_to_the_letter() {
        let audiences =
            Audiences::new("https://mcp.example.com/mcp", &["api://Files".into(), "6b1c-GUID".into()]);
        for admitted in [
            "https://mcp.example.com/mcp",
            "HTTPS://MCP.Example.com/mcp",
            "api://files",
            "API://FILES",
            "6b1c-GUID",
        ] {
            assert!(audiences.admit(admitted), "{admitted}");
        }
        for strange in [
            "",
            "*",
            "https://mcp.example.com",
            "https://mcp.example.com/",
            "https://mcp.example.com/mcp/",
            "https://mcp.example.com/mcp2",
            "https://mcp.example.com/MCP",
            "https://mcp.example.com/mcp/admin",
            "https://mcp.example.com/mcp?x",
            "https://mcp.example.com/mcp#x",
            "https://mcp.example.com.evil/mcp",
            "https://mcp.example.com:443/mcp",
            "https://user@mcp.example.com/mcp",
            "http://mcp.example.com/mcp",
            "mcp.example.com/mcp",
            "https://mcp.example.com/%6dcp",
            "6B1C-guid",
        ] {
            assert!(!audiences.admit(strange), "{strange}");
        }
    }
}
