//! Things that one place alone may know: the protocol's library, the engine, and the names of operations.

use dockwright::operations;

use crate::files::{self, File};
use crate::text::is_word;

/// The files of the server that may name `rmcp`.
const PROTOCOL: [&str; 2] = ["server/src/mcp.rs", "server/src/mcp/"];

/// The files of the server that may reach an engine, and the methods that do: the door of the protocol, the door of
/// sockets, and the judge of both.
const DOORS: [&str; 4] =
    ["server/src/access.rs", "server/src/access/", "server/src/proxy/engine.rs", "server/src/judge.rs"];
const ENGINE_METHODS: [&str; 4] = [".call(", ".raw(", "Engine::call", "Engine::raw"];

/// The files of the library's recipes, which are made of operations, as a user's own program is.
const RECIPES: [&str; 2] = ["src/recipes.rs", "src/recipes/"];

/// The modules of the library that users see.
const PUBLIC: [&str; 8] = ["build", "models", "operation", "operations", "options", "session", "solve", "tar"];

#[test]
fn recipes_use_nothing_that_users_could_not_use() {
    let files = files::without_tests(&files::rust_files("src"));
    let recipes: Vec<_> = files.iter().filter(|file| RECIPES.iter().any(|path| file.path.starts_with(path))).collect();
    assert!(recipes.len() > 2);
    for file in recipes {
        for (_, after) in
            file.text.words.match_indices("crate::").map(|(at, path)| (at, &file.text.words[at + path.len()..]))
        {
            let name: String = after.chars().take_while(|letter| is_word(*letter)).collect();
            let is_module = name.chars().next().is_some_and(char::is_lowercase);
            assert!(!is_module || PUBLIC.contains(&name.as_str()), "{} uses crate::{name}", file.path);
        }
        assert!(!file.text.words.contains("pub(crate)"), "{}", file.path);
    }
}

#[test]
fn only_mcp_knows_the_protocols_library() {
    let files = outside("server/src", &PROTOCOL);
    let mut named = Vec::new();
    for file in files {
        named.extend(lines_with_a_word(&file.text.words, &["rmcp"]).map(|(line, _)| format!("{}:{line}", file.path)));
    }
    assert!(named.is_empty(), "these name rmcp: {named:#?}");
}

#[test]
fn only_the_doors_and_their_judge_call_an_engine() {
    let calls: Vec<_> = outside("server/src", &DOORS).iter().filter_map(call_of_an_engine).collect();
    assert!(calls.is_empty(), "these call an engine: {calls:#?}");
}

#[test]
fn no_operation_is_named_in_hand_written_code() {
    let names = operation_names();
    let folders = ["src", "archive/src", "codegen/src", "policy/src", "server/src"].into_iter();
    let composed = composed_files();
    let exempt: Vec<&str> = composed.iter().map(String::as_str).chain(RECIPES).collect();
    let named: Vec<_> =
        folders.flat_map(|folder| outside(folder, &exempt)).flat_map(|file| named_in(&file, &names)).collect();
    assert!(named.is_empty(), "{named:#?}");
}

/// The files of composed tools: `catalogue/NAME.rs` with a description, `run/NAME.rs` and the folder `run/NAME/`.
fn composed_files() -> Vec<String> {
    let described = files::rust_files("server/src").into_iter().filter_map(|file| {
        let name = file.path.strip_prefix("server/src/catalogue/")?.strip_suffix(".rs")?;
        file.whole.contains("DESCRIPTION: Description").then(|| name.to_owned())
    });
    let files = described.flat_map(|name| {
        [
            format!("server/src/catalogue/{name}.rs"),
            format!("server/src/run/{name}.rs"),
            format!("server/src/run/{name}/"),
        ]
    });
    files.collect()
}

/// The names of all operations, as they may stand in code. `Session` and others of one word are words like any other.
fn operation_names() -> Vec<String> {
    let operations = operations::ALL.iter().filter(|operation| operation.name.contains('_'));
    operations
        .flat_map(|operation| [operation.id.to_owned(), operation.name.to_owned(), operation.name.to_uppercase()])
        .collect()
}

/// The operations that a file names in its code or by a whole string. Examples in messages may speak of real ones.
fn named_in(file: &File, names: &[String]) -> Vec<String> {
    let text = &file.text;
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let in_code = lines_with_a_word(&text.words, &names).map(|(line, name)| format!("{}:{line}: {name}", file.path));
    let is_string = |name: &&&str| text.code.contains(&format!("\"{name}\""));
    in_code.chain(names.iter().filter(is_string).map(|name| format!("{}: \"{name}\"", file.path))).collect()
}

/// The files of a folder but for tests and for those that are excepted.
fn outside(folder: &str, exceptions: &[&str]) -> Vec<File> {
    let is_excepted = |file: &File| exceptions.iter().any(|exception| file.path.starts_with(exception));
    files::without_tests(&files::rust_files(folder)).into_iter().filter(|file| !is_excepted(file)).collect()
}

/// The first call of an engine in a file, wherever its line is broken: `self.engine()?.call(`.
fn call_of_an_engine(file: &File) -> Option<String> {
    let code: String = file.text.words.split_whitespace().collect();
    ENGINE_METHODS.iter().flat_map(|method| code.match_indices(method)).find_map(|(at, method)| {
        let expression = code[..at].rsplit([';', '{', '}', '=', ',']).next().unwrap_or_default();
        let is_engine = method.starts_with("Engine") || expression.contains("engine");
        is_engine.then(|| format!("{}: {expression}{method}", file.path))
    })
}

/// The lines that hold one of the words, each with its number.
pub fn lines_with_a_word<'a>(code: &'a str, words: &'a [&str]) -> impl Iterator<Item = (usize, &'a str)> {
    code.lines().enumerate().flat_map(move |(number, line)| {
        let here = line.split(|letter| !is_word(letter)).filter(|word| words.contains(word));
        here.map(move |word| (number + 1, word))
    })
}

#[test]
fn a_call_is_found_over_two_lines_and_not_in_a_test() {
    let file = |text| files::without_tests(&[&File::new("server/src/run.rs", text)]).remove(0);
    assert!(call_of_an_engine(&file("fn a() { self.engine().ok()?\n    .call(row) }")).is_some());
    assert!(call_of_an_engine(&file("// engine.call(row)\nfn a() { access.call(row) }")).is_none());
    assert!(call_of_an_engine(&file("#[cfg(test)]\nmod tests { fn a() { engine.call(row) } }")).is_none());
}

#[test]
fn an_operation_is_found_in_code_and_as_a_string_and_not_in_a_message() {
    let text = "// ContainerList\nlet a = \"container_list\";\nlet b = [\"as container_list\"];\nc(&CONTAINER_LIST)";
    let found = named_in(&File::new("a.rs", text), &operation_names());
    assert_eq!(found, ["a.rs:4: CONTAINER_LIST", "a.rs: \"container_list\""]);
}
