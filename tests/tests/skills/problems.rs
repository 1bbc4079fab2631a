//! What is wrong with folders of skills: all of it at once, with the file, the rule and the fix.

use std::path::Path;

use mcp_server::{Invocation, McpServer, Resource};

use super::disk::Disk;

/// The problems of a server with this folder, without their places, which are in this file.
fn problems(server: McpServer) -> Vec<String> {
    let error = server.build().expect_err("a server that doesn't start");
    let here = Path::new(file!()).file_name().expect("a name").to_string_lossy();
    let mut texts = Vec::new();
    for problem in error.problems() {
        let place = problem.place();
        assert!(place.file.ends_with(&*here) && place.line > 0, "{problem}");
        texts.push(format!("{}: {}", problem.subject(), problem.text()));
    }
    texts
}

fn of(disk: &Disk) -> Vec<String> {
    problems(McpServer::new("wrong").skills(disk.path()))
}

/// Whether a problem is with this path, and says this.
fn has(texts: &[String], path: &Path, part: &str) {
    let subject = format!("skills: `{}`: ", path.display());
    let found = texts.iter().any(|text| text.starts_with(&subject) && text.contains(part));
    assert!(found, "{subject}{part}\nis not in\n{}", texts.join("\n"));
}

fn with(frontmatter: &str) -> String {
    format!("---\n{frontmatter}\n---\n\nText.\n")
}

#[test]
fn everything_is_said_at_once() {
    let long = format!("name: long\ndescription: {}", "x".repeat(1_025));
    let files = [
        ("no-frontmatter", "# Text\n".to_owned(), "must begin with frontmatter: a line `---`"),
        ("open", "---\nname: open\ndescription: x\n".to_owned(), "must begin with frontmatter"),
        ("late", format!("\n{}", with("name: late\ndescription: x")), "must begin with frontmatter"),
        ("nothing", with(""), "must be keys and values"),
        ("list", with("- name"), "must be keys and values"),
        ("broken", with("name: broken\ndescription: [x"), "is not YAML: "),
        (
            "twice",
            with("name: twice\nname: twice\ndescription: x"),
            "is not YAML: duplicate mapping key `name` is not allowed here at line 3",
        ),
        ("no-name", with("description: x"), "lacks `name`; add `name: no-name`"),
        (
            "other-name",
            with("name: another\ndescription: x"),
            "its `name` is `another`, but a skill is named as its folder is",
        ),
        ("number", with("name: 7\ndescription: x"), "`name` must be text; write `name: \"number\"`"),
        (
            "no-description",
            with("name: no-description"),
            "lacks `description`; say there what the skill does",
        ),
        ("blank", with("name: blank\ndescription: \" \""), "`description` must say what the skill does"),
        ("flag", with("name: flag\ndescription: true"), "`description` must be text"),
        ("long", with(&long), "`description` has 1025 characters, and 1024 are allowed"),
        (
            "reserved",
            with("name: reserved\ndescription: x\nmetadata:\n  io.modelcontextprotocol/x: 1"),
            "the key `io.modelcontextprotocol/x` of `metadata` is reserved",
        ),
    ];
    let mut disk = Disk::new("wrong")
        .file("no-manifest/other.md", "x")
        .file("bytes/SKILL.md", [0xff])
        .file("folder/SKILL.md/x", "x");
    for (name, text, _) in &files {
        disk = disk.file(&format!("{name}/SKILL.md"), text);
    }
    let texts = of(&disk);
    for (name, _, part) in &files {
        has(&texts, &disk.path().join(name).join("SKILL.md"), part);
    }
    has(&texts, &disk.path().join("no-manifest"), "has no `SKILL.md`; add one, or move the folder elsewhere");
    has(&texts, &disk.path().join("bytes/SKILL.md"), "must be text in UTF-8");
    has(&texts, &disk.path().join("folder"), "has no file `SKILL.md` of just this name; add one");
    assert_eq!(texts.len(), files.len() + 3, "{}", texts.join("\n"));
}

#[test]
fn one_file_may_have_several() {
    let disk = Disk::new("several").file("a/SKILL.md", with("license: MIT"));
    let texts = of(&disk);
    assert_eq!(texts.len(), 2, "{texts:?}");
    has(&texts, &disk.path().join("a/SKILL.md"), "lacks `name`");
    has(&texts, &disk.path().join("a/SKILL.md"), "lacks `description`");
}

#[test]
fn names_are_of_64_legal_characters() {
    let long = |length| "a".repeat(length);
    for name in ["Cook", "-cook", "cook-", "co--ok", "co_ok", "co.ok", "co ok", "köchin", &long(65)] {
        let disk = Disk::new("names").skill(name);
        let texts = of(&disk);
        assert_eq!(texts.len(), 1, "{texts:?}");
        has(&texts, &disk.path().join(name), "1 to 64 of the characters a-z 0-9 -");
    }
    let disk = Disk::new("names").skill("a").skill("7").skill("a-b-7").skill(&long(64));
    McpServer::new("right").skills(disk.path()).build().expect("a server");
}

#[test]
fn a_folder_is_there_and_holds_skills() {
    let disk = Disk::new("one").skill("cook").file("file", "x");
    let missing = disk.path().join("missing");
    let texts = problems(McpServer::new("wrong").skills(&missing));
    has(&texts, &missing, "can't be read");
    has(&texts, &missing, "a relative path begins at the working directory");
    let file = disk.path().join("file");
    has(&problems(McpServer::new("wrong").skills(&file)), &file, "can't be read");
    let skill = disk.path().join("cook");
    has(
        &problems(McpServer::new("wrong").skills(&skill)),
        &skill,
        "is a skill itself; give the folder that it is in",
    );
}

#[test]
fn a_name_is_that_of_one_skill() {
    let (first, second) = (Disk::new("first").skill("cook"), Disk::new("second").skill("cook").skill("wait"));
    let texts = problems(McpServer::new("wrong").skills(first.path()).skills(second.path()));
    assert_eq!(texts.len(), 1, "{texts:?}");
    let other = format!("has the same name as the skill `{}`", first.path().join("cook").display());
    has(&texts, &second.path().join("cook"), &other);
}

#[test]
fn a_uri_is_that_of_one_thing() {
    let disk = Disk::new("uris").skill("cook").file("cook/recipes/soup.md", "x");
    let other =
        |uri: &'static str| Resource::new(uri, "other", "Another.", |_: Invocation| async { Ok("other") });
    for uri in ["skill://cook/SKILL.md", "skill://cook/recipes/soup.md", "skill://cook"] {
        let texts = problems(McpServer::new("wrong").skills(disk.path()).resource(other(uri)));
        assert_eq!(texts, [format!("resource `{uri}`: a skill has this URI; choose another")]);
    }
}

#[test]
fn a_skill_has_512_files_and_16_mib() {
    let with_files = |count: usize| {
        (1..count)
            .fold(Disk::new("many").skill("many"), |disk, n| disk.file(&format!("many/{}/{n}", n % 7), "x"))
    };
    McpServer::new("right").skills(with_files(512).path()).build().expect("a server");
    let disk = with_files(513);
    let texts = of(&disk);
    assert_eq!(texts.len(), 1, "{texts:?}");
    has(&texts, &disk.path().join("many"), "has more than 512 files; remove some, or make two skills of it");

    let manifest = with("name: large\ndescription: x").len();
    let with_bytes = |bytes: usize| {
        let disk = Disk::new("large").file("large/SKILL.md", with("name: large\ndescription: x"));
        let (a, b) = (vec![7; 8 << 20], vec![7; bytes - (8 << 20) - manifest]);
        disk.file("large/a", a).file("large/b/b", b)
    };
    McpServer::new("right").skills(with_bytes(16 << 20).path()).build().expect("a server");
    let disk = with_bytes((16 << 20) + 1);
    let texts = of(&disk);
    assert_eq!(texts.len(), 1, "{texts:?}");
    has(
        &texts,
        &disk.path().join("large"),
        "has more than 16 MiB of files; remove some, or make two skills of it",
    );
}

#[test]
fn an_alias_bomb_is_refused() {
    let aliases = |name: char, count| vec![format!("*{name}"); count].join(", ");
    let deep = ('a'..'k').zip('b'..='k').map(|(before, letter)| {
        let ten = aliases(before, 10);
        format!("{letter}: &{letter} [{ten}]\n")
    });
    let deep = format!("a: &a [{}]\n{}", ["x"; 10].join(", "), deep.collect::<String>());
    let wide = |count| format!("a: &a {}\nb: [{}]", "x".repeat(50_000), aliases('a', count));
    for bomb in [deep, wide(1_001)] {
        let disk =
            Disk::new("bomb").file("bomb/SKILL.md", with(&format!("name: bomb\ndescription: x\n{bomb}")));
        let texts = of(&disk);
        assert_eq!(texts.len(), 1, "{texts:?}");
        has(&texts, &disk.path().join("bomb/SKILL.md"), "is not YAML: ");
    }
    let disk = Disk::new("bomb").file("a/SKILL.md", with(&format!("name: a\ndescription: x\n{}", wide(10))));
    McpServer::new("right").skills(disk.path()).build().expect("a server");
}

#[cfg(unix)]
#[test]
fn no_link_leads_out() {
    let outside = Disk::new("outside").file("secret", "x").skill("stranger");
    let disk = Disk::new("inside")
        .skill("cook")
        .link("cook/secret", "../../outside/secret")
        .link("cook/absolute", &outside.path().join("secret").display().to_string())
        .link("cook/more/folder", "../../../outside")
        .link("cook/hop", "../.hop")
        .link(".hop", "../outside/secret")
        .link("stranger", "../outside/stranger")
        .link("file", "../outside/secret");
    let texts = of(&disk);
    for path in ["cook/secret", "cook/absolute", "cook/more/folder", "cook/hop", "stranger", "file"] {
        has(&texts, &disk.path().join(path), "is a link that leads out of the folder");
    }
    assert_eq!(texts.len(), 6, "{}", texts.join("\n"));

    let disk =
        Disk::new("manifest").file("cook/x", "x").link("cook/SKILL.md", "../../outside/stranger/SKILL.md");
    let texts = of(&disk);
    assert_eq!(texts.len(), 1, "one mistake, one problem: {texts:?}");
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_round_are_refused() {
    let disk = Disk::new("round")
        .skill("cook")
        .link("cook/more/up", "..")
        .link("cook/self", "self")
        .link("cook/gone", "nowhere");
    let texts = of(&disk);
    has(&texts, &disk.path().join("cook/more/up"), "is a link to a folder that it is in; remove it");
    has(&texts, &disk.path().join("cook/self"), "can't be read");
    has(&texts, &disk.path().join("cook/gone"), "can't be read");
    assert_eq!(texts.len(), 3, "{}", texts.join("\n"));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused() {
    let disk = Disk::new("pipe").skill("cook").pipe("cook/pipe");
    let texts = of(&disk);
    assert_eq!(texts.len(), 1, "{texts:?}");
    has(&texts, &disk.path().join("cook/pipe"), "is neither a file nor a folder; remove it");
}
