//! What a file's name and its contents say of it.

use super::{file::File, frontmatter};

#[test]
fn a_media_type_fits_the_contents() {
    let text: &[u8] = b"x";
    let bytes: &[u8] = &[0xff, 0];
    for (name, contents, expected) in [
        ("SKILL.md", text, "text/markdown"),
        ("x.json", text, "application/json"),
        ("x.svg", text, "image/svg+xml"),
        ("x.PNG", bytes, "image/png"),
        ("x.zip", bytes, "application/zip"),
        ("Makefile", text, "text/plain"),
        ("x.unheard-of", bytes, "application/octet-stream"),
        ("x.ts", text, "text/plain"),
        ("x.png", text, "text/plain"),
        ("x.md", bytes, "application/octet-stream"),
        ("x.md", &[0], "application/octet-stream"),
    ] {
        let file = File::new(vec![name.to_owned()], contents.to_vec());
        assert_eq!(file.media(), expected, "{name}");
    }
}

#[test]
fn a_digest_is_that_of_the_bytes() {
    let listed = |bytes: &[u8]| File::new(vec!["x".to_owned()], bytes.to_vec()).listed("skill://a");
    let of_nothing = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!((listed(b"").digest.as_str(), listed(b"").size), (of_nothing, 0));
    let of_abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((listed(b"abc").digest.as_str(), listed(b"abc").size), (of_abc, 3));
}

#[test]
fn frontmatter_is_between_two_lines() {
    for (before, end, after) in [
        ("", "\n", "---\n"),
        ("", "\r\n", "---\r\nText.\r\n"),
        ("\u{feff}", "\n", "---"),
        ("", "\n", "--- \t\n---\n"),
        ("", "\n", "x: |\n  ---\n---\n"),
    ] {
        let manifest = format!("{before}---{end}name: a{end}description: x{end}{after}");
        assert!(frontmatter::read(&manifest, "a").is_ok(), "{manifest:?}");
    }
    for manifest in
        ["", "---", "---\n", " ---\nname: a\n---\n", "----\nname: a\n----\n", "---\nname: a\n --- \n"]
    {
        assert!(frontmatter::read(manifest, "a").is_err(), "{manifest:?}");
    }
}

#[test]
fn frontmatter_is_shown_as_it_is_written() {
    let manifest = "---\n\
        description: >-\n  One\n  two.\n\
        name: a\n\
        flags: [yes, on, true, ~]\n\
        numbers: [1, 1.5, 1_000, \"2\"]\n\
        day: 2026-07-28\n\
        base: &base {x: 1}\n\
        more: {<<: *base}\n\
        ---\n";
    let frontmatter = frontmatter::read(manifest, "a").unwrap();
    let expected = r#"{"description":"One two.","name":"a","flags":["yes","on",true,null],"numbers":[1,1.5,"1_000","2"],"day":"2026-07-28","base":{"x":1},"more":{"<<":{"x":1}}}"#;
    assert_eq!(serde_json::to_string(&frontmatter).unwrap(), expected);
}
