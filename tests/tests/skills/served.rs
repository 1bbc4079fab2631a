//! What clients see of skills that are right.

use std::fs;

use axum::Router;
use base64::{Engine, engine::general_purpose::STANDARD};
use mcp_server::{Invocation, McpServer, Resource, Server};
use mcp_tests::wire::{Draft, Reply};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::disk::Disk;

const SKILLS: &str = "io.modelcontextprotocol/skills";

const WITH_SESSIONS: [&str; 3] = ["2025-03-26", "2025-06-18", "2025-11-25"];

/// A skill with folders and files of all kinds, and one that is nothing but its manifest.
fn disk(test: &str) -> Disk {
    Disk::new(test)
        .file(
            "cook/SKILL.md",
            "---\nname: cook\ndescription: \"Cooks: soup.\"\nlicense: MIT\nmetadata:\n  spicy: yes\n  since: 2026-07-28\n---\nStir.\n",
        )
        .file("cook/recipes/soup.md", "# Soup\r\n")
        .file("cook/recipes/old/größe & co.md", "1 Kürbis")
        .file("cook/scripts/boil.ts", "export {}")
        .file("cook/scripts/Makefile", "all:\n")
        .file("cook/pot.png", [0x89, b'P', b'N', b'G', 0])
        .file("cook/empty.txt", "")
        .file("cook/.env", "SECRET=1")
        .file("cook/.git/config", "x")
        .file(".git/config", "x")
        .file("README.md", "Nothing that is served.")
        .skill("wait")
}

fn server(disk: &Disk) -> Server {
    McpServer::new("kitchen").skills(disk.path()).build().expect("a server")
}

fn router(test: &str) -> Router {
    server(&disk(test)).router()
}

async fn ask(router: &Router, method: &str, params: Value) -> Reply {
    Draft::modern(method, params).send(router).await
}

async fn list(router: &Router) -> Vec<Value> {
    let result = ask(router, "skills/list", json!({})).await.result();
    result["skills"].as_array().expect("skills").clone()
}

async fn children(router: &Router, uri: &str) -> Vec<Value> {
    let result = ask(router, "resources/directory/read", json!({ "uri": uri })).await.result();
    result["resources"].as_array().expect("children").clone()
}

/// The bytes that reading gives.
fn bytes(contents: &Value) -> Vec<u8> {
    match (&contents["text"], &contents["blob"]) {
        (Value::String(text), Value::Null) => text.clone().into_bytes(),
        (Value::Null, Value::String(blob)) => STANDARD.decode(blob).expect("base64"),
        _ => panic!("neither text nor bytes: {contents}"),
    }
}

fn digest(bytes: &[u8]) -> String {
    let hex: Vec<String> = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hex.concat())
}

#[tokio::test]
async fn the_extension_is_declared_where_there_are_skills() {
    let result = ask(&router("declared"), "server/discover", json!({})).await.result();
    assert_eq!(result["capabilities"]["extensions"], json!({ SKILLS: { "directoryRead": true } }));
    assert!(result["capabilities"]["resources"].is_object(), "{result}");

    for empty in [McpServer::new("none"), McpServer::new("none").skills(Disk::new("none").path())] {
        let router = empty.build().expect("a server").router();
        let result = ask(&router, "server/discover", json!({})).await.result();
        assert_eq!(result["capabilities"].get("extensions"), None, "{result}");
        for method in ["skills/list", "skills/get", "resources/directory/read"] {
            let reply = ask(&router, method, json!({ "uri": "skill://cook" })).await;
            assert_eq!((reply.status, reply.code()), (404, -32601), "{method}");
        }
    }
}

#[tokio::test]
async fn every_file_is_listed_once_and_its_digest_is_that_of_what_is_read() {
    let (disk, mut read) = (disk("digests"), Vec::new());
    let router = server(&disk).router();
    for skill in list(&router).await {
        for file in skill["resources"].as_array().expect("files") {
            let result = ask(&router, "resources/read", json!({ "uri": file["uri"] })).await.result();
            let contents = &result["contents"][0];
            let (read_bytes, uri) = (bytes(contents), file["uri"].as_str().expect("a URI"));
            assert_eq!(contents["uri"], file["uri"]);
            assert_eq!(
                (&file["digest"], &file["size"]),
                (&digest(&read_bytes).into(), &read_bytes.len().into()),
                "{uri}"
            );
            read.push((
                uri.to_owned(),
                contents["mimeType"].as_str().expect("a media type").to_owned(),
                read_bytes,
            ));
        }
    }
    let expected = [
        ("cook/SKILL.md", "skill://cook/SKILL.md", "text/markdown"),
        ("cook/empty.txt", "skill://cook/empty.txt", "text/plain"),
        ("cook/pot.png", "skill://cook/pot.png", "image/png"),
        (
            "cook/recipes/old/größe & co.md",
            "skill://cook/recipes/old/gr%C3%B6%C3%9Fe%20%26%20co.md",
            "text/markdown",
        ),
        ("cook/recipes/soup.md", "skill://cook/recipes/soup.md", "text/markdown"),
        ("cook/scripts/Makefile", "skill://cook/scripts/Makefile", "text/plain"),
        ("cook/scripts/boil.ts", "skill://cook/scripts/boil.ts", "text/plain"),
        ("wait/SKILL.md", "skill://wait/SKILL.md", "text/markdown"),
    ];
    let expected = expected.map(|(path, uri, media)| {
        (uri.to_owned(), media.to_owned(), fs::read(disk.path().join(path)).expect("a file"))
    });
    assert_eq!(read, expected);
}

#[tokio::test]
async fn an_entry_has_the_whole_frontmatter() {
    let skills = list(&router("entries")).await;
    assert_eq!(skills.len(), 2);
    assert_eq!(skills[0]["uri"], "skill://cook/SKILL.md");
    let metadata = json!({ "spicy": "yes", "since": "2026-07-28" });
    let expected =
        json!({ "name": "cook", "description": "Cooks: soup.", "license": "MIT", "metadata": metadata });
    assert_eq!(skills[0]["frontmatter"], expected);
    assert_eq!(skills[1]["frontmatter"], json!({ "name": "wait", "description": "Does wait." }));
}

#[tokio::test]
async fn one_skill_is_what_the_list_says_of_it() {
    let router = router("one");
    for skill in list(&router).await {
        let result = ask(&router, "skills/get", json!({ "uri": skill["uri"] })).await.result();
        assert_eq!(result["skill"], skill);
        assert_eq!(result.get("nextCursor"), None);
    }
    for uri in ["skill://none/SKILL.md", "skill://cook", "skill://cook/recipes/soup.md", ""] {
        let reply = ask(&router, "skills/get", json!({ "uri": uri })).await;
        assert_eq!(reply.code(), -32602, "{uri}");
        let ascii = uri.replace('ö', "%C3%B6").replace('ß', "%C3%9F");
        assert_eq!(reply.json()["error"]["data"], json!({ "uri": ascii }));
    }
    for params in [json!({}), json!({ "uri": 7 })] {
        assert_eq!(ask(&router, "skills/get", params).await.code(), -32602);
    }
}

#[tokio::test]
async fn a_folder_shows_what_is_directly_in_it() {
    let disk = disk("folders");
    let router = server(&disk).router();
    let size = fs::read(disk.path().join("cook/SKILL.md")).expect("a file").len();
    let manifest = json!({
        "uri": "skill://cook/SKILL.md", "name": "cook", "description": "Cooks: soup.",
        "mimeType": "text/markdown", "size": size,
    });
    let folder = |path: &str, name: &str| json!({ "uri": path, "name": name, "mimeType": "inode/directory" });
    let file = |uri: &str, name: &str, media: &str, size: u64| json!({ "uri": uri, "name": name, "mimeType": media, "size": size });
    let expected = [
        manifest,
        file("skill://cook/empty.txt", "empty.txt", "text/plain", 0),
        file("skill://cook/pot.png", "pot.png", "image/png", 5),
        folder("skill://cook/recipes", "recipes"),
        folder("skill://cook/scripts", "scripts"),
    ];
    assert_eq!(children(&router, "skill://cook").await, expected);
    let expected = [
        folder("skill://cook/recipes/old", "old"),
        file("skill://cook/recipes/soup.md", "soup.md", "text/markdown", 8),
    ];
    assert_eq!(children(&router, "skill://cook/recipes").await, expected);
    assert_eq!(children(&router, "skill://cook/recipes/old").await[0]["name"], "größe & co.md");

    for uri in [
        "skill://cook/SKILL.md",
        "skill://cook/recipes/soup.md",
        "skill://none",
        "skill://",
        "skill://cook/",
        "skill://cook/..",
        "skill://cook/recipes/..",
        "skill://cook/.git",
        "file:///",
    ] {
        let reply = ask(&router, "resources/directory/read", json!({ "uri": uri })).await;
        assert_eq!(reply.code(), -32602, "{uri}");
    }
}

#[tokio::test]
async fn lists_have_pages() {
    let disk = disk("pages");
    let router =
        McpServer::new("kitchen").page_size(1).skills(disk.path()).build().expect("a server").router();
    let first = ask(&router, "skills/list", json!({})).await.result();
    assert_eq!(first["skills"][0]["frontmatter"]["name"], "cook");
    let second = ask(&router, "skills/list", json!({ "cursor": first["nextCursor"] })).await.result();
    assert_eq!(second["skills"][0]["frontmatter"]["name"], "wait");
    assert_eq!(second.get("nextCursor"), None);

    let (mut names, mut params) = (Vec::new(), json!({ "uri": "skill://cook" }));
    for _ in 0..10 {
        let page = ask(&router, "resources/directory/read", params.clone()).await.result();
        assert_eq!(page["resources"].as_array().map(Vec::len), Some(1));
        names.push(page["resources"][0]["name"].clone());
        let Some(next) = page.get("nextCursor") else { break };
        params["cursor"] = next.clone();
    }
    assert_eq!(names, ["cook", "empty.txt", "pot.png", "recipes", "scripts"]);

    let of_another = json!({ "uri": "skill://cook/recipes", "cursor": first["nextCursor"] });
    for (method, params) in [
        ("skills/list", json!({ "cursor": "x" })),
        ("skills/list", json!({ "cursor": 1 })),
        ("resources/directory/read", of_another),
    ] {
        assert_eq!(ask(&router, method, params).await.code(), -32602, "{method}");
    }
}

#[tokio::test]
async fn results_say_how_long_they_may_be_kept() {
    let router = router("kept");
    for (method, uri) in [
        ("skills/list", Value::Null),
        ("skills/get", "skill://cook/SKILL.md".into()),
        ("resources/directory/read", "skill://cook".into()),
    ] {
        let params = if uri.is_null() { json!({}) } else { json!({ "uri": uri }) };
        let result = ask(&router, method, params).await.result();
        assert_eq!(result["resultType"], "complete", "{method}");
        assert_eq!(
            (&result["ttlMs"], &result["cacheScope"]),
            (&300_000.into(), &"public".into()),
            "{method}"
        );
        assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "kitchen");
    }
}

#[tokio::test]
async fn only_the_uris_that_are_listed_lead_anywhere() {
    let disk = disk("traversal");
    fs::write(disk.path().join("../traversal.txt"), "outside").expect("a file");
    let router = server(&disk).router();
    for uri in [
        "",
        "skill://",
        "skill://cook",
        "skill://cook/",
        "skill://cook/..",
        "skill://cook/../..",
        "skill://cook/../../traversal.txt",
        "skill://cook/../README.md",
        "skill://cook/../wait/SKILL.md",
        "skill://cook/recipes/../SKILL.md",
        "skill://cook/./SKILL.md",
        "skill://cook//SKILL.md",
        "skill://cook/SKILL.md/",
        "skill://cook/SKILL.md?",
        "skill://cook/SKILL.md#",
        "skill://cook/SKILL.md%00",
        "skill://cook/%2e%2e/README.md",
        "skill://cook/..%2fREADME.md",
        "skill://cook/%2e%2e%2f%2e%2e%2ftraversal.txt",
        "skill://cook/recipes%2fsoup.md",
        "skill://cook/recipes\\soup.md",
        "skill://cook/%53KILL.md",
        "skill://cook/recipes/old/größe & co.md",
        "skill://cook/recipes/old/gr%c3%b6%c3%9fe%20%26%20co.md",
        "skill://COOK/SKILL.md",
        "SKILL://cook/SKILL.md",
        "skill:cook/SKILL.md",
        "skill:///cook/SKILL.md",
        "skill://me@cook/SKILL.md",
        "skill://cook:80/SKILL.md",
        "skill://cook/.env",
        "skill://cook/.git/config",
        "skill://.git/config",
        "skill://../traversal.txt",
    ] {
        let draft = Draft::modern("resources/read", json!({ "uri": uri }));
        let encoded = format!("=?base64?{}?=", STANDARD.encode(uri));
        let reply = draft.header("mcp-name", &encoded).send(&router).await;
        assert_eq!(reply.code(), -32602, "{uri}");
        let ascii = uri.replace('ö', "%C3%B6").replace('ß', "%C3%9F");
        assert_eq!(reply.json()["error"]["data"], json!({ "uri": ascii }));
    }
}

#[tokio::test]
async fn older_revisions_have_the_resources_and_nothing_else() {
    let router = router("older");
    for revision in WITH_SESSIONS {
        let greeting = Draft::initialize(revision).send(&router).await;
        assert_eq!(greeting.result()["capabilities"].get("extensions"), None, "{revision}");
        let session = greeting.header("mcp-session-id").to_owned();
        let ask = async |method: &str, params: Value| {
            Draft::legacy(&session, method, params).of(revision).send(&router).await
        };
        for method in ["skills/list", "skills/get", "resources/directory/read"] {
            let reply = ask(method, json!({ "uri": "skill://cook/SKILL.md" })).await;
            assert_eq!(reply.code(), -32601, "{revision}: {method}");
        }
        let listed = ask("resources/list", json!({})).await.result();
        let shown: Vec<_> = listed["resources"].as_array().expect("resources").iter().collect();
        assert_eq!(shown.len(), 2, "the manifests only: {listed}");
        assert_eq!((&shown[0]["name"], &shown[0]["description"]), (&"cook".into(), &"Cooks: soup.".into()));
        assert_eq!(shown[0]["uri"], "skill://cook/SKILL.md");
        for (uri, part) in [("skill://cook/SKILL.md", "Stir."), ("skill://cook/recipes/soup.md", "# Soup")] {
            let read = ask("resources/read", json!({ "uri": uri })).await.result();
            assert!(read["contents"][0]["text"].as_str().is_some_and(|text| text.contains(part)), "{read}");
            assert_eq!(ask("resources/subscribe", json!({ "uri": uri })).await.result(), json!({}));
        }
        let gone = ask("resources/read", json!({ "uri": "skill://cook/../README.md" })).await;
        assert_eq!(gone.code(), -32002);
    }
}

#[tokio::test]
async fn what_is_served_is_what_was_read_at_the_start() {
    let disk = disk("start");
    let router = server(&disk).router();
    fs::write(disk.path().join("cook/recipes/soup.md"), "# Poison").expect("a file");
    fs::remove_dir_all(disk.path().join("wait")).expect("a folder");
    let read =
        ask(&router, "resources/read", json!({ "uri": "skill://cook/recipes/soup.md" })).await.result();
    assert_eq!(read["contents"][0]["text"], "# Soup\r\n");
    let read = ask(&router, "resources/read", json!({ "uri": "skill://wait/SKILL.md" })).await.result();
    assert_eq!(read["contents"][0]["mimeType"], "text/markdown");
}

#[tokio::test]
async fn a_skill_stays_whole_while_the_server_runs() {
    let server = server(&disk("whole"));
    let (router, catalog) = (server.router(), server.catalog());
    let other =
        |uri: &'static str| Resource::new(uri, "other", "Another.", |_: Invocation| async { Ok("other") });
    for uri in ["skill://cook/SKILL.md", "skill://cook/recipes/soup.md", "skill://cook/recipes"] {
        let error = catalog.set_resource(other(uri)).expect_err("a skill's URI");
        assert!(error.to_string().contains("a skill has this URI; choose another"), "{error}");
        assert!(!catalog.remove_resource(uri), "{uri}");
    }
    catalog.set_resource(other("skill://cook/new.md")).expect("a URI that no skill has");
    assert_eq!(list(&router).await.len(), 2, "also after a change");
    let read = ask(&router, "resources/read", json!({ "uri": "skill://cook/SKILL.md" })).await.result();
    assert!(read["contents"][0]["text"].as_str().is_some_and(|text| text.ends_with("Stir.\n")), "{read}");
}

#[tokio::test]
async fn several_folders_are_one_list() {
    let (first, second) = (Disk::new("several-a").skill("a"), Disk::new("several-b").skill("b"));
    let server =
        McpServer::new("kitchen").skills(second.path()).skills(first.path()).build().expect("a server");
    let names: Vec<_> =
        list(&server.router()).await.iter().map(|skill| skill["frontmatter"]["name"].clone()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[cfg(unix)]
#[tokio::test]
async fn links_within_the_folder_are_followed() {
    // As a volume of Kubernetes has it: what is shown leads to what is hidden.
    let disk = Disk::new("links")
        .file("..data/cook/SKILL.md", "---\nname: cook\ndescription: Cooks.\n---\n")
        .file("..data/shared/style.md", "Short.")
        .link("cook", "..data/cook")
        .link("..data/cook/style.md", "../shared/style.md")
        .link("..data/cook/more", "../shared");
    let root = Disk::new("links-root").link("skills", "../links");
    for path in [disk.path().to_owned(), root.path().join("skills")] {
        let router = McpServer::new("kitchen").skills(path).build().expect("a server").router();
        let skills = list(&router).await;
        let uris: Vec<_> =
            skills[0]["resources"].as_array().expect("files").iter().map(|file| &file["uri"]).collect();
        assert_eq!(uris, ["skill://cook/SKILL.md", "skill://cook/more/style.md", "skill://cook/style.md"]);
    }
}
