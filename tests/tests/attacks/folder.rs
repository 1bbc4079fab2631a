//! No way leads out of the folder.

use std::{fs, os::unix::fs::symlink};

use mcp_tests::wire::{Draft, Reply};
use serde_json::json;

use super::{ALL, Place};

/// Whether a call came to something.
fn worked(reply: &Reply) -> bool {
    assert!(reply.status == 200 || reply.status == 400, "{reply:?}");
    let message = reply.json();
    message["error"].is_null() && message["result"]["isError"] != true
}

async fn read(place: &Place, path: &str) -> Reply {
    let draft = Draft::call("read_file", json!({ "path": path })).bearer(&place.issuer.token(ALL));
    draft.send(place.router()).await
}

async fn write(place: &Place, path: &str) -> Reply {
    super::write(path).bearer(&place.issuer.token(ALL)).send(place.router()).await
}

/// A server with something secret beside its folder.
async fn beside_a_secret() -> (Place, tempfile::TempDir) {
    let place = Place::start().await;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.txt"), "the secret").unwrap();
    (place, outside)
}

#[tokio::test]
async fn a_path_leads_nowhere_else() {
    let (place, outside) = beside_a_secret().await;
    let absolute = outside.path().join("secret.txt");
    let name = outside.path().file_name().unwrap().to_str().unwrap();
    for path in [
        absolute.to_str().unwrap().to_owned(),
        format!("../{name}/secret.txt"),
        format!("./../{name}/secret.txt"),
        format!("x/../../{name}/secret.txt"),
        format!("a.txt/../../{name}/secret.txt"),
        format!("%2e%2e/{name}/secret.txt"),
        format!("file://{}", absolute.display()),
        format!("//{}", absolute.display()),
        "/etc/passwd".to_owned(),
        "../../../../../../../../etc/passwd".to_owned(),
        "/proc/self/environ".to_owned(),
        "..".to_owned(),
        ".".to_owned(),
        String::new(),
        "a.txt\u{0}.png".to_owned(),
        "~/.profile".to_owned(),
        "x".repeat(100_000),
    ] {
        let reply = read(&place, &path).await;
        let shown = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(!worked(&reply), "{path:.100}: {shown:.300}");
        assert!(!shown.contains("the secret") && !shown.contains("root:"), "{shown}");
        // A name that only looks like a way out may be written, within the folder.
        let _ = worked(&write(&place, &path).await);
    }
    assert_eq!(fs::read_to_string(&absolute).unwrap(), "the secret");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1, "nothing is written beside it");
    let reply = read(&place, "a.txt").await;
    assert!(worked(&reply) && reply.text().contains("the text of a"), "{reply:?}");
}

#[tokio::test]
async fn a_link_leads_nowhere_else() {
    let (place, outside) = beside_a_secret().await;
    let folder = place.files.folder();
    symlink(outside.path().join("secret.txt"), folder.join("file")).unwrap();
    symlink(outside.path(), folder.join("folder")).unwrap();
    symlink(outside.path().join("new.txt"), folder.join("dangling")).unwrap();
    symlink("file", folder.join("twice")).unwrap();
    for path in ["file", "folder/secret.txt", "twice", "folder/../secret.txt", "dangling"] {
        let reply = read(&place, path).await;
        let shown = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(!worked(&reply) && !shown.contains("the secret"), "{path}: {shown}");
        assert!(!worked(&write(&place, path).await), "{path}");
    }
    assert!(!worked(&write(&place, "folder/new.txt").await));
    assert_eq!(fs::read_to_string(outside.path().join("secret.txt")).unwrap(), "the secret");
    assert!(!outside.path().join("new.txt").exists());
    let list =
        Draft::call("list_files", json!({})).bearer(&place.issuer.token(ALL)).send(place.router()).await;
    let shown = String::from_utf8_lossy(&list.body).into_owned();
    assert!(shown.contains("a.txt") && !shown.contains("secret.txt"), "{shown}");
}

#[tokio::test]
async fn what_is_inside_is_reached() {
    let place = Place::start().await;
    fs::create_dir(place.files.folder().join("sub")).unwrap();
    symlink("a.txt", place.files.folder().join("inner")).unwrap();
    assert!(worked(&write(&place, "sub/b.txt").await));
    assert!(read(&place, "sub/b.txt").await.text().contains("written"));
    assert!(worked(&write(&place, "a.txt").await), "an old file is written anew");
    assert!(read(&place, "a.txt").await.text().contains("written"));
}
