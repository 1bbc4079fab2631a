//! Whom a token is for. The resource is the URL of the endpoint, byte by byte.

use mcp_tests::{files::Files, issuer::Issuer, process};
use serde_json::{Value, json};
use std::time::Duration;

use super::{Place, refused, whoami};

/// Sees to it that none of these is the audience, and that the resource is.
async fn foreign(audiences: impl Fn(&str) -> Vec<Value>) {
    let place = Place::start().await;
    for audience in audiences(place.files.url()) {
        place.refuses(&place.mint().claim("aud", audience.clone()), &audience.to_string()).await;
    }
    place.admits(&place.mint(), "the resource itself").await;
}

#[tokio::test]
async fn rs_7_no_audience_is_not_the_audience() {
    let place = Place::start().await;
    place.refuses(&place.mint().without("aud"), "none").await;
    place.admits(&place.mint(), "the resource").await;
}

#[tokio::test]
async fn rs_7_what_is_no_text_is_not_the_audience() {
    foreign(|url| {
        vec![
            json!(null),
            json!(7),
            json!(true),
            json!([]),
            json!({}),
            json!({ "aud": url }),
            json!([[url]]),
            json!([7]),
            json!([url, 7]),
            json!([url, null]),
        ]
    })
    .await;
}

#[tokio::test]
async fn rs_7_a_sibling_path_is_not_the_audience() {
    foreign(|url| {
        ["2", "/", "/x", "x", "/../mcp", "/.", "%2F"].map(|end| json!(format!("{url}{end}"))).to_vec()
    })
    .await;
}

#[tokio::test]
async fn rs_7_the_origin_is_not_the_audience() {
    foreign(|url| {
        let origin = url.strip_suffix("/mcp").unwrap();
        vec![json!(origin), json!(format!("{origin}/")), json!(format!("{origin}/other"))]
    })
    .await;
}

#[tokio::test]
async fn rs_7_a_prefix_or_a_suffix_is_not_the_audience() {
    foreign(|url| {
        vec![
            json!(format!("{url}.evil")),
            json!(format!("{url}@evil.example")),
            json!(format!("{url}?x")),
            json!(format!("{url}#")),
            json!(format!("https://evil.example/{url}")),
            json!(format!(" {url}")),
            json!(format!("{url} ")),
            json!(format!("{url}\n")),
            json!(format!("{url}\u{0}")),
            json!(format!("{url} {url}")),
            json!(&url[..url.len() - 1]),
            json!("http://"),
            json!(""),
            json!("*"),
        ]
    })
    .await;
}

#[tokio::test]
async fn rs_7_another_host_port_or_scheme_is_not_the_audience() {
    foreign(|url| {
        vec![
            json!(url.replace("http:", "https:")),
            json!(url.replace("127.0.0.1", "localhost")),
            json!(url.replace("127.0.0.1", "127.1")),
            json!(url.replace("127.0.0.1", "user@127.0.0.1")),
            json!("http://127.0.0.1/mcp"),
            json!("http://127.0.0.1:1/mcp"),
            json!(url.replace("/mcp", "/MCP")),
            json!(url.replace("/mcp", "/%6dcp")),
            json!(url.replace("/mcp", "//mcp")),
        ]
    })
    .await;
}

#[tokio::test]
async fn rs_7_one_of_several_is_the_audience() {
    let place = Place::start().await;
    let url = place.files.url();
    place.admits(&place.mint().claim("aud", json!(["https://other.example", url])), "one of two").await;
    place.admits(&place.mint().claim("aud", json!([url])), "a list of one").await;
    place.admits(&place.mint().claim("aud", url.replace("http:", "HTTP:")), "a scheme has no case").await;
    place.refuses(&place.mint().claim("aud", json!(["https://other.example"])), "none of them").await;
}

#[tokio::test]
async fn rs_7_the_audience_is_the_public_url_if_there_is_one() {
    let issuer = Issuer::start().await;
    let files = Files::start_with(&[&issuer], |command| {
        command.args(["--public-url", "https://files.example.com/mcp"]);
    })
    .await;
    let audience = |audience: &str| issuer.mint("").claim("aud", audience).token();
    for good in ["https://files.example.com/mcp", "HTTPS://Files.Example.COM/mcp"] {
        assert_eq!(whoami().bearer(&audience(good)).send(files.router()).await.status, 200, "{good}");
    }
    for bad in ["https://files.example.com", "https://files.example.com/MCP", files.url()] {
        refused(&whoami().bearer(&audience(bad)).send(files.router()).await, bad);
    }
}

#[tokio::test]
async fn rs_7_an_audience_that_the_operator_names_is_one_too() {
    let issuer = Issuer::start().await;
    let files =
        Files::start_with(&[&issuer], |command| _ = command.args(["--audience", "api://files"])).await;
    let audience = |audience: Value| issuer.mint("").claim("aud", audience).token();
    for good in [json!("api://files"), json!(files.url()), json!(["x", "api://files"])] {
        assert_eq!(whoami().bearer(&audience(good.clone())).send(files.router()).await.status, 200, "{good}");
    }
    for bad in ["api://files/", "api://file", "api://files2", "api://", "files"] {
        refused(&whoami().bearer(&audience(json!(bad))).send(files.router()).await, bad);
    }
}

#[tokio::test]
async fn rs_7_a_server_for_everybody_does_not_start() {
    let issuer = Issuer::start().await;
    for audience in ["", "*", " "] {
        let mut command = process::example("files");
        command.args(["--bind", "127.0.0.1:0", "--issuer", &issuer.url(), "--audience", audience]);
        command.env("FILES_DIR", std::env::temp_dir());
        let run = move || process::run(&mut command, Duration::from_secs(20));
        let finished = tokio::task::spawn_blocking(run).await.unwrap();
        assert!(!finished.status.success(), "{audience:?}: {}", finished.output);
        assert!(finished.output.contains("audience"), "it says what is wrong: {}", finished.output);
    }
}
