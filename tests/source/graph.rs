//! Which file of a crate imports which: modules found by their files, paths followed to the file that defines the name.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{self, File};
use crate::imports::{self, Import};

/// A crate's source folder.
#[derive(Debug)]
pub struct Graph {
    modules: BTreeMap<Vec<String>, Module>,
    /// The name that the crate's own program calls its library by.
    library: String,
}

/// One file that imports a name of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The module that imports, `reply/text`; `lib` is the crate's root.
    pub from: String,
    /// The module that defines the name.
    pub to: String,
    /// The path as it is written.
    pub path: String,
    /// It is only handed on by `pub use` and not used by the file itself.
    pub is_handed_on: bool,
}

#[derive(Debug, Default)]
struct Module {
    imports: Vec<Import>,
    paths: Vec<Vec<String>>,
    /// All names and signs but those of imports.
    tokens: Vec<String>,
}

impl Graph {
    /// Reads the files of a source folder, `server/src`, but for their tests.
    pub fn new(folder: &str, library: &str, files: &[&File]) -> Self {
        let files = files::without_tests(files).into_iter().filter_map(|file| {
            let path = module_path(file.path.strip_prefix(folder)?.strip_prefix('/')?);
            let text = file.text.without_templates();
            let (imports, tokens) = imports::parse(&text.words);
            let paths = imports::paths(&tokens).into_iter().map(owned).collect();
            Some((path, Module { imports, paths, tokens: owned(tokens) }))
        });
        Self { modules: files.collect(), library: library.to_owned() }
    }

    /// The names of the modules at the top; `lib` is none of them.
    pub fn top_modules(&self) -> BTreeSet<&str> {
        self.modules.keys().filter_map(|path| path.first()).map(String::as_str).collect()
    }

    /// All imports between two files of the crate, each once.
    pub fn edges(&self) -> BTreeSet<Edge> {
        let mut edges = BTreeSet::new();
        for (from, module) in &self.modules {
            let is_used = |import: &Import| !import.is_handed_on || module.uses(&import.name);
            let imports = module.imports.iter().map(|import| (&import.path, !is_used(import)));
            for (path, is_handed_on) in imports.chain(module.paths.iter().map(|path| (path, false))) {
                let Some(to) = self.resolve(from, path, 0).filter(|to| to != from) else { continue };
                edges.insert(Edge { from: shown(from), to: shown(&to), path: path.join("::"), is_handed_on });
            }
        }
        edges
    }

    /// The module whose file defines the name at the end of `path`, as it is written in `from`. Nothing for names of
    /// other crates, and for a module itself: the names that are taken out of it count.
    fn resolve(&self, from: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        // A name may be imported by way of itself: `use text::text`.
        if depth > 8 {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let parent = || from.split_last().map(|(_, parent)| parent.to_vec());
        match first.as_str() {
            "crate" => self.locate(vec![], rest, depth),
            "self" => self.locate(from.to_vec(), rest, depth),
            "super" if rest.first().is_some_and(|next| next == "super") => self.resolve(&parent()?, rest, depth),
            "super" => self.locate(parent()?, rest, depth),
            first if first == self.library => self.locate(vec![], rest, depth),
            _ if self.modules.contains_key(&[from, std::slice::from_ref(first)].concat()) => {
                self.locate(from.to_vec(), path, depth)
            }
            _ => {
                let import = self.modules.get(from)?.imports.iter().find(|import| import.name == *first)?;
                (import.path != path && import.path.first() != Some(first)).then_some(())?;
                self.resolve(from, &[import.path.as_slice(), rest].concat(), depth + 1)
            }
        }
    }

    /// Goes down from a module as far as there are files, then follows what the last one has imported itself.
    fn locate(&self, mut module: Vec<String>, names: &[String], depth: usize) -> Option<Vec<String>> {
        let mut names = names.iter();
        let mut name = names.next()?;
        while self.modules.contains_key(&[module.as_slice(), std::slice::from_ref(name)].concat()) {
            module.push(name.clone());
            name = names.next()?;
        }
        let here = self.modules.get(&module)?;
        if let Some(import) = here.imports.iter().find(|import| import.name == *name) {
            return self.resolve(&module, &import.path, depth + 1);
        }
        let globs = here.imports.iter().filter(|import| import.is_handed_on && import.name == "*");
        for glob in globs.filter(|_| name != "*" && !here.defines(name)) {
            let path = [&glob.path[..glob.path.len() - 1], std::slice::from_ref(name)].concat();
            let target = self.resolve(&module, &path, depth + 1);
            if let Some(target) = target.filter(|target| self.modules[target].defines(name)) {
                return Some(target);
            }
        }
        Some(module)
    }
}

impl Module {
    /// Tells whether its code names something, the declaration of a child module aside.
    fn uses(&self, name: &str) -> bool {
        let before = |at: usize| at.checked_sub(1).map(|before| self.tokens[before].as_str());
        self.tokens.iter().enumerate().any(|(at, token)| token == name && before(at) != Some("mod"))
    }

    fn defines(&self, name: &str) -> bool {
        let keywords = ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "mod"];
        self.tokens.windows(2).any(|pair| keywords.contains(&pair[0].as_str()) && pair[1] == name)
    }
}

fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// `reply/text.rs` is the module `reply::text`, `reply/mod.rs` is `reply`, and `lib.rs` the root.
fn module_path(file: &str) -> Vec<String> {
    let file = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if file == "lib" { vec![] } else { file.split('/').map(str::to_owned).collect() }
}

fn shown(module: &[String]) -> String {
    if module.is_empty() { "lib".to_owned() } else { module.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| File::new(path, text)).collect();
        let graph = Graph::new("src", "made_up", &files.iter().collect::<Vec<_>>());
        let used = graph.edges().into_iter().filter(|edge| !edge.is_handed_on);
        let mut edges: Vec<_> = used.map(|edge| format!("{} -> {}", edge.from, edge.to)).collect();
        edges.dedup();
        edges
    }

    #[test]
    fn a_name_is_followed_to_the_file_that_defines_it() {
        let files = [
            ("src/lib.rs", "mod a; mod b; pub use a::inner::Thing;"),
            ("src/a.rs", "mod inner; pub use inner::Thing; pub fn a() {}"),
            ("src/a/inner.rs", "pub struct Thing;"),
            ("src/b.rs", "use crate::Thing; use crate::a; fn b() { a::Thing; }"),
        ];
        assert_eq!(edges(&files), ["b -> a/inner"]);
    }

    #[test]
    fn a_parent_that_declares_a_child_does_not_import_it() {
        let files = [("src/a.rs", "mod b; pub use b::B; pub struct A;"), ("src/a/b.rs", "use super::A; pub struct B;")];
        assert_eq!(edges(&files), ["a/b -> a"]);
        let used = [("src/a.rs", "mod b; pub use b::B; struct A(B);"), ("src/a/b.rs", "use super::A; pub struct B;")];
        assert_eq!(edges(&used), ["a -> a/b", "a/b -> a"]);
    }

    #[test]
    fn paths_in_code_count_and_tests_do_not() {
        let files = [
            ("src/main.rs", "fn main() { made_up::a::run(); }"),
            ("src/a.rs", "mod c; fn run() { c::go(); crate::b::go() }\n#[cfg(test)] mod tests { use crate::d::D; }"),
            ("src/a/c.rs", "pub fn go() { super::super::d::go() }"),
            ("src/b.rs", "#[cfg(test)]\nmod made;"),
            ("src/b/made.rs", "use crate::a;"),
            ("src/d.rs", ""),
        ];
        assert_eq!(edges(&files), ["a -> a/c", "a -> b", "a/c -> d", "main -> a"]);
    }

    #[test]
    fn names_of_other_crates_and_own_imports_of_a_parent_lead_nowhere() {
        let files = [("src/a.rs", "mod b; use serde_json::Value;"), ("src/a/b.rs", "use super::Value; use http::Uri;")];
        assert_eq!(edges(&files), Vec::<String>::new());
    }

    #[test]
    fn names_that_are_handed_on_all_at_once_are_found() {
        let files =
            [("src/a.rs", "mod b; pub use b::*;"), ("src/a/b.rs", "pub struct B;"), ("src/c.rs", "use crate::a::B;")];
        assert_eq!(edges(&files), ["c -> a/b"]);
    }
}
