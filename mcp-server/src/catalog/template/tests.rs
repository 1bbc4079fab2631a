//! Which URIs a template has, and which entries have a URI.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

use super::*;

fn read(template: &str, uri: &str) -> Option<Value> {
    Template::parse(template).unwrap().read(uri).map(Value::Object)
}

#[test]
fn variables_are_read_back() {
    for (template, uri, values) in [
        ("notes://{id}", "notes://7", json!({"id": "7"})),
        ("notes://{id}", "notes://a%20b", json!({"id": "a b"})),
        ("notes://{id}", "notes://gr%C3%BCn", json!({"id": "grün"})),
        ("notes://{id}", "notes://100%25", json!({"id": "100%"})),
        ("notes://{id}", "notes://%252F", json!({"id": "%2F"})),
        ("test://template/{id}/data", "test://template/123/data", json!({"id": "123"})),
        ("a://{x,y}", "a://1,2", json!({"x": "1", "y": "2"})),
        ("a://{x}.{y}", "a://1.2", json!({"x": "1", "y": "2"})),
        ("file:///{+path}", "file:///a/b.txt", json!({"path": "a/b.txt"})),
        ("file:///{+path}", "file:///a/b%20c", json!({"path": "a/b c"})),
        ("file:///{+path}", "file:///it's/(1)", json!({"path": "it's/(1)"})),
        ("file:///{+path}", "file:///50%25", json!({"path": "50%"})),
        ("file://{+path}", "file:///a/b", json!({"path": "/a/b"})),
        ("file:///{+path}{?q}", "file:///a/b?q=1", json!({"path": "a/b", "q": "1"})),
        ("file:///{+path}{?q}", "file:///a/b", json!({"path": "a/b"})),
        ("file://{/path*}", "file:///a/b%20c", json!({"path": ["a", "b c"]})),
        ("a://b{/x,y}", "a://b/1/2", json!({"x": "1", "y": "2"})),
        ("a://b{/x}/", "a://b/1/", json!({"x": "1"})),
        ("a://b//{x}/../c", "a://b//1/../c", json!({"x": "1"})),
        ("a://b{.ext}", "a://b.md", json!({"ext": "md"})),
        ("a://b{#part}", "a://b#top", json!({"part": "top"})),
        ("a://b{;k}", "a://b;k=v", json!({"k": "v"})),
        ("a://b{;k}", "a://b;k", json!({"k": ""})),
        ("a://b{?q,n}", "a://b?q=x%26y&n=2", json!({"q": "x&y", "n": "2"})),
        ("a://b{?q,n}", "a://b?n=2", json!({"n": "2"})),
        ("a://b{?q,n}", "a://b?q=", json!({"q": ""})),
        ("a://b{?q,n}", "a://b", json!({})),
        ("a://b{?q}", "a://b?q=a%2Fb%20%2B%20c...", json!({"q": "a/b + c..."})),
        ("a://b{?q}{&n}", "a://b?q=1&n=2", json!({"q": "1", "n": "2"})),
        ("a://b?fixed=1{&q}", "a://b?fixed=1&q=2", json!({"q": "2"})),
        ("a://b?fixed=1{&q}", "a://b?fixed=1", json!({})),
    ] {
        assert_eq!(read(template, uri), Some(values), "{template} {uri}");
    }
}

#[test]
fn other_uris_are_not_the_templates() {
    for (template, uri) in [
        ("notes://{id}", "notes://"),
        ("notes://{id}", "notes://a/b"),
        ("notes://{id}", "other://a"),
        ("notes://{id}", "notes://%ff"),
        ("notes://{id}", "notes://%FF"),
        ("notes://{id}", "xnotes://a"),
        ("test://template/{id}/data", "test://template/1/data/more"),
        ("a://b{?q}", "a://b?p=1"),
        ("a://b{?q}", "a://b?q=1&q=2"),
        ("a.b://{x}", "aXb://1"),
    ] {
        assert_eq!(read(template, uri), None, "{template} {uri}");
    }
}

/// Each could be read as the same as another URI.
#[test]
fn rs_19_a_resource_has_one_spelling() {
    for (template, uri) in [
        // What need not be encoded.
        ("notes://{id}", "notes://%73ecret"),
        ("notes://{id}", "notes://secret%7E"),
        ("notes://{id}", "notes://a%2Db"),
        ("file:///{+path}", "file:///%73ecret"),
        ("file:///{+path}", "file:///a%3Ab"),
        ("file:///{+path}", "file:///a%27b"),
        ("file://{/path*}", "file:///%73ecret/a"),
        ("a://b{;k}", "a://b;k=%73"),
        ("a://b{.ext}", "a://b.%6Dd"),
        ("a://b{#part}", "a://b#%74op"),
        // What must be encoded.
        ("notes://{id}", "notes://a b"),
        ("notes://{id}", "notes://it's"),
        ("notes://{id}", "notes://a:b"),
        ("notes://{id}", "notes://a\n"),
        ("notes://{id}", "notes://grün"),
        ("notes://{id}", "notes://100%"),
        ("file:///{+path}", "file:///a b"),
        ("file:///{+path}", "file:///a%"),
        ("file:///{+path}", "file:///a\\b"),
        // In upper case.
        ("notes://{id}", "notes://a%3ab"),
        ("notes://{id}", "notes://gr%c3%bcn"),
        ("file:///{+path}", "file:///gr%c3%bcn"),
        ("a://b{?q}", "a://b?q=%c3%bc"),
        // What is decoded twice.
        ("file:///{+path}", "file:///a%252Fb"),
        ("file:///{+path}", "file:///%2573ecret"),
        // Queries.
        ("a://b{?q}", "a://b?q=%73ecret"),
        ("a://b{?q}", "a://b?%71=secret"),
        ("a://b{?q}", "a://b?q=a+b"),
        ("a://b{?q}", "a://b?q=a/b"),
        ("a://b{?q}", "a://b?q=a=b"),
        ("a://b{?q}", "a://b?q"),
        ("a://b{?q}", "a://b?"),
        ("a://b{?q}", "a://b?q=1&"),
        ("a://b{?q}", "a://b?&q=1"),
        ("a://b{?q}", "a://b&q=1"),
        ("a://b{?q}", "a://b?q=1#"),
        ("a://b{?q,n}", "a://b?n=2&q=1"),
        ("a://b{?q,n}", "a://b?q=1&q=1"),
        ("a://b{?q,n}", "a://b?q=1?n=2"),
        ("a://b?fixed=1{&q}", "a://b?q=2&fixed=1"),
        ("a://b{;k}", "a://b;k="),
    ] {
        assert_eq!(read(template, uri), None, "{template} {uri}");
    }
}

#[test]
fn rs_19_what_a_path_is_made_of_is_not_hidden() {
    for (template, uri) in [
        ("vault://files/{name}", "vault://files/private%2Fkeys"),
        ("vault://files/{name}", "vault://files/private%5Ckeys"),
        ("vault://{+path}", "vault://private%2Fkeys"),
        ("vault://{+path}", "vault://private%5Ckeys"),
        ("vault://{/path*}", "vault:///private%2Fkeys"),
        ("vault://a{;k}", "vault://a;k=b%2Fc"),
        ("vault://files/{name}", "vault://files/.."),
        ("vault://files/{name}", "vault://files/."),
        ("vault://files/{name}", "vault://files/%2E%2E"),
        ("vault://files/{name}.md", "vault://files/...md"),
        ("vault://files/.{name}", "vault://files/.."),
        ("vault://{+path}", "vault://a/../b"),
        ("vault://{+path}", "vault://a/./b"),
        ("vault://{+path}", "vault://.."),
        ("vault://{+path}", "vault://a/%2E%2E/b"),
        ("vault://{+path}", "vault://a//b"),
        ("vault://{+path}", "vault://a/"),
        ("vault://{+path}", "vault:////a"),
        ("vault://b/{+path}", "vault://b//a"),
        ("vault://{/path*}", "vault:///a//b"),
        ("vault://{/path*}", "vault:///a/../b"),
        ("vault://{/path*}", "vault:///a/"),
        ("vault://a{/x}", "vault://a/.."),
        ("vault://a{?path}", "vault://a?path=.."),
        ("vault://a{?path}", "vault://a?path=b%2F..%2Fc"),
        ("vault://a{?path}", "vault://a?path=b%5C..%5Cc"),
        ("vault://a?path={path}", "vault://a?path=.."),
    ] {
        assert_eq!(read(template, uri), None, "{template} {uri}");
    }
}

#[test]
fn what_can_not_be_read_back_is_refused() {
    for template in [
        "a://{x:3}",
        "a://{x*}",
        "a://{}",
        "a://{x",
        "a://x}",
        "a://{x}{x}",
        "a://{x-y}",
        "a://{=x}",
        "a://{{x}}",
        "a://%73/{x}",
        "a://%2f/{x}",
        "a://%/{x}",
        "a://a b/{x}",
    ] {
        assert!(Template::parse(template).is_err(), "{template}");
    }
}

#[test]
fn a_flaw_of_a_literal_says_how_to_write_it() {
    for (text, fix) in [
        ("a://%73", "write `s`"),
        ("a://%7E", "write `~`"),
        ("a://%c3%a9", "write `%C3`"),
        ("a://a b", "write `%20`"),
        ("a://a\\b", "write `%5C`"),
        ("a://100%", "write `%25`"),
        ("a://%zz", "write `%25`"),
        ("a://%+1", "write `%25`"),
    ] {
        let flaw = literal_flaw(text).unwrap();
        assert!(flaw.contains(fix), "{text}: {flaw}");
    }
    for text in ["a://b/../c//d?x=1&y=(2)#'z'", "a://caf%C3%A9/%2F%20", "café://"] {
        assert_eq!(literal_flaw(text), None, "{text}");
    }
}

#[test]
fn variables_of_a_query_may_be_absent() {
    let template = Template::parse("a://{x}{?q}").unwrap();
    let variables: Vec<_> = template.variables().collect();
    assert_eq!(variables, [Variable { name: "x", optional: false }, Variable { name: "q", optional: true }]);
}

/// Whether two entries may have a URI in common; one without variables is a fixed URI.
fn meet(one: &str, other: &str) -> bool {
    let [one_template, other_template] = [one, other].map(|text| Template::parse(text).unwrap());
    let met = one_template.footprint().meets(other_template.footprint());
    assert_eq!(met, other_template.footprint().meets(one_template.footprint()), "{one} {other}");
    met
}

#[test]
fn entries_that_may_have_a_uri_in_common_are_found() {
    for (one, other) in [
        ("vault://files/secret", "vault://files/{name}"),
        ("vault://files/a(1)", "vault://files/{name}"),
        ("vault://{+path}", "vault://files/{name}"),
        ("vault://{+path}", "vault://{/path*}/x"),
        ("vault://{a}/x", "vault://y/{b}"),
        ("vault://{a}{/b*}", "vault://x/{+c}"),
        ("vault://a{;k}", "vault://{name}"),
        ("vault://a{;k}", "vault://a{;k}{;l}"),
        ("vault://a{?q}", "vault://a?q=secret"),
        ("vault://a{?q,n}", "vault://a?n=1{&q}"),
        ("vault://a?mode=user{&q}", "vault://a{?mode,q}"),
        ("vault://{+all}", "vault://a?mode=user{&q}"),
        ("vault://a{#part}", "vault://a#top"),
        ("vault://caf%C3%A9/{a}", "vault://{b}/c"),
    ] {
        assert!(meet(one, other), "{one} {other}");
    }
    for (one, other) in [
        ("vault://files/secret", "vault://other/{name}"),
        ("vault://files/a/b", "vault://files/{name}"),
        ("vault://{a}/x", "vault://{b}/y"),
        ("vault://{a}/x", "vault://{b}"),
        ("vault://a{/x,y}", "vault://a{/x}"),
        ("vault://a?mode=admin{&q}", "vault://a?mode=user{&q}"),
        ("vault://a?mode=admin", "vault://a?mode=user"),
        ("vault://a{?q}", "vault://b{?q}"),
        ("vault://a", "vault://a?q=1"),
    ] {
        assert!(!meet(one, other), "{one} {other}");
    }
}

#[test]
fn rs_19_a_footprint_covers_every_spelling() {
    for (template, uri) in [
        ("vault://files/{name}", "vault://files/%73ecret"),
        ("vault://files/{name}", "vault://files/a(1)"),
        ("vault://a(1)/{x}", "vault://a%281%29/b%282%29"),
        ("vault://a?q=private/keys", "vault://a?q=private%2Fkeys"),
        ("vault://a?x=1&y=2", "vault://a?y=2&x=1"),
        ("vault://a{?x,y}", "vault://a?y=2&x=1"),
        ("vault://a?mode=admin{&q}", "vault://a?q=1&mode=admin"),
        ("vault://caf%C3%A9", "vault://caf%c3%a9"),
    ] {
        let template = Template::parse(template).unwrap();
        assert!(template.footprint().covers(&Span::of(uri)), "{template:?} {uri}");
    }
}

/// Templates whose variables are apart from each other, so that each URI has one reading.
const APART: [&str; 14] = [
    "a://{x}",
    "a://{x}/{y}",
    "a://b/{x,y}",
    "a://b(1)/{x}",
    "a://{+x}",
    "a://b/{+x}{?y}",
    "a://b{/x,y}",
    "a://{x}{/list*}",
    "a://b{.x}",
    "a://b{;x,y}",
    "a://b{?x,y}",
    "a://{x}?z=1{&y}",
    "a://b{#x}",
    "a://b/c?x={x}",
];

/// Texts with everything in them that means something in a URI.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        "B",
        "7",
        "-",
        "~",
        ".",
        "..",
        "/",
        "\\",
        "%",
        "%2F",
        "%73",
        "2",
        "F",
        " ",
        "+",
        "&",
        "=",
        "?",
        "#",
        ",",
        ";",
        ":",
        "'",
        "(",
        "é",
        "\u{1f600}",
        "\n",
        "\0",
        "{",
    ];
    vec(select(PIECES), 0..6).prop_map(|pieces| pieces.concat())
}

fn values(template: &Template, texts: &[String], list: &[String]) -> Map<String, Value> {
    let mut texts = texts.iter();
    let value = |variable: Variable<'_>| {
        let value = if variable.name == "list" { json!(list) } else { json!(texts.next()?) };
        Some((variable.name.to_owned(), value))
    };
    template.variables().filter_map(value).collect()
}

proptest! {
    /// What is read from what values make is these values, or the URI is nothing's.
    #[test]
    fn rs_19_what_is_read_is_what_was_written(
        template in select(&APART[..]), texts in vec(text(), 2), list in vec(text(), 1..4),
    ) {
        let template = Template::parse(template).unwrap();
        let values = values(&template, &texts, &list);
        if let Some(read) = template.read(&template.expand(&values)) {
            prop_assert_eq!(read, values);
        }
    }

    /// The lawful values all have a URI.
    #[test]
    fn rs_19_every_name_has_a_uri(
        template in select(&APART[..]), texts in vec("[a-zA-Z0-9 _é'()!*+&-]{1,8}", 2), list in vec("[a-z é]{1,4}", 1..4),
    ) {
        let template = Template::parse(template).unwrap();
        let values = values(&template, &texts, &list);
        prop_assert_eq!(template.read(&template.expand(&values)), Some(values));
    }

    /// No other text is read as the same values, and every template that takes a URI covers it.
    #[test]
    fn rs_19_a_uri_that_is_taken_is_the_only_one_of_its_values(
        template in select(&APART[..]), tail in vec(text(), 1..3),
    ) {
        let text = template.split('{').next().unwrap().to_owned() + &tail.concat();
        let template = Template::parse(template).unwrap();
        if let Some(values) = template.read(&text) {
            prop_assert_eq!(template.expand(&values), text.clone());
            prop_assert!(template.footprint().covers(&Span::of(&text)), "{}", text);
        }
    }

    /// Where two templates take one URI, they are known to have URIs in common.
    #[test]
    fn rs_19_templates_with_a_uri_in_common_meet(
        one in select(&APART[..]), other in select(&APART[..]), texts in vec(text(), 2), list in vec(text(), 1..3),
    ) {
        let [one, other] = [one, other].map(|text| Template::parse(text).unwrap());
        let uri = one.expand(&values(&one, &texts, &list));
        if one.read(&uri).is_some() && other.read(&uri).is_some() {
            prop_assert!(one.footprint().meets(other.footprint()), "{}", uri);
        }
    }
}
