//! What the macro takes for a template, the server takes too.

use mcp_server::{Invocation, McpServer, Resource};

use super::template::Uri;

fn server_takes(uri: &str) -> bool {
    let resource = Resource::new(uri.to_owned(), "r", "A resource.", |_: Invocation| async { Ok("") });
    McpServer::new("templates").resource(resource).build().is_ok()
}

/// Every text of these characters that is no longer than this.
fn texts(characters: &str, longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        let longer = |text: &String| characters.chars().map(|c| format!("{text}{c}")).collect::<Vec<_>>();
        last = last.iter().flat_map(longer).collect();
        all.extend(last.clone());
    }
    all
}

#[test]
fn the_macro_and_the_server_take_the_same_templates() {
    let mut taken = 0;
    for inside in texts("ab,*:?/+-=", 4) {
        let uri = format!("x://{{{inside}}}");
        let read = Uri::read(&uri);
        assert_eq!(read.is_ok(), server_takes(&uri), "{uri}: {:?}", read.err());
        taken += usize::from(read.is_ok());
    }
    assert!(taken > 100, "{taken}");
    for around in texts("a{}", 6) {
        let uri = format!("x://{around}");
        assert_eq!(Uri::read(&uri).is_ok(), server_takes(&uri), "{uri}");
    }
}

#[test]
fn fixed_uris_are_absolute() {
    for uri in
        ["notes://today", "file:///a/b.txt", "urn:isbn:0451450523", "https://example.com/a?b=c#d", "a:b"]
    {
        assert!(Uri::read(uri).is_ok() && server_takes(uri), "{uri}");
    }
    for uri in ["", "notes", "notes:", "/notes", "1a://b", "a b://c", "://a", "notes://a b", "{scheme}://x"] {
        assert!(Uri::read(uri).is_err(), "{uri}");
    }
}
