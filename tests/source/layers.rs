//! The layers of each crate: a module imports only from modules below its own. `docs/architecture.md` has the tables.

use std::collections::BTreeMap;

use crate::files;
use crate::graph::{Edge, Graph};

/// Source folders, each with the name of its library.
pub const CRATES: [(&str, &str); 5] = [
    ("src", "dockwright"),
    ("codegen/src", "dockwright_codegen"),
    ("archive/src", "dockwright_archive"),
    ("policy/src", "dockwright_policy"),
    ("server/src", "dockwright_server"),
];

/// The page that holds the tables.
pub const PAGE: &str = "docs/architecture.md";

#[test]
fn no_module_imports_one_above_it_or_beside_it() {
    let page = files::read(PAGE);
    let mut wrong = Vec::new();
    for (folder, library) in CRATES {
        let graph = Graph::new(folder, library, &files::rust_files(folder));
        match block(&page, &format!("layers {folder}")) {
            Some(table) => wrong.extend(check(&graph, table).into_iter().map(|problem| format!("{folder}: {problem}"))),
            None => wrong.push(format!("{folder}: no block ```layers {folder}")),
        }
    }
    assert!(wrong.is_empty(), "{PAGE}: {wrong:#?}");
}

/// The lines of a fenced block whose opening names it.
pub fn block<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = page.split_once(&format!("```{name}\n"))?;
    Some(after.split("```").next().unwrap_or_default())
}

fn check(graph: &Graph, table: &str) -> Vec<String> {
    let mut layers = BTreeMap::new();
    let mut wrong = Vec::new();
    for (layer, line) in table.lines().filter(|line| !line.trim().is_empty()).enumerate() {
        for name in line.split([',', '|']).map(str::trim) {
            if layers.insert(name, layer).is_some() {
                wrong.push(format!("`{name}` stands in two lines"));
            }
        }
    }
    let modules = graph.top_modules();
    wrong.extend(modules.iter().filter(|name| !layers.contains_key(*name)).map(|name| format!("`{name}` is missing")));
    wrong.extend(layers.keys().filter(|name| !modules.contains(*name)).map(|name| format!("there is no `{name}`")));
    wrong.extend(graph.edges().iter().filter_map(|edge| complaint(edge, &layers)));
    wrong
}

fn complaint(edge: &Edge, layers: &BTreeMap<&str, usize>) -> Option<String> {
    let [from, to] = [&edge.from, &edge.to].map(|module| module.split('/').next().unwrap_or_default());
    // The root is the face of all modules, and one that is missing has a complaint of its own.
    let (above, below) = (layers.get(from)?, layers.get(to)?);
    let place = if from == to || above < below {
        return None;
    } else if above == below {
        "beside"
    } else {
        "above"
    };
    Some(format!("`{}` imports `{}` of `{}`, which stands {place} it", edge.from, edge.path, edge.to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::File;

    fn complaints(table: &str) -> Vec<String> {
        let files = [
            File::new("src/lib.rs", "mod dispatch; mod reply; mod arguments; pub use dispatch::Dispatch;"),
            File::new("src/dispatch.rs", "use crate::reply::Reply; use crate::arguments::check; pub struct Dispatch;"),
            File::new("src/reply.rs", "pub struct Reply; fn a() { crate::arguments::check() }"),
            File::new("src/arguments.rs", "use crate::Dispatch; pub fn check() {}"),
        ];
        check(&Graph::new("src", "made_up", &files.iter().collect::<Vec<_>>()), table)
    }

    #[test]
    fn imports_upward_and_sideways_are_found() {
        let found = complaints("dispatch\narguments | reply\n");
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].contains("`arguments` imports `crate::Dispatch` of `dispatch`, which stands above it"));
        assert!(found[1].contains("`reply` imports `crate::arguments::check` of `arguments`, which stands beside it"));
    }

    #[test]
    fn a_table_names_each_module_once_and_no_other() {
        let found = complaints("reply\narguments\ndispatch, secrets\nreply\n");
        for problem in ["`reply` stands in two lines", "there is no `secrets`"] {
            assert!(found.iter().any(|found| found == problem), "{found:#?}");
        }
        assert!(complaints("reply\narguments").contains(&"`dispatch` is missing".to_owned()));
    }

    #[test]
    fn blocks_are_found_by_their_name() {
        let page = "text\n```layers src\na\nb\n```\n```layers other\nc\n```\n";
        assert_eq!(block(page, "layers src"), Some("a\nb\n"));
        assert_eq!(block(page, "layers none"), None);
    }
}
