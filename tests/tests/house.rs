//! The house: imports flow one way, and rooms keep to what is theirs.
//!
//! The order of the rooms is the order of a request. A room may name those to its right, never one to its left.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use syn::{Ident, UseTree, visit::Visit};

/// The rooms of `mcp-server/src`, in the order of a request.
const ORDER: [&str; 21] = [
    "cli",
    "server",
    "http",
    "stdio",
    "auth",
    "drive",
    "era",
    "dispatch",
    "guard",
    "ask",
    "catalog",
    "secret",
    "telemetry",
    "call",
    "cluster",
    "store",
    "scope",
    "clock",
    "error",
    "quota",
    "protocol",
];

/// The crate's doors: they name every room, and no room names them.
const DOORS: [&str; 3] = ["lib", "prelude", "private"];

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../mcp-server/src")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The room of a file: the first part of its path.
fn room(file: &Path) -> String {
    let inside = file.strip_prefix(shipped()).expect("a shipped file");
    let first = inside.components().next().expect("a path").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// What a file names.
fn names(file: &Path) -> Names {
    let inside = file.strip_prefix(shipped()).expect("a shipped file");
    let depth = inside.components().count() - usize::from(file.ends_with("mod.rs"));
    Names::of(&fs::read_to_string(file).expect("a source"), depth)
}

/// The rooms that a file names, by `crate::room::…`, and the crates it names by `use`.
#[derive(Default)]
struct Names {
    rooms: BTreeSet<String>,
    crates: BTreeSet<String>,
    /// How many times `super` leads from the file to the crate's root.
    depth: usize,
}

impl Names {
    fn of(source: &str, depth: usize) -> Self {
        let mut names = Self { depth, ..Self::default() };
        names.visit_file(&syn::parse_file(source).expect("Rust"));
        names
    }

    /// Whether these first parts of a path are the crate's root.
    fn is_root<'p>(&self, parts: impl IntoIterator<Item = &'p Ident>) -> bool {
        let parts: Vec<_> = parts.into_iter().map(ToString::to_string).collect();
        parts == ["crate"] || (parts.len() == self.depth && parts.iter().all(|part| part == "super"))
    }

    fn rooms_of(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => _ = self.rooms.insert(path.ident.to_string()),
            UseTree::Name(name) => _ = self.rooms.insert(name.ident.to_string()),
            UseTree::Rename(name) => _ = self.rooms.insert(name.ident.to_string()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.rooms_of(tree)),
            UseTree::Glob(_) => {}
        }
    }
}

impl<'a> Visit<'a> for Names {
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let (mut tree, mut above) = (&item.tree, Vec::new());
        while let UseTree::Path(path) = tree {
            above.push(&path.ident);
            tree = &path.tree;
            if self.is_root(above.iter().copied()) {
                return self.rooms_of(tree);
            }
        }
        self.crates.extend(above.first().map(ToString::to_string));
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let parts: Vec<&Ident> = path.segments.iter().map(|segment| &segment.ident).collect();
        for root in 1..parts.len() {
            if self.is_root(parts[..root].iter().copied()) {
                self.rooms.insert(parts[root].to_string());
            }
        }
        if parts.len() > 1 {
            self.crates.insert(parts[0].to_string());
        }
        syn::visit::visit_path(self, path);
    }
}

fn place(room: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == room)
}

/// What is wrong with a file of this room, with these names.
fn upward(room: &str, names: &Names) -> Vec<String> {
    let Some(own) = place(room) else {
        return vec![format!("`{room}` has no place in the order of the rooms")];
    };
    let up =
        |named: &&String| place(named).is_some_and(|other| other < own) || DOORS.contains(&named.as_str());
    names
        .rooms
        .iter()
        .filter(up)
        .map(|named| format!("`{room}` names `{named}`, which is before it"))
        .collect()
}

#[test]
fn imports_flow_one_way() {
    let mut wrong = Vec::new();
    for file in sources(&shipped()) {
        let room = room(&file);
        if DOORS.contains(&room.as_str()) {
            continue;
        }
        let names = names(&file);
        wrong.extend(upward(&room, &names).into_iter().map(|text| format!("{}: {text}", file.display())));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_reversed_import_is_found_however_it_is_written() {
    for source in [
        "use crate::http::Edge;",
        "use crate::{error::Refusal, http::{Edge, Service}};",
        "use crate::http;",
        "use crate::http as h;",
        "fn f() { crate::http::serve(); }",
        "fn f(edge: &crate::http::Edge) {}",
        "mod tests { use crate::http::Edge; }",
        "use super::super::http::Edge;",
        "fn f() { super::super::http::serve(); }",
    ] {
        assert_eq!(upward("dispatch", &Names::of(source, 2)).len(), 1, "{source}");
        assert_eq!(upward("attic", &Names::of(source, 2)).len(), 1, "an unknown room: {source}");
    }
    for source in ["use crate::catalog::Entry;", "use crate::{call::Call, error};", "use super::http::Edge;"]
    {
        assert!(upward("dispatch", &Names::of(source, 2)).is_empty(), "{source}");
    }
    let neighbour = Names::of("use super::http::Edge;", 1);
    assert_eq!(upward("clock", &neighbour).len(), 1, "in a room of one file, `super` is the crate");
}

#[test]
fn only_the_wires_edge_knows_axum_and_hyper() {
    for file in sources(&shipped()) {
        let names = names(&file);
        // The builder hands the router out, and that is all it does with it.
        let allowed = matches!(room(&file).as_str(), "http" | "server");
        let known = ["axum", "hyper", "hyper_util"].iter().filter(|name| names.crates.contains(**name));
        assert!(allowed || known.count() == 0, "{} names the web framework", file.display());
    }
}

#[test]
fn only_the_clock_asks_for_the_time() {
    for file in sources(&shipped()) {
        let source = fs::read_to_string(&file).expect("a source");
        let asks = source.contains("SystemTime::now") || source.contains("Instant::now");
        // Timers of tokio's are set by tokio's own instant, which a test can pause.
        let asks = asks && !source.contains("use tokio::time::{Instant");
        let allowed = room(&file) == "clock";
        assert!(allowed || !asks, "{} asks the system for the time", file.display());
    }
}

#[test]
fn the_smallest_server_is_small() {
    let hello = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/hello");
    let main = fs::read_to_string(hello.join("src/main.rs")).expect("its source");
    assert!(main.lines().count() <= 25, "25 lines at most, not {}", main.lines().count());
    let readme = fs::read_to_string(hello.join("../../README.md")).expect("the README");
    let code = main.split_once("\n\n").map_or(main.as_str(), |(_, code)| code);
    assert!(readme.contains(code), "the README shows it in full");
    let manifest = fs::read_to_string(hello.join("Cargo.toml")).expect("its manifest");
    let (_, dependencies) = manifest.split_once("[dependencies]\n").expect("dependencies");
    let names = dependencies
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split(['.', ' ']).next());
    assert_eq!(names.collect::<Vec<_>>(), ["mcp-server", "tokio"]);
}
