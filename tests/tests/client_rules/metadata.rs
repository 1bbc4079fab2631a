//! Where clients look for the metadata, and what they do with what is in it.

use http::Method;
use serde_json::json;

use super::{Expect::*, Place, Rule, TYPED, get};

const AT_PATH: &str = "/.well-known/oauth-protected-resource/mcp";
const AT_ROOT: &str = "/.well-known/oauth-protected-resource";
/// The page of the web Inspector, which isn't one of the server's.
const INSPECTOR: &str = "http://localhost:6274";

#[tokio::test]
async fn rs_17_clients_find_the_metadata_where_they_look() {
    let document = || vec![Status(&[200]), Header("content-type", "application/json".into())];
    let resource = || Json("/resource", json!(TYPED));
    let named = |more| document().into_iter().chain([resource(), more]).collect::<Vec<_>>();
    let nothing = || No("set-cookie");
    let head = |target| get(target).method(Method::HEAD);
    let rules: [Rule; 9] = [
        ("claude.ai", "looks at the path, and compares with what was typed", get(AT_PATH), named(nothing())),
        ("claude.ai", "looks at the root too", get(AT_ROOT), named(nothing())),
        ("VS Code", "wants the URL of the server itself", get(AT_PATH), named(nothing())),
        ("ChatGPT", "looks by HEAD first", head(AT_PATH), document().into_iter().chain([Empty]).collect()),
        (
            "ChatGPT",
            "looks by HEAD at the root",
            head(AT_ROOT),
            document().into_iter().chain([Empty]).collect(),
        ),
        (
            "TypeScript",
            "says its revision where none is needed",
            get(AT_PATH).header("mcp-protocol-version", "2026-07-28"),
            named(nothing()),
        ),
        (
            "Python",
            "says a revision that is not yet",
            get(AT_PATH).header("mcp-protocol-version", "2099-01-01"),
            named(nothing()),
        ),
        ("mcp-remote", "takes anything", get(AT_PATH).header("accept", "*/*"), named(nothing())),
        (
            "mcp-remote",
            "brings the headers that its user has set",
            get(AT_PATH).header("authorization", "Bearer of-another-kind"),
            named(nothing()),
        ),
    ];
    Place::start().await.keeps(rules).await;
}

#[tokio::test]
async fn rs_17_clients_ask_for_what_the_metadata_says() {
    let place = Place::start().await;
    let issuers = json!([place.issuer.url()]);
    let least = || Json("/scopes_supported", json!(["files:read"]));
    let rules: [Rule; 5] = [
        (
            "TypeScript",
            "takes the first issuer, to the letter",
            get(AT_PATH),
            vec![Json("/authorization_servers", issuers)],
        ),
        ("Cursor", "asks for every scope that is listed", get(AT_PATH), vec![least()]),
        ("Claude Code", "adds `offline_access` by itself", get(AT_PATH), vec![least()]),
        (
            "ChatGPT",
            "sends the resource as it is written",
            get(AT_ROOT),
            vec![Json("/resource", json!(TYPED))],
        ),
        (
            "RFC 9728",
            "tokens go in the header",
            get(AT_PATH),
            vec![Json("/bearer_methods_supported", json!(["header"]))],
        ),
    ];
    place.keeps(rules).await;
}

#[tokio::test]
async fn rs_17_pages_of_anybody_read_the_metadata() {
    let page = |target: &str, origin: &str| get(target).header("origin", origin);
    let preflight = |target: &str| {
        page(target, INSPECTOR)
            .method(Method::OPTIONS)
            .without("accept")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "mcp-protocol-version")
    };
    let everybody = || Header("access-control-allow-origin", "*".into());
    let reads = || vec![Status(&[200]), everybody(), No("access-control-allow-credentials")];
    let may = || {
        vec![
            Status(&[200, 204]),
            everybody(),
            Lists("access-control-allow-headers", "mcp-protocol-version"),
            No("access-control-allow-credentials"),
        ]
    };
    let rules: [Rule; 5] = [
        ("Inspector", "asks from its page", page(AT_PATH, INSPECTOR), reads()),
        ("Inspector", "asks before it says its revision", preflight(AT_PATH), may()),
        ("Inspector", "falls back to the root", preflight(AT_ROOT), may()),
        ("VS Code for the web", "asks from its page", page(AT_PATH, "https://vscode.dev"), reads()),
        ("VS Code for the web", "asks from a page without an origin", page(AT_ROOT, "null"), reads()),
    ];
    Place::start().await.keeps(rules).await;
}

/// What is in front of the server takes a part of the path away: clients know nothing of it.
#[tokio::test]
async fn rs_18_the_typed_url_may_have_another_path() {
    let typed = "https://files.example.com/team/files/mcp";
    let at_path = "/.well-known/oauth-protected-resource/team/files/mcp";
    let place = Place::typed(typed).await;
    let told = vec![
        ("resource_metadata", format!("https://files.example.com{at_path}")),
        ("scope", "files:read".to_owned()),
    ];
    let post = super::entry::initialize("2025-11-25");
    let good = post.clone().bearer(&place.issuer.token("files:read"));
    let sibling = post.clone().bearer(&place.issuer.mint("files:read").claim("aud", TYPED).token());
    let rules: [Rule; 5] = [
        (
            "claude.ai",
            "is told an absolute URL, with the whole path",
            post,
            vec![Status(&[401]), Challenge(told)],
        ),
        (
            "claude.ai",
            "compares with what was typed",
            get(at_path),
            vec![Status(&[200]), Json("/resource", json!(typed))],
        ),
        (
            "claude.ai",
            "looks at the root too",
            get(AT_ROOT),
            vec![Status(&[200]), Json("/resource", json!(typed))],
        ),
        ("VS Code", "has a token for what was typed", good, vec![Status(&[200])]),
        ("VS Code", "has a token for another path", sibling, vec![Status(&[401])]),
    ];
    place.keeps(rules).await;
}
